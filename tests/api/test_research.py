"""docs/research.md: every block of it runs as it stands, against a running platform."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

GUIDE = Path(__file__).parents[2] / "docs" / "research.md"
ADDRESS = "http://127.0.0.1:8000/v1"


def blocks(language: str) -> dict[str, str]:
    """Give the code of each section with any, in order."""
    sections = re.split(r"^## ", GUIDE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    found = {part.split("\n")[0]: re.findall(rf"```{language}\n(.*?)```", part, re.DOTALL) for part in sections}
    return {title: "\n".join(code) for title, code in found.items() if code}


def run(command: list[str], code: str, client: httpx.Client, folder: Path) -> str:
    """Run code in a folder of its own, with the address of our platform in the place of the one that is shown."""
    assert ADDRESS in GUIDE.read_text(encoding="utf-8")
    script = folder / "example"
    script.write_text(code.replace(ADDRESS, str(client.base_url).rstrip("/")), encoding="utf-8")
    done = subprocess.run(
        [*command, str(script)], cwd=folder, capture_output=True, text=True, check=False, env={**os.environ, "CI": ""}
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def need(*modules: str) -> None:
    """Skip where a library is not installed; in CI it is an error."""
    for module in modules:
        if os.environ.get("CI") == "true":
            __import__(module)
        pytest.importorskip(module, reason=f"{module} is not installed: it is in the extra `clients`")


def test_the_examples_in_python(client: httpx.Client, tmp_path: Path) -> None:
    """pandas and polars read the export, a snapshot is checked and cited, DuckDB and GeoPandas open its files."""
    need("pandas", "polars", "duckdb", "geopandas")
    shown = run([sys.executable], "\n".join(blocks("python").values()), client, tmp_path)  # one start for all

    assert "2026-05-17 09:00:00+00:00" in shown
    assert "3 hours stand now, 0 were published on 1 June" in shown  # the tests' hours were published today
    assert re.search(r"│ gooi-01 +┆ pm2_5 +┆ 9 +┆ 10.0 +┆ 1 ", shown)
    [frozen] = client.get("/snapshots").json()["items"]
    assert frozen["citation"] in shown
    assert re.search(r"│ Hilversum +│ pm2_5 +│ 2026-05-01", shown)
    assert re.search(r"gooi-01\s.*POINT \(14\d{4}.* 47\d{4}", shown)  # RD New, near Hilversum
    assert (tmp_path / "air" / "hours" / "year=2026" / "month=05" / "hours.parquet").is_file()


def test_r(client: httpx.Client, tmp_path: Path) -> None:
    """Base R reads the layout of openair and the full one."""
    program = shutil.which("Rscript")
    if program is None:
        assert os.environ.get("CI") != "true", "CI installs r-base-core"
        pytest.skip("Rscript is not installed (Debian: r-base-core)")
    shown = run([program, "--vanilla"], blocks("r")["R"], client, tmp_path)

    assert re.search(r"gooi-01\s+10\b", shown)
    assert re.search(r"pm2_5\s*\n\s*10\b", shown)


def test_every_block_is_run() -> None:
    """No section of the page has code that no test here runs."""
    assert set(blocks("python")) == {"pandas", "polars", "A snapshot, checked and cited", "DuckDB", "GeoPandas, QGIS"}
    assert set(blocks("r")) == {"R"}
    assert set(re.findall(r"```(\w+)", GUIDE.read_text(encoding="utf-8"))) == {"python", "r"}
