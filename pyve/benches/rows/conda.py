"""Conda-style environments: `pyve run` without and with activation scripts, and what `pyve init` adds to micromamba.

The channel is the stand-in's sample; micromamba is the one of $PYVE_TEST_MICROMAMBA, else the stand-in itself.
"""

import os
import pathlib

from timing import Difference, Ratio
from world import peer

ROUNDS = 400


def rows(world):
    channel = world.root / "channel"
    world.do([world.built("examples/channel"), channel], world.root)
    tool = world.home / ".pyve/bin/micromamba"
    tool.parent.mkdir(parents=True)
    tool.symlink_to(pathlib.Path(os.environ.get("PYVE_TEST_MICROMAMBA") or world.built("micromamba")).resolve())

    env, true = peer("env"), peer("true")
    for package, what in (("hello", "without"), ("activated", "with")):
        project = world.project(package)
        (project / "environment.yml").write_text(specification(channel, package))
        world.initialised(package)
        ours = world.command([world.pyve, "run", "true"], project)
        theirs = world.command([env, true], project)
        yield Ratio(f"`pyve run true`, conda-style, {what} activation scripts", 1.4, ours, theirs, "`env true`", ROUNDS)

    files = {"environment.yml": specification(channel, "hello")}
    root = world.home / ".pyve/cache/micromamba"
    create = [tool, "create", "-y", "-p", ".pyve/envs/bench", "-f", "environment.yml"]
    ours = world.command([world.pyve, "init", "--no-direnv"], world.fresh("ours", files=files))
    theirs = world.command(create, world.fresh("theirs", files=files), MAMBA_ROOT_PREFIX=root)
    yield Difference("`pyve init` over `micromamba create`", 30, ours, theirs, "`micromamba create`", 40)


def specification(channel, package):
    return f"name: bench\nchannels:\n  - {channel.as_uri()}\ndependencies:\n  - {package}\n"
