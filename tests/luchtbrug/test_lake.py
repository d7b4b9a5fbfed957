"""The nightly files: what they hold, that only what changed is written, and that a snapshot stays as it is."""

import hashlib
import io
import json
import os
import struct
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import fsspec
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from psycopg_pool import ConnectionPool

from luchtbrug.jobs.lake import LakeBusyError, write_lake
from luchtbrug.jobs.lake_tables import WHOLE
from luchtbrug.jobs.snapshot import NothingToFreezeError, freeze
from storage import locks
from storage.connection import connect, open_pool
from storage.lake import PACKAGE, Lake
from tests.api.conftest import World

NOW = datetime(2026, 6, 2, 12, tzinfo=UTC)
EVERYTHING = [
    "calibrations", "changes", "hours-2026-05", "hours-2026-06", "reference-hours", "reference-stations",
    "series", "stations",
]  # fmt: skip
MAY, JUNE = (f"hours/year=2026/month={month}/hours.parquet" for month in ("05", "06"))


@pytest.fixture
def pool(database_url: str) -> Iterator[ConnectionPool]:
    """Two stations with hours of two months."""
    with connect(database_url) as conn:
        world = World(conn)
        for name in ("gooi-02", "gooi-01"):
            world.station(name, name=f"Dak, {name}")
            key = world.series(name)
            ends = [datetime(2026, 5, 31, 20, 30, tzinfo=UTC) + timedelta(hours=hour) for hour in range(8)]
            world.readings(key, ends)
            calibration = world.calibration(key, f"c0ffee-{name}")
            world.hours(key, datetime(2026, 5, 31, 20, tzinfo=UTC), 6, value=10.0, calibration_key=calibration)
        conn.execute("UPDATE hour SET published_at = computed_at WHERE published_at IS NOT NULL")
        conn.commit()
    with open_pool(database_url, size=3) as pool:
        yield pool


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """An empty folder."""
    return Lake.at(str(tmp_path / "lake"))


def read(lake: Lake, name: str) -> pa.Table:
    """Read one file alone: of a path, pyarrow would add its year and month as columns."""
    return pq.read_table(io.BytesIO(lake.fs.cat_file(lake.path(name))))


def test_hours_lie_by_month_sorted_by_series_and_time(pool: ConnectionPool, lake: Lake) -> None:
    """Each hour is in the file of the month that it begins in (UTC), by series and time, compressed with zstd."""
    write_lake(pool, lake, now=NOW)
    may, june = read(lake, MAY), read(lake, JUNE)

    assert may.column("begin").to_pylist()[:4] == [datetime(2026, 5, 31, hour, tzinfo=UTC) for hour in range(20, 24)]
    assert may.column("series_id").to_pylist() == [1, 1, 1, 1, 2, 2, 2, 2]
    assert june.column("station_id").to_pylist() == ["gooi-02"] * 2 + ["gooi-01"] * 2
    assert june.column("value").to_pylist() == [10.0] * 4
    assert june.column("calibration_id").to_pylist() == ["c0ffee-gooi-02"] * 2 + ["c0ffee-gooi-01"] * 2
    column = pq.ParquetFile(lake.path(MAY)).metadata.row_group(0).column(5)
    assert (column.compression, column.statistics.has_min_max) == ("ZSTD", True)


def test_the_package_lists_what_is_there(pool: ConnectionPool, lake: Lake) -> None:
    """Names, lengths, rows and checksums are those of the files, and SHA256SUMS says the same."""
    write_lake(pool, lake, now=NOW)
    package = lake.package()
    assert package is not None
    for resource in package.resources:
        body = lake.fs.cat_file(lake.path(resource.path))
        assert resource.sha256 == hashlib.sha256(body).hexdigest()
        assert (resource.size, resource.rows) == (len(body), read(lake, resource.path).num_rows)
        assert [one.name for one in resource.schema.fields] == read(lake, resource.path).column_names

    assert sorted(one.name for one in package.resources) == EVERYTHING
    checked = subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=lake.root, check=False)
    assert checked.returncode == 0
    assert {one.name for one in Path(lake.root).iterdir()} == {
        "SHA256SUMS", "calibrations.parquet", "changes.parquet", "datapackage.json", "hours",
        "reference-hours.parquet", "reference-stations.parquet", "series.parquet", "stations.parquet",
    }  # fmt: skip


def test_only_changed_months_are_written_again(pool: ConnectionPool, lake: Lake) -> None:
    """A second run writes nothing; after another outcome in May only May is written."""
    assert sorted(write_lake(pool, lake, now=NOW).written) == EVERYTHING
    before = Path(lake.path(JUNE)).stat()
    assert write_lake(pool, lake, now=NOW).written == []

    with pool.connection() as conn:
        world = World(conn)
        world.readings(1, [datetime(2026, 5, 31, 20, 45, tzinfo=UTC)], raw=40.0)
        world.hours(1, datetime(2026, 5, 31, 20, tzinfo=UTC), 1, value=12.0, calibration_key=1)
        conn.execute("UPDATE hour SET published_at = %s WHERE value = 12", [NOW])
    assert write_lake(pool, lake, now=NOW + timedelta(days=1)).written == ["hours-2026-05"]
    assert read(lake, MAY).column("value").to_pylist()[0] == 12.0
    assert Path(lake.path(JUNE)).stat() == before


def test_a_change_of_long_ago_is_not_looked_for_again(pool: ConnectionPool, lake: Lake) -> None:
    """A run looks only at what was computed or published since the day before the last one."""
    with pool.connection() as conn:
        conn.execute("UPDATE hour SET computed_at = '2026-05-01', published_at = '2026-05-01'")
    assert write_lake(pool, lake, now=NOW).kept == []
    assert write_lake(pool, lake, now=NOW).kept == list(WHOLE)


def test_a_file_that_was_lost_or_cut_is_written_again(pool: ConnectionPool, lake: Lake) -> None:
    """Whatever is not there in its full length comes back, also where its month did not change."""
    write_lake(pool, lake, now=NOW)
    Path(lake.path(MAY)).write_bytes(b"PAR1")
    Path(lake.path("stations.parquet")).unlink()

    assert sorted(write_lake(pool, lake, now=NOW).written) == ["hours-2026-05", "stations"]
    assert read(lake, MAY).num_rows == 8


class StoppedError(Exception):
    """Somebody pressed Ctrl-C."""


def test_a_stopped_run_is_gone_on_with(pool: ConnectionPool, lake: Lake) -> None:
    """What the first run wrote before it was stopped is not written again."""

    def stop(done: int, _total: int) -> None:
        if done == 1:
            raise StoppedError

    with pytest.raises(StoppedError):
        write_lake(pool, lake, now=NOW, progress=stop)
    with pytest.raises(NothingToFreezeError):
        freeze(lake, now=NOW)
    left = Path(lake.root) / ".luchtbrug-killed"
    left.mkdir()
    wrote = write_lake(pool, lake, now=NOW)

    assert not left.exists()
    assert wrote.kept == ["hours-2026-05"]
    assert "hours-2026-06" in wrote.written


def test_two_runs_do_not_meet(pool: ConnectionPool, lake: Lake, database_url: str) -> None:
    """While another run holds the lock this one says so, and writes nothing."""
    with psycopg.connect(database_url) as conn:
        conn.execute("SELECT pg_advisory_lock(%s)", [locks.LAKE])
        with pytest.raises(LakeBusyError, match="wait until it ends"):
            write_lake(pool, lake, now=NOW)
    assert lake.package() is None


def test_any_store_of_fsspec_will_do(pool: ConnectionPool) -> None:
    """The same files come to a store in memory, and are frozen there."""
    lake = Lake.at("memory://air")
    write_lake(pool, lake, now=NOW)
    frozen = freeze(lake, now=NOW)

    assert write_lake(pool, lake, now=NOW).written == []
    assert lake.fs.exists(lake.path(f"snapshots/{frozen.id}/{MAY}"))
    assert lake.below(f"snapshots/{frozen.id}").package() == frozen
    fsspec.filesystem("memory").rm("/air", recursive=True)


def test_a_snapshot_stays_as_it_is(pool: ConnectionPool, lake: Lake) -> None:
    """Its id is date and content; frozen twice it is one; later runs change nothing in it."""
    write_lake(pool, lake, now=NOW)
    frozen = freeze(lake, now=NOW, address="https://lucht.example.org")
    again = freeze(lake, now=NOW + timedelta(hours=2))
    with pool.connection() as conn:
        conn.execute("UPDATE hour SET value = 99, computed_at = %s", [NOW])
    write_lake(pool, lake, now=NOW)
    later = freeze(lake, now=NOW + timedelta(days=30))

    assert frozen.id.startswith("2026-06-02-")
    assert len(frozen.id) == len("2026-06-02-") + 12
    assert frozen == again
    assert frozen.citation.endswith(
        f"snapshot {frozen.id}. CC0-1.0. https://lucht.example.org/v1/snapshots/{frozen.id}."
    )
    place = lake.below(f"snapshots/{frozen.id}")
    for resource in frozen.resources:
        assert hashlib.sha256(place.fs.cat_file(place.path(resource.path))).hexdigest() == resource.sha256
    assert read(place, MAY).column("value").to_pylist()[0] == 10.0
    assert later.id[-12:] != frozen.id[-12:]


def need(module: str) -> None:
    """Skip where a checker is not installed; in CI it is an error."""
    if os.environ.get("CI") == "true":
        __import__(module)
    pytest.importorskip(module, reason=f"{module} is not installed: it is in the extra `clients`")


def test_stations_are_valid_geoparquet(pool: ConnectionPool, lake: Lake) -> None:
    """A checker of the specification finds metadata, geometry and covering as GeoParquet 1.1 asks."""
    write_lake(pool, lake, now=NOW)
    need("geoparquet_validator")
    program = str(Path(sys.executable).with_name("geoparquet-validator"))
    command = [program, "check", "--json", lake.path("stations.parquet")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    outcomes = json.loads(done.stdout)["outcomes"]
    assert [one for one in outcomes if one["status"] == "fail"] == []
    assert {"/conf/core/wkb", "/conf/covering/keys"} <= {one["id"] for one in outcomes if one["status"] == "pass"}
    table = read(lake, "stations.parquet")
    assert table.column("geometry").to_pylist()[0] == struct.pack("<BIdd", 1, 1, 5.18, 52.22)
    assert table.column("bbox").to_pylist()[0] == {"xmin": 5.18, "ymin": 52.22, "xmax": 5.18, "ymax": 52.22}


def test_frictionless_finds_the_package_valid(pool: ConnectionPool, lake: Lake) -> None:
    """The official checker reads every file and finds the columns, types, lengths and checksums as described."""
    write_lake(pool, lake, now=NOW)
    need("frictionless")
    command = [sys.executable, "-m", "frictionless", "validate", PACKAGE, "--json"]
    done = subprocess.run(command, cwd=lake.root, capture_output=True, text=True, check=False)

    report = json.loads(done.stdout)
    assert [error for task in report["tasks"] for error in task["errors"]] == []
    assert (report["valid"], len(report["tasks"]), done.returncode) == (True, len(EVERYTHING), 0)
