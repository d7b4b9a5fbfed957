"""The balance of the demo: what was acknowledged to the stations against what is stored."""

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from firmware_sim.messages import SimMessage, batches
from firmware_sim.stations import CLOCKLESS, SimStation, make_stations
from ingest.message import Message
from ingest.pipeline import Pipeline
from luchtbrug.demo.city import City
from luchtbrug.demo.summary import summarise
from luchtbrug.register import register
from storage.connection import connect

BEGIN = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)
INTERVAL_S = 5.0


def test_the_same_words_at_another_time_are_no_duplicate(
    connection: psycopg.Connection, database_url: str, tmp_path: Path
) -> None:
    """A station without a clock that says the same twice, some seconds apart, has measured twice."""
    station, first, second = _alike()
    city = City([station], [], [], tmp_path / "credentials.json")
    register(
        connection,
        station_id=station.station_id,
        latitude=52.2,
        longitude=5.2,
        position_key="key of a test",
        now=BEGIN,
        simulated=True,
    )
    connection.commit()
    received = [Message("mqtt", each.topic, each.payload, each.time) for each in (first, second)]
    with closing(Pipeline(lambda: connect(database_url))) as pipeline:
        pipeline.process(received, now=second.time)
    ledger = tmp_path / "ledger.jsonl"
    ledger.write_text(
        "".join(json.dumps({"topic": each.topic, "time": each.time.isoformat()}) + "\n" for each in (first, second))
    )

    found = summarise(
        connection, city, ledger, begin=first.time, end=second.time + timedelta(seconds=1), interval_s=INTERVAL_S,
        history_readings=0, url="",
    )  # fmt: skip

    assert (found.messages, found.lost, found.duplicates) == (2, 0, 0)
    assert found.readings_stored > 2


def _alike() -> tuple[SimStation, SimMessage, SimMessage]:
    """Find two messages of a station without a clock that have one content and two times."""
    stations = {each.station_id: each for each in make_stations(40, 1)}
    seen: dict[bytes, SimMessage] = {}
    for batch in batches(list(stations.values()), BEGIN, BEGIN + timedelta(hours=2), INTERVAL_S):
        for message in batch:
            before = seen.setdefault(message.payload, message)
            if message.time > before.time and stations[message.station_id].format in CLOCKLESS:
                return stations[message.station_id], before, message
    raise AssertionError("no two messages are alike in two hours")
