"""A small plausible network in a real database, and the real page in front of it."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import numpy.typing as npt
import psycopg
import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright
from pydantic import SecretStr

from api.database import request_time
from api.main import create_app
from api.settings import ApiSettings
from api.web.page import STATIC
from storage import calibrations, hours, readings, references, series, stations
from storage.connection import connect
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
from tests.luchtbrug.campaigns.no2 import an_open_campaign
from validation.flags import Flag

Serve = Callable[[FastAPI], AbstractContextManager[str]]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

NOW = datetime(2026, 11, 22, 14, 30, tzinfo=UTC)
CHROMIUM = Path(shutil.which("chromium") or "/usr/bin/chromium")
BUNDLE = STATIC / "build" / "map.js"
FLAGS = (
    "--no-sandbox",  # CI runs as root in a container
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

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
    add_weather(conn, town)
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


def add_weather(conn: psycopg.Connection, town: Town) -> None:
    """Give the whole station a thermometer with one reading."""
    (one,) = series.claim_series(conn, [SeriesName(town.whole, "bme280-0", "BME280", "temperature", "Cel")])
    time = np.array([town.now.replace(tzinfo=None)], "datetime64[us]")
    none, zero = np.full(1, np.nan), np.zeros(1, np.int64)
    key = np.full(1, one.series_key)
    readings.store(conn, ReadingColumns(time, key, np.full(1, 7.4), none, none, none, zero, zero, time))


def _name(number: int, observed_property: str) -> SeriesName:
    return SeriesName(f"town-{number:02}", "sps30-0", "SPS30", observed_property, "ug/m3")


def whole_hour(time: datetime) -> datetime:
    """Round a time down to its hour."""
    return time.replace(minute=0, second=0, microsecond=0)


def truth(begins: npt.NDArray[Any], observed_property: str) -> Floats:
    """Give the air of the region [µg/m³] at epoch hours: a daily wave, and one evening with wood smoke."""
    wave = 9 + 4 * np.sin(2 * np.pi * begins / 24) + 2 * np.sin(2 * np.pi * begins / 61)
    smoke = 17 * np.exp(-(((begins - begins.max() + 40) / 4) ** 2))
    air: Floats = (wave + smoke) * PROPERTIES[observed_property]
    return air


def epoch_hours(now: datetime, count: int) -> Ints:
    """Number the last `count` whole hours since the epoch."""
    last = int(whole_hour(now).timestamp()) // 3600
    return np.arange(last - count, last)


def store_series(
    conn: psycopg.Connection, one: Series, town: Town, count: int, calibration_key: int, generator: np.random.Generator
) -> None:
    """Store a reading every quarter of an hour, the last one just now, as the story of its station wants it."""
    silent_hours = 9 if one.station_id == town.silent else 0
    delay = timedelta(hours=silent_hours, minutes=int(generator.integers(0, 9)))
    begins = np.repeat(epoch_hours(town.now, count), 4) + np.tile([0.25, 0.5, 0.75, 1.0], count)
    clean = truth(begins, one.observed_property)
    if one.station_id > "town-07":  # more air than a test needs, for who looks at the page
        clean = clean * generator.uniform(0.3, 2.2)
    times = np.array((begins - silent_hours) * 3600, "datetime64[s]").astype("datetime64[us]")
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
        method="mm-reverse-2",
        status="full",
        window_begin=begin - timedelta(days=28),
        window_end=begin,
        coefficients={"constant": 0.84, "raw": 0.612, "raw_lag_1": 0.11, "relative_humidity": -1.25},
        covariance=np.diag([0.04, 0.0009, 0.0016, 0.0025]).tolist(),
        interval_parts={"median": 8.1, "increment_up": 2.1, "increment_down": 1.1, "noise": 1.3},
        reference_weight={"NL10634": 0.71, "NL10641": 0.29},
        scores={"hours": 655.0, "mean_error": 1.31, "skill": 0.61},
        provenance={"policy": "1", "seed": 1, "references": {"NL10634": [0.0, 1.0, True]}},
    )


@pytest.fixture(scope="session")
def town_url(fresh_database: Callable[[str], AbstractContextManager[str]]) -> Iterator[str]:
    """Make one database that all tests of the page share: they only read."""
    with fresh_database("town") as url:
        yield url


@pytest.fixture(scope="session")
def town(town_url: str) -> Town:
    """Fill the shared database with a town of eight stations, and a campaign of them all."""
    with connect(town_url) as conn:
        town = build_town(conn, now=NOW)
        an_open_campaign(conn, "town", [f"town-{number:02}" for number in range(town.station_count)], NOW)
    return town


@pytest.fixture(scope="session")
def site(town_url: str, town: Town, serve: Serve) -> Iterator[str]:
    """Give the address of the application on the town, with its clock at NOW."""
    with serve(make_app(town_url)) as url:
        yield url


@pytest.fixture(scope="session")
def page(site: str) -> Iterator[httpx.Client]:
    """Ask pages of the town."""
    with httpx.Client(base_url=site, timeout=30) as client:  # the first answer imports what pyarrow looks for
        yield client


def make_app(database_url: str, **settings: Any) -> FastAPI:
    """Build the application on a database."""
    app = create_app(ApiSettings(database_url=SecretStr(database_url), **settings))
    app.dependency_overrides[request_time] = lambda: NOW
    return app


@pytest.fixture(scope="session")
def chromium() -> Path:
    """Give the browser: skipped where it or the bundle is absent, except where CI promises both."""
    for needed, remedy in ((CHROMIUM, "install chromium"), (BUNDLE, "run `npm ci && npm run build` in api/web")):
        if not needed.exists():
            (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"{needed} is absent: {remedy}")
    return CHROMIUM


@dataclass(frozen=True, slots=True)
class Visit:
    """One tab, and what it complained about and asked for while it was open."""

    tab: Page
    complaints: list[str]
    requests: list[str]


@pytest.fixture(scope="session")
def browser(chromium: Path) -> Iterator[Browser]:
    """Start the browser once; it draws WebGL in software."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, site: str) -> Iterator[Visit]:
    """Open a Dutch tab that knows the site's address."""
    context = browser.new_context(base_url=site, locale="nl-NL", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(20_000)
    visit = Visit(context.new_page(), [], [])

    def hear(message: ConsoleMessage) -> None:
        slow = "was preloaded using link preload but not used within a few seconds" in message.text
        if message.type in ("error", "warning") and not slow:  # how busy this machine is, is no fault of the page
            visit.complaints.append(message.text)

    visit.tab.on("console", hear)
    visit.tab.on("pageerror", lambda error: visit.complaints.append(str(error)))
    visit.tab.on("request", lambda request: visit.requests.append(request.url))
    yield visit
    context.close()
