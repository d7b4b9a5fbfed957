"""What a sensor register wants of each active station."""

from dataclasses import dataclass
from datetime import datetime

import psycopg

from storage.statements import fetch_rows


@dataclass(frozen=True, slots=True)
class Registered:
    """An active station at its public position [degrees, WGS 84], with what it measures and with which sensors."""

    station_id: str
    latitude: float
    longitude: float
    project: str | None
    created_at: datetime
    observed_properties: list[str]
    sensor_models: list[str]


def registered(conn: psycopg.Connection) -> list[Registered]:
    """List the active stations that have a sensor, by id."""
    return fetch_rows(conn, Registered, "registered_sensors")
