"""Commands that only look, and the size of the program."""

import shutil

from timing import Megabytes, Milliseconds
from world import peer

ROUNDS = 200


def rows(world):
    project = world.initialised()
    yield Milliseconds("`pyve config`", 8, world.command([world.pyve, "config"], project), ROUNDS)
    yield Milliseconds("`pyve --version`", 3, world.command([world.pyve, "--version"], project), ROUNDS)
    yield Megabytes("binary, stripped", 9, world.pyve)

    full = installed(world, 500)
    doctor = world.command([world.pyve, "doctor"], full)
    yield Milliseconds("`pyve doctor`, 500 packages, no process started", 15, doctor, ROUNDS)
    world.do([peer("git"), "init", "-q"], full)
    yield Milliseconds("the same in a repository, with one `git`", 15, doctor, ROUNDS)


def installed(world, count):
    """A project wired into direnv that requires many packages, each described as pip would describe a large one."""
    project = world.project("full")
    world.do([world.pyve, "init"], project)
    if direnv := shutil.which("direnv"):
        world.do([direnv, "allow"], project)
    [packages] = project.glob(".venv/lib/python3*/site-packages")
    for number in range(count):
        described = packages / f"package_{number}-1.{number}.dist-info"
        described.mkdir()
        needs = (f"Requires-Dist: package-{(number + step) % count}>=1.0; extra == 'x{step}'\n" for step in range(40))
        head = f"Metadata-Version: 2.3\nName: package-{number}\nVersion: 1.{number}\n"
        (described / "METADATA").write_text(head + "".join(needs) + "\n" + "What it is for.\n" * 200)
        (described / "RECORD").write_text("".join(f"package_{number}/m{file}.py,sha256=0,1\n" for file in range(50)))
    (project / "requirements.txt").write_text("".join(f"package-{number}>=1.0\n" for number in range(count)))
    # The first run keeps how commands are started, once its files are older than their times can tell.
    world.do([world.pyve, "run", "true"], project)
    return project
