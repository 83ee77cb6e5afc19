"""`pyve init` with pip: warm against uv, and the first time for an interpreter against Python itself."""

import pathlib

from timing import Ratio
from world import LeftOut, peer, remove


def rows(world):
    project = world.initialised()
    chosen = world.do([project / ".venv/bin/python", "-c", "import sys; print(sys._base_executable)"], project)
    python = pathlib.Path(chosen.strip())
    fresh = remove(project / ".venv", project / ".pyve")
    init = [world.pyve, "init", "--no-direnv"]

    clean = remove(project / ".venv", project / ".pyve", world.home / ".pyve")
    theirs = world.project("theirs")
    venv = world.command([python, "-I", "-m", "venv", ".venv"], theirs, remove(theirs / ".venv"))
    first = world.command(init, project, clean)
    yield Ratio("`pyve init` with pip, first time for an interpreter", 0.25, first, venv, "`python -m venv`", 5)

    uv = [peer("uv"), "venv", "--seed", "--quiet", "--python", python, ".venv"]
    before = remove(theirs / ".venv")
    before()
    try:
        # Once with the network, so that its cache holds pip.
        world.do(uv, theirs)
    except SystemExit as error:
        raise LeftOut(f"uv cannot fetch pip into its cache: {error}") from error
    peer_command = world.command([*uv, "--offline"], theirs, before)
    warm = world.command(init, project, fresh)
    yield Ratio("`pyve init` with pip, warm", 1.0, warm, peer_command, "`uv venv --seed --offline`", 40)
