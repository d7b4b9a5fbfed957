"""A past range validated again: resumable, safe to run twice, nothing lost."""

import subprocess
import sys
import time
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest

from luchtbrug.jobs.recalculate import PIECE, Range, RangeError, Recalculated, recalculate
from storage import locks
from storage.calibrations import history
from storage.jobs import find
from storage.revisions import list_changes, list_revisions

from .conftest import BEGIN, END, HOUR, WINDOW, SmallNetwork

ALL = Range(BEGIN, END, ("pm2_5",))
AGAIN = replace(ALL, begin=BEGIN + timedelta(days=4), refit=True)
NOON = BEGIN + timedelta(days=8, hours=12)


class StoppedError(Exception):
    """Somebody pressed Ctrl-C."""


def _run(conn: psycopg.Connection, wanted: Range, *, stop_at: int | None = None) -> Recalculated:
    def progress(done: int, total: int) -> None:
        assert 0 <= done <= total
        if done == stop_at:
            raise StoppedError

    return recalculate(conn, wanted, now=END + HOUR, window=WINDOW, refit_every=timedelta(days=2), progress=progress)


def test_what_comes_out_as_before_is_no_revision(connection: psycopg.Connection, validated: SmallNetwork) -> None:
    """Validating the whole range with the calibrations of then gives, hour by hour, what was published then."""
    assert _run(connection, ALL) == Recalculated(resumed_at=BEGIN, changed=0, fitted=0)
    assert list_changes(connection, since=BEGIN) == []


def test_hours_that_were_never_validated_are_published(
    connection: psycopg.Connection, small_network: SmallNetwork
) -> None:
    """Raw hours that are there without an outcome get one, and the second run finds nothing to do."""
    small_network.look(BEGIN, END, refit=False)
    connection.execute("UPDATE hour SET published_at = NULL, calibration_key = NULL, value = NULL, revision = NULL")
    assert _run(connection, ALL).changed == 3 * ((END - BEGIN) // HOUR)
    assert _run(connection, ALL).changed == 0


def test_a_stopped_run_goes_on_where_it_was(connection: psycopg.Connection, validated: SmallNetwork) -> None:
    """After one piece of seven days the next run begins there, and one after the end begins anew."""
    validated.official("NL001", BEGIN + timedelta(days=5), [60.0], received=END)
    validated.official("NL001", NOON, [60.0], received=END)
    connection.commit()
    with pytest.raises(StoppedError):
        _run(connection, ALL, stop_at=PIECE // HOUR)
    connection.rollback()
    early = list_changes(connection, since=BEGIN)
    assert early
    assert max(row.begin for row in early) < BEGIN + PIECE
    rest = _run(connection, ALL)
    assert rest.resumed_at == BEGIN + PIECE
    assert rest.changed == len(list_changes(connection, since=BEGIN)) - len(early) > 0
    job = find(connection, ALL.job_id)
    assert job is not None
    assert (job.reached, job.ended_at) == (END, END + HOUR)
    assert _run(connection, ALL) == Recalculated(BEGIN, 0, 0)


def test_fitting_anew_takes_the_place_of_the_fits_of_then(
    connection: psycopg.Connection, validated: SmallNetwork
) -> None:
    """From the begin on every hour has a calibration fitted on what is known now; those of before are kept."""
    key = validated.series_keys[0]
    before = {row.calibration_id for row in history(connection, key)}
    validated.official("NL001", BEGIN + timedelta(days=1), [70.0] * 24, received=END)
    connection.commit()
    done = _run(connection, AGAIN)
    assert done.fitted == 3 * 4  # at day 4, 6, 7 (where the fit of then began) and 9
    assert done.changed > 0
    after = {row.calibration_id: row for row in history(connection, key)}
    new = after.keys() - before
    assert before < after.keys()
    assert {(after[name].valid_begin - BEGIN).days for name in new} == {4, 6, 7, 9}
    standing = list_revisions(connection, key, AGAIN.begin, END, as_of=END + timedelta(days=9999))
    assert {row.calibration_id for row in standing} == new
    earlier = list_revisions(connection, key, BEGIN, AGAIN.begin)
    assert {row.revision for row in earlier} == {0}


def test_fitting_anew_twice_is_fitting_once(connection: psycopg.Connection, validated: SmallNetwork) -> None:
    """The same data give the same calibrations by name, so the second run changes no hour."""
    _run(connection, AGAIN)
    fits = len(history(connection, validated.series_keys[0]))
    assert _run(connection, AGAIN).changed == 0
    assert len(history(connection, validated.series_keys[0])) == fits


@pytest.mark.parametrize(
    ("begin", "end", "message"),
    [(END, BEGIN, "there is nothing between"), (BEGIN, END + timedelta(minutes=1), "is not a full hour")],
)
def test_a_range_without_hours_is_refused(begin: datetime, end: datetime, message: str) -> None:
    """The sentence says which bound cannot be used."""
    with pytest.raises(RangeError, match=message):
        replace(ALL, begin=begin, end=end)


_CHILD = """
import sys
from datetime import datetime, timedelta
from typing import Any
from luchtbrug.jobs.recalculate import Range, recalculate
from storage.connection import connect

begin, end = (datetime.fromisoformat(text) for text in sys.argv[2:])

def progress(done, total):
    print(done, flush=True)
    sys.stdin.readline()

with connect(sys.argv[1]) as conn:
    recalculate(conn, Range(begin, end, ("pm2_5",), refit=True), now=end + timedelta(hours=1),
                window=timedelta(weeks=26), refit_every=timedelta(days=2), progress=progress)
"""


def _published(conn: psycopg.Connection) -> list[tuple[Any, ...]]:
    rows = conn.execute(
        "SELECT series_key, begin, h.revision, value, estimate, h.flags, calibration_id"
        " FROM hour h LEFT JOIN calibration USING (calibration_key, series_key) ORDER BY series_key, begin"
    ).fetchall()
    conn.rollback()
    return rows


def _kill_in_the_second_piece(conn: psycopg.Connection, database_url: str) -> None:
    """Start the work in a process of its own, hold it where it wants to write its second piece, and kill it there."""
    command = [sys.executable, "-c", _CHILD, database_url, AGAIN.begin.isoformat(), AGAIN.end.isoformat()]
    with subprocess.Popen(command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        for done in ("0", "48"):
            assert child.stdout.readline().strip() == done
            if done == "48":
                conn.execute("SELECT pg_advisory_xact_lock(%s)", [locks.HOURS])
            child.stdin.write("\n")
            child.stdin.flush()
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        for _ in range(600):
            if conn.execute(waiting).fetchone() == (1,):
                break
            time.sleep(0.05)
        else:
            pytest.fail("the second piece was never written")
        child.kill()
        child.wait()
    conn.rollback()


def test_a_killed_run_is_gone_on_with_and_ends_as_if_it_had_not_been(
    connection: psycopg.Connection, validated: SmallNetwork, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed with a fit committed and its hours not, the next run takes up that piece; no hour is revised twice.

    The killed process has another number of BLAS threads than this one: the last bit does not show it.
    """
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")
    validated.official("NL001", BEGIN + timedelta(days=1), [70.0] * 24, received=END)
    connection.commit()
    before = {row[:2]: row[2] for row in _published(connection)}
    _kill_in_the_second_piece(connection, database_url)
    half = find(connection, AGAIN.job_id)
    assert half is not None
    assert (half.reached, half.ended_at) == (AGAIN.begin + timedelta(days=2), None)
    rest = _run(connection, AGAIN)
    assert rest.resumed_at == half.reached
    assert rest.changed > 0
    ended = _published(connection)
    assert all(row[2] - before[row[:2]] <= 1 for row in ended)
    fits = len(history(connection, validated.series_keys[0]))
    whole = _run(connection, AGAIN)
    assert (whole.resumed_at, whole.changed) == (AGAIN.begin, 0)
    assert _published(connection) == ended
    assert len(history(connection, validated.series_keys[0])) == fits
