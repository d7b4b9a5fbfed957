"""Run the embedded broker (amqtt) in this process until it is told to stop.

What it cannot do, production's Mosquitto can: a message that was delivered and not acknowledged is not sent again after
the subscriber reconnects, and what is queued lives in memory (docs/adr/0003-brokers.md).
"""

import asyncio
import contextlib
import logging
import signal
from asyncio import StreamReader, StreamWriter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from amqtt.adapters import BufferReader, StreamReaderAdapter, StreamWriterAdapter
from amqtt.broker import Broker
from amqtt.contexts import Action
from amqtt.errors import AMQTTError
from amqtt.mqtt.connack import NOT_AUTHORIZED, ConnackPacket
from amqtt.mqtt.connect import ConnectPacket
from amqtt.mqtt.protocol.broker_handler import BrokerProtocolHandler
from amqtt.session import Session

LARGEST = 256 * 1024
"""The largest message [bytes], as Mosquitto's `message_size_limit` has it."""

FIRST_PACKET_S = 10.0
"""Who has not logged in after this long [s] is hung up on: connections are counted."""


class TooLargeError(Exception):
    """A client sends more than a message may have."""


class Secure(NamedTuple):
    """A second listener with TLS; the folder holds `fullchain.pem` and `privkey.pem`, RSA for the sake of ESP8266."""

    port: int
    folder: Path


class BoundedReader(StreamReaderAdapter):  # type: ignore[misc]  # amqtt ships no types
    """Reads what a client sends, and nothing that is larger than a message may be."""

    async def read(self, n: int = -1) -> bytes:
        """Read n bytes. Raises TooLargeError, at which amqtt ends the connection."""
        if n > LARGEST:
            raise TooLargeError(f"{n} bytes at once, at most {LARGEST} are taken")
        found: bytes = await super().read(n)
        return found


class SteadyDict(dict[str, Any]):
    """What may change while somebody walks through it: amqtt waits between two of its subscriptions.

    Python ends such a walk with an error, and with it what amqtt was doing: connecting somebody, handing a message on.
    """

    def __iter__(self) -> Iterator[str]:
        return iter(list(super().keys()))

    def items(self) -> Any:
        """Give what there is now."""
        return list(super().items())


class CarefulBroker(Broker):  # type: ignore[misc]  # amqtt ships no types
    """amqtt, but that nobody touches another's session, and a refused subscription brings nothing retained.

    amqtt looks for an older session of the same client id first and asks for the password then: without one, whoever
    knows the id of a device would throw it out, or take its subscriptions away. Here the password comes first, and a
    client id counts within its login.
    """

    def __init__(self, config: dict[str, object], *, patience_s: float = FIRST_PACKET_S) -> None:
        super().__init__(config)
        self._patience_s = patience_s
        self._subscriptions: dict[str, Any] = SteadyDict()

    async def stream_connected(self, reader: StreamReader, writer: StreamWriter, listener_name: str) -> None:
        """Serve a connection until it ends, and close it: amqtt forgets some, as of who leaves before the answer."""
        try:
            await self._client_connected(listener_name, BoundedReader(reader), StreamWriterAdapter(writer))
        finally:
            writer.close()

    async def _initialize_client_session(
        self, reader: BoundedReader, writer: StreamWriterAdapter, *peer: Any
    ) -> tuple[BrokerProtocolHandler, Session]:
        """Read the first packet, judge it, and only then let amqtt look for an older session.

        Whatever goes wrong ends as one of amqtt's errors: by any other it would count the connection for ever.
        """
        try:
            async with asyncio.timeout(self._patience_s):
                first = await _first_packet(reader)
                _, asked = await BrokerProtocolHandler.init_from_connect(
                    BufferReader(first), writer, self.plugins_manager
                )
                if not await super()._authenticate(asked, {}):
                    await ConnackPacket.build(0, NOT_AUTHORIZED).to_stream(writer)
                    raise AMQTTError("wrong login or last will")
                found: tuple[BrokerProtocolHandler, Session] = await super()._initialize_client_session(
                    BufferReader(first), writer, *peer
                )
                return found
        except Exception as error:  # amqtt's parsers raise anything; all but its own kind leave the connection counted
            with contextlib.suppress(OSError):
                await writer.close()
            raise AMQTTError(f"not let in: {error or type(error).__name__}") from error

    async def _authenticate(self, session: Session, _: object) -> bool:
        """Say yes: whoever was not let in does not come to this."""
        return True

    async def _publish_retained_messages_for_subscription(
        self, subscription: tuple[str, int], session: Session
    ) -> None:
        if await self._topic_filtering(session, subscription[0], Action.SUBSCRIBE):
            await super()._publish_retained_messages_for_subscription(subscription, session)


async def _first_packet(reader: BoundedReader) -> bytes:
    """Read who wants to connect, and put the login before the client id."""
    packet = await ConnectPacket.from_stream(reader)
    if packet.payload.client_id_is_random:
        packet.clean_session_flag = True  # nobody can come back to it
    packet.payload.client_id = f"{packet.username}/{packet.payload.client_id}"
    return bytes(packet.to_bytes())


async def run(*, host: str, port: int, database_url: str, service_password: str, secure: Secure | None = None) -> None:
    """Serve MQTT on `host:port` until SIGTERM or SIGINT; stations log in by the table behind `database_url`."""
    for name in ("transitions", "amqtt"):  # a line for each connection is too much
        logging.getLogger(name).setLevel(logging.WARNING)
    broker = CarefulBroker(broker_config(host, port, database_url, service_password, secure))
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await broker.start()
    try:
        await stop.wait()
    finally:
        await broker.shutdown()


def broker_config(
    host: str, port: int, database_url: str, service_password: str, secure: Secure | None = None
) -> dict[str, object]:
    """Return amqtt's configuration with our two plugins."""
    plain: dict[str, object] = {"type": "tcp", "bind": f"{host}:{port}", "max_connections": 2000}
    listeners = {"default": plain}
    if secure is not None:
        files = {"certfile": str(secure.folder / "fullchain.pem"), "keyfile": str(secure.folder / "privkey.pem")}
        listeners["secure"] = {**plain, "bind": f"{host}:{secure.port}", "ssl": True, **files}
    return {
        "listeners": listeners,
        "plugins": {
            "luchtbrug.broker.plugins.StationLogin": {
                "database_url": database_url,
                "service_password": service_password,
            },
            "luchtbrug.broker.plugins.StationTopics": {"database_url": database_url},
            "luchtbrug.broker.eviction.StationEviction": {"database_url": database_url},
        },
    }
