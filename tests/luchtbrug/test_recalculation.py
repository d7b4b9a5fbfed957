"""The past recalculated from the published files: the bits that the database's own way gives, in one process or two."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import storage.events
from luchtbrug.jobs.lake import write_lake
from luchtbrug.jobs.recalculate import Range, recalculate
from luchtbrug.recalculation import engine
from luchtbrug.recalculation.plan import Plan, make_plan
from luchtbrug.recalculation.source import read_positions
from storage.connection import open_pool
from storage.lake import Lake

from .conftest import HOUR, HOURS, WINDOW, store_network

BEGIN = datetime(2026, 5, 26, tzinfo=UTC)  # so that a month ends within
END = BEGIN + HOURS * HOUR
REFIT = timedelta(hours=72)  # so that one is due where the month ends
PUBLISHED = ("value", "lower", "upper", "estimate", "estimate_lower", "estimate_upper")
PUBLISHED_HOURS = """
    SELECT coalesce(value, 'NaN'), coalesce(lower, 'NaN'), coalesce(upper, 'NaN'), coalesce(estimate, 'NaN'),
           coalesce(estimate_lower, 'NaN'), coalesce(estimate_upper, 'NaN'), flags
    FROM hour ORDER BY series_key, begin"""


@pytest.fixture
def lake(connection: psycopg.Connection, database_url: str, tmp_path: Path) -> str:
    """The files of three stations over ten days, one replaced and one paused for a day; nothing is validated."""
    network = store_network(connection, BEGIN)
    network.look(BEGIN, END, refit=False)
    connection.execute("UPDATE hour SET published_at = NULL, calibration_key = NULL, value = NULL, revision = NULL")
    connection.execute("DELETE FROM calibration")
    for kind, day, name in (("hardware_changed", 4, "s0"), ("paused", 6, "s1"), ("resumed", 7, "s1")):
        storage.events.record(connection, kind, time=BEGIN + timedelta(days=day), station_id=name)
    connection.commit()
    with open_pool(database_url, size=3) as pool:
        write_lake(pool, Lake.at(str(tmp_path / "lake")), now=END)
    return str(tmp_path / "lake")


def _plan(url: str, *, stations: int = 250) -> Plan:
    return make_plan(
        read_positions(Lake.at(url)), begin=BEGIN, end=END, observed_properties=["pm2_5"], window=WINDOW,
        refit_every=REFIT, stations=stations,
    )  # fmt: skip


def _files(url: str, ran: engine.Ran) -> dict[str, pa.Table]:
    root = Path(url) / ran.folder
    return {str(path.relative_to(root)): pq.ParquetFile(path).read() for path in sorted(root.rglob("*.parquet"))}


def test_the_result_is_that_of_the_database_to_the_last_bit(connection: psycopg.Connection, lake: str) -> None:
    """One area with all stations gives value, intervals, estimate and flags as `recalculate --refit` stores them."""
    ran = engine.run(lake, _plan(lake))
    tables = [table for name, table in _files(lake, ran).items() if name.startswith("hours/")]
    found = pa.concat_tables(tables).sort_by([("series_id", "ascending"), ("begin", "ascending")])
    wanted = Range(BEGIN, END, ("pm2_5",), refit=True)
    recalculate(connection, wanted, now=END, window=WINDOW, refit_every=REFIT, progress=lambda *_: None)
    stored = connection.execute(PUBLISHED_HOURS).fetchall()
    numbers = np.array([row[:-1] for row in stored], np.float32)
    assert ran.hours == len(stored) == 3 * HOURS
    for place, name in enumerate(PUBLISHED):
        np.testing.assert_array_equal(found.column(name).to_numpy(), numbers[:, place])
    assert found.column("flag_mask").to_pylist() == [row[-1] for row in stored]
    assert np.isfinite(numbers[:, 0]).sum() > 200


def test_the_command_does_it_and_says_where_the_result_lies(lake: str, tmp_path: Path) -> None:
    """What the command did, in the folder that it names, is done: another run finds nothing to do."""
    command = [sys.executable, "-m", "luchtbrug", "recalculate", "--lake", lake, "--property", "pm2_5"]
    root = str(Path(__file__).resolve().parents[2])
    env = {**os.environ, "PYTHONPATH": root, "LUCHTBRUG_REFIT_HOURS": "72", "LUCHTBRUG_DATA_DIR": str(tmp_path)}
    times = ["--begin", BEGIN.isoformat(), "--end", END.isoformat()]
    done = subprocess.run([*command, *times], capture_output=True, text=True, check=False, timeout=120, env=env)
    assert done.returncode == 0, done.stderr
    again = engine.run(lake, _plan(lake))
    assert (again.before, again.now) == (4, 0)
    assert done.stdout == f"0 pieces were done before, 4 now: {3 * HOURS} hours in {lake}/{again.folder}\n"


def test_processes_make_no_difference_to_a_bit_and_finished_pieces_are_left(lake: str) -> None:
    """Dask on two processes writes the bytes that one process writes; of what is there nothing is done again."""
    plan = _plan(lake, stations=2)
    alone = engine.run(lake, plan)
    expected = {name: path.read_bytes() for name, path in _paths(lake, alone).items()}
    assert (alone.before, alone.now, len(plan.areas)) == (0, 2 + 2 * 2, 2)
    assert engine.run(lake, plan).now == 0

    lost = [name for name in expected if name.startswith(("hours/", "input/")) and "2026-06" in name]
    for name in lost:
        _paths(lake, alone)[name].unlink()
    (Path(lake) / alone.folder / "input/2026-06.json").unlink()
    with (
        engine.workers(processes=2, scheduler=None) as local,
        engine.workers(processes=1, scheduler=local.scheduler.address) as client,
    ):
        again = engine.run(lake, plan, client=client)
    assert (again.before, again.now) == (2 + 2 * 2 - 3, 3)
    assert {name: path.read_bytes() for name, path in _paths(lake, again).items()} == expected


def _paths(url: str, ran: engine.Ran) -> dict[str, Path]:
    root = Path(url) / ran.folder
    return {str(path.relative_to(root)): path for path in sorted(root.rglob("*.parquet"))}
