"""Commands in projects with very many environments, and with very many plugins there."""

import amounts
from timing import Milliseconds

ROUNDS = 40


def rows(world):
    some = amounts.environments(world, 19, "some", whole=True)
    yield Milliseconds("`pyve envs`, 20 environments", 30, world.command([world.pyve, "envs"], some), ROUNDS)

    crowded = amounts.environments(world, 1000)

    def among_environments(limit, *words):
        shown = " ".join(words)
        return Milliseconds(
            f"`pyve {shown}`, 1,000 environments", limit, world.command([world.pyve, *words], crowded), ROUNDS
        )

    yield among_environments(340, "doctor")
    yield among_environments(580, "purge", "--dry-run")

    home = amounts.plugins(world, world.built_library("pyve_minimal"), 200)
    plain = world.initialised("plain")

    def among_plugins(limit, *words):
        shown = " ".join(words)
        command = world.command([world.pyve, *words], plain, PYVE_HOME=str(home))
        return Milliseconds(f"`pyve {shown}`, 200 plugins", limit, command, ROUNDS)

    yield among_plugins(160, "init")
    yield among_plugins(120, "init", "--dry-run")
    yield among_plugins(65, "config")
    yield among_plugins(44, "doctor")
