"""Rows of the table: how long commands take, against a limit or against each other."""

import os
import statistics
import time


class Command:
    """A command with its folder and variables; a function in the folder's place gives one for each turn, unmeasured."""

    def __init__(self, argv, folder, variables):
        self.argv = [str(word) for word in argv]
        self.folder = folder
        self.variables = variables

    def time(self):
        """The seconds that one start takes, to the end of the process."""
        os.chdir(self.folder() if callable(self.folder) else self.folder)
        null = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_RDWR, 0) for fd in (0, 1, 2)]
        # posix_spawn costs the same however large this process is; fork would not.
        begun = time.perf_counter()
        process = os.posix_spawnp(self.argv[0], self.argv, self.variables, file_actions=null)
        _, status = os.waitpid(process, 0)
        ended = time.perf_counter()
        code = os.waitstatus_to_exitcode(status)
        if code != 0:
            raise SystemExit(f"error: exit code {code} in {os.getcwd()}: {' '.join(self.argv)}")
        return ended - begun


def in_turns(commands, rounds):
    """The times of each command, taken in turns; the first turn only warms up."""
    for command in commands:
        command.time()
    times = [[] for _ in commands]
    for number in range(rounds):
        order = range(len(commands)) if number % 2 == 0 else reversed(range(len(commands)))
        for index in order:
            times[index].append(commands[index].time())
    return times


class Ratio:
    """How many times as long as its peer a command takes: the ratio of the medians."""

    def __init__(self, what, limit, command, peer, peer_name, rounds):
        self.what, self.limit, self.rounds = what, limit, rounds
        self.command, self.peer, self.peer_name = command, peer, peer_name

    def measure(self, rounds):
        times = in_turns([self.command, self.peer], rounds or self.rounds)
        self.ours, self.theirs = (statistics.median(each) * 1000 for each in times)
        self.figure = self.ours / self.theirs
        least = " and ".join(f"{min(each) * 1000:.2f}" for each in times)
        self.detail = f"medians {self.ours:.2f} ms and {self.theirs:.2f} ms, least {least} ms"

    def limit_text(self):
        return f"≤ {self.limit} × {self.peer_name}"

    def figure_text(self):
        return f"{self.figure:.2f} ×"

    def within_limit(self):
        return self.figure <= self.limit


class Difference(Ratio):
    """How many milliseconds more than its peer a command takes: the difference of the medians."""

    def measure(self, rounds):
        super().measure(rounds)
        self.figure = self.ours - self.theirs

    def limit_text(self):
        return f"≤ {self.limit} ms more than {self.peer_name}"

    def figure_text(self):
        return f"{self.figure:.1f} ms"


class Milliseconds:
    """The median of a command's time."""

    def __init__(self, what, limit, command, rounds):
        self.what, self.limit, self.command, self.rounds = what, limit, command, rounds

    def measure(self, rounds):
        [times] = in_turns([self.command], rounds or self.rounds)
        self.figure = statistics.median(times) * 1000
        self.detail = f"least {min(times) * 1000:.2f} ms"

    def limit_text(self):
        return f"≤ {self.limit} ms"

    def figure_text(self):
        return f"{self.figure:.2f} ms"

    def within_limit(self):
        return self.figure <= self.limit


class Megabytes:
    """The size of a file."""

    def __init__(self, what, limit, path):
        self.what, self.limit, self.path, self.detail = what, limit, path, ""

    def measure(self, _):
        self.figure = self.path.stat().st_size / 1_000_000

    def limit_text(self):
        return f"≤ {self.limit} MB"

    def figure_text(self):
        return f"{self.figure:.2f} MB"

    def within_limit(self):
        return self.figure <= self.limit
