"""Who owns a station: tokens and one-time codes, of which only hashes are here. Comparing secrets is the caller's."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import psycopg

from storage.errors import StationUnknownError
from storage.statements import fetch_row, sql

CodeKind = Literal["claim", "transfer"]
"""A claim gives a station that nobody owns yet, a transfer one that somebody gives away."""


@dataclass(frozen=True, slots=True)
class StationKeys:
    """The hashes that open an active station; without an owner, or one who has no token, the station's own is all."""

    station_id: str
    owner_key: int | None
    station_token_hash: str
    owner_token_hash: str | None
    credentials_since: datetime


@dataclass(frozen=True, slots=True)
class TakenCode:
    """A station that a code gave away, and whose it was."""

    station_id: str
    owner_key: int | None
    kind: CodeKind


def add_owner(conn: psycopg.Connection, token_hash: str | None = None) -> int:
    """Add an owner and return the key; nothing personal is asked."""
    row = conn.execute(sql("add_owner"), {"token_hash": token_hash}).fetchone()
    assert row is not None  # noqa: S101 -- the statement always returns the new row
    return int(row[0])


def owner_of_token(conn: psycopg.Connection, token_hash: str) -> int | None:
    """Return the owner whose token has this SHA-256."""
    row = conn.execute(sql("owner_of_token"), {"token_hash": token_hash}).fetchone()
    return row[0] if row else None


def keys_of_station(conn: psycopg.Connection, station_id: str) -> StationKeys | None:
    """Return what opens an active station."""
    return fetch_row(conn, StationKeys, "keys_of_station", {"station_id": station_id})


def replace_credentials(
    conn: psycopg.Connection, station_id: str, *, password_hash: str, token_hash: str, at: datetime
) -> None:
    """Withdraw a station's password and token for others. Raises StationUnknownError."""
    parameters = {"station_id": station_id, "password_hash": password_hash, "token_hash": token_hash, "at": at}
    if conn.execute(sql("replace_credentials"), parameters).fetchone() is None:
        raise StationUnknownError(f"no active station {station_id!r} is registered")


def replace_owner_token(conn: psycopg.Connection, owner_key: int, token_hash: str, at: datetime) -> None:
    """Give an owner another token, or the first."""
    conn.execute(sql("replace_owner_token"), {"owner_key": owner_key, "token_hash": token_hash, "at": at})


def set_code(
    conn: psycopg.Connection, station_id: str, kind: CodeKind, *, code_hash: str, expires_at: datetime
) -> None:
    """Let a code give a station away until `expires_at`; an older one is no longer good. Raises StationUnknownError."""
    parameters = {"station_id": station_id, "kind": kind, "code_hash": code_hash, "expires_at": expires_at}
    if conn.execute(sql("set_station_code"), parameters).fetchone() is None:
        raise StationUnknownError(f"no active station {station_id!r} is registered")


def take_code(conn: psycopg.Connection, code_hash: str, now: datetime) -> TakenCode | None:
    """Use a code up, and return what it gives; None for one that is unknown, used or over."""
    return fetch_row(conn, TakenCode, "take_station_code", {"code_hash": code_hash, "now": now})


def give_station(conn: psycopg.Connection, station_id: str, owner_key: int) -> None:
    """Make somebody the owner of an active station."""
    conn.execute(sql("give_station"), {"station_id": station_id, "owner_key": owner_key})


def forget_owner(conn: psycopg.Connection, owner_key: int) -> None:
    """Delete an owner who has no active station any more, with token, address and webhook."""
    conn.execute(sql("forget_owner"), {"owner_key": owner_key})
