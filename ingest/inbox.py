"""The MQTT side of ingest: a persistent session whose messages wait in a bounded queue until they are acknowledged."""

import ssl
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any, NamedTuple

import paho.mqtt.client as paho
import structlog
from paho.mqtt.enums import MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from ingest.backlog import Backlog
from ingest.bulk_client import BulkClient, Publish
from ingest.message import Message
from ingest.settings import IngestSettings

log = structlog.get_logger()

_AT_LEAST_ONCE = 1
_LOOK_S = 0.1  # how long `take` sleeps at most before it looks whether it is to end [s]
_MICROSECOND = timedelta(microseconds=1)


class Delivery(NamedTuple):
    """A message with what its acknowledgement needs; packet ids mean something only within one connection."""

    message: Message
    packet_id: int
    qos: int
    connection: int
    again: bool  # a second copy of a message that this process took before: to be acknowledged, not stored


class Inbox:
    """Receives from the broker in a thread of its own; `take` and `acknowledge` are for one other thread."""

    def __init__(self, settings: IngestSettings, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._settings = settings
        self._clock = clock
        self._backlog: Backlog[Delivery] = Backlog(settings.queue_size)
        self._received_at = datetime.min.replace(tzinfo=UTC)
        self._connection = 0
        self._in_hand: dict[int, Message] = {}  # by packet id: delivered over this connection, not acknowledged yet
        self._expected: Counter[tuple[str, bytes]] = Counter()  # was in hand when a connection ended: comes again
        self._acknowledging = threading.Lock()
        self._closing = threading.Event()
        self._client = self._make_client()
        self.subscribed = threading.Event()

    def open(self) -> None:
        """Start to connect, and keep connecting until `close`; a broker that is away now is not an error."""
        options: dict[str, Any] = {}
        if self._settings.mqtt_version == paho.MQTTv5:
            properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho does not type it
            properties.SessionExpiryInterval = self._settings.session_expiry_s
            options = {"clean_start": False, "properties": properties}
        self._client.connect_async(self._settings.mqtt_host, self._settings.mqtt_port, **options)
        self._client.loop_start()

    def begin_with(self, messages: Sequence[Message]) -> None:
        """Put messages before all that the broker sends; nothing is to be acknowledged of them."""
        first = [Delivery(message, 0, 0, self._connection, again=False) for message in messages]
        self._backlog.put(first[: self._settings.queue_size], closing=self._closing)

    def take(self, stop: threading.Event) -> list[Delivery]:
        """Wait a moment for messages, and take those of the `batch_s` seconds after the first, at most `batch_size`."""
        if not self._backlog.wait(1, timeout=_LOOK_S):
            return []
        most, deadline = self._settings.batch_size, monotonic() + self._settings.batch_s
        while (left := deadline - monotonic()) > 0 and not stop.is_set():
            if self._backlog.wait(most, timeout=min(left, _LOOK_S)):
                break
        return self._backlog.take(most)

    def acknowledge(self, deliveries: Sequence[Delivery]) -> int:
        """Acknowledge what came over the connection that is still up, and count it; the rest the broker sends again."""
        with self._acknowledging:
            due = [each.packet_id for each in deliveries if each.qos and each.connection == self._connection]
            for packet_id in due:
                self._in_hand.pop(packet_id, None)
            self._client.ack_all(due)
        return len(due)

    def waiting(self) -> int:
        """Count what waits to be taken."""
        return len(self._backlog)

    def close(self) -> None:
        """Leave; the broker keeps the session and with it what was not acknowledged."""
        self._closing.set()
        self._client.disconnect()
        self._client.loop_stop()

    def _make_client(self) -> BulkClient:
        settings = self._settings
        client = BulkClient(
            self._on_publishes,
            client_id=settings.client_id,
            clean_session=False if settings.mqtt_version == paho.MQTTv311 else None,  # MQTT 5 says it at connect
            protocol=MQTTProtocolVersion(settings.mqtt_version),
        )
        if settings.mqtt_user is not None:
            client.username_pw_set(settings.mqtt_user, settings.mqtt_password)
        if settings.mqtt_tls:
            client.tls_set_context(ssl.create_default_context(cafile=settings.mqtt_ca_file))
        client.reconnect_delay_set(1, max(1, int(settings.retry_most_s)))
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_subscribe = self._on_subscribe
        return client

    def _on_connect(self, client: paho.Client, _data: Any, flags: Any, reason: ReasonCode, _properties: Any) -> None:
        if reason.is_failure:
            log.warning("broker_refused", reason=str(reason))
            return
        if not flags.session_present:
            self._expected.clear()
        client.unsubscribe(self._settings.outgrown)
        client.subscribe([(topic, _AT_LEAST_ONCE) for topic in self._settings.subscriptions])
        log.info("broker_connected", host=self._settings.mqtt_host, port=self._settings.mqtt_port)

    def _on_subscribe(
        self, _client: paho.Client, _data: Any, _mid: int, reasons: list[ReasonCode], _properties: Any
    ) -> None:
        refused = [t for t, reason in zip(self._settings.subscriptions, reasons, strict=False) if reason.is_failure]
        if refused:  # the role of our login is of an older release
            log.error("subscription_refused", topics=refused, advice="run `luchtbrug setup`")
        if len(refused) < len(reasons):
            self.subscribed.set()

    def _on_disconnect(
        self, _client: paho.Client, _data: Any, _flags: Any, reason: ReasonCode, _properties: Any
    ) -> None:
        with self._acknowledging:
            self._connection += 1  # the packet ids of what is in hand may mean other messages from now on
            self._expected.update((message.topic, message.payload) for message in self._in_hand.values())
            self._in_hand.clear()
        if self.subscribed.is_set() and not self._closing.is_set():
            log.warning("broker_lost", reason=str(reason))
        self.subscribed.clear()

    def _comes_again(self, message: Message) -> bool:
        """Say whether a message that the broker marks as sent again was in hand when the connection ended; each is
        found once. Without the mark it is a new message of the same words: the broker may have lost the one in hand.
        """
        identity = (message.topic, message.payload)
        if not self._expected[identity]:  # a Counter looked at keeps nothing
            return False
        self._expected[identity] -= 1
        return True

    def _on_publishes(self, received: Sequence[Publish]) -> None:
        now = self._tell_time(len(received))
        deliveries = [self._deliver(each, now + number * _MICROSECOND) for number, each in enumerate(received)]
        self._backlog.put(deliveries, closing=self._closing)  # full: we read no further, and the broker keeps the rest

    def _tell_time(self, count: int) -> datetime:
        """Give the time of receipt of the first of some messages, which are a microsecond apart.

        No two of a station may share it: it is the key of readings without a time of their own.
        """
        now, last = self._clock(), self._received_at
        if now <= last < now + _MICROSECOND * 1_000_000:  # further back than a second somebody has set the clock
            now = last + _MICROSECOND
        self._received_at = now + (count - 1) * _MICROSECOND
        return now

    def _deliver(self, received: Publish, at: datetime) -> Delivery:
        message = Message(
            "mqtt",
            received.topic,
            received.payload,
            at,
            retain=received.retain and not self._settings.queued_as_retained,
            redelivered=received.dup,
        )
        again = received.dup and self._comes_again(message)
        if received.qos:
            self._in_hand[received.packet_id] = message
        return Delivery(message, received.packet_id, received.qos, self._connection, again)
