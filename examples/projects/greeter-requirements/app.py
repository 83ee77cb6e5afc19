"""Greet the people of a guest book, the one who was away the longest first.

    python app.py guests.csv --today 2026-05-01
"""

import argparse
import csv
import datetime
import sys
from dataclasses import dataclass
from pathlib import Path

import humanize
from tabulate import tabulate

GREETINGS = {"de": "Hallo", "en": "Hello", "fr": "Bonjour", "is": "Halló", "ja": "こんにちは"}


@dataclass(frozen=True)
class Guest:
    name: str
    language: str
    last_visit: datetime.date

    def greeting(self) -> str:
        return f"{GREETINGS.get(self.language, GREETINGS['en'])}, {self.name}!"


def read_guests(book: Path) -> list[Guest]:
    """Read a guest book: name, language, date of the last visit."""
    guests = []
    with book.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines)
        for row in rows:
            try:
                visit = datetime.date.fromisoformat(row["last_visit"])
                guests.append(Guest(row["name"], row["language"], visit))
            except (KeyError, TypeError, ValueError) as error:
                raise SystemExit(f"{book}, line {rows.line_num}: not a guest ({error})") from error
    return guests


def table(guests: list[Guest], today: datetime.date) -> str:
    """A line for each guest, with how long it is since the last visit."""
    rows = [
        (guest.greeting(), humanize.naturaldelta(today - guest.last_visit))
        for guest in sorted(guests, key=lambda guest: guest.last_visit)
    ]
    return tabulate(rows, headers=("greeting", "away for"), tablefmt="github")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("book", type=Path, nargs="?", default=Path(__file__).with_name("guests.csv"))
    parser.add_argument("--today", type=datetime.date.fromisoformat, default=datetime.date.today())
    chosen = parser.parse_args(arguments)
    print(table(read_guests(chosen.book), chosen.today))
    return 0


if __name__ == "__main__":
    sys.exit(main())
