"""What comes late is looked at again, and nothing else."""

from datetime import datetime, timedelta
from itertools import pairwise

import psycopg
import pytest

from luchtbrug.jobs.late import LONGEST, REACH, stretches, validate_late
from storage import pages
from storage.pages import Window
from storage.revisions import list_changes, list_revisions
from validation.flags import Flag

from .conftest import BEGIN, END, HOUR, WINDOW, SmallNetwork

FIRST = BEGIN + timedelta(days=7)
NOON = BEGIN + timedelta(days=8, hours=12)
ARRIVED = END + timedelta(minutes=5)


def test_an_hour_concerns_the_four_days_after_it() -> None:
    """Hours that are near share a stretch, hours far apart do not, and nothing goes past the end."""
    assert timedelta(hours=96) == REACH
    far = NOON + timedelta(days=30)
    assert stretches([NOON, NOON + HOUR, far], far + 2 * HOUR) == [
        (NOON, NOON + 98 * HOUR),
        (far, far + 2 * HOUR),
    ]
    assert stretches([], END) == stretches([END], END) == []


def test_a_long_stretch_is_cut() -> None:
    """Hours of three months come in pieces of four weeks at most, without a gap and without an hour twice."""
    hours = [BEGIN + number * HOUR for number in range(90 * 24)]
    found = stretches(hours, hours[-1] + HOUR)
    assert found[0][0] == BEGIN
    assert found[-1][1] == hours[-1] + HOUR
    assert all(end - begin <= LONGEST for begin, end in found)
    assert all(one[1] == other[0] for one, other in pairwise(found))


def _late(network: SmallNetwork, since: datetime = END) -> int:
    return validate_late(network.conn, since=since, before=END, now=ARRIVED, window=WINDOW)


def test_a_corrected_official_hour_revises_the_hours_that_depend_on_it(
    connection: psycopg.Connection, validated: SmallNetwork
) -> None:
    """The estimates of that hour change at all stations, what was said before is kept, and a second look is idle."""
    before = list_revisions(connection, validated.series_keys[0], NOON, NOON + HOUR)[0]
    validated.official("NL001", NOON, [validated.wave[8 * 24 + 12] + 9.0], received=ARRIVED)
    connection.commit()
    assert _late(validated) >= 3
    changes = list_changes(connection, since=BEGIN)
    assert {row.series_key for row in changes if row.begin == NOON} == set(validated.series_keys)
    assert all(NOON <= row.begin < NOON + HOUR + REACH for row in changes)
    old, new = list_revisions(connection, validated.series_keys[0], NOON, NOON + HOUR)
    assert (old.estimate, old.published_at) == (before.estimate, before.published_at)
    assert old.estimate is not None
    assert new.estimate is not None
    assert new.estimate > old.estimate + 0.5
    assert _late(validated) == 0


def test_a_correction_reaches_no_hour_that_was_not_looked_at(
    connection: psycopg.Connection, validated: SmallNetwork
) -> None:
    """Validating everything again after the late look changes nothing more."""
    validated.official("NL002", NOON, [80.0, 90.0, 2.0], received=ARRIVED)
    connection.commit()
    assert _late(validated) > 0
    assert validated.look(FIRST, END, refit=False) == 0


@pytest.mark.parametrize("since", [ARRIVED + HOUR, None])
def test_what_came_before_is_not_looked_at(
    connection: psycopg.Connection, validated: SmallNetwork, since: datetime | None
) -> None:
    """Official values that arrived before the last look, and none at all, are no reason to validate again."""
    if since is not None:
        validated.official("NL001", NOON, [60.0], received=ARRIVED)
        connection.commit()
    assert _late(validated, since or END) == 0


def test_a_late_reading_revises_its_hour(connection: psycopg.Connection, validated: SmallNetwork) -> None:
    """The raw mean changes with the reading, the outcome of the hour with it, and the old mean stays known."""
    key = validated.series_keys[1]
    (hour,) = pages.hours(connection, Window(key, NOON, NOON + HOUR))
    validated.readings(key, NOON - timedelta(minutes=20), [hour.raw + 4], flags=int(Flag.LATE), received=ARRIVED)
    connection.commit()
    assert _late(validated) >= 1
    old, new = list_revisions(connection, key, NOON, NOON + HOUR)
    assert old.raw == hour.raw
    assert new.raw == pytest.approx(hour.raw + 2)
    assert old.value is not None
    assert new.value is not None
    assert new.value > old.value
