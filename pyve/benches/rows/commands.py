"""Commands that only look, and the size of the program."""

from timing import Megabytes, Milliseconds

ROUNDS = 200


def rows(world):
    project = world.initialised()
    yield Milliseconds("`pyve config`", 8, world.command([world.pyve, "config"], project), ROUNDS)
    yield Milliseconds("`pyve --version`", 3, world.command([world.pyve, "--version"], project), ROUNDS)
    yield Megabytes("binary, stripped", 8, world.pyve)
