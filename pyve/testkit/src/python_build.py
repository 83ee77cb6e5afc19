"""Packs the Python that runs this as the builds are packed that pyve downloads: ARCHIVE.

One directory `python` in a `.tar.gz`, with the executable, the standard library and the headers. What it tells of itself is
what those builds tell: the prefix /install, and the compilers of the machine that made them.
"""

import importlib
import io
import json
import os
import pprint
import re
import sys
import sysconfig
import tarfile

SERIES = "python%d.%d" % sys.version_info[:2]
LEFT_OUT = {"test", "idlelib", "tkinter", "turtledemo", "lib2to3", "pydoc_data", "site-packages", "dist-packages", "EXTERNALLY-MANAGED"}
TOOLS = {"CC": "clang -pthread", "CXX": "clang++ -pthread", "LINKCC": "clang -pthread", "AR": "/tools/clang-linux64/bin/llvm-ar"}
SHARED = {"LDSHARED": "clang", "BLDSHARED": "clang", "LDCXXSHARED": "clang++"}


def variables():
    prefix = re.compile(r"(?<![\w./])%s(?=/|$)" % re.escape(sys.base_prefix))
    values = dict(importlib.import_module(sysconfig._get_sysconfigdata_name()).build_time_vars)
    for key, value in values.items():
        # Where the system keeps wheels and its own programs, they stay.
        if isinstance(value, str) and not key.startswith(("WHEEL", "INSTALL")):
            values[key] = prefix.sub("/install", value)
    values.update(TOOLS)
    values.update((key, tool + " -pthread -shared -L/install/lib") for key, tool in SHARED.items())
    values["prefix"] = values["exec_prefix"] = "/install"
    return values


def main(archive):
    out = tarfile.open(archive, "w:gz", compresslevel=1)

    def text(name, content, mode=0o644):
        entry = tarfile.TarInfo("python/" + name)
        entry.size, entry.mode, entry.mtime = len(content.encode()), mode, 1700000000
        out.addfile(entry, io.BytesIO(content.encode()))

    def link(name, target):
        entry = tarfile.TarInfo("python/" + name)
        entry.type, entry.linkname, entry.mode = tarfile.SYMTYPE, target, 0o777
        out.addfile(entry)

    def owned(entry):
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = "root"
        return None if "__pycache__" in entry.name and "_sysconfigdata" in entry.name else entry

    out.add(os.path.realpath(sys.executable), "python/bin/" + SERIES, filter=owned)
    for name in ("python3", "python"):
        link("bin/" + name, SERIES)
    text("bin/pip3", "#!/install/bin/%s\nimport sys\nprint('a script of', sys.prefix)\n" % SERIES, 0o755)
    text("bin/%s-config" % SERIES, '#!/bin/sh\nprefix="/install"\necho "$prefix"\n', 0o755)
    text("lib/pkgconfig/python-%d.%d.pc" % sys.version_info[:2], "prefix=/install\nCflags: -I/install/include/%s\n" % SERIES)
    library = sysconfig.get_path("stdlib")
    data = sysconfig._get_sysconfigdata_name() + ".py"
    for name in sorted(os.listdir(library)):
        if name not in LEFT_OUT and not name.startswith(("config-", "_sysconfigdata")):
            path = os.path.join(library, name)
            out.add(os.path.realpath(path), "python/lib/%s/%s" % (SERIES, name), filter=owned)
    out.add(os.path.realpath(sysconfig.get_path("include")), "python/include/" + SERIES, filter=owned)
    text("lib/%s/%s" % (SERIES, data), "# system configuration\nbuild_time_vars = " + pprint.pformat(variables()) + "\n")
    # What an earlier import compiled, and would be taken before the text that is changed.
    text("lib/%s/__pycache__/%s.%s.pyc" % (SERIES, data[:-3], sys.implementation.cache_tag), "stale")
    text("lib/%s/config-here/Makefile" % SERIES, "prefix= /install\nCC= clang -pthread\nBINDIR= /install/bin\n")
    # Since 3.14 they stand in these as well.
    text("lib/%s/_sysconfig_vars__here.json" % SERIES, json.dumps({"prefix": "/install", "AR": "", "CC": "/usr/bin/aarch64-linux-gnu-gcc -pthread"}))
    text("lib/%s/build-details.json" % SERIES, json.dumps({"base_prefix": "/install"}))
    text("lib/%s/site-packages/README.txt" % SERIES, "Packages go here.\n")
    out.close()


main(sys.argv[1])
