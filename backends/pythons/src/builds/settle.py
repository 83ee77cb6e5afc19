# Run by a build's own interpreter in its unpacked tree, with the directory in which that will stand. What its builder wrote down
# of itself (the prefix /install, its compilers) becomes this machine's, so that extension modules can be compiled.
import glob, os, re, sys

place = sys.argv[1]
PREFIX = re.compile(r"(?<![a-z0-9_.])/install(?![\w.-])")
COMPILER = re.compile(r"(?<![\w/.+-])(?:/[\w./+-]*/)?(?:\w+-\w+(?:-\w+)*-)?(clang\+\+|clang|g\+\+|gcc|llvm-ar|llvm-ranlib)(?:-\d+)?(?![\w/.+-])")
NAMES = {"clang": "cc", "gcc": "cc", "clang++": "c++", "g++": "c++", "llvm-ar": "ar", "llvm-ranlib": "ranlib"}
SDK = re.compile(r"\s*-isysroot\s+(\S+)")


def moved(text):
    return PREFIX.sub(lambda _: place, text)


def settled(text):
    text = COMPILER.sub(lambda found: NAMES[found[1]], text)
    return moved(SDK.sub(lambda found: found[0] if os.path.isdir(found[1]) else "", text))


def rewrite(path, change):
    if os.path.islink(path) or not os.path.isfile(path):
        return
    with open(path, encoding="utf-8", errors="surrogateescape", newline="") as file:
        old = file.read()
    new = change(old)
    if new != old:
        with open(path, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
            file.write(new)
        stem = os.path.splitext(os.path.basename(path))[0]
        for compiled in glob.glob(os.path.join(glob.escape(os.path.dirname(path)), "__pycache__", glob.escape(stem) + ".*.pyc")):
            os.remove(compiled)


def variables(values):
    values = {key: settled(value) if isinstance(value, str) else value for key, value in values.items()}
    if "AR" in values:
        values["AR"] = values["AR"] or "ar"
    return values


def data(text):
    names = {}
    exec(text, names)
    import pprint

    return "build_time_vars = " + pprint.pformat(variables(names["build_time_vars"])) + "\n"


def listed(text):
    import json

    return json.dumps(variables(json.loads(text)), indent=2) + "\n"


def script(text):
    first, end, rest = text.partition("\n")
    if first.startswith("#!/install/"):
        program = moved(first[2:])
        if " " in program or len(program) > 124:
            first = "#!/bin/sh\n'''exec' \"" + program + '" "$0" "$@"\n' + "' '''"
    return moved(first + end + rest)


for pattern, change in [
    ("lib/python3*/_sysconfigdata*.py", data),
    ("lib/python3*/_sysconfig_vars*.json", listed),
    ("lib/python3*/build-details.json", moved),
    ("lib/python3*/config-*/Makefile", settled),
    ("lib/python3*/config-*/python-config.py", script),
    ("lib/pkgconfig/*.pc", settled),
]:
    for path in glob.glob(pattern):
        rewrite(path, change)
for path in glob.glob("bin/*"):
    if os.path.isfile(path):
        with open(path, "rb") as file:
            is_script = file.read(2) == b"#!"
        if is_script:
            rewrite(path, script)
