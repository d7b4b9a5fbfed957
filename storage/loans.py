"""Kits that a campaign lends: number, device, and to which code of a participant; never a name, never an address."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import psycopg

from storage.errors import KitBusyError, KitUnknownError
from storage.statements import fetch_rows, sql

Condition = Literal["good", "damaged", "incomplete", "lost"]


@dataclass(frozen=True, slots=True)
class Kit:
    """A kit and its last loan, if it had one."""

    number: str
    device_model: str
    station_id: str | None
    participant: str | None
    begin: datetime | None
    due: date | None
    returned_at: datetime | None
    condition: Condition | None

    @property
    def lent(self) -> bool:
        """Tell whether somebody has it."""
        return self.begin is not None and self.returned_at is None


@dataclass(frozen=True, slots=True)
class Lent:
    """What a loan changes: the station stands elsewhere with the same kit, or has another kit than before."""

    moved: bool
    other_kit: bool


def add_kit(conn: psycopg.Connection, campaign_key: int, number: str, device_model: str) -> None:
    """Add a kit. Raises KitBusyError where the number is taken."""
    parameters = {"campaign_key": campaign_key, "number": number, "device_model": device_model}
    if conn.execute(sql("add_kit"), parameters).fetchone() is None:
        raise KitBusyError(f"there is a kit {number} already")


def lend(
    conn: psycopg.Connection,
    campaign_key: int,
    number: str,
    *,
    station_id: str | None,
    participant: str,
    begin: datetime,
    due: date,
) -> Lent:
    """Lend a kit, as a station if it is one. Raises KitBusyError where that cannot be."""
    parameters = {"campaign_key": campaign_key, "number": number, "station_id": station_id}
    row = conn.execute(
        sql("lend_kit"), {**parameters, "participant": participant, "begin": begin, "due": due}
    ).fetchone()
    if row is None:
        raise KitBusyError(f"kit {number} is lent, or there is no such kit, or no active station {station_id}")
    return Lent(moved=bool(row[1]), other_kit=bool(row[2]))


def give_back(
    conn: psycopg.Connection, campaign_key: int, number: str, *, condition: Condition, at: datetime
) -> str | None:
    """Take a kit back and return the station that it was. Raises KitUnknownError where nobody has it."""
    parameters = {"campaign_key": campaign_key, "number": number, "condition": condition, "at": at}
    row = conn.execute(sql("return_kit"), parameters).fetchone()
    if row is None:
        raise KitUnknownError(f"nobody has a kit {number}")
    station_id: str | None = row[0]
    return station_id


def kits(conn: psycopg.Connection, campaign_key: int) -> list[Kit]:
    """List a campaign's kits with their last loans."""
    return fetch_rows(conn, Kit, "list_kits", {"campaign_key": campaign_key})
