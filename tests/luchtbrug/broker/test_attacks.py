"""What a station with a good login of its own tries beyond its rights, on both brokers: nothing of it is accepted."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from ingest.described import described
from ingest.settings import IngestSettings
from luchtbrug.broker.mosquitto import control, removal_commands, station_commands
from luchtbrug.broker.rules import SERVICE_USER
from luchtbrug.register import register
from luchtbrug.services import free_port, running, wait_for_port
from storage.connection import connect
from storage.stations import remove_station
from tests.luchtbrug.broker.servers import PLATFORM, Login, mosquitto
from tests.waiting import wait_until

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
STATIONS = ("s-one", "s-two", "s-gone")
FOREIGN_TOPICS = (
    "aq/1/s-two/obs", "aq/1/s-two/status", "aq/1/s-two/meta", "aq/1/s-two/validated/pm2_5", "aq/1/s-two/ack",
    "in/s-two", "in/s-two/airrohr", "in/s-two2/x", "in", "aq/1", "aq/1/s-one", "aq/1/s-one/obs/x", "aq/1/s-one/ack",
    "aq/1/s-one/validated/pm2_5", "aq/2/s-one/obs", "airgradient/readings/84fce612f5b8", "qingping/582d34/up",
    "device/sck/abc123/readings", "homeassistant/sensor/x/config", "zigbee2mqtt/Garden",
)  # fmt: skip
"""Another's topics, the platform's answers, and the fixed topics of devices that somebody else may have claimed."""

FOREIGN_FILTERS = (
    "#", "+/#", "+/+/+/+", "aq/#", "aq/1/#", "aq/1/+/obs", "aq/1/s-two/obs", "aq/1/s-two/#", "aq/1/s-two/validated/#",
    "aq/1/s-one/#", "aq/1/s-one/obs", "in/#", "in/s-two/#", "in/s-one/#", "$SYS/#", "$CONTROL/#",
    "$CONTROL/dynamic-security/v1/response", "$share/all/aq/1/#", "$share/all/#", "airgradient/readings/+",
    "device/sck/+/readings",
)  # fmt: skip
INTRUDER = json.dumps({"commands": [{"command": "createClient", "username": "intruder", "password": "x"}]})


@dataclass(frozen=True, slots=True)
class Town:
    """A broker with the stations s-one and s-two, and who sees all that is published."""

    port: int
    passwords: dict[str, str]
    observer: tuple[str, str]
    withdraw: Callable[[str], None]
    admin_url: str | None

    def station(self, name: str, **more: str | bool) -> Login:
        """Log a station in."""
        return Login(self.port, name, self.passwords[name], **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module", params=[pytest.param("mosquitto", marks=pytest.mark.mosquitto), "embedded"])
def town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Run one of the two brokers."""
    with ExitStack() as stack:
        if request.param == "mosquitto":
            yield _mosquitto(stack, tmp_path_factory.mktemp("mosquitto"))
        else:
            yield _embedded(stack, request.getfixturevalue("town_database_url"))


@pytest.fixture(scope="module")
def town_database_url(postgres_url: str, template_url: str) -> Iterator[str]:
    """Make a migrated database for all tests of this file."""
    with psycopg.connect(postgres_url, autocommit=True) as conn:
        conn.execute("CREATE DATABASE attacked TEMPLATE migrated STRATEGY file_copy")
        yield template_url.replace("/migrated?", "/attacked?")
        conn.execute("DROP DATABASE attacked WITH (FORCE)")


def _mosquitto(stack: ExitStack, folder: Path) -> Town:
    admin_url, _ = stack.enter_context(mosquitto(folder))
    passwords = {name: f"pw-{name}" for name in STATIONS}
    control(admin_url, [each for name, password in passwords.items() for each in station_commands(name, password)])

    def withdraw(name: str) -> None:
        control(admin_url, removal_commands(name))

    return Town(int(admin_url.rpartition(":")[2]), passwords, ("admin", "secret"), withdraw, admin_url)


def _embedded(stack: ExitStack, url: str) -> Town:
    place = {"latitude": 52.2, "longitude": 5.2, "position_key": "key of a test", "now": NOW}
    with connect(url) as conn:
        passwords = {
            name: register(conn, station_id=name, **place).mqtt_password  # type: ignore[arg-type]
            for name in STATIONS
        }
    port = free_port(0)
    env = {"LUCHTBRUG_DATABASE_URL": url, "LUCHTBRUG_MQTT_URL": f"mqtt://{SERVICE_USER}:{PLATFORM[1]}@127.0.0.1:{port}"}
    service = stack.enter_context(running("broker", ["luchtbrug", "broker"], env=env))
    wait_for_port(service, "127.0.0.1", port, seconds=120)

    def withdraw(name: str) -> None:
        with connect(url) as conn:
            remove_station(conn, name, NOW)

    return Town(port, passwords, (SERVICE_USER, PLATFORM[1]), withdraw, None)


def test_nothing_gets_through_elsewhere(town: Town) -> None:
    """Of 20 topics that are not a station's own, published live and retained, and $CONTROL, none reaches anybody."""
    with Login(town.port, *town.observer) as observer, town.station("s-one") as station:
        assert observer.subscribes("#")
        for topic in FOREIGN_TOPICS:
            station.client.publish(topic, "{}", qos=1)
            station.client.publish(topic, "{}", qos=0, retain=True)
        station.client.publish("aq/1/s-one/obs", "{}", qos=1)
        assert wait_until(lambda: "aq/1/s-one/obs" in observer.received)
        assert {*observer.received} & {*FOREIGN_TOPICS} == set()
    with town.station("s-one") as station:
        station.client.publish("$CONTROL/dynamic-security/v1", INTRUDER, qos=1)  # the embedded broker hangs up at that
        wait_until(lambda: not station.client.is_connected(), seconds=0.3)
    with Login(town.port, *town.observer) as later:
        assert later.subscribes("#")
        assert not wait_until(lambda: bool({*later.received} & {*FOREIGN_TOPICS}), seconds=0.3)  # nothing was retained
    if town.admin_url is not None:
        (answer,) = control(town.admin_url, [{"command": "listClients"}])
        assert "intruder" not in answer["data"]["clients"]


def test_a_last_will_is_bound_to_its_own_topics_as_well(town: Town) -> None:
    """What a station leaves on another's topic is not published when it vanishes; what it leaves on its own is."""
    with Login(town.port, *town.observer) as observer:
        assert observer.subscribes("aq/1/+/status")
        for owner in ("s-two", "s-one"):
            station = town.station("s-one", will=f"aq/1/{owner}/status")
            station.vanish()
        assert wait_until(lambda: "aq/1/s-one/status" in observer.received)
        assert "aq/1/s-two/status" not in observer.received


def test_no_subscription_reaches_a_stream(town: Town) -> None:
    """Of 21 filters that take in more than what is meant for a station none brings it anything; its own are granted."""
    platform = PLATFORM if town.admin_url else town.observer
    with (
        town.station("s-one") as nosy,
        town.station("s-two") as other,
        Login(town.port, *platform) as speaker,
    ):
        for topic_filter in FOREIGN_FILTERS:
            nosy.subscribes(topic_filter)  # Mosquitto grants some of them and hands nothing out
        other.client.publish("aq/1/s-two/obs", "{}", qos=1)
        other.client.publish("in/s-two/kept", "{}", qos=1, retain=True)
        nosy.client.publish("aq/1/s-one/obs", "{}", qos=1)
        speaker.client.publish("aq/1/s-two/validated/pm2_5", "{}", qos=1)
        wait_until(lambda: bool(nosy.received), seconds=0.6)
        assert nosy.received == []
        assert nosy.subscribes("aq/1/s-one/validated/#")
        speaker.client.publish("aq/1/s-one/validated/pm2_5", "{}", qos=1)
        assert wait_until(lambda: nosy.received == ["aq/1/s-one/validated/pm2_5"])


def test_another_s_session_gives_nothing_away(town: Town) -> None:
    """Who logs in under the client id of another's session, with his own password, gets nothing of what waits in it."""
    with Login(town.port, *town.observer, client_id="kept", clean=False) as owner:
        assert owner.subscribes("in/#")
    with town.station("s-two") as other:
        other.client.publish("in/s-two/airrohr", "{}", qos=1).wait_for_publish(5)
    with town.station("s-one", client_id="kept", clean=False) as thief:
        thief.client.publish("in/s-one/airrohr", "{}", qos=1)
        wait_until(lambda: bool(thief.received), seconds=0.6)
        assert thief.received == []


def test_who_knows_a_client_id_throws_nobody_out(town: Town) -> None:
    """A stranger who says a device's client id ends neither its session nor its subscription; nor, on the embedded
    broker, does another station."""
    strangers = [("nobody", "x", True), ("s-two", "wrong", False)]
    if town.admin_url is None:  # Mosquitto gives an id to whoever has a good login, as the standard has it
        strangers.append(("s-one", town.passwords["s-one"], False))
    with (
        Login(town.port, *(PLATFORM if town.admin_url else town.observer)) as speaker,
        town.station("s-two", client_id="esp-4711") as device,
    ):
        assert device.subscribes("aq/1/s-two/validated/#")
        for user, password, clean in strangers:
            Login(town.port, user, password, client_id="esp-4711", clean=clean).vanish()
        speaker.client.publish("aq/1/s-two/validated/no2", "{}", qos=1)
        assert wait_until(lambda: "aq/1/s-two/validated/no2" in device.received)
        assert device.client.is_connected()


def test_a_giant_gets_nowhere(town: Town) -> None:
    """A message above 256 KiB reaches nobody; what others send meanwhile does."""
    with Login(town.port, *town.observer) as observer, town.station("s-two") as other:
        assert observer.subscribes("in/#")
        giant = town.station("s-one")
        giant.client.publish("in/s-one/giant", b"x" * 262_145, qos=1)
        assert not wait_until(lambda: "in/s-one/giant" in observer.received, seconds=0.7)
        giant.vanish()
        other.client.publish("in/s-two/small", "{}", qos=1)
        assert wait_until(lambda: "in/s-two/small" in observer.received)


def test_a_withdrawn_password_lets_nobody_in(town: Town) -> None:
    """The password that let a station in a moment before its removal is refused after it, as is that of another."""
    with town.station("s-gone") as before:
        assert before.answer == "Success"
    town.withdraw("s-gone")
    for password in (town.passwords["s-gone"], town.passwords["s-two"], ""):
        with Login(town.port, "s-gone", password) as after:
            assert after.answer not in ("", "Success")


def test_who_retains_without_end_displaces_nobody(town: Town) -> None:
    """Of 12 MB of retained descriptions of one station ingest reads 256 KiB, and those of the others are all there."""
    with town.station("s-one") as flood, town.station("s-two") as other:
        for number in range(200):
            flood.client.publish(f"in/s-one/x/{number}/config", "a" * 60_000, qos=1, retain=True)
        flood.client.publish("in/s-one/last/config", "{}", qos=1, retain=True).wait_for_publish(20)
        other.client.publish("in/s-two/y/config", "{}", qos=1, retain=True).wait_for_publish(20)
    user, password = PLATFORM if town.admin_url else town.observer
    settings = IngestSettings(
        database_url="", mqtt_host="127.0.0.1", mqtt_port=town.port, mqtt_user=user, mqtt_password=password
    )
    found = described(settings, threading.Event())
    assert sum(len(each.payload) for each in found if each.topic.startswith("in/s-one/")) <= 256 * 1024
    assert "in/s-two/y/config" in {each.topic for each in found}
