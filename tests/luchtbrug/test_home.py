"""The way back home on both brokers: an owner reads the validated values of its own station, and of no other."""

import json
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
import psycopg
import pytest
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

import storage.readings
from luchtbrug.broker.mosquitto import control, platform_commands, station_commands
from luchtbrug.broker.rules import SERVICE_USER
from luchtbrug.jobs.home import Said, run
from luchtbrug.register import register
from luchtbrug.services import free_port, running, wait_for_port
from storage.connection import connect
from storage.home import home_values
from storage.rows import ReadingColumns, SeriesName
from storage.series import claim_series
from storage.stations import remove_station
from tests.ingest.brokers import missing, mosquitto_broker, mosquitto_program
from tests.waiting import wait_until
from validation.flags import Flag

NOW = datetime.now(UTC).replace(microsecond=0)
PLATFORM = "of-the-platform"


@dataclass(frozen=True, slots=True)
class Home:
    """A broker with two stations, and the service that publishes to it."""

    port: int
    database_url: str
    passwords: dict[str, str]

    @property
    def mqtt_url(self) -> str:
        """Log the platform in."""
        return f"mqtt://{SERVICE_USER}:{PLATFORM}@127.0.0.1:{self.port}"

    @contextmanager
    def service(self) -> Iterator[None]:
        """Run the service for the block."""
        stop = threading.Event()
        thread = threading.Thread(target=run, args=(self.mqtt_url, self.database_url, stop), kwargs={"pause_s": 0.1})
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join(20)

    @contextmanager
    def owner(self, station_id: str, *filters: str) -> Iterator["Owner"]:
        """Log a station in and subscribe."""
        owner = Owner(self.port, station_id, self.passwords[station_id], filters)
        try:
            yield owner
        finally:
            owner.client.disconnect()
            owner.client.loop_stop()


class Owner:
    """A station's login, and the last message on each topic that it received."""

    def __init__(self, port: int, user: str, password: str, filters: tuple[str, ...]) -> None:
        self.received: dict[str, bytes] = {}
        self.count = 0
        self.client = Client(CallbackAPIVersion.VERSION2)
        self.client.username_pw_set(user, password)
        self._filters = filters
        self.client.on_connect = self._subscribe
        self.client.on_message = self._keep
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()

    def json(self, topic: str) -> dict[str, Any]:
        """Wait for a message on a topic, and read it."""
        assert wait_until(lambda: bool(self.received.get(topic))), f"nothing on {topic}, but {list(self.received)}"
        body: dict[str, Any] = json.loads(self.received[topic])
        return body

    def _subscribe(self, client: Client, *_: object) -> None:
        for each in self._filters:
            client.subscribe(each, 1)

    def _keep(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        self.received[message.topic] = bytes(message.payload)
        self.count += 1


@pytest.fixture
def passwords(connection: psycopg.Connection) -> dict[str, str]:
    """Register two stations with a PM2.5 reading each; their passwords."""
    made = {}
    for name in ("s-one", "s-two"):
        new = register(connection, station_id=name, latitude=52, longitude=5, position_key="key of a test", now=NOW)
        made[name] = new.mqtt_password
        measure(connection, name, value=11.5)
    connection.commit()
    return made


def measure(
    connection: psycopg.Connection, station_id: str, *, value: float, time: datetime = NOW, sensor: str = "sps30-0",
    observed_property: str = "pm2_5", flags: int = 0,
) -> None:  # fmt: skip
    """Store a reading of twice the value with an interval of ± 3; the caller commits."""
    (series,) = claim_series(connection, [SeriesName(station_id, sensor, "SPS30", observed_property, "ug/m3")])
    stamp = np.array([time.replace(tzinfo=None)], "datetime64[us]")
    one: dict[str, Any] = {
        name: np.array([number], np.float64)
        for name, number in {"raw": 20.0, "value": value, "lower": value - 3, "upper": value + 3}.items()
    }
    whole = {"series_key": series.series_key, "flags": flags, "calibration_key": 0}
    one |= {name: np.array([number], np.int64) for name, number in whole.items()}
    storage.readings.store(connection, ReadingColumns(time=stamp, received_at=stamp, **one))


@pytest.fixture(params=["embedded", pytest.param("mosquitto", marks=pytest.mark.mosquitto)])
def home(
    request: pytest.FixtureRequest, database_url: str, passwords: dict[str, str], tmp_path: Path
) -> Iterator[Home]:
    """Run a broker with the accounts of the platform and of both stations."""
    with ExitStack() as stack:
        start = start_embedded if request.param == "embedded" else start_mosquitto
        yield Home(start(stack, database_url, passwords, tmp_path), database_url, passwords)


def start_embedded(stack: ExitStack, database_url: str, _passwords: dict[str, str], _folder: Path) -> int:
    """Run the embedded broker for as long as the stack, and give its port."""
    port = free_port(0)
    url = f"mqtt://{SERVICE_USER}:{PLATFORM}@127.0.0.1:{port}"
    env = {"LUCHTBRUG_DATABASE_URL": database_url, "LUCHTBRUG_MQTT_URL": url}
    wait_for_port(stack.enter_context(running("broker", ["luchtbrug", "broker"], env=env)), "127.0.0.1", port)
    return port


def start_mosquitto(stack: ExitStack, _database_url: str, passwords: dict[str, str], folder: Path) -> int:
    """Run Mosquitto with its dynamic security (admin, secret) for as long as the stack, and give its port."""
    plugin, ctrl = next(Path("/usr/lib").rglob("mosquitto_dynamic_security.so"), None), shutil.which("mosquitto_ctrl")
    if plugin is None or ctrl is None:
        missing("mosquitto's dynamic security plugin")
    accounts = str(folder / "dynamic-security.json")
    subprocess.run([ctrl, "dynsec", "init", accounts, "admin", "secret"], check=True, stdout=subprocess.DEVNULL)
    port = stack.enter_context(mosquitto_broker(folder, plugin=plugin))
    commands = platform_commands(SERVICE_USER, PLATFORM)
    for name, password in passwords.items():
        commands += station_commands(name, password)
    control(f"mqtt://admin:secret@127.0.0.1:{port}", commands)
    return port


def test_an_owner_finds_the_value_kept_for_it(home: Home) -> None:
    """Who subscribes later gets the last value with interval, quality, flags, age and calibration; it is retained."""
    topic = "aq/1/s-one/validated/pm2_5"
    with home.service(), home.owner("s-one", topic) as early:
        early.json(topic)
    with home.owner("s-one", topic) as later:
        body = later.json(topic)
    assert body["age_s"] >= 0
    assert {name: body[name] for name in body if name != "age_s"} == {
        "value": 11.5, "lower": 8.5, "upper": 14.5, "unit": "ug/m3", "time": NOW.isoformat().replace("+00:00", "Z"),
        "quality": 1, "flags": [], "calibration_id": None, "raw": 20.0, "sensor": "sps30-0",
    }  # fmt: skip


def test_home_assistant_finds_value_and_time(home: Home) -> None:
    """The descriptions lead to the topic of the value, and their templates to value and time in it."""
    with (
        home.service(),
        home.owner("s-one", "aq/1/s-one/#", "aq/1/s-one/validated/#", "aq/1/s-one/homeassistant/#") as me,
    ):
        found = [me.json(f"aq/1/s-one/homeassistant/sensor/s-one/{name}/config") for name in ("pm2_5", "pm2_5_time")]
        bodies = [me.json(each["state_topic"]) for each in found]
    shown = [
        jinja2.Template(each["value_template"]).render(value_json=body)  # as Home Assistant renders it
        for each, body in zip(found, bodies, strict=True)
    ]
    assert shown == ["11.5", NOW.isoformat().replace("+00:00", "Z")]
    assert found[0]["unit_of_measurement"] == "µg/m³"
    assert found[0]["device"] == found[1]["device"]
    assert found[0]["unique_id"] != found[1]["unique_id"]


def test_nobody_reads_another_s_values(home: Home) -> None:
    """A station that subscribes to everything, by name or by wildcard, receives only what is its own."""
    filters = ("#", "aq/#", "aq/1/+/validated/#", "aq/1/s-one/validated/#", "aq/1/s-one/validated/pm2_5")
    with home.service(), home.owner("s-two", *filters, "aq/1/s-two/validated/#") as nosy:
        with home.owner("s-one", "aq/1/s-one/validated/#") as me:
            me.json("aq/1/s-one/validated/pm2_5")
        nosy.json("aq/1/s-two/validated/pm2_5")
        time.sleep(0.5)
        assert not [topic for topic in nosy.received if "s-one" in topic]


def test_nobody_forges_a_value(home: Home) -> None:
    """What a station publishes as a validated value, its own or another's, reaches nobody."""
    topic = "aq/1/s-one/validated/forged"
    with home.owner("s-one", "aq/1/s-one/validated/#") as me, home.owner("s-two") as other, home.service():
        me.json("aq/1/s-one/validated/pm2_5")
        for client in (me.client, other.client):
            client.publish(topic, b'{"value":0}', qos=1, retain=True)
        time.sleep(0.5)
        assert topic not in me.received


def test_only_news_is_published(home: Home) -> None:
    """A value that stays is published once, a new reading once more."""
    topic = "aq/1/s-one/validated/pm2_5"
    with home.owner("s-one", topic) as me, home.service():
        me.json(topic)
        time.sleep(0.6)
        assert me.count == 1
        with connect(home.database_url) as conn:
            measure(conn, "s-one", value=12.5, time=NOW + timedelta(minutes=1))
        assert wait_until(lambda: me.json(topic)["value"] == 12.5)
        assert me.count == 2


def test_a_withdrawn_station_leaves_nothing_behind(home: Home) -> None:
    """What the broker kept for its owner is taken away at once, or when the service is back if it was not there."""
    filters = ("aq/1/+/validated/#", "aq/1/+/homeassistant/#")
    platform = Owner(home.port, SERVICE_USER, PLATFORM, filters)  # it looks: the station itself is thrown out

    def left() -> set[str]:
        return {topic.split("/")[2] for topic, payload in platform.received.items() if payload}

    with home.service():
        assert wait_until(lambda: len(platform.received) == 6)
        with connect(home.database_url) as conn:
            remove_station(conn, "s-one", NOW)
        assert wait_until(lambda: left() == {"s-two"})
    with connect(home.database_url) as conn:
        remove_station(conn, "s-two", NOW)
    with home.service():
        assert wait_until(lambda: left() == set())
    platform.client.disconnect()
    platform.client.loop_stop()


def test_of_several_sensors_a_fresh_one_with_a_value_speaks(connection: psycopg.Connection) -> None:
    """The first sensor by name speaks for its station, unless it has no value or lies 10 minutes behind."""
    register(connection, station_id="s-one", latitude=52, longitude=5, position_key="key of a test", now=NOW)

    def speaker(first: datetime, value: float) -> str:
        measure(connection, "s-one", value=value, time=first, sensor="a-0")
        measure(connection, "s-one", value=9.0, time=NOW, sensor="b-0")
        ((row,),) = [home_values(connection, ["pm2_5"])]
        connection.execute("DELETE FROM latest")
        return row.sensor_name

    assert speaker(NOW - timedelta(minutes=9), 8.0) == "a-0"
    assert speaker(NOW - timedelta(minutes=11), 8.0) == "b-0"
    assert speaker(NOW - timedelta(minutes=8), np.nan) == "b-0"


def test_what_is_not_validated_does_not_go_home(connection: psycopg.Connection) -> None:
    """A temperature stays away; a particle value that a check refused goes home as none, with the reason."""
    register(connection, station_id="s-one", latitude=52, longitude=5, position_key="key of a test", now=NOW)
    measure(connection, "s-one", value=21.0, observed_property="temperature")
    measure(connection, "s-one", value=np.nan, flags=int(Flag.STUCK))
    messages = list(Said().news(home_values(connection, ["pm2_5", "pm10", "no2", "o3"]), NOW))
    bodies = {message.topic: json.loads(message.payload) for message in messages if "validated" in message.topic}
    assert list(bodies) == ["aq/1/s-one/validated/pm2_5"]
    ((_, body),) = bodies.items()
    assert (body["value"], body["quality"], body["flags"]) == (None, 4, ["stuck"])


@pytest.mark.mosquitto
def test_the_bridge_of_the_guide_brings_value_and_description_home(
    database_url: str, passwords: dict[str, str], tmp_path: Path
) -> None:
    """The lines of docs/back-home.md put both where a house with a broker of its own looks for them."""
    guide = (Path(__file__).parents[2] / "docs" / "back-home.md").read_text(encoding="utf-8")
    lines = [line.strip() for line in guide.splitlines() if line.startswith("    ")]
    with ExitStack() as stack:
        home = Home(start_mosquitto(stack, database_url, passwords, tmp_path), database_url, passwords)
        own = free_port(0)
        named = "\n".join(lines).replace("<station>", "s-one").replace("<password>", passwords["s-one"])
        named = named.replace("mqtt.example.org:8883", f"127.0.0.1:{home.port}").replace(
            "bridge_capath", "# bridge_capath"
        )
        user = "user root\n" if os.geteuid() == 0 else ""  # it would drop to a user that cannot read here
        config = tmp_path / "own.conf"
        config.write_text(f"{user}allow_anonymous true\nlistener {own} 127.0.0.1\n{named}\n")
        process = subprocess.Popen([mosquitto_program(), "-c", str(config)], stderr=subprocess.DEVNULL)
        stack.callback(process.wait, 10)
        stack.callback(process.terminate)
        assert wait_until(lambda: _listens(own))
        stack.enter_context(home.service())
        house = Owner(own, "anybody", "", ("homeassistant/#", "aq/#"))
        stack.callback(house.client.loop_stop)
        stack.callback(house.client.disconnect)
        found = house.json("homeassistant/sensor/s-one/pm2_5/config")
        assert house.json(found["state_topic"])["value"] == 11.5


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False
