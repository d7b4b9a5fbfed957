"""A small network in a real database: ten days of three sensors and three official stations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import psycopg
import pytest

from luchtbrug.jobs.calibrate import look
from storage import readings, references, series, stations
from storage.rows import NewStation, ReadingColumns, ReferenceHours, ReferenceStation, SeriesName

BEGIN = datetime(2026, 5, 4, tzinfo=UTC)
END = datetime(2026, 5, 14, tzinfo=UTC)
HOUR = timedelta(hours=1)
WINDOW = timedelta(weeks=26)
HOURS = (END - BEGIN) // HOUR


@dataclass(frozen=True, slots=True)
class SmallNetwork:
    """Writes through storage's own functions; `wave` is the air [µg/m³] of each hour from BEGIN on."""

    conn: psycopg.Connection
    series_keys: list[int]
    wave: npt.NDArray[np.float64]

    def readings(
        self,
        series_key: int,
        begin: datetime,
        raw: Sequence[float] | npt.NDArray[np.float64],
        *,
        flags: int = 0,
        received: datetime | None = None,
    ) -> None:
        """Store one reading an hour."""
        count, empty = len(raw), np.full(len(raw), np.nan)
        ends = stamps(begin + HOUR, count)
        arrived = ends if received is None else np.repeat(stamps(received, 1), count)
        columns = ReadingColumns(
            time=ends,
            series_key=np.full(count, series_key),
            raw=np.asarray(raw, float),
            value=empty,
            lower=empty,
            upper=empty,
            flags=np.full(count, flags),
            calibration_key=np.zeros(count, np.int64),
            received_at=arrived,
        )
        readings.store(self.conn, columns)

    def official(
        self, name: str, begin: datetime, values: Sequence[float] | npt.NDArray[np.float64], *, received: datetime
    ) -> int:
        """Store official hours [µg/m³]."""
        count = len(values)
        rows = ReferenceHours(
            reference_station_id=(name,) * count,
            observed_property=("pm2_5",) * count,
            begin=stamps(begin, count),
            value=np.asarray(values, float),
            validity=np.ones(count, np.int64),
            verification=np.full(count, 3),
        )
        return references.store_hours(self.conn, rows, received_at=received)

    def look(self, begin: datetime, end: datetime, *, refit: bool) -> int:
        """Look as the service does and return how many hours were published."""
        return look(self.conn, begin=begin, end=end, now=end, refit=refit, window=WINDOW).validated


def stamps(begin: datetime, count: int) -> npt.NDArray[np.datetime64]:
    """Write the hours from `begin` on as storage's columns hold them."""
    first = np.datetime64(begin.replace(tzinfo=None), "us")
    found: npt.NDArray[np.datetime64] = first + np.arange(count) * np.timedelta64(1, "h").astype("timedelta64[us]")
    return found


@pytest.fixture
def small_network(connection: psycopg.Connection) -> SmallNetwork:
    """Store ten days of readings and official hours, committed; nothing is validated yet."""
    return store_network(connection, BEGIN)


def store_network(connection: psycopg.Connection, begin: datetime) -> SmallNetwork:
    """Store ten days from `begin` on."""
    rng = np.random.default_rng(7)
    wave = 12 + 6 * np.sin(np.arange(HOURS) / 9) + rng.normal(0, 0.5, HOURS)
    rows = []
    for number in range(3):
        place = (52.22 + 0.01 * number, 5.18)
        stations.add_station(connection, NewStation(f"s{number}", *place, *place, "hash", f"token {number}"))
        (row,) = series.claim_series(connection, [SeriesName(f"s{number}", "sps30-0", "SPS30", "pm2_5", "ug/m3")])
        rows.append(row.series_key)
    network = SmallNetwork(connection, rows, wave)
    for key in rows:
        network.readings(key, begin, 2 + 1.5 * wave + rng.normal(0, 0.3, HOURS))
    places = [("NL001", 52.23), ("NL002", 52.26), ("NL003", 52.29)]
    references.store_stations(connection, [ReferenceStation(name, "test", name, lat, 5.19) for name, lat in places])
    for name, _ in places:
        network.official(name, begin, wave + rng.normal(0, 0.3, HOURS), received=begin)
    connection.commit()
    return network


@pytest.fixture
def validated(small_network: SmallNetwork) -> SmallNetwork:
    """Fit after day 4 and day 7, and validate everything, in three looks."""
    cuts = [BEGIN, BEGIN + timedelta(days=4), BEGIN + timedelta(days=7), END]
    for first, last in pairwise(cuts):
        small_network.look(first, last, refit=last < END)
    return small_network
