"""A home, projects and variables of a benchmark's own."""

import itertools
import os
import pathlib
import shutil
import subprocess
import sys

import timing


class LeftOut(Exception):
    """What a row needs is not on this machine."""


class World:
    """Everything below one temporary folder; the path and the machine's programs are the caller's."""

    def __init__(self, root, pyve):
        self.root, self.pyve = root, pyve
        self.home = root / "home"
        self.home.mkdir()
        self.variables = {
            "HOME": str(self.home),
            "PATH": os.environ.get("PATH", os.defpath),
            "LC_ALL": "C.UTF-8",
            "CI": "1",
        }
        # What the network needs here, for the one time that uv fetches pip.
        network = ("SSL_CERT_", "UV_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
        self.variables.update((name, value) for name, value in os.environ.items() if name.upper().startswith(network))

    def project(self, name="project"):
        folder = self.root / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def command(self, argv, folder, **variables):
        return timing.Command(argv, folder, {**self.variables, **variables})

    def fresh(self, name, forget=(), files={}):
        """A new project for each turn with these files, and with the folders `forget` out of the way.

        Nothing is removed in between: ext4 is slow at making files where many were removed within a minute.
        """
        numbers = itertools.count()

        def folder():
            project = self.project(f"{name}/{next(numbers)}")
            for other in forget:
                if other.exists():
                    other.rename(project.with_name(f"{project.name}-{other.name}"))
            for file, text in files.items():
                (project / file).write_text(text)
            return project

        return folder

    def built(self, name):
        """What is built beside pyve."""
        found = self.pyve.parent / name
        if not found.exists():
            raise LeftOut(f"{found} was not built; pyve/benches/run without --pyve builds it")
        return found

    def built_library(self, name):
        ending = {"darwin": ".dylib"}.get(sys.platform, ".so")
        return self.built(f"lib{name}{ending}")

    def do(self, argv, folder):
        """Runs a command that prepares something."""
        words = [str(word) for word in argv]
        done = subprocess.run(words, cwd=folder, env=self.variables, capture_output=True, stdin=subprocess.DEVNULL)
        if done.returncode:
            raise SystemExit(f"error: {' '.join(words)}\n{done.stderr.decode(errors='replace')}")
        return done.stdout.decode()

    def initialised(self, name="project", *options):
        """A project with a virtual environment."""
        folder = self.project(name)
        self.do([self.pyve, "init", "--no-direnv", *options], folder)
        return folder


def peer(name):
    """A program of the machine, `$UV` for `uv`."""
    found = os.environ.get(name.upper()) or shutil.which(name)
    if not found:
        raise LeftOut(f"{name} is not on PATH")
    return pathlib.Path(found).absolute()
