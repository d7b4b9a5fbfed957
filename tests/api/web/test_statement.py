"""The accessibility statement says what was found, and claims nothing that was not looked at."""

from pathlib import Path

import httpx
import pytest
from pydantic import ValidationError

from api.web.accessibility import read_results
from benchmarks.accessibility import as_toml
from benchmarks.page_views import VIEWS


def test_what_the_command_writes_is_what_the_page_reads(tmp_path: Path) -> None:
    """Every view, both languages and both schemes, and the count of each tool come through; machines bring no B."""
    file = tmp_path / "results.toml"
    file.write_text(as_toml({"axe-core": ("4.14.1", 0), "pa11y": ("9.1.1", 0)}, list(VIEWS)))
    found = read_results(file)
    assert found is not None
    assert (len(found.pages), len(found.languages), len(found.schemes), found.status) == (len(VIEWS), 2, 2, "C")
    assert [(tool.name, tool.violations) for tool in found.tools] == [("axe-core", 0), ("pa11y", 0)]


def test_one_violation_is_status_d(tmp_path: Path) -> None:
    """Whatever the other tool says."""
    file = tmp_path / "results.toml"
    file.write_text(as_toml({"axe-core": ("4.14.1", 0), "pa11y": ("9.1.1", 1)}, list(VIEWS)))
    found = read_results(file)
    assert found is not None
    assert found.status == "D"


def test_without_results_nothing_is_claimed(tmp_path: Path) -> None:
    """No file, no status; a file without tools is refused."""
    assert read_results(tmp_path / "none.toml") is None
    empty = tmp_path / "empty.toml"
    empty.write_text('day = 2026-11-23\nlanguages = ["nl"]\nschemes = ["light"]\npages = ["map"]\ntools = []\n')
    with pytest.raises(ValidationError, match="tools"):
        read_results(empty)


def test_every_page_leads_to_the_statement(page: httpx.Client) -> None:
    """The footer links to it, in the reader's language, and it says whom to tell."""
    assert 'href="/accessibility?lang=en"' in page.get("/about?lang=en").text
    html = page.get("/accessibility").text
    assert "mailto:luchtbrug@example.org" in html
    assert "Nationale ombudsman" in html
