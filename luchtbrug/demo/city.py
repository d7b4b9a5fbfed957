"""The simulated city in the database: its stations with logins, and its official stations."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

import storage.references
import storage.stations
from firmware_sim.stations import SimReference, SimStation, make_references, make_stations
from firmware_sim.truth import reference_hours
from ingest.reference.hours import columns, reference_value
from luchtbrug.register import position_key, register
from luchtbrug.settings import Settings
from storage.rows import ReferenceHours, ReferenceStation

REFERENCES = 5


@dataclass(frozen=True, slots=True)
class City:
    """The simulated stations; `new` are those that were registered just now."""

    stations: list[SimStation]
    references: list[SimReference]
    new: list[SimStation]
    credentials: Path


def prepare(conn: psycopg.Connection[Any], settings: Settings, *, stations: int, seed: int, now: datetime) -> City:
    """Register what is missing of the city of a seed, and keep the passwords in a file for the simulator. Commits."""
    path = settings.data_dir / "credentials.json"
    passwords: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    simulated, key = make_stations(stations, seed), position_key(settings)
    there = {row[0] for row in conn.execute("SELECT station_id FROM station WHERE simulated")}
    new = [station for station in simulated if station.station_id not in passwords.keys() & there]
    for station in new:
        registered = register(
            conn,
            station_id=station.station_id,
            latitude=station.latitude,
            longitude=station.longitude,
            position_key=key,
            now=now,
            name=station.name,
            format=station.format,
            simulated=True,
        )
        passwords[station.station_id] = registered.mqtt_password
    references = make_references(REFERENCES, seed=seed)
    storage.references.store_stations(conn, [_official(reference) for reference in references])
    path.touch(mode=0o600)
    path.write_text(json.dumps(passwords))  # before the commit: a password without a station is made anew
    conn.commit()
    return City(simulated, references, new, path)


def store_reference_hours(conn: psycopg.Connection[Any], city: City, *, begin: datetime, end: datetime) -> int:
    """Store what the official stations measured in [begin, end), as a network would give it. Commits."""
    rows = [
        reference_value(row.reference_id, row.observed_property, row.begin, sent=row.value, unit="ug/m3")
        for row in reference_hours(city.references, begin, end)
    ]
    hours: ReferenceHours = columns(rows)
    stored = storage.references.store_hours(conn, hours, received_at=end)
    conn.commit()
    return stored


def _official(reference: SimReference) -> ReferenceStation:
    return ReferenceStation(
        reference_station_id=reference.reference_id,
        network="simulated",
        name=reference.name,
        latitude=reference.latitude,
        longitude=reference.longitude,
        site_type=reference.site_type,
    )
