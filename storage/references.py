"""Official stations and their hours. A network's later correction is a new revision beside the old one."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import psycopg

from storage.errors import StationUnknownError
from storage.rows import Ints, ReferenceHour, ReferenceHours, ReferenceStation
from storage.staging import distinct_rows, fetch, stage
from storage.statements import fetch_rows, sql
from storage.stations import Box, box

STAGED = {
    "reference_station_key": "int4",
    "property_number": "int4",
    "begin": "timestamptz",
    "value": "float4",
    "validity": "int2",
    "verification": "int2",
}
FETCHED = {name: kind for name, kind in STAGED.items() if name != "property_number"}


def store_stations(conn: psycopg.Connection, stations: Sequence[ReferenceStation]) -> None:
    """Add official stations; one that is known takes the new name, position and type."""
    fields = ("reference_station_id", "network", "name", "latitude", "longitude", "site_type")
    conn.execute(
        sql("store_reference_stations"), {field: [getattr(station, field) for station in stations] for field in fields}
    )


def store_hours(conn: psycopg.Connection, hours: ReferenceHours, *, received_at: datetime) -> int:
    """Store the hours that differ from their newest revision in value, validity or verification; return how many did.

    Of several rows for one hour the last counts. Raises StationUnknownError, naming the stations that are not stored.
    """
    known: dict[str, int] = dict(
        conn.execute(sql("reference_station_keys"), {"ids": sorted(set(hours.reference_station_id))}).fetchall()
    )
    unknown = sorted(set(hours.reference_station_id) - set(known))
    if unknown:
        raise StationUnknownError(f"no reference station {', '.join(map(repr, unknown))} is stored")
    properties = sorted(set(hours.observed_property))
    numbers = {name: number for number, name in enumerate(properties, start=1)}
    columns = {
        "reference_station_key": _mapped(hours.reference_station_id, known),
        "property_number": _mapped(hours.observed_property, numbers),
        "begin": hours.begin,
        "value": hours.value,
        "validity": hours.validity,
        "verification": hours.verification,
    }
    rows = distinct_rows(
        *(columns[name] for name in ("reference_station_key", "property_number", "begin")), keep_last=True
    )
    stage(conn, "reference_hour", STAGED, {name: column[rows] for name, column in columns.items()})
    return conn.execute(sql("store_reference_hours"), {"properties": properties, "received_at": received_at}).rowcount


def list_stations(conn: psycopg.Connection, bbox: Box | None = None) -> list[ReferenceStation]:
    """List official stations by id."""
    return fetch_rows(conn, ReferenceStation, "list_reference_stations", box(bbox))


def hours(conn: psycopg.Connection, observed_property: str, begin: datetime, end: datetime) -> ReferenceHours:
    """Fetch the newest revision of the hours in [begin, end), ordered by station and hour; a withdrawn value is NaN."""
    wanted = {"observed_property": observed_property, "begin": begin, "end": end}
    columns = fetch(conn, "reference_hours", FETCHED, wanted)
    ids: dict[int, str] = dict(conn.execute(sql("reference_station_ids")).fetchall())
    stations = tuple(ids[key] for key in columns.pop("reference_station_key").tolist())
    return ReferenceHours(
        reference_station_id=stations, observed_property=(observed_property,) * len(stations), **columns
    )


def revised_hours(
    conn: psycopg.Connection, observed_property: str, *, since: datetime, before: datetime
) -> list[datetime]:
    """List the hours before a time of which an official value, new or corrected, came since another time."""
    parameters = {"observed_property": observed_property, "since": since, "before": before}
    return [row[0] for row in conn.execute(sql("revised_reference_hours"), parameters)]


def list_hours(
    conn: psycopg.Connection,
    reference_station_id: str,
    observed_property: str,
    begin: datetime,
    end: datetime,
    limit: int = 1000,
    *,
    after: datetime | None = None,
) -> list[ReferenceHour]:
    """List the newest revision of one station's hours in [begin, end), oldest first, those after `after`."""
    parameters = {
        "reference_station_id": reference_station_id,
        "observed_property": observed_property,
        "begin": begin,
        "end": end,
        "after": after,
        "limit": limit,
    }
    return fetch_rows(conn, ReferenceHour, "list_reference_hours", parameters)


def _mapped(names: Sequence[str], keys: dict[str, int]) -> Ints:
    return np.fromiter((keys[name] for name in names), np.int64, len(names))
