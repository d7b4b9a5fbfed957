"""Stations with calibrations, the messages they send, and a broker that holds them for whoever comes."""

import json
import secrets
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from benchmarks.fleet_world import mosquitto
from ingest.message import Message
from ingest.pipeline import Pipeline
from luchtbrug.broker.login import Login, login
from luchtbrug.broker.mosquitto import Command, control
from luchtbrug.jobs.calibrate import calibration_record
from storage import calibrations
from storage.connection import connect
from storage.migrate import migrate
from storage.rows import NewCalibration, NewStation
from storage.stations import add_station
from validation.network import Network, fit

TOPICS = "aq/1/+/obs"
PER_MESSAGE = 5
GAIN, OFFSET = 2.0, 3.0
"""What the sensors of `network` make of the truth: GAIN × truth + OFFSET."""

_HOURS = 400
_AT_ONCE = 4_000  # messages on their way to the broker: more would only wait in our own memory


def prepare(url: str, stations: int, *, now: datetime) -> None:
    """Make a schema with stations whose series are known and whose PM2.5 is calibrated, as after a month of use."""
    with connect(url) as conn:
        migrate(conn)
        for number in range(stations):
            add_station(conn, NewStation(_name(number), 52.2, 5.2, 52.2, 5.2, "-", _name(number)))
        conn.commit()
        pipeline = Pipeline(lambda: connect(url))
        hour = now - timedelta(hours=1)
        first = [Message("mqtt", topic, body, hour) for topic, body in messages(stations, stations, begin=hour)]
        pipeline.process(first, now=hour)
        pipeline.close()
        _calibrate(conn, now)


def messages(count: int, stations: int, *, begin: datetime) -> list[tuple[str, bytes]]:
    """Make messages of five readings each; the stations take turns, a second apart in all."""
    generator = np.random.default_rng(1)
    values = generator.uniform(3, 30, (count, PER_MESSAGE)).round(2).tolist()
    made = []
    for number, (pm1, pm2_5, pm10, temperature, humidity) in enumerate(values):
        stamp = f"{begin + timedelta(milliseconds=1000 * (number // stations)):%Y-%m-%dT%H:%M:%SZ}"
        body = {
            "seq": number,
            "obs": [
                {"t": stamp, "s": "sps30-0", "v": {"pm1": pm1, "pm2_5": pm2_5, "pm10": pm10}},
                {"t": stamp, "s": "bme280-0", "v": {"temperature": temperature, "relative_humidity": 40 + humidity}},
            ],
        }
        made.append((f"aq/1/{_name(number % stations)}/obs", json.dumps(body).encode()))
    return made


@contextmanager
def broker(folder: Path) -> Iterator[str]:
    """Run Mosquitto with our configuration, and give the URL of a login that may do everything."""
    password = secrets.token_urlsafe(12)
    with mosquitto(folder) as running:
        control(running.admin_url, almighty(password))
        yield f"mqtt://benchmark:{password}@127.0.0.1:{running.port}"


def persistent(url: str, client_id: str) -> Login:
    """Make a client with manual acknowledgement whose session outlives its connection."""
    parts = login(url)
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=False, manual_ack=True)
    client.username_pw_set(parts.client.username, parts.client.password)
    return Login(client, parts.host, parts.port)


def hold(url: str, client_id: str, topic: str = TOPICS) -> None:
    """Make a session that the broker keeps messages for from now on."""
    client, host, port = persistent(url, client_id)
    there = threading.Event()

    def on_connect(*_: Any) -> None:
        client.subscribe(topic, 1)

    client.on_connect = on_connect
    client.on_subscribe = lambda *_: there.set()
    client.connect(host, port)
    client.loop_start()
    if not there.wait(20):
        raise SystemExit("the broker took no subscription")
    client.disconnect()
    client.loop_stop()


def publish(url: str, outgoing: Sequence[tuple[str, bytes]]) -> None:
    """Publish at QoS 1, and return when the broker has taken all of it."""
    client, host, port = login(url)
    client.max_inflight_messages_set(_AT_ONCE)
    room, taken = threading.Semaphore(_AT_ONCE), threading.Semaphore(0)

    def on_publish(*_: Any) -> None:
        room.release()
        taken.release()

    client.on_publish = on_publish
    client.connect(host, port)
    client.loop_start()
    for topic, payload in outgoing:
        room.acquire()
        client.publish(topic, payload, qos=1)
    for _ in outgoing:
        taken.acquire()
    client.disconnect()
    client.loop_stop()


def a_calibration(now: datetime) -> NewCalibration:
    """Fit a calibration of PM2.5, of series 0."""
    return calibration_record(fit(network(now), at=_hour(now)), 0, 0, now)


def almighty(password: str) -> list[Command]:
    """Make the login `benchmark`, which may do everything."""
    kinds = ("publishClientSend", "publishClientReceive", "subscribePattern")
    acls = [{"acltype": kind, "topic": "#", "priority": 0, "allow": True} for kind in kinds]
    roles = [{"rolename": "benchmark"}]
    return [
        {"command": "createRole", "rolename": "benchmark", "acls": acls},
        {"command": "createClient", "username": "benchmark", "password": password, "roles": roles},
    ]


def _calibrate(conn: Any, now: datetime) -> None:
    """Give every PM2.5 series the calibration of one of three sensors that were fitted."""
    fitted, at = fit(network(now), at=_hour(now)), now - timedelta(minutes=30)
    keys = conn.execute("SELECT series_key FROM series WHERE observed_property = 'pm2_5' ORDER BY 1").fetchall()
    calibrations.store(conn, [calibration_record(fitted, number % 3, key, at) for number, (key,) in enumerate(keys)])
    conn.commit()


def network(now: datetime) -> Network:
    """Make the hours until `now` of sensors that read GAIN × truth + OFFSET, and of references that read the truth."""
    generator, hour = np.random.default_rng(1), np.arange(_HOURS)
    truth = 12 + 5 * np.sin(hour / 24 * 2 * np.pi) + 3 * np.sin(hour / 90) + generator.normal(0, 0.3, _HOURS)
    place, flat = np.array([52.20, 52.22, 52.24]), np.zeros((_HOURS, 3))
    return Network(
        hours=_hour(now) + (hour - _HOURS) * np.timedelta64(1, "h"),
        raw=GAIN * truth[:, None] + OFFSET + generator.normal(0, 0.5, (_HOURS, 3)),
        relative_humidity=flat + 60 + 10 * np.sin(hour / 24 * 2 * np.pi)[:, None],
        temperature=flat + 12,
        latitude=place,
        longitude=np.full(3, 5.17),
        sensor_model=("SPS30",) * 3,
        reference=truth[:, None] + generator.normal(0, 0.2, (_HOURS, 3)),
        reference_latitude=place + 0.001,
        reference_longitude=np.full(3, 5.17),
        reference_id=("R1", "R2", "R3"),
        observed_property="pm2_5",
        other_raw={},
    )


def _hour(now: datetime) -> np.datetime64:
    return np.datetime64(now.astimezone(UTC).replace(tzinfo=None), "h")


def _name(number: int) -> str:
    return f"bench-{number}"
