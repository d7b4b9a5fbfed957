"""A small plausible network in a real database, and the real page in front of it."""

import os
import shutil
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import psycopg
import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr

from api.main import create_app
from api.settings import ApiSettings
from storage import calibrations, hours, readings, references, series, stations
from storage.rows import (
    NewCalibration,
    NewStation,
    ReadingColumns,
    ReferenceHours,
    ReferenceStation,
    Series,
    SeriesName,
    ValidatedHours,
)
from validation.flags import Flag

CHROMIUM = Path("/usr/bin/chromium")
CALIBRATION_ID = "cal-town-1"
HOSTILE = '<script>alert(1)</script> & "co" \''
WEEK = 7 * 24
PROPERTIES = {"pm2_5": 1.0, "pm10": 1.7}  # what is measured, and how much more of it there is

REFERENCES = (
    ReferenceStation("NL10634", "luchtmeetnet", "Hilversum-Johannes Geradtsweg", 52.2336, 5.1683, "traffic"),
    ReferenceStation("NL10641", "luchtmeetnet", "Breukelen-Snelweg", 52.2020, 4.9877, "traffic"),
    ReferenceStation("NL10644", "luchtmeetnet", "Cabauw-Wielsekade", 51.9742, 4.9265, "background"),
)


@dataclass(frozen=True, slots=True)
class Town:
    """What stands in the database: so many stations, of which these are special."""

    station_count: int
    now: datetime
    whole: str = "town-00"  # a week of hours, and a calibration
    hostile: str = "town-01"  # its name is an attack
    fresh: str = "town-02"  # no calibration yet
    silent: str = "town-03"  # last heard of nine hours ago
    stuck: str = "town-04"  # failed a check


def build_town(conn: psycopg.Connection, *, station_count: int = 8, weeks_of: int = 1, now: datetime) -> Town:
    """Fill an empty database; the first `weeks_of` stations get a week of hours, the others a last reading."""
    generator = np.random.default_rng(2026)
    town = Town(station_count, now)
    names = ("Noord", "Zuid", "Over 't Spoor", "Trompenberg", "Kerkelanden", "Hilversumse Meent", "Oost", "Centrum")
    for number in range(station_count):
        add_station(conn, number, names[number % len(names)] + ("" if number < len(names) else f" {number}"), generator)
    found = series.claim_series(conn, [_name(number, prop) for number in range(station_count) for prop in PROPERTIES])
    store_references(conn, now, generator)
    keys = calibrations.store(conn, [calibration(one, now) for one in found if one.station_id == town.whole])
    for one in found:
        number = int(one.station_id[-2:])
        store_series(conn, one, town, WEEK if number < weeks_of else 2, next(iter(keys.values())), generator)
    hours.aggregate(conn, whole_hour(now) - timedelta(hours=WEEK), whole_hour(now), now=now)
    for one in found:
        if int(one.station_id[-2:]) < weeks_of:
            validate_week(conn, one, now, next(iter(keys.values())), generator)
    conn.commit()
    return town


def add_station(conn: psycopg.Connection, number: int, name: str, generator: np.random.Generator) -> None:
    """Register a station near Hilversum."""
    latitude, longitude = 52.225 + generator.normal(0, 0.03), 5.18 + generator.normal(0, 0.05)
    stations.add_station(
        conn,
        NewStation(
            station_id=f"town-{number:02}",
            name=HOSTILE if number == 1 else name,
            latitude=latitude,
            longitude=longitude,
            public_latitude=latitude,
            public_longitude=longitude,
            password_hash="not a hash",
            token_hash=f"token {number}",
            municipality="Hilversum",
            simulated=True,
        ),
    )


def _name(number: int, observed_property: str) -> SeriesName:
    return SeriesName(f"town-{number:02}", "sps30-0", "SPS30", observed_property, "ug/m3")


def whole_hour(time: datetime) -> datetime:
    """Round a time down to its hour."""
    return time.replace(minute=0, second=0, microsecond=0)


def truth(begins: np.ndarray, observed_property: str) -> np.ndarray:
    """Give the air of the region [µg/m³] at epoch hours: a daily wave, and one evening with wood smoke."""
    wave = 9 + 4 * np.sin(2 * np.pi * begins / 24) + 2 * np.sin(2 * np.pi * begins / 61)
    smoke = 17 * np.exp(-(((begins - begins.max() + 40) / 4) ** 2))
    return (wave + smoke) * PROPERTIES[observed_property]


def epoch_hours(now: datetime, count: int) -> np.ndarray:
    """Number the last `count` whole hours since the epoch."""
    last = int(whole_hour(now).timestamp()) // 3600
    return np.arange(last - count, last)


def store_series(
    conn: psycopg.Connection, one: Series, town: Town, count: int, calibration_key: int, generator: np.random.Generator
) -> None:
    """Store a reading every quarter of an hour, the last one just now, as the story of its station wants it."""
    delay = timedelta(hours=9) if one.station_id == town.silent else timedelta(minutes=int(generator.integers(0, 9)))
    begins = np.repeat(epoch_hours(town.now, count), 4) + np.tile([0.25, 0.5, 0.75, 1.0], count)
    clean = truth(begins, one.observed_property)
    if one.station_id > "town-07":  # more air than a test needs, for who looks at the page
        clean = clean * generator.uniform(0.3, 2.2)
    times = np.array(begins * 3600, "datetime64[s]").astype("datetime64[us]")
    times[-1] = np.datetime64((town.now - delay).replace(tzinfo=None), "us")
    bad = one.station_id in (town.fresh, town.stuck)
    flags = {town.fresh: Flag.NOT_CALIBRATED, town.stuck: Flag.STUCK}.get(one.station_id, Flag.HUMIDITY_HIGH)
    value = np.where(bad, np.nan, np.maximum(clean + generator.normal(0, 0.8, clean.size), 0))
    readings.store(
        conn,
        ReadingColumns(
            time=times,
            series_key=np.full(clean.size, one.series_key),
            raw=np.round(clean * 1.55 + generator.normal(0, 1.2, clean.size), 1),
            value=value,
            lower=np.maximum(value * 0.75 - 1.2, 0),
            upper=value * 1.25 + 1.2,
            flags=np.full(clean.size, int(flags)),
            calibration_key=np.full(clean.size, 0 if bad or one.station_id != town.whole else calibration_key),
            received_at=times,
        ),
    )


def validate_week(
    conn: psycopg.Connection, one: Series, now: datetime, calibration_key: int, generator: np.random.Generator
) -> None:
    """Store validated hours, with a gap of three hours in them."""
    begins = epoch_hours(now, WEEK)
    value = truth(begins + 0.5, one.observed_property) + generator.normal(0, 0.7, WEEK)
    value[30:33] = np.nan
    flags = np.where(generator.random(WEEK) < 0.15, int(Flag.HUMIDITY_HIGH), 0)
    flags[30:33] = int(Flag.STUCK)
    hours.store_validated(
        conn,
        ValidatedHours(
            series_key=np.full(WEEK, one.series_key),
            begin=np.array(begins * 3600, "datetime64[s]").astype("datetime64[us]"),
            value=value,
            lower=np.maximum(value * 0.78 - 1, 0),
            upper=value * 1.22 + 1,
            estimate=value,
            estimate_lower=value * 0.78,
            estimate_upper=value * 1.22,
            flags=flags,
            calibration_key=np.full(WEEK, calibration_key),
        ),
    )


def store_references(conn: psycopg.Connection, now: datetime, generator: np.random.Generator) -> None:
    """Store a week of official hours of both properties, the newest one and a half hours old."""
    references.store_stations(conn, REFERENCES)
    begins = epoch_hours(now, WEEK)[:-1]
    for one in REFERENCES:
        for observed_property in PROPERTIES:
            references.store_hours(
                conn,
                ReferenceHours(
                    reference_station_id=(one.reference_station_id,) * begins.size,
                    observed_property=(observed_property,) * begins.size,
                    begin=np.array(begins * 3600, "datetime64[s]").astype("datetime64[us]"),
                    value=truth(begins + 0.5, observed_property) + generator.normal(0, 0.5, begins.size),
                    validity=np.ones(begins.size, np.int64),
                    verification=np.full(begins.size, 3),
                ),
                received_at=now,
            )


def calibration(one: Series, now: datetime) -> NewCalibration:
    """Make the record of a calibration as validation keeps it."""
    begin = whole_hour(now) - timedelta(days=1)
    return NewCalibration(
        calibration_id=CALIBRATION_ID
        if one.observed_property == "pm2_5"
        else f"{CALIBRATION_ID}-{one.observed_property}",
        series_key=one.series_key,
        fitted_at=begin,
        valid_begin=begin,
        valid_end=None,
        method="mm-bisquare",
        status="fitted",
        window_begin=begin - timedelta(days=28),
        window_end=begin,
        coefficients={"intercept": 0.84, "raw": 0.612, "relative_humidity": -0.0312},
        covariance=[[0.04, 0, 0], [0, 0.0009, 0], [0, 0, 0.000025]],
        interval_parts={"residual": 1.8, "reference": 0.9},
        reference_weight={"NL10634": 0.71, "NL10641": 0.29},
        scores={"hours": 655.0, "residual_scale": 1.31},
        provenance={"code": "0.1.0"},
    )


@pytest.fixture
def now() -> datetime:
    """The moment the town is built for."""
    return datetime.now(UTC)


@pytest.fixture
def town(connection: psycopg.Connection, now: datetime) -> Town:
    """A town of eight stations in the database of the test."""
    return build_town(connection, now=now)


@pytest.fixture
def app(database_url: str) -> FastAPI:
    """The real application on the database of the test."""
    return create_app(ApiSettings(database_url=SecretStr(database_url)))


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """A client that does not hide server errors."""
    with TestClient(app) as client:
        yield client


@pytest.fixture
def page_url(app: FastAPI) -> Iterator[str]:
    """The address of the application behind a real server."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser: skipped where it is absent, except where CI promises it."""
    found = shutil.which("chromium") or (str(CHROMIUM) if CHROMIUM.exists() else None)
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("CI=true and no chromium: .ci/run installs it")
        pytest.skip("chromium is not installed")
    return Path(found)
