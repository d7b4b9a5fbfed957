"""What the broker keeps of names and units, read before what it has queued for us.

ESPHome, Homie and Home Assistant send bare numbers and tell their units in retained messages. After a restart the
broker sends what it queued first and what it retains later: 45.1 would be read as °C although its owner's sensor says
°F.
"""

import re
import ssl
import threading
from collections import Counter
from datetime import UTC, datetime
from time import monotonic
from typing import Any

import paho.mqtt.client as paho
import structlog
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from ingest.message import MAX_PAYLOAD, Message
from ingest.settings import IngestSettings

log = structlog.get_logger()

_TOPICS = "in/#"
_DESCRIBES = re.compile(r"/config$|/\$|/(?:unit_of_measurement|friendly_name|device_class)$")
"""Topics of Home Assistant's discovery, of Homie's attributes, and of the attributes of its statestream."""

_QUIET = 0.3  # the broker has sent all that it keeps when nothing came for so long [s]
_EACH = 256 * 1024
"""Of one station's topics and payloads [bytes]: a hundred entities of Home Assistant; more displaces nobody."""

_LONGEST = 15.0  # a network of 15,000 stations has some 100,000 such messages [s]


def described(settings: IngestSettings, stop: threading.Event) -> list[Message]:
    """Give the messages that tell names and units, as retained; wait for a broker that is away until `stop` is set.

    There are none where the broker refuses us: the inbox says so when it comes to the same.
    """
    reader = _Reader(settings)
    try:
        reader.wait(stop)
    finally:
        reader.close()
    return reader.messages


class _Reader:
    """A session of its own, which the broker forgets with its end."""

    def __init__(self, settings: IngestSettings) -> None:
        self.messages: list[Message] = []
        self._held: Counter[str] = Counter()  # bytes by station
        self._subscribed, self._refused = threading.Event(), threading.Event()
        self._last = monotonic()
        self._client = client = paho.Client(CallbackAPIVersion.VERSION2, client_id="", clean_session=True)
        if settings.mqtt_user is not None:
            client.username_pw_set(settings.mqtt_user, settings.mqtt_password)
        if settings.mqtt_tls:
            client.tls_set_context(ssl.create_default_context(cafile=settings.mqtt_ca_file))
        client.on_connect, client.on_message = self._on_connect, self._on_message
        client.on_subscribe = lambda *_: self._subscribed.set()
        client.connect_async(settings.mqtt_host, settings.mqtt_port)
        client.loop_start()

    def wait(self, stop: threading.Event) -> None:
        """Wait until all has come, or there is nothing to wait for."""
        while not self._subscribed.wait(0.05):
            if stop.is_set() or self._refused.is_set():
                return
        begin = self._last = monotonic()
        while monotonic() - self._last < _QUIET and not stop.wait(0.05):
            if monotonic() - begin > _LONGEST:
                log.warning("names_cut_short", messages=len(self.messages), seconds=_LONGEST)
                return

    def close(self) -> None:
        """Leave."""
        self._client.disconnect()
        self._client.loop_stop()

    def _on_connect(self, client: paho.Client, _data: Any, _flags: Any, reason: ReasonCode, _properties: Any) -> None:
        if reason.is_failure:
            self._refused.set()
        else:
            client.subscribe(_TOPICS, 0)

    def _on_message(self, _client: paho.Client, _data: Any, received: paho.MQTTMessage) -> None:
        if not received.retain:
            return  # of now: it comes again in the session that is kept
        self._last = monotonic()
        if _DESCRIBES.search(received.topic) is not None and len(received.payload) <= MAX_PAYLOAD:
            payload, station = bytes(received.payload), received.topic.split("/", 2)[1]
            self._held[station] += len(received.topic) + len(payload)
            if self._held[station] > _EACH:
                return
            self.messages.append(Message("mqtt", received.topic, payload, datetime.now(UTC), retain=True))
