"""When an alert begins and ends, on a real database: each once, and nothing flaps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import psycopg
import pytest

import storage.readings
from luchtbrug.jobs.alerts import RULES, Turned, turn
from luchtbrug.register import register
from storage.alerts import Alert, alerts_of
from storage.connection import connect
from storage.events import record
from storage.rows import ReadingColumns, SeriesName
from storage.series import claim_series
from storage.stations import find_station
from validation.flags import Flag

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
QUIET = Turned(0, 0)


@dataclass(frozen=True, slots=True)
class Garden:
    """Stations with a PM2.5 sensor each."""

    conn: psycopg.Connection

    def series(self, station_id: str = "s-one") -> int:
        """Give the series of a station, registered where it is new."""
        if find_station(self.conn, station_id) is None:
            place = {"latitude": 52.0, "longitude": 5.0, "position_key": "key of a test"}
            register(self.conn, station_id=station_id, now=NOW, **place)  # type: ignore[arg-type]
        (row,) = claim_series(self.conn, [SeriesName(station_id, "sps30-0", "SPS30", "pm2_5", "ug/m3")])
        return row.series_key

    def hours(self, flags: Sequence[int], *, until: datetime = NOW, station_id: str = "s-one") -> None:
        """Put validated hours in place of those that end with `until`, with these flags."""
        key = self.series(station_id)
        self.conn.execute("DELETE FROM hour WHERE series_key = %s", (key,))
        for back, mask in enumerate(reversed(flags), start=1):
            self.conn.execute(
                "INSERT INTO hour (begin, series_key, raw, raw_min, raw_max, observed_count, data_capture, flags,"
                " computed_at, published_at) VALUES (%s, %s, 8, 8, 8, 12, 1, %s, %s, %s)",
                (until - back * HOUR, key, mask, until, until),
            )

    def readings(self, *times: datetime, station_id: str = "s-one") -> None:
        """Store readings at these times."""
        count, empty = len(times), np.full(len(times), np.nan)
        stamps = np.array([time.replace(tzinfo=None) for time in times], "datetime64[us]")
        whole = np.zeros(count, np.int64)
        columns = ReadingColumns(
            time=stamps, series_key=whole + self.series(station_id), raw=np.full(count, 8.0), value=empty, lower=empty,
            upper=empty, flags=whole, calibration_key=whole, received_at=stamps,
        )  # fmt: skip
        storage.readings.store(self.conn, columns)

    def every(self, minutes: int, *, until: datetime, count: int = 10, station_id: str = "s-one") -> None:
        """Store readings at a distance, the last at `until`."""
        self.readings(*(until - back * timedelta(minutes=minutes) for back in range(count)), station_id=station_id)

    def alerts(self, station_id: str = "s-one") -> list[Alert]:
        """List the alerts of a station."""
        return alerts_of(self.conn, station_id)


@pytest.fixture
def garden(connection: psycopg.Connection) -> Garden:
    """Start without stations."""
    return Garden(connection)


@pytest.mark.parametrize(("kind", "flag"), [("stuck", Flag.ZERO), ("odd", Flag.NEIGHBOUR), ("drifting", Flag.DRIFT)])
def test_a_flag_that_stays_is_an_alert_once(garden: Garden, kind: str, flag: Flag) -> None:
    """One hour too few is none; enough begin it once, with since when and which series; the next look adds none."""
    (rule,) = [rule for rule in RULES if rule.kind == kind]
    garden.hours([flag] * (rule.begin_hours - 1))
    assert turn(garden.conn, now=NOW) == QUIET
    garden.hours([flag] * rule.begin_hours)
    assert turn(garden.conn, now=NOW) == Turned(1, 0)
    assert turn(garden.conn, now=NOW + timedelta(minutes=1)) == QUIET
    (alert,) = garden.alerts()
    assert (alert.kind, alert.begin, alert.end) == (kind, NOW - rule.begin_hours * HOUR, None)
    assert alert.detail == {"series": ["sps30-0/pm2_5"]}


def test_an_alert_ends_later_than_it_would_begin(garden: Garden) -> None:
    """With fewer flagged hours than begin it, it goes on; it ends once when they are gone, and does not come back."""
    garden.hours([Flag.NEIGHBOUR] * 6)
    turn(garden.conn, now=NOW)
    garden.hours([Flag.NEIGHBOUR] * 5 + [0] * 7)
    assert turn(garden.conn, now=NOW + HOUR) == QUIET
    garden.hours([Flag.NEIGHBOUR] + [0] * 11)
    assert [turn(garden.conn, now=NOW + HOUR) for _ in range(2)] == [Turned(0, 1), QUIET]
    assert garden.alerts()[0].end == NOW + HOUR


def test_a_station_without_hours_does_not_count_as_well_again(garden: Garden) -> None:
    """A stuck sensor that then sends nothing stays stuck: nothing is known of it."""
    garden.hours([Flag.STUCK] * 4)
    turn(garden.conn, now=NOW)
    assert turn(garden.conn, now=NOW + 10 * HOUR) == QUIET


def test_hours_that_nobody_validated_are_judged_by_their_readings(garden: Garden) -> None:
    """Before validation has seen an hour, the flags of its readings count."""
    garden.hours([0] * 4)
    garden.conn.execute("UPDATE hour SET published_at = NULL, raw_flags = %s", (int(Flag.STUCK),))
    assert turn(garden.conn, now=NOW).begun == 1


def test_a_silence_is_told_from_its_last_reading_on(garden: Garden) -> None:
    """Not within the hour; after it once, and over with the third message."""
    garden.every(5, until=NOW)
    assert turn(garden.conn, now=NOW + timedelta(minutes=59)) == QUIET
    assert [turn(garden.conn, now=NOW + timedelta(minutes=61)).begun for _ in range(2)] == [1, 0]
    assert garden.alerts()[0].begin == NOW
    back = NOW + 3 * HOUR
    garden.every(5, until=back, count=2)
    assert turn(garden.conn, now=back) == QUIET
    garden.readings(back + timedelta(minutes=5))
    assert turn(garden.conn, now=back + timedelta(minutes=5)) == Turned(0, 1)


def test_a_slow_sender_is_silent_later(garden: Garden) -> None:
    """A station that sends every half hour is silent after ten of its distances, five hours."""
    garden.every(30, until=NOW)
    assert turn(garden.conn, now=NOW + 4 * HOUR) == QUIET
    assert turn(garden.conn, now=NOW + timedelta(hours=5, minutes=1)).begun == 1


def test_what_was_silent_for_weeks_is_no_news(garden: Garden) -> None:
    """A station that has been away for more than a week when it is first looked at is not told of."""
    garden.every(5, until=NOW - timedelta(days=8))
    assert turn(garden.conn, now=NOW) == QUIET


def test_nobody_is_told_when_the_fault_is_ours(garden: Garden) -> None:
    """Where most stations fell silent at once nothing begins; where one of four did, its owner is told."""
    for name in ("s-one", "s-two", "s-three", "s-four"):
        garden.every(5, until=NOW, station_id=name)
    assert turn(garden.conn, now=NOW + 2 * HOUR) == QUIET
    for name in ("s-two", "s-three", "s-four"):
        garden.readings(NOW + 2 * HOUR, station_id=name)
    assert turn(garden.conn, now=NOW + 2 * HOUR).begun == 1
    assert [alert.kind for alert in garden.alerts("s-one")] == ["silent"]


def test_a_paused_station_has_peace(garden: Garden) -> None:
    """Between a pause and its end nothing begins; after it the same look tells."""
    garden.hours([Flag.NEIGHBOUR] * 6)
    record(garden.conn, "paused", time=NOW - HOUR, station_id="s-one")
    assert turn(garden.conn, now=NOW) == QUIET
    record(garden.conn, "resumed", time=NOW, station_id="s-one")
    assert turn(garden.conn, now=NOW).begun == 1


def test_two_services_at_once_begin_one_alert(garden: Garden, database_url: str) -> None:
    """What another look has begun meanwhile is not begun again."""
    garden.hours([Flag.STUCK] * 6)
    garden.conn.commit()
    with connect(database_url) as other:
        assert [turn(other, now=NOW), turn(garden.conn, now=NOW)] == [Turned(1, 0), QUIET]
