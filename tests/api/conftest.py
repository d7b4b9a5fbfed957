"""A real database with a small world in it, and the real application behind a real server."""

import io
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from time import sleep

import httpx
import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr

from api.database import request_time
from api.main import create_app
from api.settings import ApiSettings
from api.time_limit import BoundedArrival
from luchtbrug.jobs.lake import write_lake
from luchtbrug.jobs.snapshot import freeze
from storage import areas, calibrations, hours, readings, references, series, stations
from storage.connection import connect, open_pool
from storage.lake import Lake
from storage.rows import (
    NewCalibration,
    NewStation,
    ReadingColumns,
    ReferenceHours,
    ReferenceStation,
    SeriesName,
    ValidatedHours,
)
from tests.luchtbrug.campaigns.no2 import an_open_campaign

NOW = datetime(2026, 5, 17, 12, 0, tzinfo=UTC)
CALIBRATION_ID = "c0ffee01"
PATIENCE = 30  # [s]; the first columns make pyarrow look at pandas, which takes seconds where it is installed
UNITS = {"pm2_5": "ug/m3", "pm10": "ug/m3", "no2": "[ppb]", "temperature": "Cel", "relative_humidity": "%"}


@dataclass(frozen=True, slots=True)
class World:
    """Builders that write through storage's own functions."""

    conn: psycopg.Connection

    def station(self, station_id: str, *, latitude: float = 52.22, longitude: float = 5.18, name: str = "") -> None:
        """Register a station whose exact position is 100 m off the public one."""
        row = NewStation(
            station_id=station_id,
            latitude=latitude + 0.001,
            longitude=longitude,
            public_latitude=latitude,
            public_longitude=longitude,
            password_hash="hash",
            token_hash=f"token of {station_id}",
            name=name,
            municipality="Hilversum",
            project="meet mee",
            simulated=True,
        )
        stations.add_station(self.conn, row)

    def series(self, station_id: str, observed_property: str = "pm2_5") -> int:
        """Claim a series of a station's SPS30."""
        name = SeriesName(station_id, "sps30-0", "SPS30", observed_property, UNITS[observed_property])
        return series.claim_series(self.conn, [name])[0].series_key

    def readings(
        self,
        series_key: int,
        times: Sequence[datetime],
        *,
        raw: float = 20.0,
        value: float = np.nan,
        flags: int = 0,
        calibration_key: int = 0,
    ) -> None:
        """Store readings that differ only in time; their interval is value ± 3."""
        count = len(times)
        stamps = stamped(times)
        columns = ReadingColumns(
            time=stamps,
            series_key=np.full(count, series_key, np.int64),
            raw=np.full(count, raw),
            value=np.full(count, value),
            lower=np.full(count, value - 3),
            upper=np.full(count, value + 3),
            flags=np.full(count, flags, np.int64),
            calibration_key=np.full(count, calibration_key, np.int64),
            received_at=stamps,
        )
        readings.store(self.conn, columns)

    def hours(self, series_key: int, begin: datetime, count: int, *, value: float, calibration_key: int = 0) -> None:
        """Aggregate hours and validate them to value ± 2, with an estimate one lower."""
        hours.aggregate(self.conn, begin, begin + timedelta(hours=count), now=NOW)
        validated = validated_hours(series_key, begin, count, value=value, calibration_key=calibration_key)
        hours.store_validated(self.conn, validated)

    def calibration(self, series_key: int, calibration_id: str = CALIBRATION_ID, *, status: str = "full") -> int:
        """Keep a calibration and return its key."""
        record = NewCalibration(
            calibration_id=calibration_id,
            series_key=series_key,
            fitted_at=NOW - timedelta(days=1),
            valid_begin=NOW - timedelta(days=1),
            valid_end=None,
            method="mm-reverse",
            status=status,
            window_begin=NOW - timedelta(days=36),
            window_end=NOW - timedelta(days=1),
            coefficients={"constant": 2.0, "raw": 0.5, "raw_lag_1": 0.1, "relative_humidity": -1.25},
            covariance=[[0.01 if row == column else np.nan for column in range(4)] for row in range(4)],
            interval_parts={"noise": 1.2, "increment_up": 2.5},
            reference_weight={"NL10404": 0.75, "NL10538": 0.25},
            scores={"skill": 0.62, "drift": np.nan},
            provenance={"seed": 1},
        )
        return calibrations.store(self.conn, [record])[calibration_id]

    def area(self, code: str, box: tuple[float, float, float, float], *, name: str = "Hilversum") -> None:
        """Load a municipality that is a box of degrees."""
        west, south, east, north = box
        ring = ((west, south), (east, south), (east, north), (west, north), (west, south))
        geometry = json.dumps({"type": "MultiPolygon", "coordinates": [[ring]]})
        areas.store(
            self.conn, [areas.NewArea(code, name, "municipality", box, geometry, (ring,))], source="test", at=NOW
        )

    def reference(self, reference_station_id: str, *, latitude: float = 52.23, longitude: float = 5.18) -> None:
        """Store an official station."""
        row = ReferenceStation(reference_station_id, "luchtmeetnet", "Hilversum", latitude, longitude, "urban")
        references.store_stations(self.conn, [row])

    def reference_hours(
        self, reference_station_id: str, begin: datetime, values: Sequence[float], *, of: str = "pm2_5"
    ) -> None:
        """Store consecutive official hours of a property [µg/m³]; NaN is one that was withdrawn."""
        count = len(values)
        rows = ReferenceHours(
            reference_station_id=(reference_station_id,) * count,
            observed_property=(of,) * count,
            begin=stamped([begin + timedelta(hours=i) for i in range(count)]),
            value=np.array(values, np.float64),
            validity=np.ones(count, np.int64),
            verification=np.full(count, 3, np.int64),
        )
        references.store_hours(self.conn, rows, received_at=NOW)


def stamped(times: Sequence[datetime]) -> "np.typing.NDArray[np.datetime64]":
    """Write UTC times as storage's columns hold them."""
    return np.array([time.replace(tzinfo=None) for time in times], "datetime64[us]")


def read_columns(answer: httpx.Response) -> pa.Table:
    """Read a columnar answer, Parquet or Arrow."""
    assert answer.status_code == 200, answer.text
    if answer.headers["content-type"] == "application/vnd.apache.parquet":
        return pq.read_table(io.BytesIO(answer.content))
    return pa.ipc.open_stream(answer.content).read_all()


def validated_hours(
    series_key: int, begin: datetime, count: int, *, value: float, flags: int = 0, calibration_key: int = 0
) -> ValidatedHours:
    """Make hours of value ± 2, with an estimate one lower."""
    centre = np.full(count, value)
    return ValidatedHours(
        series_key=np.full(count, series_key, np.int64),
        begin=stamped([begin + timedelta(hours=i) for i in range(count)]),
        value=centre,
        lower=centre - 2,
        upper=centre + 2,
        estimate=centre - 1,
        estimate_lower=centre - 2,
        estimate_upper=centre,
        flags=np.full(count, flags, np.int64),
        calibration_key=np.full(count, calibration_key, np.int64),
    )


@pytest.fixture
def world(connection: psycopg.Connection) -> World:
    """Build into the test's own database; commit before asking the API."""
    return World(connection)


@pytest.fixture(scope="session")
def gooi_url(fresh_database: Callable[[str], AbstractContextManager[str]]) -> Iterator[str]:
    """Make one database that all tests which only read share: a server start a test would cost a minute."""
    with fresh_database("gooi") as url:
        yield url


@pytest.fixture(scope="session")
def gooi(gooi_url: str) -> dict[str, int]:
    """Fill the shared database; give the series keys by name."""
    with connect(gooi_url) as conn:
        return fill_gooi(World(conn))


def fill_gooi(world: World) -> dict[str, int]:
    """Build two stations in het Gooi, one in Amsterdam, one withdrawn, two official ones, and a campaign."""
    world.station("gooi-01", name="Dak <b>aan de Gijsbrecht</b>")
    world.station("gooi-02", latitude=52.25, longitude=5.20)
    world.station("amsterdam-01", latitude=52.37, longitude=4.90)
    world.station("oud-01")
    keys = {name: world.series(name) for name in ("gooi-01", "gooi-02", "amsterdam-01", "oud-01")}
    keys["no2"] = world.series("gooi-01", "no2")
    calibration = world.calibration(keys["gooi-01"])
    three_hours = [NOW - timedelta(minutes=5 * i) for i in range(36)]
    world.readings(keys["gooi-01"], three_hours, value=11.5, calibration_key=calibration)
    world.readings(keys["gooi-02"], [NOW - timedelta(minutes=1)], raw=900.0, flags=(1 << 1) | (1 << 17))
    world.readings(keys["amsterdam-01"], [NOW], raw=30.0, value=15.0)
    world.readings(keys["oud-01"], [NOW])
    world.readings(keys["no2"], [NOW], raw=20.0, value=10.0)
    world.hours(keys["gooi-01"], NOW - timedelta(hours=3), 3, value=10.0, calibration_key=calibration)
    world.reference("NL10404")
    world.reference("NL10538", latitude=52.30, longitude=5.00)
    world.reference_hours("NL10404", NOW - timedelta(hours=3), [8.0, 9.0, np.nan])
    world.reference_hours("NL10404", NOW - timedelta(hours=2), [9.5])
    stations.remove_station(world.conn, "oud-01", NOW)
    world.area("GM0402", (5.10, 52.20, 5.25, 52.30))
    world.area("GM0363", (4.85, 52.30, 5.00, 52.42), name="Amsterdam")
    an_open_campaign(world.conn, "gooi", ["gooi-01", "gooi-02"], NOW)
    world.conn.commit()
    return keys


@contextmanager
def serving(app: FastAPI, *, certificate: Path | None = None) -> Iterator[str]:
    """Run an application on a free port of this machine, with TLS where a certificate is given; give its address."""
    config = uvicorn.Config(
        app, port=0, http=BoundedArrival, log_level="warning", ws="none", server_header=False, ssl_certfile=certificate
    )
    server = uvicorn.Server(config)
    thread = Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server ended at its start"
            sleep(0.005)
        scheme = "https" if certificate else "http"
        yield f"{scheme}://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def make_app(database_url: str, lake_url: str | None = None) -> FastAPI:
    """Build the application on a database, with its clock at NOW, and with a folder of published files."""
    app = create_app(ApiSettings(database_url=SecretStr(database_url), lake_url=lake_url))
    app.state.v1.dependency_overrides[request_time] = lambda: NOW
    return app


@pytest.fixture(scope="session")
def lake(gooi_url: str, gooi: dict[str, int], tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Publish the shared database in a folder, and freeze it."""
    lake = Lake.at(str(tmp_path_factory.mktemp("lake")))
    with open_pool(gooi_url, size=3) as pool:
        write_lake(pool, lake, now=NOW)
    freeze(lake, now=NOW)
    return lake


@pytest.fixture(scope="session")
def client(gooi_url: str, lake: Lake) -> Iterator[httpx.Client]:
    """Ask /v1 of the application on the shared database; to read only."""
    with serving(make_app(gooi_url, lake.root)) as url, httpx.Client(base_url=f"{url}/v1", timeout=PATIENCE) as client:
        yield client


@pytest.fixture
def app(database_url: str) -> FastAPI:
    """Build the application on the test's own database."""
    return make_app(database_url)


@pytest.fixture(scope="session")
def serve() -> Callable[..., AbstractContextManager[str]]:
    """Lend :func:`serving` to tests that build their own application."""
    return serving


@pytest.fixture
def own_client(app: FastAPI) -> Iterator[httpx.Client]:
    """Ask /v1 of the application on the test's own database."""
    with serving(app) as url, httpx.Client(base_url=f"{url}/v1", timeout=PATIENCE) as client:
        yield client
