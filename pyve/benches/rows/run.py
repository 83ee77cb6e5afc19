"""`pyve run` in a virtual environment, against `env`, and against itself in a project with a lot in it."""

import shutil

from timing import Ratio
from world import peer

ROUNDS = 400


def rows(world):
    plain = world.initialised()
    env, true = peer("env"), peer("true")
    ours = world.command([world.pyve, "run", "true"], plain)
    yield Ratio("`pyve run true`, venv", 1.25, ours, world.command([env, true], plain), "`env true`", ROUNDS)

    full = crowded(world, plain)
    theirs = world.command([world.pyve, "run", "true"], full)
    what = "`run` with 5,000 packages, 50 environments, 10 levels deep"
    yield Ratio(what, 1.1, theirs, ours, "the plain one", ROUNDS)


def crowded(world, plain):
    """A folder ten levels down in a project with 5,000 packages and 50 environments."""
    project = world.initialised("crowded")
    [packages] = project.glob(".venv/lib/python3*/site-packages")
    for number in range(5000):
        (packages / f"package{number}-1.0.dist-info").mkdir()
        (packages / f"package{number}-1.0.dist-info" / "METADATA").write_text(f"Name: package{number}\n")
    for number in range(50):
        shutil.copytree(project / ".pyve/state/default", project / f".pyve/state/other{number}")
    deep = project.joinpath(*[f"level{number}" for number in range(10)])
    deep.mkdir(parents=True)
    # The first run notices what changed and keeps what it found.
    world.do([world.pyve, "run", "true"], deep)
    return deep
