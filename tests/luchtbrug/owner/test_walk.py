"""The walk of a new owner: from registration to the calibrated value in Home Assistant, real programs between."""

import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import jinja2
import psycopg
import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from ingest import service
from ingest.settings import IngestSettings
from luchtbrug.broker.rules import SERVICE_USER
from luchtbrug.jobs.home import run as run_home
from luchtbrug.settings import Settings
from tests.luchtbrug.conftest import HOUR, HOURS, SmallNetwork, store_network
from tests.luchtbrug.test_doorway import opened
from tests.luchtbrug.test_home import PLATFORM, Owner, start_mosquitto
from tests.luchtbrug.test_onboarding import bearer, owning
from tests.waiting import wait_until

AIR = 12.0
RAW = 2 + 1.5 * AIR
"""What a sensor of the small network reads of it."""

THIS_HOUR = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)


@dataclass(frozen=True, slots=True)
class Platform:
    """Everything that `luchtbrug serve` runs, on Mosquitto, with a small network that is calibrated already."""

    client: httpx.Client
    port: int
    network: SmallNetwork


@pytest.fixture
def platform(database_url: str, connection: psycopg.Connection, tmp_path: Path) -> Iterator[Platform]:
    """Start broker, API, ingest and home; three sensors stood beside the official network for ten days."""
    network = store_network(connection, THIS_HOUR - HOURS * HOUR)
    network.look(THIS_HOUR - HOURS * HOUR, THIS_HOUR, refit=True)
    with ExitStack() as stack:
        port = start_mosquitto(stack, database_url, {}, tmp_path)
        url = f"mqtt://{SERVICE_USER}:{PLATFORM}@127.0.0.1:{port}"
        settings = Settings.read(
            data_dir=tmp_path, registration="open", mqtt_url=url, mqtt_public_host="127.0.0.1",
            mqtt_admin_url=f"mqtt://admin:secret@127.0.0.1:{port}",
        )  # fmt: skip
        ingest = IngestSettings(
            database_url=database_url, mqtt_host="127.0.0.1", mqtt_port=port, mqtt_user=SERVICE_USER,
            mqtt_password=PLATFORM, batch_s=0.1,
        )  # fmt: skip
        stack.enter_context(in_thread(lambda stop: service.run(ingest, stop)))
        stack.enter_context(in_thread(lambda stop: run_home(url, database_url, stop, pause_s=0.2)))
        yield Platform(stack.enter_context(opened(database_url, settings)), port, network)


@contextmanager
def in_thread(work: Callable[[threading.Event], object]) -> Iterator[None]:
    """Run a service for the block."""
    stop = threading.Event()
    thread = threading.Thread(target=work, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(30)


def told(lines: list[str]) -> dict[str, Any]:
    """Read the lines for an own program as its writer does: host, port, user, password, topic."""
    words = lines[0].replace(";", "").replace(",", "").split()
    return {name: words[words.index(name) + 1] for name in ("user", "password", "topic")} | {
        "host": words[1].partition(":")[0],
        "port": int(words[words.index("or") + 1].removeprefix(":")),
    }


class Device:
    """A program of the owner's own: it knows nothing but the lines that it was given."""

    def __init__(self, lines: list[str]) -> None:
        self._topic = told(lines)["topic"]
        self._client = Client(CallbackAPIVersion.VERSION2)
        self._client.username_pw_set(told(lines)["user"], told(lines)["password"])
        self._client.connect(told(lines)["host"], told(lines)["port"])
        self._client.loop_start()
        self._noise = itertools.cycle((0.0, 0.2, -0.1, 0.1, -0.2))

    def measures(self, *times: datetime) -> None:
        """Publish what an SPS30 reads in air with 12 µg/m³, a little otherwise each time."""
        obs = [{"t": time.isoformat(), "s": "sps30-0", "v": {"pm2_5": RAW + next(self._noise)}} for time in times]
        self._client.publish(self._topic, json.dumps({"obs": obs}), qos=1).wait_for_publish(10)

    def __enter__(self) -> "Device":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()


def first_message(platform: Platform, made: dict[str, Any], device: Device) -> dict[str, Any]:
    """Wait as the owner does while the device sends what it kept of the last hour; what is told."""
    path = f"/v1/stations/{made['stationId']}/first-message"
    asking = {**bearer(made), "Accept": "application/json"}
    answers: list[dict[str, Any]] = []
    with in_thread(lambda _: answers.append(platform.client.get(path, headers=asking).json())):
        time.sleep(0.3)
        device.measures(*(THIS_HOUR - minutes * timedelta(minutes=5) for minutes in range(12)))
    return answers[0]


@contextmanager
def home_assistant(platform: Platform, made: dict[str, Any]) -> Iterator[Owner]:
    """Log in as docs/back-home.md says, with the discovery prefix of the station."""
    own = f"aq/1/{made['stationId']}"
    house = Owner(
        platform.port, made["mqttUser"], made["mqttPassword"], (f"{own}/homeassistant/#", f"{own}/validated/#")
    )
    try:
        yield house
    finally:
        house.client.disconnect()
        house.client.loop_stop()


@pytest.mark.mosquitto
def test_from_registration_to_the_value_in_home_assistant(platform: Platform) -> None:
    """Registered, lines entered, first message confirmed, calibrated by its siblings, found by Home Assistant."""
    place = {"latitude": 52.231, "longitude": 5.183, "name": "Havenstraat", "heightM": 2.5, "device": "native"}
    made = platform.client.post("/v1/stations", json=place).json()
    name = made["stationId"]
    with Device(made["setup"]["native"]) as device:
        first = first_message(platform, made, device)
        assert first["event"] == "stored"
        assert abs(first["readings"][0]["raw"] - RAW) < 0.3
        platform.network.look(THIS_HOUR - HOUR, THIS_HOUR, refit=False)  # what the calibrate service does each minute
        with home_assistant(platform, made) as house:
            found = house.json(f"aq/1/{name}/homeassistant/sensor/{name}/pm2_5/config")

            def calibrated() -> bool:
                device.measures(datetime.now(UTC))
                time.sleep(0.3)
                return house.json(found["state_topic"])["value"] is not None

            assert wait_until(calibrated, seconds=20)
            body = house.json(found["state_topic"])
    shown = float(jinja2.Template(found["value_template"]).render(value_json=body))
    assert found["device"]["name"] == "Havenstraat"
    assert body["lower"] < AIR < body["upper"]
    assert abs(shown - AIR) < abs(RAW - AIR) / 3
    assert "calibration_prior" in body["flags"]
    assert platform.client.delete(f"/v1/stations/{name}", headers=owning(made)).status_code == 200
