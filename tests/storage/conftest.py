"""A registered station with one series, and readings of it made by hand."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import numpy as np
import psycopg
import pytest

from storage.rows import NewStation, ReadingColumns, SeriesName
from storage.series import claim_series
from storage.stations import add_station

MakeReadings = Callable[..., ReadingColumns]


@pytest.fixture
def new_station() -> Callable[..., NewStation]:
    """Make a station to register; keywords replace the defaults."""

    def make(station_id: str = "hilversum-1", **changes: object) -> NewStation:
        fields: dict[str, object] = {
            "latitude": 52.2237,
            "longitude": 5.1765,
            "public_latitude": 52.2251,
            "public_longitude": 5.1749,
            "password_hash": "$argon2id$x",
            "token_hash": f"token of {station_id}",
        }
        return NewStation(station_id, **{**fields, **changes})  # type: ignore[arg-type] # the tests name the fields

    return make


@pytest.fixture
def series_key(connection: psycopg.Connection, new_station: Callable[..., NewStation]) -> int:
    """Register a station, committed, and return the key of its PM2.5 series."""
    add_station(connection, new_station())
    (series,) = claim_series(connection, [SeriesName("hilversum-1", "sps30-0", "SPS30", "pm2_5", "ug/m3")])
    connection.commit()
    return series.series_key


@pytest.fixture
def readings(series_key: int) -> MakeReadings:
    """Make readings of the series from times and raw values; keywords replace the other columns."""

    def make(times: Sequence[str], raw: Sequence[float], **columns: Sequence[float]) -> ReadingColumns:
        count = len(times)
        fields = {
            "series_key": np.full(count, series_key),
            "value": np.full(count, np.nan),
            "lower": np.full(count, np.nan),
            "upper": np.full(count, np.nan),
            "flags": np.zeros(count, np.int64),
            "calibration_key": np.zeros(count, np.int64),
            "received_at": np.full(count, np.datetime64("2026-05-17T22:23:05", "us")),
        }
        fields |= {name: np.asarray(column) for name, column in columns.items()}
        return ReadingColumns(time=np.array(times, "datetime64[us]"), raw=np.array(raw, float), **fields)

    return make


@pytest.fixture
def at() -> Callable[[str], datetime]:
    """Read a UTC time from '2026-05-17 12:00'."""
    return lambda text: datetime.fromisoformat(text).replace(tzinfo=UTC)
