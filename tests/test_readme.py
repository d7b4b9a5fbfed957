"""What the README claims is what the tree has: formats, programs of others, and a length for three minutes."""

import re
from pathlib import Path

import pytest

from ingest.formats import all_formats

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")

PROGRAMS = {
    "schemathesis": "schemathesis", "Spectral": "spectral", "openapi-spec-validator": "openapi_spec_validator",
    "`frost-sta-client`": "frost_sta_client", "`istsos4-client`": "istsos4_client",
    "`staplus-client`": "staplus_client", "`ogc-sta-validate`": "ogc-sta-validate", "GDAL": "ogrinfo",
    "OWSLib": "owslib", "OpenAQ's own SDK": "from openaq import", "pySHACL": "pyshacl", "pandas": "pandas",
    "polars": "polars", "DuckDB": "duckdb", "GeoPandas": "geopandas", "R": "Rscript", "frictionless": "frictionless",
    "`geoparquet-validator`": "geoparquet", "axe": "axe", "the Nu HTML checker": "vnu",
    "Mosquitto itself": "mosquitto", "Chromium": "chromium",
}  # fmt: skip
"""A program as the README names it -> how the test that runs it does."""


def test_a_stranger_finishes_it_in_three_minutes() -> None:
    """At 120 lines and 1,100 words, links not counted, nobody needs longer."""
    assert len(README.splitlines()) <= 120
    assert len(re.sub(r"\]\([^)]*\)|`[^`]*`", "", README).split()) <= 1100


def test_the_formats_that_it_names_are_those_that_are_read() -> None:
    """A format that comes or goes changes the table."""
    row = next(line for line in README.splitlines() if line.startswith("| messages |"))
    assert re.findall(r"`(\w+)`", row) == sorted(each.NAME for each in all_formats())


@pytest.fixture(scope="module")
def tests_text() -> str:
    """Read all tests but this one, once."""
    files = (path for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__))
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


@pytest.mark.parametrize(("name", "run_as"), PROGRAMS.items())
def test_a_program_that_it_names_is_run_by_a_test(name: str, run_as: str, tests_text: str) -> None:
    """A claim without a test is no claim."""
    tried = "\n".join(line.split("|")[-2] for line in README.splitlines() if line.count("|") == 4)
    assert name in tried
    assert run_as in tests_text
