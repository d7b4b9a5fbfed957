"""Add a campaign: its texts, its area (one that is loaded, or an outline of its own), and the key of its lead."""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg

import storage.areas
import storage.campaigns
import storage.events
from ingest.vocabulary import UNITS
from luchtbrug.areas.files import features
from luchtbrug.areas.outlines import Columns, areas
from luchtbrug.campaigns.errors import CampaignError
from luchtbrug.campaigns.leading import new_lead_key
from storage.campaigns import NewCampaign

_MAIL = re.compile(r"[^@\s<>]{1,64}@[^@\s<>]{1,190}")
KIND = "campaign"
"""The kind of an area that is the outline of a campaign alone."""


@dataclass(frozen=True, slots=True)
class Texts:
    """What is agreed to, in both languages."""

    nl: str
    en: str


def read_texts(dutch: Path, english: Path) -> Texts:
    """Read what is agreed to from two files. Raises CampaignError for one that is empty or no UTF-8."""
    try:
        texts = Texts(dutch.read_text("utf-8"), english.read_text("utf-8"))
    except UnicodeDecodeError as error:
        raise CampaignError("A text that is agreed to is no UTF-8: save it anew as that.") from error
    _check_consent(texts)
    return texts


def start(conn: psycopg.Connection, new: NewCampaign, consent: Texts, outline: Path | None = None) -> str:
    """Add a campaign and return its lead's key, to be shown once. The caller commits.

    Raises CampaignError, storage.errors.CampaignExistsError and luchtbrug.areas.errors.AreaFileError.
    """
    _check(conn, new, consent)
    if outline is not None:
        _load_outline(conn, new, outline)
    campaign_key = storage.campaigns.add(conn, new, consent_nl=consent.nl, consent_en=consent.en)
    storage.events.record(conn, "campaign_added", time=new.created_at, detail={"campaign": new.code})
    return new_lead_key(conn, campaign_key, new.created_at)


def own_area(code: str) -> str:
    """Name the area that is a campaign's own outline."""
    return f"campaign-{code}"[:40]


def ended(conn: psycopg.Connection, code: str, now: datetime) -> datetime:
    """End a campaign today, unless it ended before. The caller commits. Raises CampaignUnknownError."""
    at = storage.campaigns.end(conn, code, now)
    storage.events.record(conn, "campaign_ended", time=now, detail={"campaign": code})
    return at


def _check(conn: psycopg.Connection, new: NewCampaign, consent: Texts) -> None:
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{1,30}", new.code):
        raise CampaignError(f"{new.code!r} is no code: 2 to 31 small letters, digits and hyphens, as no2-hilversum.")
    if new.end <= new.begin:
        raise CampaignError("A campaign ends after it began.")
    if not all(text.strip() for text in (new.name_nl, new.name_en, new.question_nl, new.question_en)):
        raise CampaignError("A campaign needs its name and its question in Dutch and in English.")
    if new.observed_property not in UNITS:
        raise CampaignError(f"{new.observed_property!r} is not measured here: one of {', '.join(sorted(UNITS))}.")
    _check_consent(consent)
    if not _MAIL.fullmatch(new.contact_email):
        raise CampaignError(f"{new.contact_email!r} is no e-mail address: give that of a team.")
    if new.area_code and new.area_code != own_area(new.code) and not storage.areas.find_area(conn, new.area_code):
        raise CampaignError(f"There is no area {new.area_code!r}: `luchtbrug areas list` has them all.")


def _check_consent(texts: Texts) -> None:
    if not (texts.nl.strip() and texts.en.strip()):
        raise CampaignError("A campaign needs a text that is agreed to, in Dutch and in English.")


def _load_outline(conn: psycopg.Connection, new: NewCampaign, outline: Path) -> None:
    found = list(features(outline))
    if not found:
        raise CampaignError(f"{outline.name} holds no feature with a shape.")
    named = [type(one)({"code": own_area(new.code), "name": new.name_nl}, one.shape, one.system) for one in found]
    made = list(areas(named, Columns("code", "name"), KIND))
    storage.areas.store(conn, made, source=outline.name, at=new.created_at)
