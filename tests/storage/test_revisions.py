"""What was published when: replaced outcomes are kept, found by time, and listed as they were replaced."""

from collections.abc import Callable
from datetime import datetime
from threading import Thread
from time import sleep

import numpy as np
import psycopg
import pytest

from storage import pages
from storage.connection import connect
from storage.hours import aggregate, store_validated
from storage.pages import Window
from storage.readings import store
from storage.revisions import ChangeKey, PublishedHour, list_changes, list_revisions
from storage.rows import ReadingColumns, ValidatedHours

Make = Callable[..., ReadingColumns]
At = Callable[[str], datetime]
Publish = Callable[..., int]
SPAN = ("2026-05-17 12:00", "2026-05-17 15:00")


@pytest.fixture
def publish(connection: psycopg.Connection, readings: Make, series_key: int, at: At) -> Publish:
    """Aggregate three hours of raw mean 4, and lend a function that validates the first `count` of them."""
    store(connection, readings(["2026-05-17T12:10", "2026-05-17T13:10", "2026-05-17T14:10"], [4.0, 4.0, 4.0]))
    aggregate(connection, at(SPAN[0]), at(SPAN[1]), now=at("2026-05-17 15:00"))

    def validate(value: float, when: str, *, count: int = 1, estimate: float = 6.0, flags: int = 0) -> int:
        filled = {"value": value, "lower": 2.0, "upper": 9.0, "estimate": estimate, "estimate_lower": 5.0}
        columns = {name: np.full(count, number) for name, number in filled.items()}
        hours = ValidatedHours(
            series_key=np.full(count, series_key),
            begin=np.datetime64("2026-05-17T12", "us") + np.arange(count) * np.timedelta64(1, "h"),
            estimate_upper=np.full(count, np.nan),
            flags=np.full(count, flags),
            calibration_key=np.zeros(count, np.int64),
            **columns,
        )
        return store_validated(connection, hours, published_at=at(when))

    return validate


def _outcomes(rows: list[PublishedHour]) -> list[tuple[int, float | None]]:
    return [(row.revision, row.value) for row in rows]


def test_the_first_outcome_replaces_nothing(
    connection: psycopg.Connection, publish: Publish, series_key: int, at: At
) -> None:
    """An hour that is validated for the first time is published as revision 0 and no change is listed."""
    assert publish(3.0, "2026-05-17 15:05", count=3) == 3
    rows = list_revisions(connection, series_key, at(SPAN[0]), at(SPAN[1]))
    assert _outcomes(rows) == [(0, 3.0)] * 3
    assert {(row.published_at, row.superseded_at) for row in rows} == {(at("2026-05-17 15:05"), None)}
    assert list_changes(connection, since=at("2026-01-01 00:00")) == []


def test_the_same_outcome_is_not_written_again(
    connection: psycopg.Connection, publish: Publish, series_key: int, at: At
) -> None:
    """Float noise in the seventh digit changes nothing, and what stands keeps the time when it was published."""
    publish(3.0, "2026-05-17 15:05")
    assert publish(3.0, "2026-05-17 16:05") == 0
    assert publish(float(np.nextafter(np.float32(3.0), np.float32(4.0))), "2026-05-17 17:05") == 0
    (row,) = list_revisions(connection, series_key, at(SPAN[0]), at(SPAN[1]))
    assert (row.value, row.published_at) == (3.0, at("2026-05-17 15:05"))


@pytest.mark.parametrize("change", [{"value": 3.001}, {"value": np.nan}, {"estimate": np.nan}, {"flags": 4}])
def test_an_outcome_that_is_replaced_is_kept(
    connection: psycopg.Connection, publish: Publish, series_key: int, at: At, change: dict[str, float]
) -> None:
    """A number that moves by a thousandth or goes, and another flag, make a new revision of that hour alone."""
    publish(3.0, "2026-05-17 15:05", count=2)
    assert publish(**{"value": 3.0, "when": "2026-05-17 16:05", **change}) == 1
    old, new, other = list_revisions(connection, series_key, at(SPAN[0]), at(SPAN[1]))
    assert (old.revision, old.value, old.lower, old.estimate, old.estimate_upper, old.flags) == (0, 3, 2, 6, None, 0)
    assert (old.published_at, old.superseded_at) == (at("2026-05-17 15:05"), at("2026-05-17 16:05"))
    assert (new.revision, new.published_at, new.superseded_at) == (1, at("2026-05-17 16:05"), None)
    assert (other.begin.hour, other.revision, other.superseded_at) == (13, 0, None)


def test_as_of_gives_what_was_published_then(
    connection: psycopg.Connection, publish: Publish, series_key: int, at: At
) -> None:
    """Before the first outcome there is nothing; the moment of a replacement has the new one; `hour` has the last."""
    for value, when in ((3.0, "2026-05-17 15:05"), (3.5, "2026-05-17 16:05"), (3.75, "2026-05-18 09:00")):
        publish(value, when)

    def as_of(when: str) -> list[tuple[int, float | None]]:
        return _outcomes(list_revisions(connection, series_key, at(SPAN[0]), at(SPAN[1]), as_of=at(when)))

    assert as_of("2026-05-17 15:04") == []
    assert as_of("2026-05-17 15:05") == as_of("2026-05-17 16:04") == [(0, 3.0)]
    assert as_of("2026-05-17 16:05") == [(1, 3.5)]
    assert as_of("2026-06-01 00:00") == [(2, 3.75)]
    assert pages.hours(connection, Window(series_key, at(SPAN[0]), at(SPAN[1])))[0].value == 3.75


def test_a_revision_names_the_raw_mean_it_was_made_from(
    connection: psycopg.Connection, publish: Publish, readings: Make, series_key: int, at: At
) -> None:
    """A late reading changes the raw mean at once; the outcome of before keeps the mean of before."""
    publish(3.0, "2026-05-17 15:05")
    store(connection, readings(["2026-05-17T12:40"], [8.0]))
    aggregate(connection, at(SPAN[0]), at(SPAN[1]), now=at("2026-05-17 16:00"))
    (row,) = list_revisions(connection, series_key, at(SPAN[0]), at(SPAN[1]))
    assert row.raw == 4.0
    assert publish(3.0, "2026-05-17 16:05") == 1
    old, new = list_revisions(connection, series_key, at(SPAN[0]), at(SPAN[1]))
    assert (old.raw, new.raw) == (4.0, 6.0)


def test_an_outcome_from_before_the_migration_is_kept_too(
    connection: psycopg.Connection, publish: Publish, series_key: int, at: At
) -> None:
    """An hour that names a calibration and no time of publication counts as published when it was computed."""
    connection.execute("UPDATE hour SET value = 2.0, calibration_key = 7 WHERE begin = %s", (at(SPAN[0]),))
    assert publish(3.0, "2026-05-17 16:05") == 1
    old, new = list_revisions(connection, series_key, at(SPAN[0]), at(SPAN[1]))
    assert (old.value, old.raw, old.published_at) == (2.0, 4.0, at("2026-05-17 15:00"))
    assert (new.revision, new.value) == (1, 3.0)


def test_changes_come_in_the_order_of_their_replacement(
    connection: psycopg.Connection, publish: Publish, series_key: int, at: At
) -> None:
    """The feed says what an hour was and what it became, once each, page after page, from a time on."""
    publish(3.0, "2026-05-17 15:05", count=3)
    publish(3.5, "2026-05-17 16:05", count=2)
    publish(3.7, "2026-05-17 17:05", flags=4)
    whole = list_changes(connection, since=at("2026-05-17 00:00"))
    assert [(row.begin.hour, row.revision, row.old_value, row.value) for row in whole] == [
        (12, 1, 3.0, 3.5),
        (13, 1, 3.0, 3.5),
        (12, 2, 3.5, pytest.approx(3.7)),
    ]
    assert (whole[2].old_flags, whole[2].flags, whole[2].station_id) == (0, 4, "hilversum-1")
    first = list_changes(connection, since=at("2026-05-17 00:00"), limit=2)
    rest = list_changes(connection, since=at("2026-05-17 00:00"), after=ChangeKey.of(first[-1]))
    assert [*first, *rest] == whole
    assert list_changes(connection, since=at("2026-05-17 16:06")) == whole[2:]


def test_outcomes_come_in_pages(connection: psycopg.Connection, publish: Publish, series_key: int, at: At) -> None:
    """Pages of revisions go on after the last hour and revision."""
    publish(3.0, "2026-05-17 15:05", count=2)
    publish(3.5, "2026-05-17 16:05", count=2)
    whole = list_revisions(connection, series_key, at(SPAN[0]), at(SPAN[1]))
    first = list_revisions(connection, series_key, at(SPAN[0]), at(SPAN[1]), limit=3)
    after = (first[-1].begin, first[-1].revision)
    rest = list_revisions(connection, series_key, at(SPAN[0]), at(SPAN[1]), after=after)
    assert len(whole) == 4
    assert [*first, *rest] == whole


def test_a_revision_is_never_changed(connection: psycopg.Connection, publish: Publish) -> None:
    """The database itself refuses to rewrite what was once published."""
    publish(3.0, "2026-05-17 15:05")
    publish(3.5, "2026-05-17 16:05")
    with pytest.raises(psycopg.errors.RaiseException, match="hour_revision rows are never changed"):
        connection.execute("UPDATE hour_revision SET value = 0")


def test_two_writers_publish_one_after_the_other(
    connection: psycopg.Connection, publish: Publish, database_url: str, series_key: int, at: At
) -> None:
    """A writer that meets another waits for its commit, replaces that outcome, and has a later time."""
    publish(3.0, "2026-05-17 15:05")
    connection.commit()
    columns = {
        "value": 5.0,
        "lower": 2.0,
        "upper": 9.0,
        "estimate": 6.0,
        "estimate_lower": 5.0,
        "estimate_upper": np.nan,
    }
    hours = ValidatedHours(
        series_key=np.array([series_key]),
        begin=np.array(["2026-05-17T12"], "datetime64[us]"),
        flags=np.zeros(1, np.int64),
        calibration_key=np.zeros(1, np.int64),
        **{name: np.array([number]) for name, number in columns.items()},
    )

    def write() -> None:
        with connect(database_url) as other:
            store_validated(other, hours)
            other.commit()

    store_validated(connection, hours)
    thread = Thread(target=write)
    hours.value[0] = 6.0
    thread.start()
    sleep(0.3)
    assert thread.is_alive()
    connection.commit()
    thread.join(10)
    rows = list_revisions(connection, series_key, at(SPAN[0]), at(SPAN[1]))
    assert _outcomes(rows) == [(0, 3.0), (1, 5.0), (2, 6.0)]
    assert rows[1].superseded_at == rows[2].published_at > rows[1].published_at
