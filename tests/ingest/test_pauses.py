"""What a paused station sends is stored, flagged and not used."""

from datetime import timedelta

import psycopg
import pytest

from ingest.pipeline import REFRESH, Pipeline
from storage.events import record
from tests.ingest.samples import NOW, obs
from validation.flags import Flag

PAUSE = int(Flag.PAUSED | Flag.NOT_CALIBRATED)


def _flags(connection: psycopg.Connection) -> list[tuple[str, int]]:
    rows = connection.execute(
        "SELECT to_char(time AT TIME ZONE 'UTC', 'HH24:MI'), flags & %s FROM reading JOIN series USING (series_key)"
        " JOIN sensor USING (sensor_key) ORDER BY time, sensor_name",
        [PAUSE],
    ).fetchall()
    connection.rollback()
    return [(str(time), int(flags)) for time, flags in rows]


def _event(connection: psycopg.Connection, kind: str, minute: int, sensor: str | None = None) -> None:
    record(connection, kind, time=NOW.replace(minute=minute, second=0), station_id="st-1", detail={"sensor": sensor})
    connection.commit()


def test_readings_between_pause_and_return_are_flagged(pipeline: Pipeline, connection: psycopg.Connection) -> None:
    """A pause told while ingest runs is seen at its next look; the reading of the return is a usual one again."""
    pipeline.process([obs(time="2026-05-17T22:10:00Z", pm2_5=8.0)], now=NOW)
    _event(connection, "paused", 11)
    _event(connection, "resumed", 15)
    batch = [obs(time=f"2026-05-17T22:{minute}:00Z", pm2_5=8.0 + minute) for minute in (11, 14, 15)]
    pipeline.process(batch, now=NOW + REFRESH)
    usual = int(Flag.NOT_CALIBRATED)
    assert _flags(connection) == [("22:10", usual), ("22:11", PAUSE), ("22:14", PAUSE), ("22:15", usual)]


@pytest.mark.parametrize("resumed", [None, "sds011-0"])
def test_a_pause_of_one_sensor_leaves_the_others(
    pipeline: Pipeline, connection: psycopg.Connection, resumed: str | None
) -> None:
    """The sensor stays paused until it, or the whole station, is resumed; other stations are not meant."""
    _event(connection, "paused", 11, "sps30-0")
    _event(connection, "resumed", 12, resumed)
    time = "2026-05-17T22:13:00Z"
    pipeline.process([obs(sensor=name, time=time, pm2_5=8.0) for name in ("sds011-0", "sps30-0")], now=NOW)
    pipeline.process([obs("st-2", time="2026-05-17T22:14:00Z", pm2_5=8.0)], now=NOW + timedelta(seconds=1))
    still = PAUSE if resumed else int(Flag.NOT_CALIBRATED)
    assert [flags for _, flags in _flags(connection)] == [int(Flag.NOT_CALIBRATED), still, int(Flag.NOT_CALIBRATED)]
