"""The shell's hook: what a steady prompt costs in bash and zsh, and what activating an environment takes."""

import statistics
import subprocess

from timing import Milliseconds, Ratio
from world import LeftOut, peer

PROMPTS = 20_000
ROUNDS = 200
LOOPS = {
    "bash": ["bash", "--norc", "-c", "PS1='$ '; {hook}; for ((i = 0; i < $1; i++)); do _pyve_prompt; done", "bash"],
    "zsh": ["zsh", "-f", "-c", "{hook}; for ((i = 0; i < $1; i++)); do _pyve_prompt; done", "zsh"],
}


def rows(world):
    project = world.initialised()
    world.do([world.pyve, "run", "true"], project)
    for shell in LOOPS:
        yield Prompt(world, shell, project)
        yield Processes(world, shell, project)
    activate = world.command([world.pyve, "activate", "--shell", "bash"], project)
    yield Milliseconds("`pyve activate`, the program's part", 5, activate, ROUNDS)
    direnv = peer("direnv")
    envrc = world.project("direnv")
    (envrc / ".envrc").write_text("export ONE=1\n")
    world.do([direnv, "allow"], envrc)
    theirs = world.command([direnv, "export", "bash"], envrc)
    yield Ratio("the same", 1, activate, theirs, "`direnv export bash` of one variable", ROUNDS)


class Loop:
    """A shell that shows its prompt a number of times, the environment being active."""

    def __init__(self, world, shell, project):
        self.world, self.shell, self.project = world, peer(shell), project
        self.name, self.detail = shell, ""

    def argv(self, prompts):
        hook = self.world.do([self.world.pyve, "shell-hook", self.name], self.project)
        hook += "PYVE_PROMPT_PREFIX='(venv:project)'; _pyve_prompt"
        _, *words = LOOPS[self.name]
        return [str(self.shell), *(word.replace("{hook}", hook) for word in words), str(prompts)]

    def within_limit(self):
        return self.figure <= self.limit


class Prompt(Loop):
    """The time of one prompt: that of many less that of none, for each."""

    limit = 0.05

    def measure(self, rounds):
        self.what = f"a steady prompt in {self.name}"
        times = []
        for _ in range(rounds or 5):
            none, many = (self.world.command(self.argv(count), self.project).time() for count in (0, PROMPTS))
            times.append((many - none) * 1000 / PROMPTS)
        self.figure = statistics.median(times)

    def limit_text(self):
        return f"≤ {self.limit} ms"

    def figure_text(self):
        return f"{self.figure:.4f} ms"


class Processes(Loop):
    """How many processes a hundred prompts start."""

    limit = 0

    def measure(self, _):
        self.what = f"processes of 100 steady prompts in {self.name}"
        self.figure = self.started(100) - self.started(0)

    def started(self, prompts):
        strace = [str(peer("strace")), "-f", "-qq", "-e", "trace=clone,clone3,fork,vfork,execve"]
        words = [*strace, *self.argv(prompts)]
        done = subprocess.run(words, cwd=self.project, env=self.world.variables, capture_output=True, text=True)
        if done.returncode:
            raise LeftOut(f"strace: {done.stderr.strip()[-200:]}")
        return sum("(" in line for line in done.stderr.splitlines())

    def limit_text(self):
        return str(self.limit)

    def figure_text(self):
        return str(self.figure)
