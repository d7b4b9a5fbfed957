"""The open alerts of each station on the broker, retained, for its owner alone: `aq/1/<station>/alerts`.

The broker itself is what remembers what was said: after each connection it is asked what it keeps, and only what is
otherwise is published. So a restart of ours says nothing twice, and a broker that forgot is told again.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import msgspec
import psycopg
import structlog
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.reasoncodes import ReasonCode

import storage.alerts
from luchtbrug.broker.login import login
from luchtbrug.jobs.alert_words import begin_text
from luchtbrug.jobs.home_messages import Retained
from storage.alerts import Board

_FILTERS = ("aq/1/+/alerts", "aq/1/+/homeassistant/binary_sensor/+/alerts/config")

SETTLED_S = 0.7
"""A broker that has sent nothing of what it keeps for this long has sent it all [s]."""

_IN_FLIGHT = 1000

log = structlog.get_logger()


class AlertBoard:
    """What the broker keeps, and how it becomes what it should be."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._kept: dict[str, bytes] = {}
        self._changed = threading.Lock()
        self._heard_at = float("inf")  # monotonic [s]; until the subscription stands nothing is known

    def forget(self) -> None:
        """Know nothing: perhaps it is another broker."""
        with self._changed:
            self._kept, self._heard_at = {}, float("inf")

    def subscribed(self) -> None:
        """Begin to count from the broker's word that it subscribed us."""
        self._heard_at = time.monotonic()

    def keep(self, message: MQTTMessage) -> None:
        """Take in what the broker keeps."""
        with self._changed:
            self._kept[message.topic] = bytes(message.payload)
            self._heard_at = time.monotonic()

    def connected(self) -> bool:
        """Tell whether there is a broker."""
        return self._client.is_connected()

    def settled(self) -> bool:
        """Tell whether what the broker keeps is known."""
        return self._client.is_connected() and time.monotonic() - self._heard_at >= SETTLED_S

    def turn(self, conn: psycopg.Connection[Any]) -> int:
        """Publish what is otherwise than the broker keeps it, and count the messages."""
        news = list(self._news(storage.alerts.board(conn)))
        conn.rollback()
        for message in news:
            self._client.publish(message.topic, message.payload, qos=1, retain=True)
            with self._changed:
                self._kept[message.topic] = message.payload
        return len(news)

    def _news(self, rows: list[Board]) -> Iterator[Retained]:
        with self._changed:
            kept = {topic: payload for topic, payload in self._kept.items() if payload}
        wanted = dict(message for row in rows for message in board_messages(row))
        for topic, payload in wanted.items():
            if kept.get(topic) != payload:
                yield Retained(topic, payload)
        for topic in kept.keys() - wanted.keys():
            yield Retained(topic, b"")


def board_messages(row: Board) -> list[Retained]:
    """Write up a station's open alerts, and describe them to Home Assistant as a problem that is on or off.

    Source: https://www.home-assistant.io/integrations/binary_sensor.mqtt/
    """
    station, topic = row.name or row.station_id, f"aq/1/{row.station_id}/alerts"
    config = {
        "name": "Alert",
        "unique_id": f"luchtbrug_{row.station_id}_alerts",
        "state_topic": topic,
        "value_template": "{{ 'ON' if value_json.alerts else 'OFF' }}",
        "json_attributes_topic": topic,
        "device_class": "problem",
        "device": {"identifiers": [f"luchtbrug_{row.station_id}"], "name": station, "manufacturer": "luchtbrug"},
        "origin": {"name": "luchtbrug"},
    }
    described = f"aq/1/{row.station_id}/homeassistant/binary_sensor/{row.station_id}/alerts/config"
    body = {"alerts": [_alert(alert, station) for alert in row.alerts]}
    return [Retained(described, msgspec.json.encode(config)), Retained(topic, msgspec.json.encode(body))]


def _alert(alert: Any, station: str) -> dict[str, Any]:
    begin, series = datetime.fromisoformat(alert["begin"]), list(alert["detail"].get("series", []))
    texts = {
        f"text_{language}": begin_text(alert["kind"], language, station=station, since=begin, series=series)
        for language in ("en", "nl")
    }
    return {"kind": alert["kind"], "begin": begin, "series": series, **texts}


@contextmanager
def connected(mqtt_url: str) -> Iterator[AlertBoard]:
    """Keep a client connected, and its board up to what the broker says."""
    client, host, port = login(mqtt_url, client_id="luchtbrug-alerts")
    board = AlertBoard(client)

    def on_connect(_client: Client, _data: object, _flags: object, reason: ReasonCode, _properties: object) -> None:
        if reason.is_failure:
            log.warning("broker_refused", reason=str(reason))
            return
        board.forget()
        client.subscribe([(each, 1) for each in _FILTERS])

    client.on_connect = on_connect
    client.on_subscribe = lambda *_: board.subscribed()
    client.on_message = lambda _client, _data, message: board.keep(message)
    client.max_inflight_messages_set(_IN_FLIGHT)
    client.reconnect_delay_set(1, 15)
    client.connect_async(host, port)
    client.loop_start()
    try:
        yield board
    finally:
        client.disconnect()
        client.loop_stop()
