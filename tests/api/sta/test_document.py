"""docs/sensorthings.md: its lines and its program run as they stand."""

import re
import subprocess
import sys
from pathlib import Path

from tests.api.shell import typed
from tests.api.sta.test_clients import need

GUIDE = Path(__file__).parents[3] / "docs" / "sensorthings.md"
ADDRESS = "http://127.0.0.1:8000/sta/v1.1"


def test_the_lines_of_the_document_work(sta_url: str, tmp_path: Path) -> None:
    """The root, the stations, a day of a series and a filter are answered."""
    said = typed(GUIDE.read_text(encoding="utf-8"), ADDRESS, sta_url, tmp_path)
    for found in ("HistoricalLocations", "LUB_gooi_01", "phenomenonTime", "pm25_kal"):
        assert found in said


def test_the_program_of_the_document_runs(sta_url: str, tmp_path: Path) -> None:
    """It names the stations of a project and their series."""
    need("frost_sta_client")
    [program] = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    command = [sys.executable, "-c", program.replace(ADDRESS, sta_url)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "LUB_gooi_01 ['LUB_gooi_01-" in done.stdout
