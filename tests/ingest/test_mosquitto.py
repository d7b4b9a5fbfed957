"""The service behind Mosquitto with our production configuration: what is promised holds when ingest is killed."""

import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import paho.mqtt.client as paho
import psycopg
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from ingest.message import Message
from ingest.outcome import Outcome
from ingest.pipeline import Pipeline
from ingest.service import Counters, run
from ingest.settings import IngestSettings
from storage.connection import connect
from storage.errors import DatabaseAwayError
from tests.ingest.brokers import missing, mosquitto_broker, publish
from tests.ingest.samples import register
from tests.ingest.small_batches import settings
from tests.ingest.test_service import readings, running, stored
from tests.waiting import wait_until

pytestmark = pytest.mark.mosquitto

# An ingest process that is killed after the commit of its third batch and before it acknowledges that.
KILLED_AFTER_COMMIT = """
import os, signal, sys, threading
from ingest.pipeline import Pipeline
from ingest.service import run
from storage.connection import connect
sys.path.insert(0, sys.argv[3])  # not `tests.…`: a library may have installed a package of that name
from small_batches import settings

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
        command = [sys.executable, "-c", KILLED_AFTER_COMMIT, str(port), database, str(Path(__file__).parent)]
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


def test_what_devices_send_at_qos_0_waits_for_ingest_as_well(tmp_path: Path, database: str) -> None:
    """Tasmota, ESPHome and zigbee2mqtt publish at QoS 0: the broker keeps that too while ingest is away."""
    with mosquitto_broker(tmp_path) as port:
        with running(settings(port, database)) as counters:
            assert wait_until(lambda: counters.ready)
        device = paho.Client(CallbackAPIVersion.VERSION2)
        device.connect("127.0.0.1", port)
        device.loop_start()
        for each in readings(0, 200):
            device.publish(each.topic, each.payload, qos=0).wait_for_publish(10)
        device.disconnect()
        device.loop_stop()
        with running(settings(port, database)) as counters:
            assert wait_until(lambda: counters.acknowledged == 200)
    assert stored(database) == list(range(200))


def test_a_message_of_ten_megabytes_ends_at_the_broker(tmp_path: Path, database: str) -> None:
    """The broker takes no giant message, and what the others send meanwhile arrives."""
    with mosquitto_broker(tmp_path) as port, running(settings(port, database)) as counters:
        assert wait_until(lambda: counters.ready)
        giant = paho.Client(CallbackAPIVersion.VERSION2)
        giant.connect("127.0.0.1", port)
        giant.loop_start()
        giant.publish("aq/1/st-1/obs", b"x" * 10_000_000, qos=1)
        publish(port, readings(0, 100))
        assert wait_until(lambda: counters.acknowledged == 100)
        giant.disconnect()
        giant.loop_stop()
    assert counters.outcome.messages == 100


class Away(Pipeline):
    """A pipeline whose database is away until it is told otherwise."""

    away = True

    def process(self, messages: Sequence[Message], *, now: datetime) -> Outcome:
        """Raise as the pipeline does while its database is away."""
        if self.away:
            raise DatabaseAwayError("away")
        return super().process(messages, now=now)


@contextmanager
def running_away(to: IngestSettings) -> Iterator[tuple[Counters, Away]]:
    """Run the service in a thread, its database away."""
    pipeline, stop, counters = Away(lambda: connect(to.database_url)), threading.Event(), Counters()
    thread = threading.Thread(target=run, args=(to, stop), kwargs={"counters": counters, "pipeline": pipeline})
    thread.start()
    try:
        yield counters, pipeline
    finally:
        stop.set()
        thread.join(20)


def test_a_long_absence_of_the_database_holds_messages_at_the_broker(tmp_path: Path, database: str) -> None:
    """With the database away ingest takes no more than its queue holds; the broker keeps the rest until it is back."""

    with ExitStack() as stack:
        port = stack.enter_context(mosquitto_broker(tmp_path))
        counters, pipeline = stack.enter_context(running_away(replace(settings(port, database), queue_size=100)))
        assert wait_until(lambda: counters.ready)
        publish(port, readings(0, 1000))
        assert wait_until(lambda: counters.database_lost == 1)
        assert counters.acknowledged == 0
        pipeline.away = False
        assert wait_until(lambda: len(stored(database)) == 1000)
    assert stored(database) == list(range(1000))


def test_a_broker_that_restarts_while_the_database_is_away_costs_nothing(tmp_path: Path, database: str) -> None:
    """What is in hand when the connection ends comes again: it is stored once, and acknowledged over the new one."""
    with ExitStack() as stack:
        with mosquitto_broker(tmp_path) as port:
            counters, pipeline = stack.enter_context(running_away(settings(port, database)))
            assert wait_until(lambda: counters.ready)
            publish(port, readings(0, 300))
            assert wait_until(lambda: counters.database_lost == 1)
        with mosquitto_broker(tmp_path, port=port):
            time.sleep(3)  # until ingest has found it again, and has everything a second time
            pipeline.away = False
            assert wait_until(lambda: counters.acknowledged == 300)
            publish(port, readings(300, 100))
            assert wait_until(lambda: counters.acknowledged == 400)
            stack.close()
    assert stored(database) == list(range(400))
    assert counters.redelivered == 300


def test_a_broker_that_lost_what_was_in_hand_does_not_send_it_again(tmp_path: Path, database: str) -> None:
    """What a station says once more after the broker crashed is stored: nothing marks it as a copy."""
    (same,) = readings(2, 1)  # without a time
    saved = tmp_path / "mosquitto.db"
    with ExitStack() as stack:
        with mosquitto_broker(tmp_path) as port:
            counters, pipeline = stack.enter_context(running_away(settings(port, database)))
            assert wait_until(lambda: counters.ready)
        as_saved = saved.read_bytes()
        with mosquitto_broker(tmp_path, port=port):
            assert wait_until(lambda: counters.ready)
            publish(port, [same])
            assert wait_until(lambda: counters.database_lost == 1)
        saved.write_bytes(as_saved)  # it was killed before it saved anew, and keeps the session as it was
        with mosquitto_broker(tmp_path, port=port):
            time.sleep(3)  # until ingest has found it again
            publish(port, [same])
            pipeline.away = False
            assert wait_until(lambda: counters.acknowledged == 1)
            stack.close()
    assert (stored(database), counters.redelivered) == ([2, 2], 0)


def test_the_configuration_lets_no_stranger_in(tmp_path: Path) -> None:
    """With the plugin as configured, a client without a login and one with a made-up login are refused."""
    plugin = next(Path("/usr/lib").rglob("mosquitto_dynamic_security.so"), None)
    control = shutil.which("mosquitto_ctrl")
    if plugin is None or control is None:
        missing("mosquitto's dynamic security plugin")
    accounts = tmp_path / "dynamic-security.json"
    subprocess.run([control, "dynsec", "init", str(accounts), "admin", "secret"], check=True, stdout=subprocess.DEVNULL)
    with mosquitto_broker(tmp_path, plugin=plugin) as port:
        assert _connects(port, None, None) is False
        assert _connects(port, "st-1", "guess") is False
        assert _connects(port, "admin", "secret") is True


def _connects(port: int, user: str | None, password: str | None) -> bool:
    answers: queue.Queue[bool] = queue.Queue()
    client = paho.Client(CallbackAPIVersion.VERSION2)
    if user is not None:
        client.username_pw_set(user, password)
    client.on_connect = lambda _client, _data, _flags, reason, _properties: answers.put(not reason.is_failure)
    client.connect("127.0.0.1", port)
    client.loop_start()
    try:
        return answers.get(timeout=10)
    finally:
        client.disconnect()
        client.loop_stop()


def test_what_waited_is_read_in_the_unit_that_was_told_before(tmp_path: Path, database: str) -> None:
    """A value that came while ingest was away is in °F, as the retained discovery of its sensor says."""
    tells = b'{"stat_t": "in/st-1/esp/sensor/outside_temperature/state", "unit_of_meas": "\xc2\xb0F", '
    tells += b'"dev_cla": "temperature", "name": "Outside Temperature", "uniq_id": "x"}'
    config = Message("mqtt", "in/st-1/ha/sensor/esp/outside_temperature/config", tells, datetime.now(UTC), retain=True)
    state = Message("mqtt", "in/st-1/esp/sensor/outside_temperature/state", b"50.0", datetime.now(UTC))
    with mosquitto_broker(tmp_path) as port:
        with running(settings(port, database)) as counters:
            assert wait_until(lambda: counters.ready)
            publish(port, [config])
            assert wait_until(lambda: counters.acknowledged == 1)
        publish(port, [state])
        with running(settings(port, database)):
            assert wait_until(lambda: len(stored(database)) == 1)
    assert stored(database) == [pytest.approx(10.0)]
