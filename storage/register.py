"""What a sensor register wants of each active station."""

from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg.rows import class_row

from storage.statements import sql


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
    with conn.cursor(row_factory=class_row(Registered)) as cursor:
        return cursor.execute(sql("registered_sensors")).fetchall()
