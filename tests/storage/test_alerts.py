"""Alerts as they are kept: what begins and ends by the hours, and what is sent of it to whom."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from storage import alerts, contacts
from storage.alerts import Delivery, HourRule, NewAlert, Paused
from storage.events import PAUSED, RESUMED, record
from storage.owners import add_owner, give_station
from storage.rows import NewStation, SeriesName
from storage.series import claim_series
from storage.stations import add_station

NOW = datetime(2026, 5, 17, 12, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
STUCK = 1 << 3
RULE = HourRule("stuck", STUCK, span=4, begin_hours=2, end_hours=2, calm=0)
NOTHING = Paused([], [])


@pytest.fixture
def station(connection: psycopg.Connection, new_station: Callable[..., NewStation]) -> int:
    """Register a station with an owner, who is told by mail and webhook; return its key."""
    key = add_station(connection, new_station("s-one"))
    owner = add_owner(connection)
    give_station(connection, "s-one", owner)
    contacts.ask_address(
        connection, owner, "sealed address", language="en", code_hash="hash of a code", expires_at=NOW + HOUR
    )
    assert contacts.confirm_address(connection, owner, "hash of a code", NOW)
    contacts.set_webhook(connection, owner, "sealed webhook")
    return key


def hours(conn: psycopg.Connection, sensor: str, flags: Sequence[int]) -> None:
    """Keep hours of a sensor of s-one with these flags, the last of which ends NOW."""
    (series,) = claim_series(conn, [SeriesName("s-one", sensor, "SPS30", "pm2_5", "ug/m3")])
    for back, mask in enumerate(reversed(flags), start=1):
        conn.execute(
            "INSERT INTO hour (begin, series_key, raw, raw_min, raw_max, observed_count, data_capture, flags,"
            " computed_at, published_at) VALUES (%s, %s, 8, 8, 8, 12, 1, %s, %s, %s)",
            (NOW - back * HOUR, series.series_key, mask, NOW, NOW),
        )


def begins(conn: psycopg.Connection, now: datetime = NOW) -> list[NewAlert]:
    """List what begins by the one rule, where nothing is silent before a day."""
    return alerts.to_begin(conn, [RULE], now, silent_after=24 * HOUR, paused=alerts.paused(conn, now))


def ends(conn: psycopg.Connection) -> list[int]:
    """List the alerts that end by the one rule."""
    return alerts.to_end(conn, [RULE], NOW, silent_after=24 * HOUR, paused=alerts.paused(conn, NOW))


def claimed(conn: psycopg.Connection, now: datetime) -> list[Delivery]:
    """Claim everything that is due, by way and moment."""
    found = alerts.claim_deliveries(conn, now, limit=10)
    return sorted(found, key=lambda one: (one.alert_key, one.moment, one.way))


def test_the_span_of_a_rule_is_half_open(connection: psycopg.Connection, station: int) -> None:
    """The hour that begins with the span counts, the one before it does not; nor does the hour that begins now."""
    hours(connection, "sps30-0", [STUCK, 0, 0, STUCK])
    assert [(one.begin, one.detail) for one in begins(connection)] == [(NOW - 4 * HOUR, {"series": ["sps30-0/pm2_5"]})]
    assert begins(connection, NOW + timedelta(seconds=1)) == []
    assert begins(connection, NOW - HOUR) == []


def test_the_flagged_hours_of_two_sensors_are_not_added_up(connection: psycopg.Connection, station: int) -> None:
    """One hour of each of two sensors is no alert of a rule that wants two hours of one."""
    hours(connection, "sps30-0", [0, 0, 0, STUCK])
    hours(connection, "sps30-1", [0, 0, STUCK, 0])
    assert begins(connection) == []


def test_a_paused_sensor_does_not_silence_the_station(connection: psycopg.Connection, station: int) -> None:
    """Of a station with one paused sensor the other one's alerts begin, and of the paused one none."""
    hours(connection, "sps30-0", [0, 0, STUCK, STUCK])
    hours(connection, "sps30-1", [0, 0, STUCK, STUCK])
    record(connection, PAUSED, time=NOW - HOUR, station_id="s-one", detail={"sensor": "sps30-0"})
    assert [one.detail for one in begins(connection)] == [{"series": ["sps30-1/pm2_5"]}]
    record(connection, RESUMED, time=NOW - MINUTE, station_id="s-one", detail={"sensor": "sps30-0"})
    assert [one.detail for one in begins(connection)] == [{"series": ["sps30-0/pm2_5", "sps30-1/pm2_5"]}]


def test_an_alert_of_a_paused_sensor_is_not_over(connection: psycopg.Connection, station: int) -> None:
    """Nothing is known of the sensor while it rests, whatever another one measures; resumed and well it is over."""
    hours(connection, "sps30-0", [0, 0, STUCK, STUCK])
    hours(connection, "sps30-1", [0, 0, 0, 0])
    alerts.begin(connection, begins(connection), NOW)
    connection.execute("UPDATE hour SET flags = 0")
    record(connection, PAUSED, time=NOW - HOUR, station_id="s-one", detail={"sensor": "sps30-0"})
    assert ends(connection) == []
    record(connection, RESUMED, time=NOW, station_id="s-one", detail={"sensor": "sps30-0"})
    assert len(ends(connection)) == 1


def test_a_resumed_sensor_does_not_resume_the_station(connection: psycopg.Connection, station: int) -> None:
    """Who paused the station resumes the station; that resumes its sensors too."""
    hours(connection, "sps30-0", [0, 0, STUCK, STUCK])
    record(connection, PAUSED, time=NOW - 3 * HOUR, station_id="s-one", detail={"sensor": None})
    record(connection, PAUSED, time=NOW - 3 * HOUR, station_id="s-one", detail={"sensor": "sps30-0"})
    record(connection, RESUMED, time=NOW - 2 * HOUR, station_id="s-one", detail={"sensor": "sps30-0"})
    assert alerts.paused(connection, NOW) == Paused([station], [])
    record(connection, PAUSED, time=NOW - HOUR, station_id="s-one", detail={"sensor": "sps30-0"})
    record(connection, RESUMED, time=NOW, station_id="s-one", detail={"sensor": None})
    assert alerts.paused(connection, NOW - MINUTE).stations == [station]
    assert alerts.paused(connection, NOW) == NOTHING


def test_an_alert_is_told_by_every_way_that_the_owner_chose(connection: psycopg.Connection, station: int) -> None:
    """Begun twice it is one alert; it is claimed once by each way, and each knows its address and language."""
    new = NewAlert(station, "stuck", NOW - HOUR, {"series": ["sps30-0/pm2_5"]})
    assert [alerts.begin(connection, [new], NOW) for _ in range(2)] == [1, 0]
    assert claimed(connection, NOW - MINUTE) == []
    mail, hook = claimed(connection, NOW)
    assert (mail.way, mail.address, hook.way, hook.address) == ("email", "sealed address", "webhook", "sealed webhook")
    assert (mail.moment, mail.kind, mail.begin, mail.end) == ("begin", "stuck", NOW - HOUR, None)
    assert (mail.station_id, mail.language, mail.attempts, mail.detail) == ("s-one", "en", 1, new.detail)
    assert claimed(connection, NOW) == []


def test_an_end_follows_its_begin_by_the_same_way(connection: psycopg.Connection, station: int) -> None:
    """By mail, which told the begin, at once; by webhook after it told the begin, never where that was given up."""
    alerts.begin(connection, [NewAlert(station, "odd", NOW, {})], NOW)
    mail, hook = claimed(connection, NOW)
    alerts.settle(connection, mail, sent_at=NOW)
    alerts.settle(connection, hook, due_at=NOW + MINUTE, failure="500")
    alerts.end(connection, [mail.alert_key], NOW)
    assert [(one.moment, one.way, one.end) for one in claimed(connection, NOW)] == [("end", "email", NOW)]
    (again,) = claimed(connection, NOW + MINUTE)
    assert (again.moment, again.way, again.attempts) == ("begin", "webhook", 2)
    alerts.settle(connection, again, failure="500")
    assert claimed(connection, NOW + 24 * HOUR) == []


def test_a_new_owner_is_not_told_of_the_alerts_of_the_old_one(connection: psycopg.Connection, station: int) -> None:
    """Neither the begin that is still due nor the end of what the old one was told; of the next alert both."""
    alerts.begin(connection, [NewAlert(station, "odd", NOW, {}), NewAlert(station, "stuck", NOW, {})], NOW)
    told = claimed(connection, NOW)[:2]
    for one in told:
        alerts.settle(connection, one, sent_at=NOW)
    heir = add_owner(connection)
    contacts.set_webhook(connection, heir, "the heir's webhook")
    give_station(connection, "s-one", heir)
    alerts.end(connection, [told[0].alert_key], NOW)
    assert claimed(connection, NOW + 24 * HOUR) == []
    alerts.begin(connection, [NewAlert(station, "silent", NOW, {})], NOW)
    (first,) = claimed(connection, NOW)
    alerts.settle(connection, first, sent_at=NOW)
    alerts.end(connection, [first.alert_key], NOW)
    assert [(one.moment, one.address) for one in [first, *claimed(connection, NOW)]] == [
        ("begin", "the heir's webhook"),
        ("end", "the heir's webhook"),
    ]


def test_an_address_that_was_taken_away_gets_nothing(connection: psycopg.Connection, station: int) -> None:
    """What was due to an owner who deleted address and webhook meanwhile is claimed without one."""
    alerts.begin(connection, [NewAlert(station, "silent", NOW, {})], NOW)
    (owner,) = connection.execute("SELECT owner_key FROM station").fetchone() or (0,)
    contacts.forget_address(connection, owner)
    contacts.forget_webhook(connection, owner)
    assert [(one.address, one.language) for one in claimed(connection, NOW)] == [(None, "nl")] * 2
    assert alerts.begin(connection, [NewAlert(station, "odd", NOW, {})], NOW) == 1
    assert claimed(connection, NOW) == []


def test_the_board_has_open_alerts_of_stations_that_have_sent(connection: psycopg.Connection, station: int) -> None:
    """A station without any reading is not on it; an alert that ended is in the station's list only."""
    alerts.begin(connection, [NewAlert(station, "odd", NOW, {"series": []}), NewAlert(station, "stuck", NOW, {})], NOW)
    assert alerts.board(connection) == []
    (series,) = claim_series(connection, [SeriesName("s-one", "sps30-0", "SPS30", "pm2_5", "ug/m3")])
    connection.execute("INSERT INTO latest VALUES (%s, %s, 8, 8, 7, 9, 0, NULL)", (series.series_key, NOW))
    keys = [row[0] for row in connection.execute("SELECT alert_key FROM alert WHERE kind = 'stuck'")]
    alerts.end(connection, keys, NOW + HOUR)
    (board,) = alerts.board(connection)
    assert [(one["kind"], one["begin"]) for one in board.alerts] == [("odd", NOW.isoformat())]
    assert [(one.kind, one.end) for one in alerts.alerts_of(connection, "s-one")] == [
        ("stuck", NOW + HOUR),
        ("odd", None),
    ]
