"""Answers for conda-lock, in one process: what its own functions make of files. A line of JSON for each request on stdin.

{"spec": FILE, "platforms": […]}: the content hash of each platform, or what conda-lock stops at.
{"lock": FILE}: what the strict reader says of a lock: "ok", or the reason.
{"lock": FILE, "specs": […], "platforms": […]}: what `lock --check-input-hash` prints; nothing is solved.
"""

import contextlib
import io
import json
import pathlib
import sys
import warnings

warnings.simplefilter("ignore")

from conda_lock import conda_lock  # noqa: E402
from conda_lock.content_hash import compute_content_hashes  # noqa: E402
from conda_lock.lockfile import parse_conda_lock_file  # noqa: E402
from conda_lock.src_parser import make_lock_spec  # noqa: E402
from conda_lock.virtual_package import (  # noqa: E402
    default_virtual_package_repodata,
    virtual_package_repo_from_specification,
)

# What the PyPI name `pip` is called in conda is looked up in a file that is otherwise downloaded.
mapping = pathlib.Path(sys.argv[1])
mapping.write_text("{}")
defaults = default_virtual_package_repodata()


def virtual_packages(spec):
    own = pathlib.Path(spec).parent / "virtual-packages.yml"
    return virtual_package_repo_from_specification(own) if own.exists() else defaults


def hashes(spec, platforms):
    found = make_lock_spec(src_files=[pathlib.Path(spec)], platform_overrides=platforms, mapping_url=str(mapping))
    return compute_content_hashes(found, virtual_packages(spec))


def refuse(*_, **__):
    raise RuntimeError("it would solve")


def check(lock, specs, platforms):
    conda_lock.create_lockfile_from_spec = refuse
    conda_lock.default_virtual_package_repodata = lambda **_: defaults
    own = pathlib.Path(specs[0]).parent / "virtual-packages.yml"
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        conda_lock.make_lock_files(
            conda="none",
            src_files=[pathlib.Path(spec) for spec in specs],
            kinds=["lock"],
            lockfile_path=pathlib.Path(lock),
            platform_overrides=platforms,
            virtual_package_spec=own,
            check_input_hash=True,
            mapping_url=str(mapping),
        )
    return said.getvalue()


def answer(request):
    try:
        if "spec" in request:
            return hashes(request["spec"], request["platforms"])
        parse_conda_lock_file(pathlib.Path(request["lock"]))
        return check(**request) if "specs" in request else "ok"
    except Exception as error:
        return f"{type(error).__name__}: {error}"


for line in sys.stdin:
    with contextlib.redirect_stdout(sys.stderr):
        said = answer(json.loads(line))
    print(json.dumps(said))
