from pathlib import Path

import numpy as np
import pytest

import rivers

GAUGE = Path(__file__).parent.parent / "data" / "gauge.csv"


def test_a_year_is_summed_up():
    lines = rivers.report(rivers.Gauge.read(GAUGE)).splitlines()
    assert lines[:3] == [
        "mean      352.4 m³/s",
        "lowest    187.6 m³/s in 2025-09",
        "highest   611.9 m³/s in 2025-04",
    ]
    assert lines[3:] == ["2025-03 was wet", "2025-04 was wet", "2025-08 was dry", "2025-09 was dry"]


def test_a_steady_river_has_no_unusual_months():
    assert rivers.Gauge(["a", "b", "c", "d"], np.array([9.0, 10.0, 10.0, 11.0])).unusual(2) == {}


def test_a_file_without_months_is_refused(tmp_path, capsys):
    empty = tmp_path / "empty.csv"
    empty.write_text("month,discharge\n")
    assert rivers.main([str(empty)]) == 1
    assert capsys.readouterr().err == f"rivers: {empty} has no months in it\n"


def test_a_column_that_is_missing_is_named(tmp_path):
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("month,level\n2025-01,3\n")
    with pytest.raises(KeyError, match="discharge"):
        rivers.Gauge.read(wrong)
