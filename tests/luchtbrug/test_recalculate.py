"""A past range validated again: resumable, safe to run twice, nothing lost."""

from dataclasses import replace
from datetime import datetime, timedelta

import psycopg
import pytest

from luchtbrug.jobs.recalculate import PIECE, Range, RangeError, Recalculated, recalculate
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
