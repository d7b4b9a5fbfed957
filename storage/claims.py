"""Claims: which station a device is of that publishes on a topic of its own."""

from dataclasses import dataclass, field
from datetime import datetime

import psycopg

from storage.errors import DeviceClaimedError, StationUnknownError
from storage.statements import fetch_rows, sql


@dataclass(frozen=True, slots=True)
class Claim:
    """A device and the station that has it; the serial may be a secret."""

    station_id: str
    format: str
    serial: str = field(repr=False)
    claimed_at: datetime


def claim_device(conn: psycopg.Connection, station_id: str, *, format_name: str, serial: str, at: datetime) -> None:
    """Give a device to a station; again to the same one changes nothing.

    Raises DeviceClaimedError where another station has it, and StationUnknownError where no such station is active.
    """
    parameters = {"station_id": station_id, "format": format_name, "serial": serial, "at": at}
    row = conn.execute(sql("claim_device"), parameters).fetchone()
    if row is None:
        raise StationUnknownError(f"no active station {station_id!r} is registered")
    if row[0] != station_id:
        raise DeviceClaimedError(
            f"this {format_name} is claimed by another station: its owner releases it first, or asks the operator"
        )


def release_device(conn: psycopg.Connection, station_id: str, *, format_name: str, serial: str) -> bool:
    """Take a device from its station; False where that station does not have it."""
    parameters = {"station_id": station_id, "format": format_name, "serial": serial}
    return conn.execute(sql("release_device"), parameters).fetchone() is not None


def list_claims(conn: psycopg.Connection, station_id: str | None = None) -> list[Claim]:
    """List the claims of one station, or of all."""
    return fetch_rows(conn, Claim, "list_device_claims", {"station_id": station_id})


def claimant(conn: psycopg.Connection, *, format_name: str, serial: str) -> str | None:
    """Name the station that has a device."""
    row = conn.execute(sql("device_claimant"), {"format": format_name, "serial": serial}).fetchone()
    return row[0] if row else None
