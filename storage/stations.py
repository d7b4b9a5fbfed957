"""Stations as registered: who may log in, and where they stand. Exact positions leave by `placed` only."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import psycopg

from storage.errors import StationExistsError, StationUnknownError
from storage.owners import forget_owner
from storage.rows import NewStation, Station
from storage.statements import fetch_row, fetch_rows, sql

Box = tuple[float, float, float, float]
"""(min_lon, min_lat, max_lon, max_lat) [degrees], edges included; min_lon > max_lon goes over the antimeridian."""


def add_station(conn: psycopg.Connection, station: NewStation) -> int:
    """Register a station with its positions and credentials and return its key.

    Raises StationExistsError when the id is taken, by a removed station too: its readings keep the name.
    """
    row = conn.execute(sql("add_station"), asdict(station)).fetchone()
    if row is None:
        raise StationExistsError(f"station {station.station_id!r} is registered already: choose another id")
    return int(row[0])


def remove_station(conn: psycopg.Connection, station_id: str, at: datetime) -> None:
    """Withdraw a station: secrets, exact position, name, owner and the owner's words go; its readings stay.

    An owner without another station is forgotten, with address and webhook. Raises StationUnknownError when no such
    station is active.
    """
    row = conn.execute(sql("remove_station"), {"station_id": station_id, "at": at}).fetchone()
    if row is None:
        raise StationUnknownError(f"no active station {station_id!r} is registered")
    conn.execute(sql("leave_station"), {"station_id": station_id})
    if row[1] is not None:
        forget_owner(conn, row[1])


@dataclass(frozen=True, slots=True)
class Removed:
    """How much of a station's measurements was deleted."""

    readings: int
    hours: int
    revisions: int


def remove_measurements(conn: psycopg.Connection, station_id: str, at: datetime) -> Removed:
    """Delete what a withdrawn station measured, its calibrations, and all that names it: its id becomes free."""
    conn.execute(sql("note_removed_series"), {"station_id": station_id, "at": at})
    found = sweep_measurements(conn)
    conn.execute(sql("remove_calibrations"))
    conn.execute(sql("remove_series"))
    conn.execute(sql("forget_station"), {"station_id": station_id})
    conn.execute(sql("forget_station_row"), {"station_id": station_id})
    return found


def sweep_measurements(conn: psycopg.Connection) -> Removed:
    """Delete what is there of removed series, as what came in while they were removed."""
    found = fetch_row(conn, Removed, "remove_measurements")
    assert found is not None  # noqa: S101 -- the statement always counts
    return found


def removed_since(conn: psycopg.Connection, since: datetime | None) -> bool:
    """Tell whether measurements of a station were removed since a time."""
    return conn.execute(sql("removed_since"), {"since": since}).fetchone() == (True,)


def correct_station(conn: psycopg.Connection, station_id: str, **wanted: str | None) -> None:
    """Change name, project, timezone or format of an active station; what is None stays. Raises StationUnknownError."""
    parameters = {"name": None, "project": None, "timezone": None, "format": None, **wanted, "station_id": station_id}
    if conn.execute(sql("correct_station"), parameters).fetchone() is None:
        raise StationUnknownError(f"no active station {station_id!r} is registered")


def move_station(
    conn: psycopg.Connection,
    station_id: str,
    *,
    exact: tuple[float, float],
    public: tuple[float, float],
    height_m: float | None = None,
) -> None:
    """Give a station another exact and public position (latitude, longitude); its height [m] stays where none is given.

    Raises StationUnknownError when no such station is active.
    """
    parameters = {"station_id": station_id, "latitude": exact[0], "longitude": exact[1], "height_m": height_m}
    parameters |= {"public_latitude": public[0], "public_longitude": public[1]}
    if conn.execute(sql("move_station"), parameters).fetchone() is None:
        raise StationUnknownError(f"no active station {station_id!r} is registered")


@dataclass(frozen=True, slots=True)
class Placed:
    """Where an active station stands (latitude, longitude [degrees]): exact, and as everybody sees it."""

    latitude: float
    longitude: float
    public_latitude: float
    public_longitude: float
    published: bool


def placed(conn: psycopg.Connection, station_id: str) -> Placed:
    """Return a station's exact position and its owner's choice to publish it, for its owner's acts alone.

    Raises StationUnknownError.
    """
    found = fetch_row(conn, Placed, "station_placed", {"station_id": station_id})
    if found is None:
        raise StationUnknownError(f"no active station {station_id!r} is registered")
    return found


def publish_exact(conn: psycopg.Connection, station_id: str, *, published: bool, public: tuple[float, float]) -> None:
    """Keep an owner's choice, with the public position (latitude, longitude) that follows from it."""
    parameters = {"station_id": station_id, "published": published, "latitude": public[0], "longitude": public[1]}
    conn.execute(sql("publish_exact"), parameters)


def find_station(conn: psycopg.Connection, station_id: str) -> Station | None:
    """Return what everybody may know of a station, removed or not."""
    return fetch_row(conn, Station, "find_station", {"station_id": station_id})


def list_stations(
    conn: psycopg.Connection,
    *,
    bbox: Box | None = None,
    near: tuple[float, float] | None = None,
    radius_m: float | None = None,
    after: str | None = None,
    limit: int = 1000,
    include_removed: bool = False,
) -> list[Station]:
    """List stations by id, those after `after`, in a box and within `radius_m` [m] of `near` (lat, lon).

    Both look at public positions. ValueError for `near` without `radius_m` or the reverse.
    """
    if (near is None) != (radius_m is None):
        raise ValueError(f"near and radius_m go together: near={near}, radius_m={radius_m}")
    parameters = {"after": after, "limit": limit, "include_removed": include_removed, "radius_m": radius_m}
    near_lat, near_lon = near or (None, None)
    parameters |= {"near_lat": near_lat, "near_lon": near_lon, **box(bbox)}
    return fetch_rows(conn, Station, "list_stations", parameters)


@dataclass(frozen=True, slots=True)
class Extent:
    """The box around all active stations' public positions, and since when there is one."""

    box: Box
    since: datetime


def extent(conn: psycopg.Connection) -> Extent | None:
    """Return where and since when there are active stations; None where there are none."""
    row = conn.execute(sql("station_extent")).fetchone()
    return Extent(row[:4], row[4]) if row else None


def box(bbox: Box | None) -> dict[str, Any]:
    """Name the edges of a box for the statements; all None without one."""
    return dict(zip(("min_lon", "min_lat", "max_lon", "max_lat"), bbox or (None,) * 4, strict=True))


def password_hash(conn: psycopg.Connection, station_id: str) -> str | None:
    """Return the argon2id hash of an active station's MQTT password."""
    row = conn.execute(sql("password_hash"), {"station_id": station_id}).fetchone()
    return row[0] if row else None


def set_password_hash(conn: psycopg.Connection, station_id: str, password_hash: str) -> None:
    """Give an active station another MQTT password, by its argon2id hash; its token stays.

    Raises StationUnknownError when no such station is active.
    """
    parameters = {"station_id": station_id, "password_hash": password_hash}
    if conn.execute(sql("set_password_hash"), parameters).fetchone() is None:
        raise StationUnknownError(f"no active station {station_id!r} is registered")


def station_of_token(conn: psycopg.Connection, token_hash: str) -> str | None:
    """Return the active station whose HTTP token has this SHA-256."""
    row = conn.execute(sql("station_of_token"), {"token_hash": token_hash}).fetchone()
    return row[0] if row else None
