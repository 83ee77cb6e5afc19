"""Prints what pip's own parser makes of the files that stdin names: a line of JSON for each.

A line is a list of requirements, and null behind them where pip would stop.
"""

import json
import logging
import os
import sys

from pip._internal.network.session import PipSession
from pip._internal.req.constructors import parse_req_from_line
from pip._internal.req.req_file import parse_requirements
from pip._vendor.packaging.utils import canonicalize_name

logging.disable(logging.CRITICAL)
MARKERS = json.loads(sys.argv[1])


def meaning(requirement):
    """The name, extras, versions and whether it applies; null for what has no name or is none."""
    try:
        parts = parse_req_from_line(requirement, None)
    except Exception:
        return None
    if parts.requirement is None:
        return None
    named = parts.requirement
    extras = sorted({canonicalize_name(extra) for extra in named.extras | parts.extras})
    versions = sorted(str(version) for version in named.specifier)
    applies = parts.markers is None or parts.markers.evaluate(dict(MARKERS, extra=""))
    return [canonicalize_name(named.name), extras, versions, applies]


def entry(found):
    file, line = found.comes_from.split(" ", 1)[1].replace("file://", "").rsplit(" (", 1)
    origin = f"{os.path.realpath(file)} ({line}"
    hashes = (found.options or {}).get("hashes", {})
    hashes = sorted(f"{kind}:{value}" for kind, values in hashes.items() for value in values)
    meant = None if found.is_editable else meaning(found.requirement)
    return [origin, found.requirement.strip(), found.is_editable, found.constraint, hashes, meant]


session = PipSession()
for name in sys.stdin.read().splitlines():
    entries = []
    try:
        for found in parse_requirements(name, session):
            told = entry(found)
            if told not in entries:
                entries.append(told)
    except Exception:
        entries.append(None)
    print(json.dumps(entries))
