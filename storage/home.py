"""The last validated value of each station and property: what goes back to the owner's home."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import psycopg

from storage.statements import fetch_rows


@dataclass(frozen=True, slots=True)
class HomeValue:
    """The last reading that stands for a station and property; value and interval are None where none can be given."""

    station_id: str
    name: str
    sensor_name: str
    sensor_model: str
    observed_property: str
    unit: str
    time: datetime
    raw: float
    value: float | None
    lower: float | None
    upper: float | None
    flags: int
    calibration_id: str | None


def home_values(conn: psycopg.Connection, observed_properties: Collection[str]) -> list[HomeValue]:
    """List one row for each active station and each of these properties that it measures."""
    return fetch_rows(conn, HomeValue, "home_values", {"observed_properties": list(observed_properties)})
