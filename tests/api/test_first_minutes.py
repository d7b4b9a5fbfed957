"""What docs/api.md tells a newcomer to type."""

import re
import shutil
import subprocess
from pathlib import Path

import httpx
import pyarrow.parquet as pq
import pytest

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "api.md"


def test_the_first_ten_minutes_work(client: httpx.Client, tmp_path: Path) -> None:
    """Each line of the section runs in a shell, one after another, and the files hold rows."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    section = DOCUMENT.read_text(encoding="utf-8").split("## Your first ten minutes")[1].split("\n## ")[0]
    lines = re.findall(r"^\$ (.*)$", section, re.MULTILINE)
    program = "\n".join(lines).replace("http://127.0.0.1:8000/v1", str(client.base_url).rstrip("/"))
    shell = 'set -e; curl() { command curl --silent --show-error --fail "$@"; }\n' + program

    done = subprocess.run(["sh", "-c", shell], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 0, done.stderr
    assert len(lines) > 8
    assert done.stdout.startswith('{"status":')
    assert "gooi-01" in done.stdout
    assert len((tmp_path / "hours.csv").read_text().splitlines()) == 4
    assert len(pq.read_table(tmp_path / "all.parquet")) == 2
    assert (tmp_path / "openair.csv").read_text().startswith("date,site,code")
