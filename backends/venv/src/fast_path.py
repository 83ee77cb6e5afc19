"""Makes a virtual environment as `python -m venv` does, byte by byte, and faster.

Most of the time of `python -m venv` goes into a pip that runs out of a wheel, uncompiled, to install that very wheel and
to compile it. Here ensurepip's wheels are unpacked, and the compiled files are those that lie beside this
interpreter, which ensurepip had installed the same wheels for. Where that is not so, or where anything else is not as
expected, this ends with an error, and whoever started it makes the environment in the usual way.
"""
import base64
import csv
import hashlib
import io
import os
import sys
import sysconfig
import venv
import zipfile
from importlib.util import MAGIC_NUMBER, cache_from_source


def main(prefix):
    if sys.prefix != sys.base_prefix:
        sys.exit("this interpreter is in a virtual environment itself")
    own = sysconfig.get_paths()
    # What is the default outside of environments may be another scheme, as Debian's with its local folder.
    scheme = "venv" if "venv" in sysconfig.get_scheme_names() else "posix_prefix"
    new = sysconfig.get_paths(scheme, vars={"base": prefix, "platbase": prefix, "installed_base": prefix})
    if own["purelib"] != own["platlib"] or new["purelib"] != new["platlib"]:
        sys.exit("packages are in two folders")
    venv.EnvBuilder._setup_pip = lambda _, context: setup_pip(own["purelib"], new, context.env_exe)
    venv.main([prefix])


def setup_pip(own, new, interpreter):
    """Installs what ensurepip chooses, instead of letting a pip do it."""
    import ensurepip

    def run_pip(_, additional_paths):
        for path in additional_paths:
            with zipfile.ZipFile(path) as wheel:
                info = "-".join(os.path.basename(path).split("-")[:2]) + ".dist-info/"
                Distribution(wheel, info, own, new["purelib"]).install(new["scripts"], interpreter)

    ensurepip._run_pip = run_pip
    ensurepip._bootstrap(upgrade=True, default_pip=True)


class Distribution:
    """One of ensurepip's wheels, the same as it is installed in `own`, and as it will be in `new`."""

    def __init__(self, wheel, info, own, new):
        self.wheel, self.info, self.own, self.new = wheel, info, own, new
        self.record = info + "RECORD"
        self.rows = rows_of(wheel.read(self.record))
        self.own_rows = rows_of(read(os.path.join(own, self.record)))
        self.folders = set()
        umask = os.umask(0)
        os.umask(umask)
        self.executable = 0o777 & ~umask | 0o111

    def install(self, scripts, interpreter):
        del self.rows[self.record]
        for path in list(self.rows):
            self.unpack(path)
        for path in (self.info + "INSTALLER", self.info + "REQUESTED"):
            self.add(path, self.own_content(path))
        self.launchers(scripts, interpreter)
        self.rows[self.record] = ["", ""]
        text = io.StringIO()
        csv.writer(text).writerows(sorted([path] + row for path, row in self.rows.items()))
        self.write(self.record, text.getvalue().encode("utf-8"))

    def unpack(self, path):
        try:
            own = read(os.path.join(self.own, path))
        except FileNotFoundError:
            own = None
        # What `own` has by the hash of the wheel's list needs not be decompressed, which takes longer.
        is_same = own is not None and self.rows[path] == row_of(own)
        content = own if is_same else self.wheel.read(path)
        self.write(path, content)
        if self.wheel.getinfo(path).external_attr >> 16 & 0o111:
            os.chmod(os.path.join(self.new, path), self.executable)
        if path.endswith(".py"):
            self.compiled(path, own == content)

    def compiled(self, path, is_same):
        """Takes over what the same source is compiled to in `own`: only the path in it is another."""
        own, new = os.path.join(self.own, path), os.path.join(self.new, path)
        compiled = read(cache_from_source(own))
        if not is_same or compiled[:16] != MAGIC_NUMBER + stamp(own):
            sys.exit(own + " is another file, or another when it was compiled")
        code, before, after = compiled[16:], named(own), named(new)
        if before not in code:
            sys.exit(own + " was compiled at another path")
        # The kinds of a short string of ASCII letters, as marshal writes it: kind, length, letters.
        for kind in (b"z", b"Z", b"\xfa", b"\xda"):
            code = code.replace(kind + before, kind + after)
        if before in code:
            sys.exit(own + " is compiled in a way that is not known here")
        cache = cache_from_source(path)
        self.write(cache, MAGIC_NUMBER + stamp(new) + code)
        self.rows[cache] = ["", ""]

    def launchers(self, folder, interpreter):
        """The commands: under default_pip these three, see pip's `get_console_script_specs`."""
        own = [path for path in self.own_rows if path.startswith("../")]
        if not own:
            return
        name = os.path.basename(own[0])
        if not name.startswith("pip"):
            sys.exit("the commands of %s have other names" % self.info)
        _, body = self.own_content(own[0]).split(b"\n", 1)
        if not body.startswith(b"# -*- coding: utf-8 -*-\n"):
            sys.exit(name + " starts in another way")
        content = b"#!" + os.fsencode(interpreter) + b"\n" + body
        for name in ("pip", "pip%d" % sys.version_info[0], "pip%d.%d" % sys.version_info[:2]):
            path = os.path.join(folder, name)
            self.add(os.path.relpath(path, self.new), content)
            os.chmod(path, (os.stat(path).st_mode | 0o555) & 0o7777)

    def own_content(self, path):
        """The file in `own` that is not in the wheel, as it was when it was installed."""
        content = read(os.path.join(self.own, path))
        if self.own_rows.get(path) != row_of(content):
            sys.exit("%s was changed" % path)
        return content

    def add(self, path, content):
        self.write(path, content)
        self.rows[path] = row_of(content)

    def write(self, path, content):
        place = os.path.join(self.new, path)
        folder = os.path.dirname(place)
        if folder not in self.folders:
            os.makedirs(folder, exist_ok=True)
            self.folders.add(folder)
        # Without the layers of `open`, which take as long as the file system.
        file = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
        try:
            while content:
                content = content[os.write(file, content) :]
        finally:
            os.close(file)


def read(path):
    file = os.open(path, os.O_RDONLY)
    try:
        parts = [os.read(file, os.fstat(file).st_size + 1)]
        while parts[-1]:
            parts.append(os.read(file, 1 << 20))
        return b"".join(parts)
    finally:
        os.close(file)


def rows_of(record):
    """Of each file in a RECORD its hash and its size, see the specification of installed projects."""
    return {row[0]: row[1:] for row in csv.reader(io.StringIO(record.decode("utf-8")))}


def row_of(content):
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode("ascii")
    return ["sha256=" + digest.rstrip("="), str(len(content))]


def stamp(path):
    """How a compiled file names its source (PEP 552): not by its hash, by its time and size."""
    stat = os.stat(path)
    return b"".join((number & 0xFFFFFFFF).to_bytes(4, "little") for number in (0, int(stat.st_mtime), stat.st_size))


def named(path):
    """The length and the letters."""
    path = os.fsencode(path)
    if len(path) > 255:
        sys.exit(path + " is too long")
    return bytes([len(path)]) + path


main(sys.argv[1])
