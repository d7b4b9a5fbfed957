"""What the fault suite counts with: a ledger that is held against a real database, and slopes."""

import json
from datetime import UTC, datetime, timedelta
from itertools import islice

import numpy as np
import psycopg
import pytest

from benchmarks.faults.load import FIRST, Balance, hold_against, source
from ingest.message import Message
from ingest.pipeline import Pipeline
from storage.connection import connect
from storage.rows import NewStation
from storage.stations import add_station

NOW = datetime(2026, 5, 17, 12, tzinfo=UTC)


def test_lost_and_stored_twice_are_seen(connection: psycopg.Connection, database_url: str) -> None:
    """Of messages that were taken over a missing one is lost, and one without a time that came twice is twice."""
    for number in range(3):
        name = f"bench-{number}"
        add_station(connection, NewStation(name, 52.2, 5.2, 52.2, 5.2, "-", name))
    connection.commit()
    made = list(islice(source(3, begin=NOW - timedelta(hours=1), timeless_every=10), 21))
    timeless = [one.number for one in made if "t" not in json.loads(one.payload)["obs"][0]]
    assert timeless == [FIRST, FIRST + 10, FIRST + 20]
    pipeline = Pipeline(lambda: connect(database_url))
    for seconds, sent in ((0, made[:20]), (1, made[:2])):
        time = NOW + timedelta(seconds=seconds)
        pipeline.process([Message("mqtt", one.topic, one.payload, time) for one in sent], now=time)
    pipeline.close()
    assert hold_against([one.number for one in made], connection) == Balance(messages=21, lost=1, twice=1)


@pytest.mark.parametrize(("growth", "grows"), [(0.0, False), (100.0, True)])
def test_growth_is_told_from_noise(growth: float, grows: bool) -> None:
    """Memory that grows by more than its limit is seen in half an hour of noisy samples, and noise is not growth."""
    soak = pytest.importorskip("benchmarks.soak")
    hours = np.arange(180) / 360
    memory = 200 + growth * hours + np.random.default_rng(1).normal(0, 5, 180)
    found = soak.slope(hours.tolist(), memory.tolist(), share=soak.MEMORY_LIMIT)
    assert found.grows is grows
    assert abs(found.per_hour - growth) < 4 * found.error
