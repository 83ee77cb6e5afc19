"""`pyve init` with pip: warm against uv with the same link mode, and the first time against Python itself."""

import pathlib
import subprocess
import sys

from timing import Ratio
from world import LeftOut, peer


def rows(world):
    project = world.initialised()
    question = "import sys; print(getattr(sys, '_base_executable', sys.executable))"
    python = pathlib.Path(world.do([project / ".venv/bin/python", "-c", question], project).strip())
    init = [world.pyve, "init", "--no-direnv"]

    first = world.command(init, world.fresh("first", [world.home / ".pyve"]))
    venv = world.command([python, "-I", "-m", "venv", ".venv"], world.fresh("venv"))
    yield Ratio("`pyve init` with pip, first time for an interpreter", 0.1, first, venv, "`python -m venv`", 3)

    uv = [peer("uv"), "venv", "--seed", "--quiet", "--python", python, ".venv"]
    try:
        # Once with the network, so that its cache holds pip.
        world.do(uv, world.project("filled"))
    except SystemExit as error:
        raise LeftOut(f"uv cannot fetch pip into its cache: {error}") from error
    # uv leaves out the compiled files, a third of what there is to copy.
    for mode, limit in {"copy": 1.2, "hardlink": 0.9, "clone": 0.9}.items():
        if mode == "clone" and not shares_blocks(world.root):
            raise LeftOut("no row for `clone`: set TMPDIR to a file system that shares blocks, such as XFS or btrfs")
        warm = world.command(init, world.fresh(f"warm-{mode}"), PYVE_LINK_MODE=mode)
        theirs = world.command([*uv, "--offline", "--link-mode", mode], world.fresh(f"theirs-{mode}"))
        peer_name = f"`uv venv --seed --offline --link-mode {mode}`"
        yield Ratio(f"`pyve init` with pip, warm, `{mode}`", limit, warm, theirs, peer_name, 30)


def shares_blocks(folder):
    (folder / "one").write_text("one")
    flag = "-c" if sys.platform == "darwin" else "--reflink=always"
    return subprocess.run(["cp", flag, "one", "other"], cwd=folder, capture_output=True).returncode == 0
