"""Several ingests behind Mosquitto's shared subscriptions: one load, nothing lost, nothing stored twice."""

import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from ingest.pipeline import Pipeline
from ingest.settings import SHARED, IngestSettings
from storage.connection import connect
from tests.ingest.brokers import mosquitto_broker, publish
from tests.ingest.samples import NOW, obs, register
from tests.ingest.small_batches import settings
from tests.ingest.test_mosquitto import KILLED_AFTER_COMMIT
from tests.ingest.test_service import readings, running, stored
from tests.waiting import wait_until
from validation.flags import Flag

KILLED_AS_WORKER = KILLED_AFTER_COMMIT.replace(
    "run(settings(port, url)", "run(settings(port, url, worker=2)"
)  # the session of the second worker


@pytest.fixture
def database(database_url: str, connection: psycopg.Connection) -> str:
    """Give a database with the station st-1."""
    register(connection, "st-1")
    connection.commit()
    return database_url


@pytest.mark.mosquitto
def test_a_worker_that_is_killed_and_comes_back_loses_nothing_and_stores_nothing_twice(
    tmp_path: Path, database: str
) -> None:
    """Two workers share what is published; what the killed one held waits for it, and the other goes on."""
    with mosquitto_broker(tmp_path) as port:
        first, second = (settings(port, database, worker=number) for number in (1, 2))
        with running(first) as one, running(second) as two:
            assert wait_until(lambda: one.ready and two.ready)
            publish(port, readings(0, 200))
            assert wait_until(lambda: len(stored(database)) == 200)
            assert one.outcome.messages > 50
            assert two.outcome.messages > 50
        publish(port, readings(200, 400))  # half of it waits for each
        command = [sys.executable, "-c", KILLED_AS_WORKER, str(port), database, str(Path(__file__).parent)]
        killed = subprocess.run(command, timeout=60, check=False, stdout=subprocess.DEVNULL)
        assert killed.returncode == -signal.SIGKILL
        with running(first), running(second):
            assert wait_until(lambda: len(set(stored(database))) == 600)
    assert stored(database) == list(range(600))


@pytest.mark.mosquitto
def test_one_ingest_becomes_two_and_one_again(tmp_path: Path, database: str) -> None:
    """The kept session gives up the subscription that it outgrew: no message comes by both ways."""
    with mosquitto_broker(tmp_path) as port:
        for begin, number in ((0, 0), (50, 1), (100, 0)):
            with running(settings(port, database, worker=number)) as counters:
                assert wait_until(lambda: counters.ready)  # waits within the round
                publish(port, readings(begin, 50))
                assert wait_until(lambda: len(stored(database)) == begin + 50)  # noqa: B023
                assert counters.outcome.messages == 50


def test_a_worker_beside_the_first_takes_only_what_is_shared() -> None:
    """What can be read only after what the same device said before goes to one worker."""
    alone = IngestSettings(database_url="", mqtt_host="")
    first, second = replace(alone, worker=1), replace(alone, worker=2)
    assert second.subscriptions == (SHARED,)
    assert set(first.subscriptions) - {SHARED} == set(alone.subscriptions) - {"aq/1/+/obs"}
    assert SHARED not in alone.subscriptions


def test_a_worker_judges_by_what_another_stored(database: str) -> None:
    """The checks of a reading see the readings before it, whoever took them in."""
    shared = _flags(database, [Pipeline(lambda: connect(database), alone=False) for _ in range(2)])
    alone = _flags(database, [Pipeline(lambda: connect(database))])
    assert shared == alone
    assert any(mask & Flag.SPIKE for mask in alone)


def test_what_another_process_stored_meanwhile_is_not_stored_twice(database: str) -> None:
    """A reading that a pipeline takes for newer than all there is ends at the key; what is new beside it is stored."""
    one, other = (Pipeline(lambda: connect(database)) for _ in range(2))
    first, second, third = (obs(time=f"2026-05-17T22:0{minute}:00Z", pm2_5=10.0 + minute) for minute in range(3))
    one.process([first], now=NOW)
    other.process([first], now=NOW)
    one.process([second], now=NOW)
    outcome = other.process([obs(time="2026-05-17T22:01:00Z", pm2_5=99.0), third], now=NOW)
    assert (outcome.readings_stored, outcome.duplicates) == (1, 1)
    for pipeline in (one, other):
        pipeline.close()
    assert stored(database) == [10.0, 11.0, 12.0]


def _flags(database: str, workers: list[Pipeline]) -> list[int]:
    """Let pipelines take turns at readings with a spike, and give the flags."""
    with connect(database) as conn:
        conn.execute("TRUNCATE reading, latest")
    for minute in range(6):
        reading = obs(time=f"2026-05-17T22:0{minute}:00Z", pm2_5=90.0 if minute == 4 else 10.0 + minute / 10)
        workers[minute % len(workers)].process([reading], now=NOW)
    for worker in workers:
        worker.close()
    with connect(database) as conn:
        return [row[0] for row in conn.execute("SELECT flags FROM reading ORDER BY time")]
