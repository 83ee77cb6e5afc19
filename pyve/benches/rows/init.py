"""`pyve init` with pip: warm against uv, and the first time for an interpreter against Python itself."""

import pathlib

from timing import Ratio
from world import LeftOut, peer


def rows(world):
    project = world.initialised()
    question = "import sys; print(getattr(sys, '_base_executable', sys.executable))"
    python = pathlib.Path(world.do([project / ".venv/bin/python", "-c", question], project).strip())
    init = [world.pyve, "init", "--no-direnv"]

    first = world.command(init, world.fresh("first", [world.home / ".pyve"]))
    venv = world.command([python, "-I", "-m", "venv", ".venv"], world.fresh("venv"))
    yield Ratio("`pyve init` with pip, first time for an interpreter", 0.25, first, venv, "`python -m venv`", 3)

    uv = [peer("uv"), "venv", "--seed", "--quiet", "--python", python, ".venv"]
    try:
        # Once with the network, so that its cache holds pip.
        world.do(uv, world.project("filled"))
    except SystemExit as error:
        raise LeftOut(f"uv cannot fetch pip into its cache: {error}") from error
    warm = world.command(init, world.fresh("warm"))
    theirs = world.command([*uv, "--offline"], world.fresh("theirs"))
    yield Ratio("`pyve init` with pip, warm", 1.0, warm, theirs, "`uv venv --seed --offline`", 30)
