"""The table of pyve's speed: rows from `rows/`, measured in turns so that a busy machine hurts both sides alike."""

import argparse
import importlib.util
import os
import pathlib
import sys
import tempfile

import world

HERE = pathlib.Path(__file__).resolve().parent


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pyve", type=pathlib.Path, required=True, help="the program to measure")
    parser.add_argument("--runs", type=int, default=1, help="how often the whole table is measured")
    parser.add_argument("--rounds", type=int, help="turns of each row, instead of its own number")
    parser.add_argument("rows", nargs="*", help="names of files in rows/, without their ending")
    options = parser.parse_args()
    options.pyve = options.pyve.resolve()
    table = {}
    missed = False
    names = options.rows or sorted(path.stem for path in (HERE / "rows").glob("*.py"))
    # Removed as a whole at the end: ext4 is slow at making files where many were removed within a minute.
    with tempfile.TemporaryDirectory(prefix="pyve-bench-") as folder:
        for run in range(options.runs):
            for name in names:
                for row in measured(name, options, pathlib.Path(folder).resolve() / f"{name}{run}"):
                    table.setdefault((row.what, row.limit_text()), []).append(row.figure_text())
                    missed |= not row.within_limit()
    show(table)
    return 1 if missed else 0


def measured(name, options, folder):
    """The rows of one file, each file in a world of its own below `folder`."""
    spec = importlib.util.spec_from_file_location(name, HERE / "rows" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    folder.mkdir()
    try:
        for row in module.rows(world.World(folder, options.pyve)):
            row.measure(options.rounds)
            print(f"{row.what}: {row.figure_text()} (limit {row.limit_text()}) {row.detail}", file=sys.stderr)
            yield row
    except world.LeftOut as reason:
        print(f"{name}: left out: {reason}", file=sys.stderr)
    finally:
        # The commands were started in folders that will be gone.
        os.chdir(HERE)


def show(table):
    runs = max((len(figures) for figures in table.values()), default=0)
    print("| what | limit |" + "".join(f" run {number + 1} |" for number in range(runs)))
    print("| --- | --- |" + " --- |" * runs)
    for (what, limit), figures in table.items():
        print(f"| {what} | {limit} | " + " | ".join(figures) + " |")


if __name__ == "__main__":
    sys.exit(main())
