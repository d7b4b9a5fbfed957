"""A campaign with NO2 tubes for tests: its texts, its area, and what a laboratory wrote."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

import storage.campaigns
from luchtbrug.campaigns import sampling, taking_part
from luchtbrug.campaigns.sample_sheet import read
from luchtbrug.campaigns.starting import Texts, start
from luchtbrug.credentials import hash_token
from luchtbrug.register import Registered, register
from storage.campaigns import Joining, NewCampaign
from storage.owners import add_owner
from storage.samples import NewBatch

CODE = "no2-hilversum"
POSITION_KEY = "a key of tests"
CONSENT = Texts(
    "U deelt wat uw station meet.\nU kunt stoppen.", "You share what your station measures.\nYou may leave."
)


def a_campaign(conn: psycopg.Connection, now: datetime, *, joining: Joining = "invitation", **other: Any) -> str:
    """Start a campaign that began 60 days ago and return its lead's key."""
    fields: dict[str, Any] = {
        "code": CODE, "name_nl": "Stikstof in Hilversum", "name_en": "Nitrogen dioxide in Hilversum",
        "question_nl": "Hoeveel NO₂ is er in onze straten?", "question_en": "How much NO₂ is in our streets?",
        "observed_property": "pm2_5", "begin": now - timedelta(days=60), "end": now + timedelta(days=60),
        "joining": joining, "contact_name": "Team lucht", "contact_email": "lucht@example.org", "area_code": None,
        "created_at": now,
    }  # fmt: skip
    return start(conn, NewCampaign(**{**fields, **other}), CONSENT)


def a_station(conn: psycopg.Connection, station_id: str, now: datetime | None = None) -> Registered:
    """Register a station with an owner whose token is `owner of <station>`."""
    owner_key = add_owner(conn, hash_token(f"owner of {station_id}"))
    return register(
        conn, station_id=station_id, latitude=52.22, longitude=5.18, position_key=POSITION_KEY,
        now=now or datetime.now(UTC), owner_key=owner_key,
    )  # fmt: skip


TUBES = """\
buisnummer;soort;plaats;begindatum;einddatum;breedtegraad;lengtegraad;waarde (µg/m3);referentiestation;referentiewaarde
A1;monster;P1;5-10-2026;2-11-2026;52,2245;5,1761;24,0;;
A2;duplo;P1;5-10-2026;2-11-2026;52,2245;5,1761;26,0;;
A3;monster;P2;5-10-2026;2-11-2026;52,2301;5,1820;18,0;;
A4;monster;P3;5-10-2026;2-11-2026;52,2188;5,1690;<0,8;;
A5;monster;P4;5-10-2026;2-11-2026;52,2266;5,1902;33,5;;
R1;referentie;P90;5-10-2026;2-11-2026;52,2336;5,1683;30,0;NL10634;24,0
R2;referentie;P91;5-10-2026;2-11-2026;52,2336;5,1683;20,0;NL10641;16,6
R3;referentie;P92;5-10-2026;2-11-2026;52,2336;5,1683;25,0;NL10644;19,5
B1;blanco;;5-10-2026;2-11-2026;;;0,4;;
B2;blanco;;5-10-2026;2-11-2026;;;0,6;;
"""
"""What a laboratory wrote of ten tubes: a duplicate, one below its limit, three beside references, two blanks."""


def an_open_campaign(conn: psycopg.Connection, code: str, stations: Sequence[str], now: datetime) -> None:
    """Start a campaign that stations joined, with the ten tubes and three leaves."""
    a_campaign(conn, now, joining="open", code=code)
    campaign = storage.campaigns.need(conn, code)
    for station_id in stations:
        taking_part.join(conn, campaign, station_id, version=1, invitation="", now=now)
    leaves = "sample;place;begin;end;lat;lon;value\n" + "".join(
        f"L{n};L{n};2026-06-01;2026-09-01;52.2{n};5.1{n};{n + 0.5}\n" for n in range(1, 4)
    )
    for table, batch in (
        (TUBES, NewBatch("ronde-1", "no2-palmes", "subtract", None, None)),
        (leaves, NewBatch("bladeren", "leaf-sirm", "laboratory", None, None)),
    ):
        rows = read(table, now=datetime(2026, 11, 22, tzinfo=UTC)).rows
        sampling.store(conn, campaign, batch, rows, key=POSITION_KEY, now=now)
