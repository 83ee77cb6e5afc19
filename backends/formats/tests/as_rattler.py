"""Prints which packages rattler takes for each spec on stdin: a line of JSON, a bool for each package, or null for no spec.

The packages are the argument: a list of versions with builds.
"""

import json
import sys

import rattler
from rattler import MatchSpec, PackageRecord

# Later versions want builds wrapped.
wrapped = getattr(rattler, "BuildString", str)
packages = [
    PackageRecord(name="numpy", version=version, build=wrapped(build), build_number=0, subdir="linux-64")
    for version, build in json.loads(sys.argv[1])
]
for text in sys.stdin.read().splitlines():
    try:
        spec = MatchSpec(text, strict=False)
    except Exception:
        print("null")
        continue
    print(json.dumps([spec.matches(package) for package in packages]))
