import io

import pytest

from weather import notes

TEXT = """day,low,high,rain
2026-02-01,-4,2,0
2026-01-30,-8.5,-1.5,3.2
2026-01-31,-6,0,0.4
"""


def test_notes_are_summed_up_by_month_in_order():
    january, february = notes.by_month(notes.read(io.StringIO(TEXT)))
    assert (january.name, january.coldest, january.warmest) == ("2026-01", -8.5, 0)
    assert january.mean == pytest.approx(-4)
    assert january.rain == pytest.approx(3.6)
    assert (january.wet_days, february.wet_days) == (1, 0)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("2026-13-01,0,1,0", "month must be in 1..12"),
        ("2026-01-01,cold,1,0", "could not convert string to float: 'cold'"),
        ("2026-01-01,5,1,0", "low is above high"),
        ("2026-01-01,5", "line 2 is no note"),
    ],
)
def test_a_bad_line_is_named(line, reason):
    with pytest.raises(notes.BadNote, match="line 2 is no note") as caught:
        list(notes.read(io.StringIO(f"day,low,high,rain\n{line}\n")))
    assert reason in str(caught.value)
