"""An embedded broker of a test's own, in a thread of its process."""

import asyncio
import socket
import threading
from asyncio import StreamReader, StreamWriter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from amqtt.broker import Broker
from amqtt.plugins.base import BaseAuthPlugin
from amqtt.session import Session

SECONDS = 20.0


class AnyLogin(BaseAuthPlugin):  # type: ignore[misc]  # amqtt ships no types
    """Let everybody in under a name: amqtt keeps no session of an anonymous client."""

    async def authenticate(self, *, session: Session) -> bool:
        """Let in."""
        return True


class ClosingBroker(Broker):  # type: ignore[misc]  # amqtt ships no types
    """amqtt, but that it closes every connection that it served.

    It forgets some, as of who leaves before the answer: a socket that is collected later fails the test that runs then.
    """

    async def stream_connected(self, reader: StreamReader, writer: StreamWriter, listener_name: str) -> None:
        """Serve a connection until it ends."""
        try:
            await super().stream_connected(reader, writer, listener_name)
        finally:
            writer.close()


class BrokerThread:
    """An amqtt broker on a port that stays the same when it is stopped and started again."""

    def __init__(self, plugins: dict[str, dict[str, Any]]) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.url = f"mqtt://127.0.0.1:{self.port}"
        self._plugins = plugins
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start and wait until it listens."""
        up, self._stop, self._loop = threading.Event(), asyncio.Event(), asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, args=(up,))
        self._thread.start()
        assert up.wait(SECONDS)

    def stop(self) -> None:
        """Stop as a crash would look to the stations: all connections end."""
        if self._thread is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(SECONDS)
            assert not self._thread.is_alive()
            self._thread = None

    def _run(self, up: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve(up))
        self._loop.close()

    async def _serve(self, up: threading.Event) -> None:
        listeners = {"default": {"type": "tcp", "bind": f"127.0.0.1:{self.port}"}}
        broker = ClosingBroker({"listeners": listeners, "plugins": self._plugins})
        await broker.start()
        up.set()
        await self._stop.wait()
        await broker.shutdown()
        await _end_what_came_late(self._loop)


async def _end_what_came_late(loop: asyncio.AbstractEventLoop) -> None:
    """End the connections that came while the broker went, for it forgets them, until none is left.

    A socket that is collected later, unclosed, fails the test that happens to run then; and what is cancelled may take
    its time, and close its connection at the end of it. The loop has no public list of its connections.
    """
    end = loop.time() + SECONDS / 2
    while (left := _what_is_left(loop)) and loop.time() < end:
        for one in left:
            if isinstance(one, asyncio.Task):
                one.cancel()
            else:
                one.abort()
        await asyncio.sleep(0.02)


def _what_is_left(loop: asyncio.AbstractEventLoop) -> list[asyncio.Task[Any] | asyncio.WriteTransport]:
    tasks = asyncio.all_tasks(loop) - {asyncio.current_task(loop)}
    transports = loop._transports.values()  # type: ignore[attr-defined]
    return [*(task for task in tasks if task), *(one for one in transports if _is_open(one))]


def _is_open(transport: asyncio.WriteTransport) -> bool:
    """Say whether a transport still has its socket; one that is closing has it for another turn of the loop."""
    return bool(transport.get_extra_info("socket").fileno() != -1)


@contextmanager
def broker_thread(plugins: dict[str, dict[str, Any]]) -> Iterator[BrokerThread]:
    """Run an embedded broker with these plugins, and end it."""
    broker = BrokerThread(plugins)
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()
