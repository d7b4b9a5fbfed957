"""Campaigns: what they ask, what is agreed to, who takes part. Whoever may lead one is the caller's question."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

import psycopg

from storage.errors import CampaignExistsError, CampaignUnknownError, StationUnknownError
from storage.statements import fetch_rows, sql

Joining = Literal["open", "invitation"]
"""Whether any owner may join, or who has an invitation."""

_ALL = 10_000


@dataclass(frozen=True, slots=True)
class NewCampaign:
    """A campaign to add; measured is [begin, end)."""

    code: str
    name_nl: str
    name_en: str
    question_nl: str
    question_en: str
    observed_property: str
    begin: datetime
    end: datetime
    joining: Joining
    contact_name: str
    contact_email: str
    area_code: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Campaign(NewCampaign):
    """A campaign as it is now, with the newest text that is agreed to and how many take part."""

    campaign_key: int
    answer_nl: str
    answer_en: str
    consent_version: int
    consent_nl: str
    consent_en: str
    stations: int
    samples: int


@dataclass(frozen=True, slots=True)
class Membership:
    """A station's part in a campaign: since when, until when, and the version that its owner agreed to."""

    code: str
    name_nl: str
    name_en: str
    joined_at: datetime
    left_at: datetime | None
    keeps_past: bool
    version: int | None
    agreed_at: datetime | None
    newest_version: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """Which station's owner agreed to which version, and when."""

    station_id: str
    version: int
    agreed_at: datetime
    left_at: datetime | None


@dataclass(frozen=True, slots=True)
class Measured:
    """What one station of a campaign measured: the mean of its hours, and their mean half width; None without any."""

    station_id: str
    name: str
    latitude: float
    longitude: float
    unit: str | None
    value: float | None
    half: float | None
    hours: int


def add(conn: psycopg.Connection, new: NewCampaign, *, consent_nl: str, consent_en: str) -> int:
    """Add a campaign with the first version of what is agreed to, and return its key. Raises CampaignExistsError."""
    row = conn.execute(sql("add_campaign"), asdict(new)).fetchone()
    if row is None:
        raise CampaignExistsError(f"there is a campaign {new.code!r} already: choose another code")
    add_consent(conn, int(row[0]), text_nl=consent_nl, text_en=consent_en, at=new.created_at)
    return int(row[0])


def add_consent(conn: psycopg.Connection, campaign_key: int, *, text_nl: str, text_en: str, at: datetime) -> int:
    """Add a version of what is agreed to and return its number; who agreed to an older one stays with that."""
    parameters = {"campaign_key": campaign_key, "text_nl": text_nl, "text_en": text_en, "valid_from": at}
    row = conn.execute(sql("add_campaign_consent"), parameters).fetchone()
    assert row is not None  # noqa: S101 -- an aggregate always has its row
    return int(row[0])


def select(
    conn: psycopg.Connection, *, code: str | None = None, after: str | None = None, limit: int = _ALL
) -> list[Campaign]:
    """List campaigns by code, those after `after`."""
    return fetch_rows(conn, Campaign, "list_campaigns", {"code": code, "after": after, "limit": limit})


def find(conn: psycopg.Connection, code: str) -> Campaign | None:
    """Return a campaign."""
    known = code.isascii() and code.isprintable()
    return next(iter(select(conn, code=code, limit=1)), None) if known else None


def need(conn: psycopg.Connection, code: str) -> Campaign:
    """Return a campaign. Raises CampaignUnknownError."""
    found = find(conn, code)
    if found is None:
        raise CampaignUnknownError(f"there is no campaign {code!r}: `luchtbrug campaigns list` has them all")
    return found


def end(conn: psycopg.Connection, code: str, at: datetime) -> datetime:
    """End a campaign, never later than it was to end, and return when. Raises CampaignUnknownError."""
    row = conn.execute(sql("end_campaign"), {"code": code, "end": at}).fetchone()
    if row is None:
        raise CampaignUnknownError(f"there is no campaign {code!r}: `luchtbrug campaigns list` has them all")
    ended: datetime = row[0]
    return ended


def set_answer(conn: psycopg.Connection, campaign_key: int, *, answer_nl: str, answer_en: str) -> None:
    """Keep the lead's own words for the end report."""
    parameters = {"campaign_key": campaign_key, "answer_nl": answer_nl, "answer_en": answer_en}
    conn.execute(sql("set_campaign_answer"), parameters)


def set_lead_key(conn: psycopg.Connection, campaign_key: int, key_hash: str, at: datetime) -> None:
    """Give a campaign another key of its lead, by its argon2id hash."""
    conn.execute(sql("set_lead_key"), {"campaign_key": campaign_key, "key_hash": key_hash, "created_at": at})


def lead_key_hash(conn: psycopg.Connection, code: str) -> str | None:
    """Return the argon2id hash of the lead's key."""
    row = conn.execute(sql("lead_key_hash"), {"code": code}).fetchone()
    return row[0] if row else None


def join(conn: psycopg.Connection, campaign_key: int, station_id: str, *, version: int, at: datetime) -> bool:
    """Let a station take part under a version of what is agreed to; False where it does so already.

    Agreeing to another version is kept beside the first in either case.
    """
    parameters: dict[str, Any] = {"campaign_key": campaign_key, "station_id": station_id, "version": version, "at": at}
    row = conn.execute(sql("join_campaign"), parameters).fetchone()
    conn.execute(sql("agree_to_campaign"), parameters)
    return row is not None


def leave(conn: psycopg.Connection, campaign_key: int, station_id: str, *, keep_past: bool, at: datetime) -> None:
    """Take a station out from now on, or (not `keep_past`) wholly. Raises StationUnknownError where it has no part."""
    parameters = {"campaign_key": campaign_key, "station_id": station_id, "keep_past": keep_past, "at": at}
    if not conn.execute(sql("leave_campaign"), parameters).fetchall():
        raise StationUnknownError(f"station {station_id!r} takes no part in this campaign")


def of_station(conn: psycopg.Connection, station_id: str) -> list[Membership]:
    """List the parts that a station takes or took."""
    return fetch_rows(conn, Membership, "campaigns_of_station", {"station_id": station_id})


def agreements(conn: psycopg.Connection, campaign_key: int) -> list[Agreement]:
    """List who agreed to what, the newest first."""
    return fetch_rows(conn, Agreement, "campaign_agreements", {"campaign_key": campaign_key})


def measured(
    conn: psycopg.Connection, campaign_key: int, observed_property: str, begin: datetime, end: datetime, *, fail: int
) -> Sequence[Measured]:
    """Sum up each station's hours in [begin, end); hours with a flag of `fail` do not count."""
    parameters: dict[str, Any] = {"campaign_key": campaign_key, "observed_property": observed_property}
    parameters |= {"begin": begin, "end": end, "fail": fail}
    return fetch_rows(conn, Measured, "campaign_measured", parameters)
