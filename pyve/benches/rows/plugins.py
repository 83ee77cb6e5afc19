"""`pyve run` with a backend that is a plugin, and with many plugins there."""

import json
import shutil

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

    crowded = world.command([world.pyve, "run", "true"], plain, PYVE_HOME=many(world, library, 50))
    alone = world.command([world.pyve, "run", "true"], plain)
    yield Ratio("`run` with 50 plugins", 1.1, crowded, alone, "the plain one", ROUNDS)


def many(world, library, count):
    """A home of pyve's with so many plugins, which are all the same one under other names."""
    plugins = world.root / "crowded" / "plugins"
    shutil.copytree(world.home / ".pyve/plugins", plugins)
    manifest = json.loads((plugins / "manifest.json").read_text())
    [plugin] = manifest["plugins"]
    manifest["plugins"] = []
    for number in range(count):
        file = plugins / f"minimal{number}{library.suffix}"
        shutil.copyfile(library, file)
        manifest["plugins"].append({**plugin, "id": f"minimal{number}", "file": file.name, "fingerprint": seen(file)})
    (plugins / "manifest.json").write_text(json.dumps(manifest))
    return plugins.parent


def seen(file):
    """What pyve looks at to see that a library is still the one that was added."""
    stat = file.stat()
    return {"size": stat.st_size, "mtime": stat.st_mtime_ns, "inode": stat.st_ino, "ctime": stat.st_ctime_ns}
