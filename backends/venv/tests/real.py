"""Prints what pip would make of files of real projects: a line of JSON for each line of stdin.

A line of stdin is a JSON list: a file of requirements, or a folder with a pyproject.toml and the METADATA of its package. What
is printed maps the names that are wanted on this machine to a version that fits all that is asked of it, and to whether
pip would leave version 0.0.0.dev0 in place.
"""

import email
import json
import re
import sys
import tomllib

from pip._internal.network.session import PipSession
from pip._internal.req.constructors import install_req_from_parsed_requirement
from pip._internal.req.req_file import parse_requirements
from pip._vendor.packaging.markers import default_environment
from pip._vendor.packaging.requirements import Requirement
from pip._vendor.packaging.utils import canonicalize_name

PYTHON = sys.argv[1]
BAD = "0.0.0.dev0"
ENVIRONMENT = dict(
    default_environment(),
    python_full_version=PYTHON,
    implementation_version=PYTHON,
    python_version=".".join(PYTHON.split(".")[:2]),
    platform_release="",
    platform_version="",
)


def applies(marker, extras=()):
    return marker is None or any(marker.evaluate(dict(ENVIRONMENT, extra=extra)) for extra in ["", *extras])


def of_file(path):
    """Name and specifier of each requirement of a file that applies here."""
    for parsed in parse_requirements(path, PipSession()):
        if parsed.constraint:
            continue
        requirement = install_req_from_parsed_requirement(parsed)
        if requirement.req is not None and applies(requirement.markers):
            yield canonicalize_name(requirement.req.name), requirement.req.specifier


def of_groups(groups, name):
    by_name = {canonicalize_name(name): lines for name, lines in groups.items()}
    for line in by_name[canonicalize_name(name)]:
        if isinstance(line, dict):
            yield from of_groups(groups, line["include-group"])
        else:
            yield Requirement(line)


def of_project(folder):
    """The same of a package with all its extras, and of all its groups."""
    with open(f"{folder}/METADATA", encoding="utf-8") as file:
        metadata = email.message_from_file(file)
    own = canonicalize_name(metadata["Name"])
    extras = metadata.get_all("Provides-Extra", [])
    with open(f"{folder}/pyproject.toml", "rb") as file:
        groups = tomllib.load(file).get("dependency-groups", {})
    wanted = [Requirement(line) for line in metadata.get_all("Requires-Dist", [])]
    in_groups = [requirement for name in groups for requirement in of_groups(groups, name)]
    for requirement in [*wanted, *in_groups]:
        name = canonicalize_name(requirement.name)
        if name != own and applies(requirement.marker, extras):
            yield name, requirement.specifier


def fitting(specifiers):
    """A version that fits; None where there is none, as where two lines contradict each other."""
    named = {version for one in specifiers for version in re.findall(r"[0-9](?:[0-9A-Za-z.!+]*[0-9A-Za-z])?", str(one))}
    nearby = {f"{version}.999" for version in named} | {f"{number}.0" for number in range(100)} | {"2026.99"}
    fits = lambda version: all(one.contains(version, prereleases=True) for one in specifiers)
    return next((version for version in sorted(named | nearby) if fits(version)), None)


for line in sys.stdin:
    kind, path = json.loads(line)
    wanted = {}
    for name, specifier in of_file(path) if kind == "file" else of_project(path):
        wanted.setdefault(name, []).append(specifier)
    bad_stays = lambda specifiers: all(one.contains(BAD, prereleases=True) for one in specifiers)
    print(json.dumps({name: [fitting(all_), bad_stays(all_)] for name, all_ in wanted.items()}))
