import datetime
import subprocess
import sys
from pathlib import Path

import pytest

import app

TODAY = datetime.date(2026, 5, 1)


def test_each_guest_is_greeted_in_their_language():
    assert app.Guest("Simone", "fr", TODAY).greeting() == "Bonjour, Simone!"
    assert app.Guest("Zed", "xx", TODAY).greeting() == "Hello, Zed!"


def test_who_was_away_the_longest_comes_first():
    guests = app.read_guests(Path(app.__file__).with_name("guests.csv"))
    lines = app.table(guests, TODAY).splitlines()[2:]
    assert [line.split("|")[2].strip() for line in lines] == ["2 years", "3 months", "2 months", "7 days"]
    assert "Halló, Björk!" in lines[0]


def test_a_broken_book_is_named_with_its_line(tmp_path):
    book = tmp_path / "book.csv"
    book.write_text("name,language,last_visit\nAda,en,yesterday\n", encoding="utf-8")
    with pytest.raises(SystemExit, match=r"book\.csv, line 2: not a guest"):
        app.read_guests(book)


def test_the_program_runs_with_the_interpreter_of_its_environment(tmp_path):
    book = tmp_path / "book.csv"
    book.write_text("name,language,last_visit\nAda,en,2026-04-30\n", encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, app.__file__, str(book), "--today", "2026-05-01"],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert "| Hello, Ada! | a day      |" in ran.stdout
