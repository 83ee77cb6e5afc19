"""Reads notes and sums them up by month."""

import csv
import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TextIO


class BadNote(ValueError):
    """A line that is no note."""

    def __init__(self, line: int, reason: object):
        super().__init__(f"line {line} is no note: {reason}")


@dataclass(frozen=True)
class Note:
    day: datetime.date
    low: float
    high: float
    rain: float


@dataclass(frozen=True)
class Month:
    name: str
    coldest: float
    warmest: float
    mean: float
    rain: float
    wet_days: int


def read(lines: TextIO) -> Iterator[Note]:
    """Read `day,low,high,rain` (degrees Celsius, millimetres), the first line being these names."""
    rows = csv.DictReader(lines)
    for row in rows:
        try:
            day = datetime.date.fromisoformat(row["day"])
            note = Note(day, float(row["low"]), float(row["high"]), float(row["rain"]))
        except (KeyError, TypeError, ValueError) as error:
            raise BadNote(rows.line_num, error) from error
        if note.low > note.high:
            raise BadNote(rows.line_num, "low is above high")
        yield note


def by_month(notes: Iterable[Note]) -> list[Month]:
    """Sum up each month that has notes, in order."""
    months = defaultdict(list)
    for note in notes:
        months[note.day.replace(day=1)].append(note)
    return [sum_up(first, days) for first, days in sorted(months.items())]


def sum_up(first: datetime.date, days: list[Note]) -> Month:
    return Month(
        name=first.strftime("%Y-%m"),
        coldest=min(day.low for day in days),
        warmest=max(day.high for day in days),
        mean=sum((day.low + day.high) / 2 for day in days) / len(days),
        rain=sum(day.rain for day in days),
        wet_days=sum(day.rain >= 1 for day in days),
    )
