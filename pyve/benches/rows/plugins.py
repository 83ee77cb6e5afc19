"""`pyve run` with a backend that is a plugin, and with many plugins there."""

import amounts
from timing import Ratio
from world import peer

ROUNDS = 400


def rows(world):
    plain = world.initialised()
    library = world.built_library("pyve_minimal")
    world.do([world.pyve, "plugin", "add", library, "--yes"], world.root)
    project = world.project("plugin")
    (project / "minimal.txt").touch()
    world.initialised("plugin")
    ours = world.command([world.pyve, "run", "true"], project)
    theirs = world.command([peer("env"), peer("true")], project)
    yield Ratio("`pyve run true`, plugin backend", 1.4, ours, theirs, "`env true`", ROUNDS)

    crowded = world.command([world.pyve, "run", "true"], plain, PYVE_HOME=amounts.plugins(world, library, 50))
    alone = world.command([world.pyve, "run", "true"], plain)
    yield Ratio("`run` with 50 plugins", 1.1, crowded, alone, "the plain one", ROUNDS)
