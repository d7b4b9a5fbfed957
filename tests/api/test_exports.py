"""Bulk: what is in it, in which layout, what is refused, and that a caller who leaves ends the query."""

import csv
import io
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime

import httpx
import psycopg
import pytest
from pydantic import SecretStr

from api.keys import hash_key
from api.main import create_app
from api.settings import ApiSettings
from storage.api_keys import KnownApiKey, add_key
from storage.connection import connect
from storage.exports import SHAPES
from tests import patient

from .conftest import PATIENCE, World, make_app, read_columns, serving

NINE_THIRTY = datetime(2026, 5, 17, 9, 30, tzinfo=UTC)
PLACE = {
    "municipality": "Hilversum",
    "station": "gooi-01",
    "begin": "2026-05-17T00:00:00Z",
    "end": "2026-05-18T00:00:00Z",
}
UNPACKED = {"Accept-Encoding": "identity"}
"""Packed, so many equal rows would fit into the buffers on the way."""


def rows(answer: httpx.Response, delimiter: str = ",") -> list[dict[str, str]]:
    """Read a CSV answer."""
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=delimiter))


def test_an_export_has_the_hours_of_a_place(client: httpx.Client, gooi: dict[str, int]) -> None:
    """Each hour has station, raw, value, interval, capture, flags and calibration, as the series' own path has them."""
    answer = client.get("/exports/hours", params=PLACE | {"observedProperty": "pm2_5"})
    of_series = client.get(f"/series/{gooi['gooi-01']}/hours").json()["items"]

    assert answer.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    assert answer.headers["content-disposition"] == 'attachment; filename="hours_20260517_20260518_full.csv"'
    assert answer.headers["api-version"]
    exported = rows(answer)
    assert [row["begin"] for row in exported] == [item["begin"] for item in of_series]
    first, item = exported[0], of_series[0]
    assert (first["station_id"], first["unit"], first["end"]) == ("gooi-01", "ug/m3", item["end"])
    for column, field in (("raw", "raw"), ("value", "value"), ("upper", "upper"), ("data_capture", "dataCapture")):
        assert float(first[column]) == item[field]
    assert (int(first["flag_mask"]), int(first["quality"])) == (item["flagMask"], item["quality"])
    assert first["calibration_id"] == item["calibrationId"]


@pytest.mark.parametrize("layout", SHAPES)
def test_a_layout_without_rows_has_its_header(client: httpx.Client, layout: str) -> None:
    """A place without stations is a header alone."""
    answer = client.get("/exports/hours", params={**PLACE, "municipality": "Nergens", "layout": layout})

    assert answer.status_code == 200
    assert len(answer.text.splitlines()) == 1


def test_an_export_for_a_key_is_kept_by_no_cache(
    client: httpx.Client, database_url: str, connection: psycopg.Connection
) -> None:
    """Where exports want a key, a shared cache would give one to who has none; open ones may be kept."""
    key = KnownApiKey("key1", ["export"], "test", NINE_THIRTY, datetime(2199, 1, 1, tzinfo=UTC), None)
    add_key(connection, key, secret_hash=hash_key("lbk_test"))
    connection.commit()
    app = create_app(ApiSettings(database_url=SecretStr(database_url), exports="keys"))
    with serving(app) as url:
        answer = httpx.get(f"{url}/v1/exports/hours", params=PLACE, headers={"X-API-Key": "lbk_test"}, timeout=PATIENCE)

    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert "public" in client.get("/exports/hours", params=PLACE).headers["cache-control"]


def test_the_dutch_spreadsheet(client: httpx.Client) -> None:
    """excel begins with a byte order mark, has semicolons and decimal commas, and texts are no formulas."""
    answer = client.get("/exports/hours", params={**PLACE, "layout": "excel"})

    assert answer.content.startswith(b"\xef\xbb\xbfstation;naam;gemeente;")
    first = rows(answer, ";")[0]
    assert (first["begin_utc"], first["waarde"], first["dekking"]) == ("2026-05-17 09:00:00", "10", "1")


def test_a_name_is_no_formula(world: World, own_client: httpx.Client) -> None:
    """A station's name that a spreadsheet would calculate gets an apostrophe before it; decimals get a comma."""
    world.station("formule-01", name='=HYPERLINK("x")')
    key = world.series("formule-01")
    world.readings(key, [NINE_THIRTY])
    world.hours(key, NINE_THIRTY.replace(minute=0), 1, value=10.25)
    world.conn.commit()

    [row] = rows(own_client.get("/exports/hours", params={**PLACE, "station": "formule-01", "layout": "excel"}), ";")

    assert (row["naam"], row["waarde"]) == ('\'=HYPERLINK("x")', "10,25")


def test_the_columns_of_the_eea(client: httpx.Client) -> None:
    """eea has the EEA's columns and codes."""
    first = rows(client.get("/exports/hours", params={**PLACE, "layout": "eea"}))[0]

    header = "Samplingpoint,Pollutant,Start,End,Value,Unit,AggType,Validity,Verification,ResultTime,DataCapture"
    assert ",".join(first) == f"{header},FkObservationLog"
    assert (first["Pollutant"], first["Unit"], first["Validity"], first["DataCapture"]) == (
        "6001",
        "ug.m-3",
        "1",
        "100",
    )


def test_the_table_of_openair(client: httpx.Client) -> None:
    """openair has one row a station and hour, a column a pollutant, and the begin of the hour as date."""
    found = rows(client.get("/exports/hours", params={**PLACE, "layout": "openair"}))

    assert len(found) == 3
    assert (found[0]["date"], found[0]["code"], found[0]["pm25"], found[0]["pm10"]) == (
        "2026-05-17 09:00:00",
        "gooi-01",
        "10",
        "",
    )


@pytest.mark.parametrize("form", ["parquet", "arrow"])
def test_an_export_as_columns_is_the_csv(client: httpx.Client, form: str) -> None:
    """Parquet and Arrow have the rows of the CSV with numbers and times as such, and are not packed again."""
    table = rows(client.get("/exports/hours", params=PLACE))
    answer = client.get("/exports/hours", params=PLACE | {"f": form}, headers={"Accept-Encoding": "gzip"})
    found = read_columns(answer)

    assert "content-encoding" not in answer.headers
    assert answer.headers["content-disposition"].endswith(f'_full.{form}"')
    assert found.column_names == list(table[0])
    values = [item["value"] for item in found.to_pylist()]
    assert values == [float(row["value"]) if row["value"] else None for row in table]
    assert [f"{item['begin']:%Y-%m-%dT%H:%M:%SZ}" for item in found.to_pylist()] == [row["begin"] for row in table]
    assert read_columns(client.get("/exports/hours", params=PLACE | {"f": form, "project": "geen"})).num_rows == 0


def test_the_columns_of_the_eea_as_parquet(client: httpx.Client) -> None:
    """The EEA's layout comes as Parquet too, as its own downloads do."""
    found = read_columns(client.get("/exports/hours", params=PLACE | {"layout": "eea", "f": "parquet"})).to_pylist()

    assert (found[0]["Pollutant"], found[0]["Start"], found[0]["Value"], found[0]["Validity"]) == (
        6001,
        datetime(2026, 5, 17, 9),  # noqa: DTZ001 -- the EEA's times name no zone
        10.0,
        1,
    )


@pytest.mark.parametrize("layout", ["excel", "openair"])
def test_a_layout_of_text_is_csv_only(client: httpx.Client, layout: str) -> None:
    """A spreadsheet's layout as Parquet is a 400 that says what to ask for."""
    answer = client.get("/exports/hours", params=PLACE | {"layout": layout, "f": "parquet"})

    assert answer.status_code == 400
    assert "CSV only: add f=csv" in answer.json()["errors"][0]["detail"]


@pytest.mark.parametrize(
    ("change", "name", "part"),
    [
        ({"municipality": ""}, "municipality", "at least 1 character"),
        ({"begin": "2024-01-01T00:00:00Z"}, "begin", "over the limit of 366: make one export for each year"),
        ({"begin": "2026-05-19T00:00:00Z"}, "begin", "there is nothing in it"),
        ({"layout": "pdf"}, "layout", "'full', 'excel', 'eea' or 'openair'"),
        ({"radius": "100"}, "radius", "add near=lat,lon"),
    ],
)
def test_what_cannot_be_exported_says_why(client: httpx.Client, change: dict[str, str], name: str, part: str) -> None:
    """A wrong or too large wish is a 400 that names the parameter, the limit and the way."""
    answer = client.get("/exports/hours", params=PLACE | change)

    assert answer.status_code == 400
    [error] = answer.json()["errors"]
    assert error["name"] == name
    assert part in error["detail"]


def test_an_export_needs_a_place(client: httpx.Client) -> None:
    """Without any place an export would be the whole platform: a 400 that lists the ways to say where."""
    answer = client.get("/exports/hours", params={"begin": PLACE["begin"]})

    assert answer.status_code == 400
    assert "add municipality, area, project, station, bbox" in answer.json()["errors"][0]["detail"]


def test_no_document_is_exported(client: httpx.Client) -> None:
    """Who accepts neither CSV nor columns gets a 406."""
    assert client.get("/exports/hours", params=PLACE, headers={"Accept": "application/json"}).status_code == 406


def test_head_runs_no_export_to_its_end(client: httpx.Client) -> None:
    """HEAD has the headers of the export and no body."""
    answer = client.head("/exports/hours", params=PLACE)

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"].startswith("text/csv")


def running(conn: psycopg.Connection) -> int:
    """Count the exports that the database works on."""
    asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'COPY (%' "
    row = conn.execute(asked + "AND state = 'active'").fetchone()
    conn.rollback()
    assert row is not None
    return int(row[0])


def wait_for(conn: psycopg.Connection, count: int) -> None:
    """Wait until so many exports run."""
    deadline = time.monotonic() + 20
    while running(conn) != count:
        assert time.monotonic() < deadline, f"still {running(conn)} exports run, not {count}"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def large_url(fresh_database: Callable[[str], AbstractContextManager[str]]) -> Iterator[str]:
    """Make a database with 80,000 hours of one series, 8 MB as text: more than all the buffers on the way hold."""
    with fresh_database("large") as url:
        with connect(url) as conn:
            world = World(conn)
            world.station("groot-01")
            conn.execute(
                "INSERT INTO hour "
                "(begin, series_key, raw, raw_min, raw_max, observed_count, data_capture, computed_at) SELECT "
                "'2026-05-01'::timestamptz + n * interval '1 second', %s, 1, 1, 1, 12, 1, now() "
                "FROM generate_series(1, 80000) n",
                [world.series("groot-01")],
            )
            conn.commit()
        yield url


@pytest.fixture
def slow_caller(large_url: str) -> Iterator[httpx.Client]:
    """Ask about the large database through a socket that takes little at once, so that little data is much."""
    transport = httpx.HTTPTransport(socket_options=[(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)])
    with serving(make_app(large_url)) as url, patient.Client(base_url=f"{url}/v1", transport=transport) as client:
        yield client


@pytest.fixture
def watcher(large_url: str) -> Iterator[psycopg.Connection]:
    """Look at what the large database does."""
    with connect(large_url) as conn:
        yield conn


def test_more_hours_than_one_export_gives_are_refused(large_url: str, watcher: psycopg.Connection) -> None:
    """A year of 2,300 series is a 400 that says what to ask for instead; a month of them is given."""
    World(watcher).station("veel-01")
    watcher.execute(
        "WITH new AS (INSERT INTO sensor (station_key, sensor_name, sensor_model) SELECT station_key, 'sps30-' || n, "
        "'SPS30' FROM station, generate_series(1, 2300) AS n WHERE station_id = 'veel-01' RETURNING *) INSERT INTO "
        "series (station_key, sensor_key, observed_property, unit) SELECT station_key, sensor_key, 'pm2_5', 'ug/m3' "
        "FROM new"
    )
    watcher.commit()
    year = {"station": "veel-01", "begin": "2026-01-01T00:00:00Z", "end": "2027-01-01T00:00:00Z"}
    with serving(make_app(large_url)) as url, patient.Client(base_url=f"{url}/v1") as client:
        answer = client.get("/exports/hours", params=year)
        month = client.get("/exports/hours", params=year | {"end": "2026-02-01T00:00:00Z"})

    [error] = answer.json()["errors"]
    assert (answer.status_code, month.status_code, error["name"]) == (400, 200, "end")
    assert "more than 2283 series" in error["detail"]
    assert "fewer months at a time" in error["detail"]


LARGE = {"station": "groot-01", "begin": "2026-05-01T00:00:00Z", "end": "2026-06-01T00:00:00Z"}


def test_a_caller_who_leaves_ends_the_query(slow_caller: httpx.Client, watcher: psycopg.Connection) -> None:
    """A caller who stops reading holds the query up, so nothing piles up; who leaves ends it and frees the slot."""
    with slow_caller.stream("GET", "/exports/hours", params=LARGE, headers=UNPACKED) as answer:
        parts = answer.iter_bytes(1000)  # kept: a forgotten one closes the connection
        next(parts)
        wait_for(watcher, 1)
        time.sleep(0.5)
        assert running(watcher) == 1
    wait_for(watcher, 0)

    few = LARGE | {"end": "2026-05-01T00:00:10Z"}
    assert slow_caller.get("/exports/hours", params=few).status_code == 200


def test_one_export_too_many_is_asked_to_wait(slow_caller: httpx.Client, watcher: psycopg.Connection) -> None:
    """While as many exports run as there are slots, another is a 503 that says so and when to try again."""
    with (
        slow_caller.stream("GET", "/exports/hours", params=LARGE, headers=UNPACKED) as first,
        slow_caller.stream("GET", "/exports/hours", params=LARGE, headers=UNPACKED) as second,
    ):
        assert (first.status_code, second.status_code) == (200, 200)
        third = slow_caller.get("/exports/hours", params=LARGE)

    assert third.status_code == 503
    assert "2 exports are running, which is the limit" in third.json()["detail"]
    assert third.headers["retry-after"] == "10"
    wait_for(watcher, 0)
