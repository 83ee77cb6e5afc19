"""Conda-style environments: `pyve run` without and with activation scripts, and what `pyve init` adds to micromamba.

The channel is the stand-in's sample; micromamba is the one of $PYVE_TEST_MICROMAMBA, else the stand-in itself.
"""

import os
import pathlib
import time

from timing import Difference, Milliseconds, Ratio
from world import peer

ROUNDS = 400

# As those of compilers, libxml2 and many others: what they do depends on what the caller has.
OF_CALLER = 'export LIBRARIES="$CONDA_PREFIX/lib${LIBRARIES:+:$LIBRARIES}"\n'
# What depends on more than variables and files.
OF_MOMENT = 'export STARTED="$SECONDS"\n'


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

    for script, row in ((OF_CALLER, caller), (OF_MOMENT, moment)):
        project = world.project(row.__name__)
        (project / "environment.yml").write_text(specification(channel, "activated"))
        world.initialised(row.__name__)
        (project / ".pyve/envs/bench/etc/conda/activate.d/own.sh").write_text(script)
        # Old enough for pyve to tell a further change from this one; then it finds out, once, what can be kept.
        time.sleep(0.1)
        ours = world.command([world.pyve, "run", "true"], project)
        world.do(ours.argv, project)
        yield row(ours, world.command([env, true], project))

    files = {"environment.yml": specification(channel, "hello")}
    root = world.home / ".pyve/cache/micromamba"
    create = [tool, "create", "-y", "-p", ".pyve/envs/bench", "-f", "environment.yml"]
    ours = world.command([world.pyve, "init", "--no-direnv"], world.fresh("ours", files=files))
    theirs = world.command(create, world.fresh("theirs", files=files), MAMBA_ROOT_PREFIX=root)
    yield Difference("`pyve init` over `micromamba create`", 30, ours, theirs, "`micromamba create`", 40)


def caller(ours, theirs):
    what = "`pyve run true`, conda-style, with activation scripts that read the caller's variables"
    return Ratio(what, 1.4, ours, theirs, "`env true`", ROUNDS)


def moment(ours, _):
    return Milliseconds("`pyve run true`, conda-style, with activation scripts that are sourced each time", 10, ours, ROUNDS)


def specification(channel, package):
    return f"name: bench\nchannels:\n  - {channel.as_uri()}\ndependencies:\n  - {package}\n"
