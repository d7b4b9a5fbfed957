"""Times that a device does not say in UTC: the zone of its station, and the nights on which clocks change."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import psycopg
import pytest

from ingest.decoded import Decoded, Record
from ingest.decoding import Places, decode
from ingest.pipeline import Pipeline
from ingest.wall_clock import in_utc
from tests.ingest.samples import message, register

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
TOPIC = "in/st-1/tele/garden/SENSOR"


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def _settled(wall: str, received: str, zone: ZoneInfo | None = AMSTERDAM) -> float | None:
    content = Decoded(None, [Record(_seconds(wall), "x-0", "pm2_5", 1.0)], [], "local")
    return in_utc(content, _seconds(received), zone)[0].time


@pytest.mark.parametrize(
    ("wall", "received", "meant"),
    [
        ("2026-07-01T14:00:00", "2026-07-01T12:00:04", "2026-07-01T12:00:00"),  # summer: two hours ahead
        ("2026-01-15T13:00:00", "2026-01-15T12:00:04", "2026-01-15T12:00:00"),  # winter: one
        ("2026-01-15T13:00:00", "2026-01-15T17:40:00", "2026-01-15T12:00:00"),  # late by hours
        ("2026-10-25T02:30:00", "2026-10-25T00:30:03", "2026-10-25T00:30:00"),  # the hour that comes twice: at first
        ("2026-10-25T02:30:00", "2026-10-25T01:30:03", "2026-10-25T01:30:00"),  # and again
        ("2026-03-29T02:30:00", "2026-03-29T01:30:03", "2026-03-29T01:30:00"),  # the hour left out: not yet put forward
        ("2026-03-29T02:30:00", "2026-03-29T00:30:03", "2026-03-29T00:30:00"),  # put forward too early
        ("2026-07-01T12:00:00", "2026-07-01T12:00:04", "2026-07-01T12:00:00"),  # set to UTC, as the setup text says
    ],
)
def test_a_wall_clock_is_read_in_the_zone_of_its_station(wall: str, received: str, meant: str) -> None:
    """Summer, winter, both edges of summer time, and a clock that is set to UTC after all."""
    assert _settled(wall, received) == _seconds(meant)


@pytest.mark.parametrize(
    ("wall", "meant"), [("2026-07-01T14:00:00", None), ("2026-07-01T12:00:00", "2026-07-01T12:00:00")]
)
def test_without_a_zone_only_a_clock_that_shows_the_receipt_is_believed(wall: str, meant: str | None) -> None:
    """Nobody knows the offset of another: it has no time, and gets that of its receipt."""
    assert _settled(wall, "2026-07-01T12:00:04", None) == (None if meant is None else _seconds(meant))


def test_a_time_counted_from_the_receipt_needs_a_distance_from_it() -> None:
    """Ten seconds before the receipt is a time; without any distance there is none, and the receipt's is flagged."""
    records = [Record(when, "x-0", "pm2_5", 1.0) for when in (-10.0, 0.0, None)]
    content = Decoded(None, records, [], "received")
    assert [each.time for each in in_utc(content, 1000.0)] == [990.0, None, None]


def test_a_wall_clock_at_the_end_of_time_has_no_time() -> None:
    """What no calendar holds is no time, and no crash."""
    content = Decoded(None, [Record(3e11, "x-0", "pm2_5", 1.0), Record(None, "x-0", "pm10", 1.0)], [], "local")
    assert [each.time for each in in_utc(content, _seconds("2026-07-01T12:00:00"), AMSTERDAM)] == [None, None]


def test_a_station_without_a_zone_among_the_zones_is_read_without_one() -> None:
    """Each station has its own zone."""
    body = {"Time": "2026-07-01T14:00:00", "SDS0X1": {"PM2.5": 3.0}}
    received = datetime(2026, 7, 1, 12, 0, 4, tzinfo=UTC)
    batch = [
        message(TOPIC, body, received_at=received),
        message(TOPIC.replace("1", "2", 1), body, received_at=received),
    ]
    times = [of.records[0].time for of in decode(batch, {}, places=Places({"st-1": AMSTERDAM})).readings]
    assert times == [_seconds("2026-07-01T12:00:00"), None]


def test_the_zone_of_a_registered_station_is_used(pipeline: Pipeline, connection: psycopg.Connection) -> None:
    """What is registered with the station reaches its readings in the table."""
    register(connection, "st-4", timezone="Europe/Amsterdam")
    connection.commit()
    received = datetime(2026, 7, 1, 12, 30, tzinfo=UTC)
    body = {"Time": "2026-07-01T14:00:00", "SDS0X1": {"PM2.5": 3.0}}
    pipeline.process([message(TOPIC.replace("1", "4", 1), body, received_at=received)], now=received)
    assert connection.execute("SELECT time FROM reading").fetchall() == [(datetime(2026, 7, 1, 12, tzinfo=UTC),)]
