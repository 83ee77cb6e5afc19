"""An ensurepip whose wheel is a pip of two files: it installs that as the real one does, in no time.

`build` puts the wheel where the real one has its own.
"""
import base64
import csv
import hashlib
import io
import os
import py_compile
import sys
import sysconfig
import zipfile

INFO = "pip-1.0.dist-info/"
WHEEL = os.path.join(os.path.dirname(os.path.abspath(__file__)), "_bundled", "pip-1.0-py3-none-any.whl")


def version():
    return "1.0"


def build():
    files = {name: b'__version__ = "1.0"\n' for name in ("pip/__init__.py", "pip/__main__.py")}
    files[INFO + "METADATA"] = b"Metadata-Version: 2.1\nName: pip\nVersion: 1.0\n"
    rows = {path: row_of(content) for path, content in files.items()}
    files[INFO + "RECORD"] = listed({**rows, INFO + "RECORD": ["", ""]})
    os.makedirs(os.path.dirname(WHEEL))
    with zipfile.ZipFile(WHEEL, "w") as wheel:
        for path, content in files.items():
            wheel.writestr(path, content)


def _bootstrap(upgrade=False, default_pip=False):
    # pyve exchanges it, to install faster.
    _run_pip(["pip"] if default_pip else [], [WHEEL])


def _run_pip(names, wheels):
    paths = sysconfig.get_paths()
    rows = {}

    def add(path, content):
        place = os.path.join(paths["purelib"], path)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "wb") as file:
            file.write(content)
        rows[path] = row_of(content)
        return place

    for path in wheels:
        with zipfile.ZipFile(path) as wheel:
            for name in wheel.namelist():
                if name.endswith(".py"):
                    place = add(name, wheel.read(name))
                    compiled = py_compile.compile(place, doraise=True)
                    rows[os.path.relpath(compiled, paths["purelib"])] = ["", ""]
                elif name != INFO + "RECORD":
                    add(name, wheel.read(name))
    add(INFO + "INSTALLER", b"pip\n")
    add(INFO + "REQUESTED", b"")
    launcher = b"#!" + os.fsencode(sys.executable) + b"\n# -*- coding: utf-8 -*-\nimport pip\n"
    for name in names + ["pip%d" % sys.version_info[0], "pip%d.%d" % sys.version_info[:2]]:
        place = add(os.path.relpath(os.path.join(paths["scripts"], name), paths["purelib"]), launcher)
        os.chmod(place, os.stat(place).st_mode | 0o555)
    rows[INFO + "RECORD"] = ["", ""]
    add(INFO + "RECORD", listed(rows))


def listed(rows):
    text = io.StringIO()
    csv.writer(text).writerows(sorted([path] + row for path, row in rows.items()))
    return text.getvalue().encode("utf-8")


def row_of(content):
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode("ascii")
    return ["sha256=" + digest.rstrip("="), str(len(content))]
