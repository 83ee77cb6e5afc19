# The names by which the distributions that are named can be imported, one a line; nothing for those that are not there.
import inspect
import re
import sys

try:
    from importlib import metadata
except ImportError:
    sys.exit(0)

wanted = {re.sub("[-_.]+", "-", name).lower() for name in sys.argv[1:]}
names = set()
for distribution in metadata.distributions():
    name = distribution.metadata["Name"] or ""
    if re.sub("[-_.]+", "-", name).lower() not in wanted:
        continue
    said = (distribution.read_text("top_level.txt") or "").split()
    files = distribution.files or []
    found = [file.parts[0] if len(file.parts) > 1 else inspect.getmodulename(str(file)) for file in files
             if inspect.getmodulename(str(file))]
    names.update(said or found)
# What begins with an underscore is a part of something else.
for name in sorted(names):
    if name and name.isidentifier() and not name.startswith("_"):
        print(name)
