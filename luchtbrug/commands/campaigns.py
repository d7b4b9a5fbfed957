"""`luchtbrug campaigns`: add one, list them, invite to one, renew its lead's key, change what is agreed to, end one."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import psycopg
import typer

import storage.audit
import storage.campaigns
from luchtbrug.campaigns import taking_part
from luchtbrug.campaigns.cells import CellError, moment
from luchtbrug.campaigns.leading import new_lead_key
from luchtbrug.commands.station import AsJson
from luchtbrug.database import open_schema
from luchtbrug.settings import Settings
from storage.audit import COMMAND
from storage.campaigns import NewCampaign
from storage.connection import connect

app = typer.Typer(help="Campaigns: people who measure together to answer one question.", no_args_is_help=True)

Code = Annotated[str, typer.Argument(help="of the campaign, as no2-hilversum")]


class Joining(StrEnum):
    """Who may join."""

    OPEN = "open"
    INVITATION = "invitation"


@app.command()
def add(
    code: Code,
    name_nl: Annotated[str, typer.Option(help="its name in Dutch")],
    name_en: Annotated[str, typer.Option(help="its name in English")],
    question_nl: Annotated[str, typer.Option(help="the question that it asks, in Dutch")],
    question_en: Annotated[str, typer.Option(help="the question, in English")],
    begin: Annotated[str, typer.Option(help="first day, as 2026-10-05")],
    end: Annotated[str, typer.Option(help="the day after the last, as 2027-04-01")],
    contact_name: Annotated[str, typer.Option(help="the team that answers; not a person")],
    contact_email: Annotated[str, typer.Option(help="its address")],
    consent_nl: Annotated[Path, typer.Option(help="file with the text that owners agree to, in Dutch")],
    consent_en: Annotated[Path, typer.Option(help="the same text in English")],
    observed_property: Annotated[str, typer.Option("--property", help="what it asks about, as pm2_5 or no2")] = "pm2_5",
    area: Annotated[str | None, typer.Option(help="code of a loaded area, as GM0402")] = None,
    outline: Annotated[Path | None, typer.Option(help="GeoJSON with its own outline")] = None,
    joining: Annotated[Joining, typer.Option(help="whether owners need an invitation")] = Joining.INVITATION,
    as_json: AsJson = False,
) -> None:
    """Add a campaign and print the key of its lead, once.

    Example: `luchtbrug campaigns add no2-hilversum --name-nl "Stikstof in Hilversum" …` (docs/campaigns.md has all)
    """
    from luchtbrug.campaigns.starting import own_area, read_texts, start

    new = NewCampaign(
        code=code, name_nl=name_nl, name_en=name_en, question_nl=question_nl, question_en=question_en,
        observed_property=observed_property, begin=_midnight(begin), end=_midnight(end), joining=joining.value,
        contact_name=contact_name, contact_email=contact_email, area_code=own_area(code) if outline else area,
        created_at=datetime.now(UTC),
    )  # fmt: skip
    with _open() as conn:
        key = start(conn, new, read_texts(consent_nl, consent_en), outline)
        _note(conn, "campaign.added", code, new.created_at)
    text = f"Campaign {code}. Its lead signs in at /campaigns/{code}/lead with this key, shown once:\n  {key}"
    typer.echo(json.dumps({"code": code, "lead_key": key}) if as_json else text)


@app.command("list")
def list_campaigns() -> None:
    """List the campaigns.

    Example: `luchtbrug campaigns list`
    """
    with _open() as conn:
        for one in storage.campaigns.select(conn):
            days = f"{one.begin:%Y-%m-%d}/{one.end:%Y-%m-%d}"
            typer.echo(f"{one.code:<24} {days}  {one.stations:4} stations {one.samples:5} samples  {one.name_en}")


@app.command()
def invite(
    code: Code,
    count: Annotated[int, typer.Option(min=1, max=1000, help="how many codes")] = 10,
    uses: Annotated[int, typer.Option(min=1, max=1000, help="stations that each is good for")] = 1,
    days: Annotated[int, typer.Option(min=1, max=366, help="how long they are good")] = 60,
    as_json: AsJson = False,
) -> None:
    """Print invitations, once; what is kept of them are hashes.

    Example: `luchtbrug campaigns invite no2-hilversum --count 25`
    """
    now = datetime.now(UTC)
    with _open() as conn:
        campaign = storage.campaigns.need(conn, code)
        batch, codes = taking_part.invite(
            conn, campaign, count=count, uses=uses, expires_at=now + timedelta(days=days), now=now
        )
        _note(conn, "campaign.invite", code, now)
    typer.echo(json.dumps({"batch": batch, "codes": codes}) if as_json else "\n".join(codes))


@app.command()
def key(code: Code, as_json: AsJson = False) -> None:
    """Give the lead another key and print it, once; the old one is good for nothing.

    Example: `luchtbrug campaigns key no2-hilversum`
    """
    now = datetime.now(UTC)
    with _open() as conn:
        campaign = storage.campaigns.need(conn, code)
        new = new_lead_key(conn, campaign.campaign_key, now)
        _note(conn, "campaign.key", code, now)
    typer.echo(json.dumps({"code": code, "lead_key": new}) if as_json else new)


@app.command()
def consent(
    code: Code,
    consent_nl: Annotated[Path, typer.Option(help="file with the new text in Dutch")],
    consent_en: Annotated[Path, typer.Option(help="the same text in English")],
) -> None:
    """Add a version of what is agreed to; who agreed to an older one stays with that until they agree anew.

    Example: `luchtbrug campaigns consent no2-hilversum --consent-nl nl.txt --consent-en en.txt`
    """
    from luchtbrug.campaigns.starting import read_texts

    texts, now = read_texts(consent_nl, consent_en), datetime.now(UTC)
    with _open() as conn:
        campaign_key = storage.campaigns.need(conn, code).campaign_key
        version = storage.campaigns.add_consent(conn, campaign_key, text_nl=texts.nl, text_en=texts.en, at=now)
        _note(conn, "campaign.consent", code, now)
    typer.echo(f"{code}: version {version}.")


@app.command("end")
def end_campaign(code: Code) -> None:
    """End a campaign now: nobody joins any more, and its report tells of the time until now.

    Example: `luchtbrug campaigns end no2-hilversum`
    """
    from luchtbrug.campaigns.starting import ended

    with _open() as conn:
        now = datetime.now(UTC)
        at = ended(conn, code, now)
        _note(conn, "campaign.ended", code, now)
    typer.echo(f"{code} ended {at:%Y-%m-%d}; its report is at /campaigns/{code}/report.")


def _note(conn: psycopg.Connection[Any], action: str, code: str, now: datetime) -> None:
    storage.audit.record(conn, COMMAND, action, f"campaign {code}", time=now)


def _midnight(text: str) -> datetime:
    """Read a local day as its beginning."""
    try:
        return moment(f"{text} 00:00" if len(text) <= 10 else text)
    except CellError as error:
        raise typer.BadParameter(f"{text!r} is no day: write 2026-10-05") from error


@contextmanager
def _open() -> Iterator[psycopg.Connection[Any]]:
    with open_schema(Settings.read()) as url, connect(url) as conn:
        yield conn
