"""The schema on the real TimescaleDB extension: the same names and the same answers as plain PostgreSQL.

The extension comes compiled to WebAssembly and is served by node (tests/storage/timescale/). That server cannot take
COPY FROM STDIN and has no background workers: rows come in by unnest, and policies are run by hand.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from storage import pages
from storage.calibrations import current
from storage.calibrations import store as store_calibrations
from storage.connection import connect
from storage.hours import aggregate, raw_hours
from storage.migrate import check, migrate
from storage.pages import LatestWanted, Window
from storage.readings import recent
from storage.retention import forget_readings
from storage.revisions import list_revisions
from storage.rows import NewCalibration, NewStation, SeriesName
from storage.series import claim_series
from storage.sizes import table_sizes
from storage.statements import sql
from storage.stations import add_station

pytestmark = [pytest.mark.node, pytest.mark.long]

HERE = Path(__file__).parent / "timescale"
BEGIN = datetime(2026, 5, 11, tzinfo=UTC)
END = BEGIN + timedelta(days=4)
OLD = BEGIN - timedelta(days=60)
OLDEST = BEGIN - timedelta(days=180)
OLDER = BEGIN - timedelta(days=120)
EMPTY = "TRUNCATE reading, hour, hour_revision, latest, calibration, series, sensor, station RESTART IDENTITY CASCADE"
REFRESH = "CALL refresh_continuous_aggregate('reading_hour_bucket', NULL, %(end)s::timestamptz)"


def _absent(reason: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def _install() -> None:
    if not shutil.which("node") or not shutil.which("npm"):
        _absent("node and npm are not installed: TimescaleDB is not tested")
    if not (HERE / "node_modules/.package-lock.json").exists():
        done = subprocess.run(["npm", "ci"], cwd=HERE, capture_output=True, text=True, check=False)
        if done.returncode:
            _absent(f"npm ci failed, TimescaleDB is not tested: {done.stderr.strip()[-300:]}")


@pytest.fixture(scope="module")
def timescale() -> Iterator[psycopg.Connection]:
    """Run PostgreSQL that gains TimescaleDB."""
    with serving_timescale() as conn:
        _gain_timescale(conn)
        yield conn


@contextmanager
def serving_timescale() -> Iterator[psycopg.Connection]:
    """Run PostgreSQL that can gain TimescaleDB, and connect once: all connections would share one server session."""
    _install()
    server = subprocess.Popen(["node", "serve.mjs"], cwd=HERE, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        with connect(f"postgresql://postgres:x@127.0.0.1:{port}/postgres?sslmode=disable&connect_timeout=60") as conn:
            conn.prepare_threshold = None
            yield conn
    finally:
        server.terminate()
        server.communicate()


def _gain_timescale(conn: psycopg.Connection) -> None:
    """Migrate as plain PostgreSQL, with readings, and again with the extension: the readings move into chunks."""
    assert "timescale/0001_hypertables" not in migrate(conn)
    _fill(conn, OLDER)
    before = conn.execute("SELECT count(*) FROM reading").fetchone()
    conn.execute("CREATE EXTENSION timescaledb")
    conn.commit()
    assert migrate(conn) == ["timescale/0001_hypertables", "timescale/0002_rollups"]
    assert conn.execute("SELECT count(*) FROM show_chunks('reading')").fetchone() != (0,)
    assert conn.execute("SELECT count(*) FROM reading").fetchone() == before
    conn.execute(EMPTY)
    conn.commit()


@pytest.fixture
def chunked(timescale: psycopg.Connection) -> Iterator[psycopg.Connection]:
    """Fill the tables of TimescaleDB with the readings of :func:`_fill`; everything is undone after the test."""
    timescale.execute(EMPTY)  # the tables are empty, but a key that was rolled back is used up
    _fill(timescale, BEGIN)
    yield timescale
    timescale.rollback()


@pytest.fixture
def committed(timescale: psycopg.Connection, request: pytest.FixtureRequest) -> Iterator[psycopg.Connection]:
    """Commit readings for what cannot run in a transaction, gone after the test.

    They begin at the parameter, before those of later tests: a time that was materialised once stays so.
    """
    _fill(timescale, request.param)
    timescale.commit()
    timescale.autocommit = True
    yield timescale
    timescale.execute(EMPTY)
    timescale.execute(REFRESH, {"end": None})
    timescale.autocommit = False


@pytest.fixture
def plain(connection: psycopg.Connection) -> psycopg.Connection:
    """Fill plain PostgreSQL with the same."""
    _fill(connection, BEGIN)
    return connection


def _fill(conn: psycopg.Connection, begin: datetime) -> None:
    """Store four days of two series every 7 minutes, with flags, gaps in the values and readings on the full hour."""
    add_station(conn, NewStation("s1", 52.2, 5.2, 52.21, 5.21, "hash", "token"))
    claim_series(conn, [SeriesName("s1", name, "SPS30", "pm2_5", "ug/m3") for name in ("sps30-0", "sps30-1")])
    generator = np.random.default_rng(1)
    times = [begin + timedelta(minutes=7 * step) for step in range(int((END - BEGIN) / timedelta(minutes=7)) + 1)]
    for series_key in (1, 2):
        raw = generator.gamma(4.0, 2.0, len(times)).round(2)
        flags = np.where(generator.random(len(times)) < 0.05, 2, generator.integers(0, 2, len(times)) << 3)
        values = [None if flag == 2 else value / 2 for value, flag in zip(raw.tolist(), flags.tolist(), strict=True)]
        _store(conn, series_key, times, raw.tolist(), values, flags.tolist())


def _store(
    conn: psycopg.Connection,
    series_key: int,
    times: list[datetime],
    raw: list[float],
    value: list[Any],
    flags: list[int],
) -> int:
    """Store as `storage.readings.store` does, with the same statements, the staging table filled without COPY."""
    conn.execute(sql("staging_reading"))
    conn.execute("DELETE FROM staging_reading")
    conn.execute(
        """INSERT INTO staging_reading (time, series_key, raw, value, lower, upper, flags, calibration_key, received_at)
           SELECT time, %s, raw, coalesce(value, 'NaN'), 'NaN', 'NaN', flags, 0, time
           FROM unnest(%s::timestamptz[], %s::float8[], %s::real[], %s::int[]) AS w (time, raw, value, flags)""",
        (series_key, times, raw, value, flags),
    )
    stored = conn.execute(sql("store_readings")).rowcount
    conn.execute(sql("store_latest"))
    return stored


def _rollup(conn: psycopg.Connection, name: str) -> list[Any]:
    query = SQL(
        "SELECT series_key, begin, round(raw::numeric, 9), raw_min, raw_max, round(value::numeric, 9), flags,"
        " observed_count, last_time FROM {} ORDER BY series_key, begin"
    )
    return conn.execute(query.format(Identifier(name))).fetchall()


def test_the_tables_are_chunked_and_have_their_policies(timescale: psycopg.Connection) -> None:
    """Readings and hours are hypertables, they and both rollups are compressed when old, and the rollups refreshed."""
    check(timescale)
    assert migrate(timescale) == []
    tables = timescale.execute(
        "SELECT hypertable_name, compression_enabled FROM timescaledb_information.hypertables"
        " WHERE hypertable_schema = 'public' ORDER BY 1"
    )
    assert tables.fetchall() == [("hour", True), ("reading", True)]
    jobs = timescale.execute(
        "SELECT proc_name, count(*) FROM timescaledb_information.jobs WHERE hypertable_name IS NOT NULL"
        " GROUP BY 1 ORDER BY 1"
    )
    assert jobs.fetchall() == [("policy_compression", 4), ("policy_refresh_continuous_aggregate", 2)]
    timescale.rollback()


def test_hours_and_days_are_those_of_plain_postgresql(chunked: psycopg.Connection, plain: psycopg.Connection) -> None:
    """The rollups, the aggregated hours and the columns for validation are equal on both servers."""
    for name, rows in (("reading_hour", 2 * 97), ("reading_day", 2 * 5)):
        expected = _rollup(plain, name)
        assert len(expected) == rows
        assert _rollup(chunked, name) == expected
    for conn in (chunked, plain):
        assert aggregate(conn, BEGIN, END, now=END) == 2 * 96
        assert aggregate(conn, BEGIN, END, now=END) == 0
    assert pages.hours(chunked, Window(1, BEGIN, END)) == pages.hours(plain, Window(1, BEGIN, END))
    np.testing.assert_array_equal(
        raw_hours(chunked, ["pm2_5"], BEGIN, END).raw, raw_hours(plain, ["pm2_5"], BEGIN, END).raw
    )


def test_compressed_readings_give_the_same_answers_and_refuse_duplicates(
    chunked: psycopg.Connection, plain: psycopg.Connection
) -> None:
    """Compressed readings are listed and averaged as before; a duplicate still ends at the key, late data does not."""
    compressed = chunked.execute("SELECT compress_chunk(c) FROM show_chunks('reading') c").fetchall()
    assert len(compressed) >= 1
    assert pages.readings(chunked, Window(1, BEGIN, END)) == pages.readings(plain, Window(1, BEGIN, END))
    np.testing.assert_array_equal(
        recent(chunked, [1, 2], count=3, since=BEGIN).raw, recent(plain, [1, 2], count=3, since=BEGIN).raw
    )
    assert aggregate(chunked, BEGIN, END, now=END) == 2 * 96
    late = BEGIN + timedelta(minutes=1)
    assert _store(chunked, 1, [BEGIN, late], [99.0, 98.0], [None, None], [0, 0]) == 1
    assert [row.raw for row in pages.readings(chunked, Window(1, late, late + timedelta(minutes=1)))] == [98.0]
    assert aggregate(chunked, BEGIN, END, now=END) == 1
    assert len(pages.latest(chunked, LatestWanted(observed_property="pm2_5"))) == 2


def test_validated_values_reach_compressed_hours(chunked: psycopg.Connection) -> None:
    """An hour that is compressed already takes its validated value all the same, and a second one as a revision."""
    aggregate(chunked, BEGIN, END, now=END)
    assert chunked.execute("SELECT compress_chunk(c) FROM show_chunks('hour') c").fetchall()
    chunked.execute(sql("staging_hour"))
    chunked.execute("INSERT INTO staging_hour VALUES (1, %s, 3.5, 2, 5, 'NaN', 'NaN', 'NaN', 0, 0)", (BEGIN,))
    assert chunked.execute(sql("store_validated"), {"published_at": None}).rowcount == 1
    hour, other = pages.hours(chunked, Window(1, BEGIN, BEGIN + timedelta(hours=2)))
    assert (hour.value, hour.lower, hour.estimate, hour.flags) == (3.5, 2.0, None, 0)
    assert (other.value, other.flags) == (None, 1 << 17)
    assert chunked.execute(sql("store_validated"), {"published_at": None}).rowcount == 0
    chunked.execute("UPDATE staging_hour SET value = 4")
    assert chunked.execute(sql("store_validated"), {"published_at": None}).rowcount == 1
    outcomes = list_revisions(chunked, 1, BEGIN, BEGIN + timedelta(hours=2))
    assert [(row.revision, row.value) for row in outcomes] == [(0, 3.5), (1, 4.0)]


@pytest.mark.parametrize("name", ["lake_stations", "lake_series", "lake_calibrations", "lake_months"])
def test_published_files_hold_the_same(chunked: psycopg.Connection, plain: psycopg.Connection, name: str) -> None:
    """The statements behind the nightly files answer alike on both servers."""
    for conn in (chunked, plain):
        aggregate(conn, BEGIN, END, now=END)
    found, expected = (conn.execute(sql(name), {"since": None}).fetchall() for conn in (chunked, plain))
    assert [_timeless(row) for row in found] == [_timeless(row) for row in expected]
    assert bool(found) == (name != "lake_calibrations")


def _timeless(row: tuple[Any, ...]) -> list[Any]:
    """Leave out when a station was made."""
    return [value for value in row if not isinstance(value, datetime) or value < END]


def test_the_size_is_that_of_all_chunks_before_and_after(
    chunked: psycopg.Connection, plain: psycopg.Connection
) -> None:
    """Of a hypertable its chunks are counted, and what the columnstore saves; of a plain table neither."""
    before = {one.name: one for one in table_sizes(chunked)}
    assert before["reading"].bytes > before["reading"].largest_chunk > 0
    assert before["reading"].ratio is None
    chunked.execute("SELECT compress_chunk(c) FROM show_chunks('reading') c")
    after = {one.name: one for one in table_sizes(chunked)}["reading"]
    assert after.ratio is not None
    assert after.ratio > 1
    assert (after.bytes, after.largest_chunk) < (before["reading"].bytes, 1)
    same = {one.name: one for one in table_sizes(plain)}
    assert set(before) - set(same) == {"reading_hour_bucket", "reading_day_bucket"}
    assert same["reading"].bytes > 0
    assert same["reading"].ratio is None


def test_the_reader_sees_what_is_public_here_too(chunked: psycopg.Connection) -> None:
    """The role luchtbrug_reader reads the continuous aggregates and nothing restricted."""
    chunked.execute("SET LOCAL ROLE luchtbrug_reader")
    assert len(_rollup(chunked, "reading_day")) == 2 * 5
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        chunked.execute("SELECT FROM restricted.station_position")


@pytest.mark.parametrize("committed", [OLD], indirect=True)
def test_a_rollup_follows_late_readings(committed: psycopg.Connection) -> None:
    """What is not yet materialised is counted at once, and a late reading after the next refresh."""
    before = _rollup(committed, "reading_hour")
    materialised = {"end": OLD + timedelta(days=3)}
    committed.execute(REFRESH, materialised)
    assert _rollup(committed, "reading_hour") == before
    late = OLD + timedelta(minutes=1)
    committed.autocommit = False
    assert _store(committed, 1, [late], [9999.0], [None], [0]) == 1
    committed.commit()
    committed.autocommit = True
    committed.execute(REFRESH, materialised)
    (hour,) = committed.execute(
        "SELECT raw_max, observed_count FROM reading_hour WHERE series_key = 1 AND begin = %s", (OLD,)
    ).fetchall()
    (old,) = [row for row in before if row[:2] == (1, OLD)]
    assert hour == (9999.0, old[7] + 1)


@pytest.mark.parametrize("committed", [OLDEST], indirect=True)
def test_the_policies_pack_what_is_old_and_answers_stay(committed: psycopg.Connection) -> None:
    """The columnstore policies, run by hand, leave no old chunk as rows, and every hour of the rollup as it was."""
    committed.execute(REFRESH, {"end": None})
    before = _rollup(committed, "reading_hour")
    assert len(before) == 2 * 97
    jobs = committed.execute(
        "SELECT job_id FROM timescaledb_information.jobs WHERE proc_name = 'policy_compression' ORDER BY job_id"
    ).fetchall()
    for (job,) in jobs:
        committed.execute("CALL run_job(%s)", (job,))
    packed = committed.execute(
        "SELECT is_compressed, count(*) FROM timescaledb_information.chunks GROUP BY 1"
    ).fetchall()
    assert [kind for kind, _ in packed] == [True]
    assert _rollup(committed, "reading_hour") == before


@pytest.mark.parametrize("committed", [OLDER], indirect=True)
def test_old_readings_are_dropped_and_their_rollups_stay(committed: psycopg.Connection) -> None:
    """Forgetting empties the readings of finished weeks and leaves their materialised hours."""
    committed.execute(REFRESH, {"end": None})
    hours = _rollup(committed, "reading_hour")
    forget_readings(committed, END)
    assert committed.execute("SELECT count(*) FROM reading").fetchone() == (0,)
    assert hours
    assert _rollup(committed, "reading_hour") == hours


def test_readings_are_forgotten_in_whole_chunks(chunked: psycopg.Connection) -> None:
    """A chunk that reaches beyond the time is kept, one that is older as a whole is dropped."""
    chunks = chunked.execute("SELECT show_chunks('reading')").fetchall()
    forget_readings(chunked, BEGIN + timedelta(days=1))
    kept = chunked.execute("SELECT count(*), min(time) FROM reading").fetchone()
    assert kept is not None
    assert kept[0] > 0
    forget_readings(chunked, END + timedelta(days=60))
    assert chunks
    assert chunked.execute("SELECT count(*) FROM reading").fetchone() == (0,)


def test_calibrations_are_final_here_too(chunked: psycopg.Connection) -> None:
    """A calibration is stored, found and refused to be changed as on plain PostgreSQL."""
    fitted = NewCalibration(
        "c-1", 1, BEGIN, BEGIN, None, "mm", "fitted", BEGIN, END, {"raw": 0.6}, [[0.1]], {}, {}, {"r2": 0.9}, {}
    )
    store_calibrations(chunked, [fitted, replace(fitted, status="other")])
    assert [found.status for found in current(chunked, BEGIN)] == ["fitted"]
    with pytest.raises(psycopg.errors.RaiseException, match="never changed"):
        chunked.execute("UPDATE calibration SET status = 'other'")
