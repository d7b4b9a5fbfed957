"""What docs/api.md tells a newcomer to type."""

from pathlib import Path

import httpx
import pyarrow.parquet as pq

from tests.api.shell import typed

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "api.md"


def test_the_first_ten_minutes_work(client: httpx.Client, tmp_path: Path) -> None:
    """Each line of the section runs in a shell, one after another, and the files hold rows."""
    section = DOCUMENT.read_text(encoding="utf-8").split("## Your first ten minutes")[1].split("\n## ")[0]
    said = typed(section, "http://127.0.0.1:8000/v1", str(client.base_url).rstrip("/"), tmp_path)

    assert section.count("\n$ ") > 8
    assert said.startswith('{"status":')
    assert "gooi-01" in said
    assert len((tmp_path / "hours.csv").read_text().splitlines()) == 4
    assert len(pq.read_table(tmp_path / "all.parquet")) == 2
    assert (tmp_path / "openair.csv").read_text().startswith("date,site,code")
