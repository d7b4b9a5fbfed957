"""What the broker keeps of names and units is read before what it has queued."""

import json
import threading
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import pytest
from amqtt.plugins.base import BaseAuthPlugin
from amqtt.session import Session

from ingest.described import described
from ingest.message import MAX_PAYLOAD, Message
from tests.ingest.brokers import free_port, mosquitto_broker, publish
from tests.ingest.small_batches import settings
from tests.own_broker import broker_thread


class NoLogin(BaseAuthPlugin):  # type: ignore[misc]  # amqtt ships no types
    """Let nobody in."""

    async def authenticate(self, *, session: Session) -> bool:
        """Refuse."""
        return False


def kept(topic: str, payload: bytes = b"{}") -> Message:
    """Make a message that the broker keeps."""
    return Message("mqtt", topic, payload, datetime.now(UTC), retain=True)


def read(port: int) -> list[tuple[str, int]]:
    """Read topics and lengths of what is told, in the order of topics."""
    found = described(settings(port, ""), threading.Event())
    assert all(each.retain for each in found)
    return sorted((each.topic, len(each.payload)) for each in found)


@pytest.mark.mosquitto
def test_names_and_units_are_read_and_nothing_else(tmp_path: Path) -> None:
    """Discovery, Homie's attributes and those of Home Assistant; no value, no status, and no giant."""
    names = [
        "in/st-1/ha/sensor/esp/pm25/config", "in/st-1/homie/node/$name", "in/st-2/homie/node/pm25/$unit",
        "in/st-2/sensor/pm25/unit_of_measurement", "in/st-2/sensor/pm25/friendly_name",
        "in/st-2/sensor/pm25/device_class",
    ]  # fmt: skip
    others = ["in/st-1/esp/pm25/state", "in/st-1/status", "in/st-2/config/state", "aq/1/st-1/meta"]
    with mosquitto_broker(tmp_path) as port:
        publish(port, [kept(topic) for topic in (*names, *others)])
        publish(port, [kept("in/st-3/giant/config", b"x" * (MAX_PAYLOAD + 1))])
        assert read(port) == sorted((topic, 2) for topic in names)


@pytest.mark.mosquitto
def test_a_station_that_tells_too_much_displaces_nobody(tmp_path: Path) -> None:
    """Of one that keeps 400 kB of names at the broker some 256 KiB are read, of its neighbour everything."""
    body = json.dumps({"name": "x" * 40_000}).encode()
    flood = [kept(f"in/st-1/ha/sensor/e{number}/config", body) for number in range(10)]
    with mosquitto_broker(tmp_path) as port:
        publish(port, [*flood, kept("in/st-2/ha/sensor/pm25/config")])
        found = read(port)
    assert ("in/st-2/ha/sensor/pm25/config", 2) in found
    assert [length for _, length in found].count(len(body)) == 6


def test_whoever_is_stopped_waits_for_no_broker() -> None:
    """While the broker is away it is waited for, until the service is to end: then there is nothing."""
    stop, begin = threading.Event(), monotonic()
    threading.Timer(0.3, stop.set).start()
    assert described(settings(free_port(), ""), stop) == []
    assert 0.3 <= monotonic() - begin < 10


def test_a_broker_that_refuses_us_is_not_waited_for() -> None:
    """The inbox says so when it comes to the same; until then there is nothing to read."""
    with broker_thread({"tests.ingest.test_described.NoLogin": {}}) as broker:
        assert read(broker.port) == []
