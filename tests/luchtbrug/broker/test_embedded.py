"""The embedded broker on the station table: who gets in, and whose messages get through."""

import asyncio
import gc
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import psycopg
import pytest

from luchtbrug.broker.embedded import CarefulBroker, SteadyDict, broker_config
from luchtbrug.broker.rules import SERVICE_USER
from luchtbrug.register import register
from luchtbrug.services import free_port, running, wait_for_port
from storage.claims import claim_device
from storage.connection import connect
from tests.luchtbrug.broker.servers import Login
from tests.waiting import wait_until

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PLATFORM_PASSWORD = "of the platform itself"


@pytest.fixture
def passwords(connection: psycopg.Connection) -> dict[str, str]:
    """Register two stations; their passwords."""
    made = {
        name: register(
            connection, station_id=name, latitude=52.2, longitude=5.2, position_key="key of a test", now=NOW
        ).mqtt_password
        for name in ("s-one", "s-two")
    }
    connection.commit()
    return made


@pytest.fixture
def port(database_url: str, passwords: dict[str, str]) -> Iterator[int]:
    """Run the broker as `luchtbrug broker` does."""
    port = free_port(0)
    url = f"mqtt://{SERVICE_USER}:{PLATFORM_PASSWORD.replace(' ', '%20')}@127.0.0.1:{port}"
    env = {"LUCHTBRUG_DATABASE_URL": database_url, "LUCHTBRUG_MQTT_URL": url}
    with running("broker", ["luchtbrug", "broker"], env=env) as service:
        wait_for_port(service, "127.0.0.1", port, seconds=120)
        yield port


def test_a_station_gets_in_with_its_own_password_only(port: int, passwords: dict[str, str]) -> None:
    """Another station's password, none, and an unknown name are refused."""
    attempts = [("s-one", passwords["s-one"]), ("s-one", passwords["s-two"]), ("s-one", ""), ("s-three", "x")]
    answers = []
    for user, password in attempts:
        with Login(port, user, password) as login:
            answers.append(login.answer)
    assert answers[0] == "Success"
    assert all(answer != "Success" for answer in answers[1:])


def test_only_own_topics_get_through(port: int, passwords: dict[str, str]) -> None:
    """The platform receives what a station publishes below its own topics, nothing of what it publishes elsewhere."""
    with Login(port, SERVICE_USER, PLATFORM_PASSWORD) as platform, Login(port, "s-one", passwords["s-one"]) as station:
        platform.client.subscribe([("aq/1/+/obs", 1), ("in/#", 1)])
        time.sleep(0.3)
        for topic in ("aq/1/s-two/obs", "in/s-two/x", "aq/1/s-one/obs"):
            station.client.publish(topic, "{}", qos=1)
        assert wait_until(lambda: "aq/1/s-one/obs" in platform.received)
        assert platform.received == ["aq/1/s-one/obs"]


def test_a_station_registered_while_the_broker_runs_gets_in(port: int, database_url: str) -> None:
    """The broker looks into the table at each login: no restart, no delay."""
    with connect(database_url) as conn:
        new = register(conn, station_id="s-new", latitude=52, longitude=5, position_key="key of a test", now=NOW)
        conn.commit()
    with Login(port, "s-new", new.mqtt_password) as login:
        assert login.answer == "Success"


def test_a_claimed_device_publishes_on_its_own_topic(port: int, database_url: str, passwords: dict[str, str]) -> None:
    """The station that has the device gets through on that device's topic; another one, or another device, does not."""
    with connect(database_url) as conn:
        claim_device(conn, "s-one", format_name="airgradient", serial="84fce612f5b8", at=NOW)
        conn.commit()
    with (
        Login(port, SERVICE_USER, PLATFORM_PASSWORD) as platform,
        Login(port, "s-one", passwords["s-one"]) as owner,
        Login(port, "s-two", passwords["s-two"]) as other,
    ):
        platform.client.subscribe([("airgradient/readings/+", 1), ("aq/1/+/obs", 1)])
        time.sleep(0.3)
        other.client.publish("airgradient/readings/84fce612f5b8", "{}", qos=1).wait_for_publish(2)
        for topic in ("airgradient/readings/aabbccddeeff", "airgradient/readings/84fce612f5b8", "aq/1/s-one/obs"):
            owner.client.publish(topic, "{}", qos=1)
        assert wait_until(lambda: "aq/1/s-one/obs" in platform.received)
        assert platform.received == ["airgradient/readings/84fce612f5b8", "aq/1/s-one/obs"]


V5 = b"\x10\x0d\x00\x04MQTT\x05\x02\x00\x3c\x00\x00\x00"
"""MQTT 5, which amqtt does not speak: it answers, and closes what may be closed already."""


async def _crowded() -> bytes:
    """Fill a broker for two connections with eight that never log in, and give what the next one is answered."""
    port = free_port(0)
    config = broker_config("127.0.0.1", port, "", "") | {"plugins": {}}
    config["listeners"]["default"]["max_connections"] = 2  # type: ignore[index]
    broker = CarefulBroker(config, patience_s=0.1)
    await broker.start()
    held = []
    for number, start in enumerate((b"", b"\x10", V5, b"GET / HTTP/1.1\r\n\r\n") * 2):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(start)
        if number % 2:
            writer.transport.abort()
        held.append(writer)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"\x10\x0c\x00\x04MQTT\x04\x02\x00\x3c\x00\x00")
    answer = await asyncio.wait_for(reader.read(4), 5)
    gc.collect()  # a connection that was forgotten, and not closed, is an error now
    for each in (*held, writer):
        each.close()
    await broker.shutdown()
    return answer


def test_who_never_logs_in_takes_no_place_for_ever() -> None:
    """Silent, half-spoken, foreign and vanished connections give their places back; the next one is answered."""
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(asyncio.run, _crowded()).result() == b"\x20\x02\x00\x05"


def test_subscriptions_may_change_while_they_are_walked_through() -> None:
    """Both walks that amqtt makes through its subscriptions end at what was there when they began."""
    subscriptions = SteadyDict(first=[], second=[])
    for name in subscriptions:
        subscriptions[f"{name} of another"] = []
    for name, waiting in subscriptions.items():
        assert subscriptions.pop(name) is waiting
    assert subscriptions == {}
