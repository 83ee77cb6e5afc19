"""Builds a Python of a later minor version out of the one that runs this: FOLDER MINOR.

It is an installation of its own: a copy of the executable, and a standard library of links to the real one. Only the
module that every start imports first is changed. It says the other version before anything reads it: what `sys` tells,
the folder of packages, the names in a virtual environment and `pyvenv.cfg` all follow from that. Whatever else it does
is what the real one does.
"""

import os
import shutil
import sys
import sysconfig

SAYS = '''\
import sys as _sys


class _VersionInfo(tuple):
    major, minor, micro, releaselevel, serial = (property(lambda self, i=i: self[i]) for i in range(5))


_minor = {minor}
_sys.version = _sys.version.replace("3.%d" % _sys.version_info[1], "3.%d" % _minor, 1)
_sys.hexversion = _sys.hexversion & ~0xFF0000 | _minor << 16
_sys.version_info = _VersionInfo((3, _minor) + tuple(_sys.version_info[2:]))
_sys.implementation.version = _sys.version_info
'''


def links(source, folder, besides):
    os.makedirs(folder)
    for name in os.listdir(source):
        if name not in besides:
            os.symlink(os.path.join(source, name), os.path.join(folder, name))


def main(folder, minor):
    library = sysconfig.get_path("stdlib")
    own = os.path.join(folder, os.path.relpath(library, sys.base_prefix))
    # `encodings` is imported first of all, and is never one of the modules that are frozen into the executable.
    links(library, own, {"encodings", "site-packages", "dist-packages", "__pycache__", "EXTERNALLY-MANAGED"})
    os.mkdir(os.path.join(own, "site-packages"))
    links(os.path.join(library, "encodings"), os.path.join(own, "encodings"), {"__init__.py", "__pycache__"})
    with open(os.path.join(library, "encodings", "__init__.py"), encoding="utf-8") as real:
        text = real.read()
    with open(os.path.join(own, "encodings", "__init__.py"), "w", encoding="utf-8") as changed:
        changed.write(text + "\n\n" + SAYS.format(minor=minor))
    os.symlink(os.path.basename(own), os.path.join(os.path.dirname(own), "python3.%d" % minor))

    libraries = os.path.join(sys.base_prefix, "lib")
    for name in os.listdir(libraries) if os.path.isdir(libraries) else ():
        if name.startswith("libpython"):
            os.makedirs(os.path.join(folder, "lib"), exist_ok=True)
            os.symlink(os.path.join(libraries, name), os.path.join(folder, "lib", name))

    programs = os.path.join(folder, "bin")
    os.mkdir(programs)
    name = "python3.%d" % minor
    shutil.copy2(os.path.realpath(sys.executable), os.path.join(programs, name))
    for link in ("python3", "python"):
        os.symlink(name, os.path.join(programs, link))


main(sys.argv[1], int(sys.argv[2]))
