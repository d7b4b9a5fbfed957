"""The privacy papers come from the page's source, and say what is for the operator to fill in."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.web.transparency.source import read
from luchtbrug.cli import app
from luchtbrug.papers import PAPERS, Operator, render, write
from luchtbrug.settings import Settings

DOCS = Path(__file__).parents[2] / "docs" / "privacy"
DEFAULT = Operator.of(Settings.model_construct())


def test_the_papers_in_the_repository_are_what_the_command_writes() -> None:
    """docs/privacy/ is what `luchtbrug papers docs/privacy` makes with nothing set."""
    assert {path.name for path in DOCS.iterdir()} == set(PAPERS)
    assert {name: (DOCS / name).read_text(encoding="utf-8") for name in PAPERS} == render(DEFAULT)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_page_and_papers_say_the_same(language: str) -> None:
    """What the transparency page says of each class stands word for word in the privacy statement."""
    text = render(DEFAULT)[f"privacy-statement.{language}.md"]
    for one in read(None).data:
        for part in (one.name, one.what, one.source, one.purpose, one.ground, one.retention, one.seen_by):
            assert part[language] in text


def test_what_is_set_is_filled_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Name, contact, address and days of the settings stand in the papers; what they do not say stays marked."""
    monkeypatch.setenv("LUCHTBRUG_PUBLISHER_NAME", "Gemeente Voorbeeld")
    monkeypatch.setenv("LUCHTBRUG_CONTACT_EMAIL", "lucht@voorbeeld.example")
    monkeypatch.setenv("LUCHTBRUG_BACKUP_DAYS", "14")
    monkeypatch.setenv("LUCHTBRUG_RETENTION_DAYS", "400")
    result = CliRunner().invoke(app, ["papers", str(tmp_path / "papers")])
    assert result.exit_code == 0, result.output
    text = {name: (tmp_path / "papers" / name).read_text(encoding="utf-8") for name in PAPERS}
    assert "| Controller | Gemeente Voorbeeld |" in text["register.md"]
    assert "Vragen: lucht@voorbeeld.example." in text["privacy-statement.nl.md"]
    assert "nog hoogstens 14 dagen" in text["privacy-statement.nl.md"]
    assert "Single readings: 400 days." in text["retention.md"]
    assert "[FILL IN: " in text["dpia-pre-scan.md"]


def test_papers_name_only_what_is_there(tmp_path: Path) -> None:
    """Each test, document and setting that a paper points to is in this repository; nobody's name stands in one."""
    root = DOCS.parents[1]
    for path in write(DEFAULT, tmp_path):
        text = path.read_text(encoding="utf-8")
        for name in re.findall(r"(?:tests|docs)/[\w/.-]+\.(?:py|md)", text):
            assert (root / name).is_file(), name
        for name in re.findall(r"LUCHTBRUG_(\w+)", text):
            assert name.lower() in Settings.model_fields, name
        for name in re.findall(r"\]\(([\w.-]+\.md)\)", text):
            assert name in PAPERS, name
        assert "{{" not in text
