"""A municipality of six neighbourhoods in a real database: a road that is high, a garden with smoke in the evening."""

import json
from datetime import UTC, datetime, timedelta

import numpy as np
import psycopg

from storage import area_measures, areas, hours, readings, series, stations
from storage.rows import NewStation, ReadingColumns, SeriesName, ValidatedHours

WEST, SOUTH, STEP = 5.12, 52.20, 0.035
NAMES = ("Centrum", "Noord", "Oost", "Over 't Spoor", "Zuid", "<b>Hei</b> & bos")
HIGH, SMOKY = "town-007", "town-011"
DAYS = 16


def build(conn: psycopg.Connection, *, now: datetime, station_count: int = 40, days: int = DAYS) -> None:
    """Fill an empty database; the last neighbourhood holds two stations. Values in µg/m³, half widths of 2.5."""
    _outlines(conn, now)
    generator = np.random.default_rng(6)
    for number in range(station_count):
        _stand(conn, number, *_place(number, station_count, generator))
    names = [SeriesName(f"town-{number:03}", "sps30-0", "SPS30", "pm2_5", "ug/m3") for number in range(station_count)]
    keys = {one.station_id: one.series_key for one in series.claim_series(conn, names)}
    begins = _begins(now, days)
    for station_id, key in keys.items():
        _measure(conn, key, begins, _values(station_id, begins, generator))
    whole = now.replace(minute=0, second=0, microsecond=0)
    hours.aggregate(conn, whole - timedelta(days=days), whole, now=now)
    for station_id, key in keys.items():
        _validate(conn, key, begins, _values(station_id, begins, generator))
    _wind(conn, begins)
    values = [(f"BU0402010{number}", 1000.0 * number) for number in range(1, 7)]
    area_measures.join_figure(conn, "density", values, source="kern.csv", at=now)
    conn.commit()


def _outlines(conn: psycopg.Connection, now: datetime) -> None:
    boxes = [(f"BU0402010{n + 1}", NAMES[n], "neighbourhood", n % 3, n // 3, 1, 1) for n in range(6)]
    new = []
    for code, name, kind, column, row, wide, high in [("GM0402", "Hilversum", "municipality", 0, 0, 3, 2), *boxes]:
        west, south = WEST + column * STEP, SOUTH + row * STEP
        east, north = west + wide * STEP, south + high * STEP
        ring = ((west, south), (east, south), (east, north), (west, north), (west, south))
        geometry = json.dumps({"type": "MultiPolygon", "coordinates": [[ring]]})
        new.append(areas.NewArea(code, name, kind, (west, south, east, north), geometry, (ring,)))
    areas.store(conn, new, source="test.gpkg", at=now)


def _place(number: int, count: int, generator: np.random.Generator) -> tuple[float, float]:
    """Spread the stations over five neighbourhoods, and put two into the last."""
    quarter = 5 if number >= count - 2 else number % 5
    x, y = generator.uniform(0.05, 0.95, 2)
    return SOUTH + (quarter // 3 + y) * STEP, WEST + (quarter % 3 + x) * STEP


def _stand(conn: psycopg.Connection, number: int, latitude: float, longitude: float) -> None:
    row = NewStation(
        station_id=f"town-{number:03}", latitude=latitude, longitude=longitude, public_latitude=latitude,
        public_longitude=longitude, password_hash="not a hash", token_hash=f"token {number}", name=f"Tuin {number}",
        municipality="Hilversum", simulated=True,
    )  # fmt: skip
    stations.add_station(conn, row)


def _begins(now: datetime, days: int) -> "np.typing.NDArray[np.datetime64]":
    end = np.datetime64(now.replace(minute=0, second=0, microsecond=0, tzinfo=None), "us")
    return end - np.arange(days * 24, 0, -1) * np.timedelta64(3600, "s")


def _values(
    station_id: str, begins: "np.typing.NDArray[np.datetime64]", generator: np.random.Generator
) -> "np.typing.NDArray[np.float64]":
    """Give a wave of a day, the station's own difference, and the two that stand out."""
    hour = begins.astype("datetime64[h]").astype(int)
    own = np.random.default_rng(int(station_id[-3:])).normal(0, 0.8)
    value = 11 + 4 * np.cos((hour + 1 - 20) / 24 * 2 * np.pi) + 2 * np.sin(hour / 71) + own
    value = value + generator.normal(0, 0.8, value.size)
    if station_id == HIGH:
        value += 9
    if station_id == SMOKY:
        value += np.where((hour + 1) % 24 >= 18, 9.0, 0.0)  # winter time
    return np.asarray(value, np.float64)


def _measure(
    conn: psycopg.Connection,
    key: int,
    begins: "np.typing.NDArray[np.datetime64]",
    raw: "np.typing.NDArray[np.float64]",
) -> None:
    times = begins + np.timedelta64(3600, "s")
    zero = np.zeros(raw.size, np.int64)
    columns = ReadingColumns(times, np.full(raw.size, key), raw, raw, raw - 2.5, raw + 2.5, zero, zero, times)
    readings.store(conn, columns)


def _validate(
    conn: psycopg.Connection,
    key: int,
    begins: "np.typing.NDArray[np.datetime64]",
    value: "np.typing.NDArray[np.float64]",
) -> None:
    zero = np.zeros(value.size, np.int64)
    low, high = value - 2.5, value + 2.5
    hours.store_validated(
        conn, ValidatedHours(np.full(value.size, key), begins, value, low, high, value, low, high, zero, zero)
    )


def _wind(conn: psycopg.Connection, begins: "np.typing.NDArray[np.datetime64]") -> None:
    """Let the first station see a wind that turns."""
    found = series.claim_series(
        conn,
        [
            SeriesName("town-000", "vane-0", "VANE", "wind_direction", "deg"),
            SeriesName("town-000", "vane-0", "VANE", "wind_speed", "m/s"),
        ],
    )
    turn = np.asarray((np.arange(begins.size) * 7.0) % 360, np.float64)
    for one in found:
        _measure(
            conn,
            one.series_key,
            begins,
            turn if one.observed_property == "wind_direction" else np.full(begins.size, 3.0),
        )


NOW = datetime(2026, 11, 22, 14, 30, tzinfo=UTC)
