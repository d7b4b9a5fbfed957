"""One station's connection to the broker: its own login, last will, counting of acknowledgements, reconnection, drops.

It never waits: the publisher's selector says when a socket is ready, so a thousand stations need one thread.
"""

import selectors
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, Protocol, TypeVar
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from firmware_sim.devices.wire import Wire
from firmware_sim.errors import MqttUrlError

MOST_WAITING = 20_000
"""Messages a station keeps while the broker is away (MQTT has 65,535 packet ids); what comes after is dropped."""

_FIRST_RETRY_S = 1.0
_LAST_RETRY_S = 30.0
_CONNECT_TIMEOUT_S = 5.0
_KEEPALIVE_S = 60
_DEFAULT_PORTS = {"mqtt": 1883, "mqtts": 8883}


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the broker is."""

    host: str
    port: int
    tls: bool


def parse_broker(url: str) -> Broker:
    """Read mqtt(s)://host[:port]; anything else is an MqttUrlError."""
    advice = "write it as mqtt://127.0.0.1:1883 or mqtts://host:8883"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise MqttUrlError(f"the broker's URL {url!r} cannot be read ({error}): {advice}") from error
    if parts.username or parts.password:
        raise MqttUrlError("the broker's URL holds a login: each station has its own, give a file of passwords instead")
    more = parts.path + parts.query + parts.fragment
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or more not in ("", "/"):
        raise MqttUrlError(f"the broker's URL is {url!r}: {advice}")
    return Broker(parts.hostname, port or _DEFAULT_PORTS[parts.scheme], parts.scheme == "mqtts")


class Outgoing(Protocol):
    """What a session publishes."""

    @property
    def topic(self) -> str:
        """Where to."""

    @property
    def payload(self) -> bytes:
        """What."""

    @property
    def qos(self) -> int:
        """0, or 1 for what is sent again until the broker has it."""

    @property
    def retain(self) -> bool:
        """Whether the broker keeps it for those who come later."""


Message = TypeVar("Message", bound=Outgoing)


class Manners(NamedTuple):
    """What a station publishes unasked: at each connection, at its end, and through the broker when it is lost."""

    greeting: tuple[Wire, ...] = ()
    goodbye: tuple[Wire, ...] = ()
    will: Wire | None = None


class Session(Generic[Message]):
    """A station's client, driven from outside: `connect_when_due`, `ready`, `misc`."""

    def __init__(
        self,
        station_id: str,
        broker: Broker,
        selector: selectors.BaseSelector,
        *,
        password: str | None,
        manners: Manners,
        acknowledged: Callable[[Message], None],
    ) -> None:
        self.station_id = station_id
        self.connections = 0
        self.refused: str | None = None
        self.dropped = 0
        self.pending: dict[int, Message] = {}
        self._broker = broker
        self._selector = selector
        self._manners = manners
        self._acknowledged = acknowledged
        self._retry_at = 0.0
        self._retry_s = _FIRST_RETRY_S
        self._up = False
        self._trying = False
        self._client = self._make_client(password)

    @property
    def connected(self) -> bool:
        """Whether the broker has accepted the login and the connection stands."""
        return self._up

    def connect_when_due(self, now: float) -> bool:
        """Try to connect if there is no connection and the time for it has come; whether a try was made."""
        if self._up or self._trying or now < self._retry_at:
            return False
        self._retry_at = now + self._retry_s
        self._retry_s = min(self._retry_s * 2, _LAST_RETRY_S)
        self._trying = True
        try:
            self._client.connect(self._broker.host, self._broker.port, keepalive=_KEEPALIVE_S)
        except OSError:
            self._trying = False  # away: the next try is due already
        return True

    def publish(self, message: Message) -> None:
        """Send a message; without a connection one with QoS 1 is kept until there is one, the others are gone."""
        if len(self.pending) >= MOST_WAITING or (message.qos == 0 and not self._up):
            self.dropped += 1
            return
        info = self._client.publish(message.topic, message.payload, qos=message.qos, retain=message.retain)
        self.pending[info.mid] = message

    def drop(self, *, until: float) -> None:
        """Lose the connection as out of reach of the Wi-Fi, and try none before `until` [s of the monotonic clock]."""
        sock = self._client.socket()
        if isinstance(sock, socket.socket):
            with suppress(OSError):  # the broker was quicker
                sock.shutdown(socket.SHUT_RDWR)
        self._retry_at, self._retry_s = until, _FIRST_RETRY_S

    def ready(self, events: int) -> None:
        """Read and write what the socket has room for."""
        if events & selectors.EVENT_READ:
            self._client.loop_read()
            sock = self._client.socket()
            while sock is not None and getattr(sock, "pending", int)() > 0:  # TLS: bytes that select does not see
                self._client.loop_read()
                sock = self._client.socket()
        if events & selectors.EVENT_WRITE:
            self._client.loop_write()

    def misc(self) -> None:
        """Keep the connection alive; to be called about every second."""
        self._client.loop_misc()

    def say_goodbye(self) -> None:
        """Publish that the station goes offline: a clean end sends no last will."""
        if self._up:
            self._publish_unasked(self._manners.goodbye)

    def close(self) -> None:
        """Disconnect; what is not acknowledged stays in `pending`."""
        self._client.disconnect()
        self._client.loop_write()
        sock = self._client.socket()
        if sock is not None:
            self._forget(sock)
            sock.close()

    def _make_client(self, password: str | None) -> mqtt.Client:
        client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=self.station_id, reconnect_on_failure=False)
        client.connect_timeout = _CONNECT_TIMEOUT_S
        client.max_queued_messages_set(0)  # the limit is MOST_WAITING, which counts what it drops
        if password is not None:
            client.username_pw_set(self.station_id, password)
        if self._broker.tls:
            client.tls_set()
        will = self._manners.will
        if will is not None:
            client.will_set(will.topic, will.payload, qos=will.qos, retain=will.retain)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_publish = self._on_publish
        client.on_socket_open = lambda _client, _data, sock: self._watch(sock)
        client.on_socket_close = lambda _client, _data, sock: self._forget(sock)
        client.on_socket_register_write = lambda _client, _data, sock: self._want(sock, write=True)
        client.on_socket_unregister_write = lambda _client, _data, sock: self._want(sock, write=False)
        return client

    def _on_connect(
        self, _client: mqtt.Client, _data: Any, _flags: mqtt.ConnectFlags, reason: ReasonCode, _props: Properties | None
    ) -> None:
        if reason.is_failure:
            self.refused = str(reason)
            return
        self._up, self._trying, self.refused = True, False, None
        self._retry_s = _FIRST_RETRY_S
        self.connections += 1
        self._publish_unasked(self._manners.greeting)

    def _on_disconnect(
        self,
        _client: mqtt.Client,
        _data: Any,
        _flags: mqtt.DisconnectFlags,
        _reason: ReasonCode,
        _props: Properties | None,
    ) -> None:
        self._up = self._trying = False
        unsent = [mid for mid, message in self.pending.items() if message.qos == 0]  # nobody sends these again
        for mid in unsent:
            del self.pending[mid]
        self.dropped += len(unsent)

    def _on_publish(self, _client: mqtt.Client, _data: Any, mid: int, _reason: ReasonCode, _props: Properties) -> None:
        message = self.pending.pop(mid, None)
        if message is not None:  # None: the station's own status
            self._acknowledged(message)

    def _publish_unasked(self, wires: tuple[Wire, ...]) -> None:
        for wire in wires:
            self._client.publish(wire.topic, wire.payload, qos=wire.qos, retain=wire.retain)

    def _watch(self, sock: Any) -> None:
        self._selector.register(sock, selectors.EVENT_READ, self)

    def _forget(self, sock: Any) -> None:
        if sock.fileno() in self._selector.get_map():
            self._selector.unregister(sock)

    def _want(self, sock: Any, *, write: bool) -> None:
        if sock.fileno() in self._selector.get_map():
            self._selector.modify(sock, selectors.EVENT_READ | (selectors.EVENT_WRITE if write else 0), self)
