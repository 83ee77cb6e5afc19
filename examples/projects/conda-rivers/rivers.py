"""Sums up a year of a river gauge: mean, extremes, and the months that were unusually dry or wet."""

import argparse
import csv
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class Gauge:
    """Monthly discharge in cubic metres per second."""

    months: list[str]
    discharge: np.ndarray

    @classmethod
    def read(cls, path: Path) -> "Gauge":
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        if not rows:
            raise ValueError(f"{path} has no months in it")
        return cls([row["month"] for row in rows], np.array([float(row["discharge"]) for row in rows]))

    def unusual(self, deviations: float = 1.0) -> dict[str, str]:
        """The months that lie more than so many standard deviations off the mean."""
        distance = (self.discharge - self.discharge.mean()) / self.discharge.std()
        off = np.flatnonzero(np.abs(distance) > deviations)
        return {self.months[index]: "wet" if distance[index] > 0 else "dry" for index in off}


def report(gauge: Gauge) -> str:
    lowest, highest = gauge.discharge.argmin(), gauge.discharge.argmax()
    lines = [
        f"mean    {gauge.discharge.mean():7.1f} m³/s",
        f"lowest  {gauge.discharge[lowest]:7.1f} m³/s in {gauge.months[lowest]}",
        f"highest {gauge.discharge[highest]:7.1f} m³/s in {gauge.months[highest]}",
    ]
    lines += [f"{month} was {kind}" for month, kind in gauge.unusual().items()]
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, help="a CSV file with the columns month and discharge")
    options = parser.parse_args(arguments)
    try:
        print(report(Gauge.read(options.file)))
    except (OSError, KeyError, ValueError) as error:
        print(f"rivers: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
