import json
import shutil
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from weather.cli import main

WINTER = Path(__file__).parent.parent / "data" / "winter.csv"


def test_a_table_has_a_line_for_each_month():
    result = CliRunner().invoke(main, [str(WINTER)])
    assert result.exit_code == 0
    assert [line.split()[0] for line in result.output.splitlines()[2:]] == ["2025-11", "2025-12", "2026-01", "2026-02"]


def test_json_is_read_from_standard_input():
    result = CliRunner().invoke(main, ["--json", "-"], input="day,low,high,rain\n2026-01-01,1,3,0\n")
    assert json.loads(result.output)[0]["mean"] == 2


def test_a_bad_file_ends_with_an_error():
    result = CliRunner().invoke(main, ["-"], input="day,low,high,rain\nnever,1,3,0\n")
    assert result.exit_code == 1
    assert "line 2 is no note" in result.output


def test_the_console_script_is_the_one_of_this_environment():
    script = shutil.which("weather-notes", path=str(Path(sys.executable).parent))
    assert script, "install this project: pip install -e ."
    ran = subprocess.run([script, str(WINTER)], capture_output=True, encoding="utf-8", check=True)
    assert "2025-12" in ran.stdout
