"""The home service: publishes each station's validated values, retained, for its owner alone."""

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

import psycopg
import structlog
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.reasoncodes import ReasonCode

from luchtbrug.broker.login import login
from luchtbrug.jobs.home_messages import PROPERTIES, Retained, discovery_messages, value_message, withdrawal
from storage.connection import connect
from storage.errors import DatabaseAwayError
from storage.home import HomeValue, home_values

log = structlog.get_logger()

_IN_FLIGHT = 1000  # messages on the way to the broker at once: a start publishes everything

_FILTER, _LEVELS = "aq/1/+/validated/+", 5

_Place = tuple[str, str]  # station, property

Kept = queue.SimpleQueue[_Place]
"""What the broker says that it keeps, from the thread that hears it to the one that publishes."""


@dataclass(slots=True)
class Said:
    """What the broker was given last: a value that has not changed is not given again."""

    values: dict[_Place, HomeValue] = field(default_factory=dict)
    kept: set[_Place] = field(default_factory=set)  # of an earlier run of ours, as the broker says
    descriptions: dict[_Place, list[Retained]] = field(default_factory=dict)

    def news(self, rows: list[HomeValue], now: datetime) -> Iterator[Retained]:
        """Give the messages for what is new, changed or gone since the last call."""
        places = {(row.station_id, row.observed_property): row for row in rows}
        for place in (self.values.keys() | self.kept) - places.keys():
            yield from withdrawal(*place)
            self.descriptions.pop(place, None)
        self.kept.clear()
        for place, row in places.items():
            if self.values.get(place) == row:
                continue
            described = discovery_messages(row)
            if self.descriptions.get(place) != described:
                yield from described
                self.descriptions[place] = described
            yield value_message(row, now)
        self.values = places


def run(mqtt_url: str, database_url: str, stop: threading.Event, *, pause_s: float) -> None:
    """Publish what has changed every `pause_s` until `stop` is set; database and broker may come and go."""
    away = False
    with _connected(mqtt_url) as (client, fresh, kept):
        said = Said()
        while not stop.wait(pause_s):
            if not client.is_connected():
                continue
            if fresh.is_set():  # perhaps another broker, or one that has forgotten
                fresh.clear()
                said = Said()
            with suppress(queue.Empty):
                while True:
                    said.kept.add(kept.get_nowait())
            try:
                turn(client, database_url, said, now=datetime.now(UTC))
            except (DatabaseAwayError, psycopg.OperationalError) as error:
                if not away:
                    log.warning("database_away", error=type(error).__name__)
                away = True
            else:
                away = False


def turn(client: Client, database_url: str, said: Said, *, now: datetime) -> int:
    """Publish what has changed, and count the messages."""
    with connect(database_url) as conn:
        rows = home_values(conn, PROPERTIES)
    infos = [client.publish(topic, payload, qos=1, retain=True) for topic, payload in said.news(rows, now)]
    return len(infos)


@contextmanager
def _connected(mqtt_url: str) -> Iterator[tuple[Client, threading.Event, Kept]]:
    """Keep a client connected; the event is set at each new connection, at which the broker says what it keeps.

    Stations that were withdrawn while nobody was here to say so are known by that alone.
    """
    client, host, port = login(mqtt_url, client_id="luchtbrug-home")
    fresh, kept = threading.Event(), Kept()

    def on_connect(_client: Client, _data: object, _flags: object, reason: ReasonCode, _properties: object) -> None:
        if reason.is_failure:
            log.warning("broker_refused", reason=str(reason))
        else:
            fresh.set()
            client.subscribe(_FILTER, 1)

    def on_message(_client: Client, _data: object, message: MQTTMessage) -> None:
        parts = message.topic.split("/")
        if message.retain and message.payload and len(parts) == _LEVELS:  # amqtt takes + for several levels
            kept.put((parts[2], parts[4]))

    client.on_connect, client.on_message = on_connect, on_message
    client.max_inflight_messages_set(_IN_FLIGHT)
    client.reconnect_delay_set(1, 15)
    client.connect_async(host, port)
    client.loop_start()
    try:
        yield client, fresh, kept
    finally:
        client.disconnect()
        client.loop_stop()
