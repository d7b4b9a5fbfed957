"""A door to a PostgreSQL behind which everything takes longer: a TCP port that passes on to its socket, later."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from psycopg.conninfo import conninfo_to_dict

_PIECE = 65_536


@dataclass(slots=True)
class Delay:
    """How long each piece of data waits, in both directions [s]; may be set at any time."""

    seconds: float = 0.0


@contextmanager
def slowed(url: str) -> Iterator[tuple[int, Delay]]:
    """Open the door, and give its port and the delay."""
    place = conninfo_to_dict(url)
    target = f"{place['host']}/.s.PGSQL.{place.get('port') or 5432}"
    delay, loop, ready = Delay(), asyncio.new_event_loop(), threading.Event()
    ports: list[int] = []

    async def serve() -> None:
        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            inner_reader, inner_writer = await asyncio.open_unix_connection(target)
            with suppress(asyncio.CancelledError):  # the door closes; else asyncio prints it as an error
                await asyncio.gather(_pass(reader, inner_writer, delay), _pass(inner_reader, writer, delay))

        server = await asyncio.start_server(accept, "127.0.0.1", 0)
        ports.append(server.sockets[0].getsockname()[1])
        ready.set()

    thread = threading.Thread(target=_run, args=(loop,), name="slow door", daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(serve(), loop)
    ready.wait(10)
    yield ports[0], delay
    asyncio.run_coroutine_threadsafe(_end_connections(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)


async def _end_connections() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def _run(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    loop.run_forever()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: Delay) -> None:
    with suppress(OSError):
        while piece := await reader.read(_PIECE):
            if delay.seconds:
                await asyncio.sleep(delay.seconds)
            writer.write(piece)
            await writer.drain()
        writer.close()
