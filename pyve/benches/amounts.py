"""Projects with great amounts of what pyve looks through: environments, and plugins."""

import hashlib
import hmac
import json
import pathlib
import shutil


def environments(world, count, name="crowded", whole=False):
    """A project with so many environments besides the default one: records, as `init` would have sealed them, and folders,
    which have packages where they are to be whole."""
    project = world.initialised(name)
    state = project / ".pyve/state"
    key = (world.home / ".pyve/key").read_bytes()
    for number in range(count):
        other = f"e{number}"
        (state / other).mkdir()
        for file in (state / "default").iterdir():
            text = file.read_text().partition("\n")[2]
            if file.suffix == ".json":
                text = text.replace('"environment":"default"', f'"environment":"{other}"')
                text = text.replace(f"{project}/.venv", f"{project}/.pyve/envs/{other}")
            sealed = b"pyve-seal-1\0" + f"{other}/{file.name}".encode() + b"\0" + text.encode()
            seal = hmac.new(key, sealed, hashlib.sha256).hexdigest()
            written = state / other / file.name
            written.write_text(f"pyve-seal 1 {seal}\n{text}")
            written.chmod(0o600)
        prefix = project / ".pyve/envs" / other
        if whole:
            shutil.copytree(project / ".venv", prefix, symlinks=True)
        else:
            prefix.mkdir(parents=True)
            shutil.copyfile(project / ".venv/pyvenv.cfg", prefix / "pyvenv.cfg")
    return project


def plugins(world, library, count):
    """A home of pyve's with so many plugins, which are all the same one under other names, each with a marker of its own."""
    world.do([world.pyve, "plugin", "add", library, "--yes"], world.root)
    folder = world.root / f"plugins{count}" / "plugins"
    shutil.copytree(world.home / ".pyve/plugins", folder)
    shutil.copyfile(world.home / ".pyve/key", folder.parent / "key")
    (folder.parent / "key").chmod(0o600)
    manifest = json.loads((folder / "manifest.json").read_text())
    [plugin] = manifest["plugins"]
    manifest["plugins"] = []
    (folder / plugin["file"]).unlink()
    for number in range(count):
        file = folder / f"minimal{number}{pathlib.Path(library).suffix}"
        shutil.copyfile(library, file)
        other = json.loads(json.dumps(plugin).replace("minimal", f"minimal{number}"))
        manifest["plugins"].append({**other, "file": file.name, "fingerprint": seen(file)})
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder.parent


def seen(file):
    """What pyve looks at to see that a library is still the one that was added."""
    stat = file.stat()
    return {"size": stat.st_size, "mtime": stat.st_mtime_ns, "inode": stat.st_ino, "ctime": stat.st_ctime_ns}
