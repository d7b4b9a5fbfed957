"""What arrived of stations that somebody waits for."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import psycopg

from storage import quarantine
from storage.arrivals import arrived, put_aside
from storage.readings import store
from storage.rows import Quarantined, ReadingColumns
from storage.staff_desk import take_messages

SINCE = datetime(2026, 5, 17, 12, 0, 0, 700_000, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def message(at: datetime, station_id: str = "hilversum-1", reason: str = "not_json") -> Quarantined:
    """Make a message that could not be used."""
    return Quarantined(at, "mqtt", f"aq/1/{station_id}/obs", station_id, b"{", 1, reason, "why")


def test_readings_of_the_second_in_which_the_wait_began_count(
    connection: psycopg.Connection, readings: Callable[..., ReadingColumns]
) -> None:
    """Arrivals are kept in whole seconds: one of the same second is told, one of the second before is not."""
    waited = {"hilversum-1": SINCE, "nobody": SINCE}
    store(connection, readings(["2026-05-17T11:58"], [11.5], received_at=[np.datetime64("2026-05-17T11:59:59.9")]))
    assert arrived(connection, waited) == []
    store(connection, readings(["2026-05-17T11:59"], [12.5], received_at=[np.datetime64("2026-05-17T12:00:00.1")]))
    (one,) = arrived(connection, waited)
    assert (one.station_id, one.sensor_name, one.sensor_model, one.raw) == ("hilversum-1", "sps30-0", "SPS30", 12.5)
    assert (one.time, one.received_at) == (datetime(2026, 5, 17, 11, 59, tzinfo=UTC), SINCE.replace(microsecond=0))
    assert arrived(connection, {}) == []


def test_each_wait_has_its_own_begin(connection: psycopg.Connection) -> None:
    """Of two stations each message counts from when that one is waited for; others' are not told."""
    times = (SINCE - SECOND, SINCE, SINCE + SECOND)
    quarantine.store(connection, [message(at, name) for name in ("one", "two", "three") for at in times])
    found = put_aside(connection, {"one": SINCE, "two": SINCE + SECOND})
    assert [(row.station_id, row.received_at) for row in found] == [
        ("one", SINCE),
        ("one", SINCE + SECOND),
        ("two", SINCE + SECOND),
    ]


def test_the_first_twenty_messages_are_told(connection: psycopg.Connection) -> None:
    """Of a station that sends nothing but faults the first are enough, oldest first."""
    quarantine.store(connection, [message(SINCE + number * SECOND) for number in reversed(range(25))])
    found = put_aside(connection, {"hilversum-1": SINCE})
    assert sorted(row.received_at for row in found) == [SINCE + number * SECOND for number in range(20)]


def test_what_was_read_again_is_not_put_aside(connection: psycopg.Connection) -> None:
    """A message that staff had read again once its cause was mended is no longer told to the owner."""
    quarantine.store(connection, [message(SINCE), message(SINCE, reason="too_large")])
    take_messages(connection, "not_json", "hilversum-1", SINCE, limit=10)
    assert [row.reason for row in put_aside(connection, {"hilversum-1": SINCE})] == ["too_large"]
