"""The service behind Mosquitto with our production configuration: what is promised holds when ingest is killed."""

import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.ingest.brokers import mosquitto_broker, publish, settings, wait_until
from tests.ingest.samples import register
from tests.ingest.test_service import readings, running, stored

pytestmark = pytest.mark.mosquitto

# An ingest process that is killed after the commit of its third batch and before it acknowledges that.
KILLED_AFTER_COMMIT = """
import os, signal, sys, threading
from ingest.pipeline import Pipeline
from ingest.service import run
from storage.connection import connect
from tests.ingest.brokers import settings

class Killed(Pipeline):
    batches = 0
    def process(self, messages, *, now):
        outcome = super().process(messages, now=now)
        self.batches += 1
        if self.batches == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return outcome

port, url = int(sys.argv[1]), sys.argv[2]
run(settings(port, url), threading.Event(), pipeline=Killed(lambda: connect(url)))
"""


@pytest.fixture
def database(database_url: str, connection: psycopg.Connection) -> str:
    """Give a database with the station st-1."""
    register(connection, "st-1")
    connection.commit()
    return database_url


def test_an_ingest_that_is_killed_loses_nothing_and_stores_nothing_twice(tmp_path: Path, database: str) -> None:
    """What was committed and not acknowledged comes again, and ends at the key of its reading."""
    with mosquitto_broker(tmp_path) as port:
        with running(settings(port, database)) as counters:
            assert wait_until(lambda: counters.ready)  # the session exists from here on
        publish(port, readings(0, 400))
        command = [sys.executable, "-c", KILLED_AFTER_COMMIT, str(port), database]
        killed = subprocess.run(command, timeout=60, check=False, stdout=subprocess.DEVNULL)
        assert killed.returncode == -signal.SIGKILL
        before = len(stored(database))
        assert 0 < before < 400
        with running(settings(port, database)) as counters:
            assert wait_until(lambda: len(set(stored(database))) == 400)
    assert stored(database) == list(range(400))


def test_a_broker_that_restarts_keeps_what_ingest_has_not_seen(tmp_path: Path, database: str) -> None:
    """What came in while ingest was away survives a restart of the broker, as its configuration says."""
    with mosquitto_broker(tmp_path) as port:
        with running(settings(port, database)) as counters:
            assert wait_until(lambda: counters.ready)
        publish(port, readings(0, 3000))
    with mosquitto_broker(tmp_path, port=port), running(settings(port, database)) as counters:
        assert wait_until(lambda: counters.acknowledged == 3000)
    assert stored(database) == list(range(3000))
