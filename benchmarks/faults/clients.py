"""Thousands of MQTT clients in one thread, each a bare socket: connect, publish one message, wait for its PUBACK."""

import asyncio
import json
import resource
import struct
import time
from urllib.parse import urlsplit

from benchmarks.faults.load import PROPERTIES

_SECONDS = 120.0
_KEEPALIVE_S = 120
_CONNECT, _PUBLISH_QOS1 = 0x10, 0x32


class Crowd:
    """Clients that connect at once, and stay until the last of them has its acknowledgement."""

    def __init__(self, url: str, count: int, stations: int, *, first: int) -> None:
        self._where, self._count, self._stations, self._first = urlsplit(url), count, stations, first
        self._taken: list[int] = []

    def publish(self) -> tuple[list[int], float]:
        """Give the numbers that were acknowledged, and how long all took [s]."""
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        begin = time.monotonic()
        asyncio.run(self._all())
        return self._taken, time.monotonic() - begin

    async def _all(self) -> None:
        done = asyncio.Event()
        tasks = [asyncio.create_task(self._one(self._first + index, done)) for index in range(self._count)]
        deadline = time.monotonic() + _SECONDS
        while len(self._taken) < self._count and time.monotonic() < deadline:
            await asyncio.sleep(0.1)
        done.set()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _one(self, number: int, done: asyncio.Event) -> None:
        reader, writer = await self._connected(number)
        try:
            entry = {"s": "sps30-0", "v": dict.fromkeys(PROPERTIES, number / 1000)}
            topic = f"aq/1/bench-{number % self._stations}/obs"
            body = text(topic) + struct.pack("!H", 1) + json.dumps({"seq": number, "obs": [entry]}).encode()
            writer.write(packet(_PUBLISH_QOS1, body))
            await reader.readexactly(4)  # PUBACK
            self._taken.append(number)
            await done.wait()
        finally:
            writer.close()

    async def _connected(self, number: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Log in; a broker that has no room in its backlog of connections is asked again."""
        login = text(f"crowd-{number}") + text(self._where.username or "") + text(self._where.password or "")
        head = text("MQTT") + bytes([4, 0b1100_0010]) + struct.pack("!H", _KEEPALIVE_S)  # 3.1.1, clean, with a login
        while True:
            try:
                reader, writer = await asyncio.open_connection(self._where.hostname, self._where.port)
                writer.write(packet(_CONNECT, head + login))
                answer = await reader.readexactly(4)  # CONNACK
            except (OSError, asyncio.IncompleteReadError):
                await asyncio.sleep(0.5)
                continue
            if answer[3] != 0:
                raise SystemExit(f"the broker refused a client with code {answer[3]}")
            return reader, writer


def text(value: str) -> bytes:
    """Write a string as MQTT does: its length, then UTF-8."""
    return struct.pack("!H", len(value.encode())) + value.encode()


def packet(kind: int, body: bytes) -> bytes:
    """Write a packet; the length is seven bits a byte, the lowest first (MQTT 3.1.1 section 2.2.3)."""
    length, left = b"", len(body)
    while True:
        left, seven = divmod(left, 128)
        length += bytes([seven | (0x80 if left else 0)])
        if not left:
            return bytes([kind]) + length + body
