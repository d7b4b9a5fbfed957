"""The examples of docs/campaigns.md do what they say."""

import json
import re
import shlex
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from luchtbrug.campaigns.errors import CampaignError
from luchtbrug.campaigns.sample_sheet import HEADINGS, read
from luchtbrug.cli import app
from storage.audit import list_entries
from storage.connection import connect
from tests.luchtbrug.campaigns.no2 import CONSENT

PAGE = Path(__file__).parents[3] / "docs" / "campaigns.md"


def test_the_table_of_the_document_is_read() -> None:
    """Its lines have no fault, every column of it is known, and the table of columns names all that are read."""
    page = PAGE.read_text()
    example = page.partition("<!-- begin: example -->")[2].partition("```csv\n")[2].partition("```")[0]
    sheet = read(example, now=datetime(2026, 11, 23, tzinfo=UTC))
    assert (sheet.faults, sheet.unread, len(sheet.rows)) == ([], [], 6)
    assert [name for name in HEADINGS if f"`{name}`" not in page] == []


def test_the_commands_of_the_document_run(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the campaign to its end; the key is printed once, and an unknown campaign is one sentence."""
    monkeypatch.setenv("LUCHTBRUG_DATABASE_URL", database_url)
    monkeypatch.chdir(tmp_path)
    Path("consent.nl.txt").write_text(CONSENT.nl)
    Path("consent.en.txt").write_text(CONSENT.en)
    block = PAGE.read_text().partition("```sh\n")[2].partition("```")[0]
    commands = [shlex.split(line)[1:] for line in re.sub(r"\\\n", " ", block).splitlines()]
    said = [CliRunner().invoke(app, command, catch_exceptions=False) for command in commands]
    assert [one.exit_code for one in said] == [0, 0, 0, 0]
    assert "shown once" in said[0].stdout
    assert len(said[1].stdout.split()) == 25
    assert "no2-hilversum" in said[2].stdout
    assert "/campaigns/no2-hilversum/report" in said[3].stdout
    renewed = CliRunner().invoke(app, ["campaigns", "key", "no2-hilversum", "--json"], catch_exceptions=False)
    assert len(json.loads(renewed.stdout)["lead_key"]) > 20
    with connect(database_url) as conn:
        noted = [one.action.removeprefix("campaign.") for one in reversed(list_entries(conn)) if one.actor == "command"]
    assert noted == ["added", "invite", "ended", "key"]


@pytest.mark.parametrize(
    ("consent", "measured", "said"),
    [(b"", "pm2_5", "needs a text"), (b"\xff\xfe", "pm2_5", "no UTF-8"), (b"Ja.", "pm25", "'pm25' is not measured")],
)
def test_a_campaign_that_cannot_be_is_a_sentence(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, consent: bytes, measured: str, said: str
) -> None:
    """A text of nothing, one in another encoding and a property that nobody measures add no campaign."""
    monkeypatch.setenv("LUCHTBRUG_DATABASE_URL", database_url)
    text = tmp_path / "text"
    text.write_bytes(consent)
    command = ["campaigns", "add", "heide", "--name-nl=Heide", "--name-en=Heath", "--question-nl=Wat?",
               "--question-en=What?", "--begin=2026-10-05", "--end=2026-12-01", "--contact-name=Team",
               "--contact-email=a@example.org", f"--consent-nl={text}", f"--consent-en={text}",
               f"--property={measured}"]  # fmt: skip
    refused = CliRunner().invoke(app, command)
    assert isinstance(refused.exception, CampaignError)
    assert said in str(refused.exception)


def test_an_outline_of_its_own_is_an_area(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A GeoJSON polygon becomes the area of the campaign, and a day that is none is refused."""
    monkeypatch.setenv("LUCHTBRUG_DATABASE_URL", database_url)
    ring = [[5.1, 52.2], [5.2, 52.2], [5.2, 52.3], [5.1, 52.2]]
    feature = {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    outline, text = tmp_path / "outline.geojson", tmp_path / "text"
    outline.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    text.write_text("Ja.")
    command = ["campaigns", "add", "heide", "--name-nl=Heide", "--name-en=Heath", "--question-nl=Wat?",
               "--question-en=What?", "--end=2026-12-01", "--contact-name=Team", "--contact-email=a@example.org",
               f"--consent-nl={text}", f"--consent-en={text}", f"--outline={outline}"]  # fmt: skip
    assert CliRunner().invoke(app, [*command, "--begin=gisteren"]).exit_code == 2
    assert CliRunner().invoke(app, [*command, "--begin=2026-10-05"], catch_exceptions=False).exit_code == 0
    listed = CliRunner().invoke(app, ["areas", "list", "--kind", "campaign"], catch_exceptions=False)
    assert listed.stdout.split() == ["campaign-heide", "campaign", "Heide"]
