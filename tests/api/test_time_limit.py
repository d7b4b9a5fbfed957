"""How long a request may take to arrive, whoever it is from and however it dawdles."""

import socket
import time
from collections.abc import Iterator
from threading import Event, Thread

import pytest
import uvicorn
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.time_limit import HEAD_SECONDS, WHOLE_SECONDS, BoundedArrival
from tests import patient

HEAD, WHOLE = 0.3, 0.6


class Hurried(BoundedArrival):
    """The same with less patience."""

    head_seconds, whole_seconds = HEAD, WHOLE


class Site:
    """An application that reads bodies, on a free port; what it was told of those that did not arrive."""

    def __init__(self) -> None:
        self.lost = Event()
        config = uvicorn.Config(
            self.answer, port=0, http=Hurried, log_level="error", ws="none", lifespan="off", interface="asgi3"
        )
        self.server = uvicorn.Server(config)

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer at once below /now, else after the whole body."""
        request = Request(scope, receive)
        try:
            body = b"" if scope["path"] == "/now" else await request.body()
        except ClientDisconnect:
            self.lost.set()
            return
        await Response(f"{len(body)}")(scope, receive, send)

    def line(self) -> socket.socket:
        """Connect."""
        return socket.create_connection(self.server.servers[0].sockets[0].getsockname()[:2], timeout=5)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """Run it."""
    site = Site()
    thread = Thread(target=site.server.run)
    thread.start()
    while not site.server.started:
        assert thread.is_alive()
        time.sleep(0.005)
    yield site
    site.server.should_exit = True
    thread.join()


def lasted(line: socket.socket, *, drip: bytes = b"", beginning: bytes = b"") -> float:
    """Send a beginning, then a drip every 50 ms; how long until the other side hangs up [s], 5 at most."""
    begin = time.monotonic()
    line.sendall(beginning)
    line.settimeout(0.05)
    while time.monotonic() - begin < 5:
        try:
            if not line.recv(4096):
                break
        except TimeoutError:
            pass
        except ConnectionError:
            break
        try:
            line.sendall(drip)
        except ConnectionError:
            break
    return time.monotonic() - begin


@pytest.mark.parametrize(
    ("beginning", "drip", "least"),
    [
        (b"", b"", HEAD),
        (b"GET / HTTP/1.1\r\nhost: here\r\n", b"x: y\r\n", HEAD),
        (b"POST / HTTP/1.1\r\nhost: here\r\ncontent-length: 60000\r\n\r\n", b"a", WHOLE),
        (b"POST / HTTP/1.1\r\nhost: here\r\ntransfer-encoding: chunked\r\n\r\n", b"1\r\na\r\n", WHOLE),
        (b"POST /now HTTP/1.1\r\nhost: here\r\ntransfer-encoding: chunked\r\n\r\n", b"4\r\naaaa\r\n", WHOLE),
    ],
    ids=["silent", "head", "body", "chunks", "chunks after the answer"],
)
def test_who_dawdles_is_hung_up_on(site: Site, beginning: bytes, drip: bytes, least: float) -> None:
    """A silent connection, a head and a body in drips, chunks without end, before and after the answer: all end."""
    with site.line() as line:
        taken = lasted(line, beginning=beginning, drip=drip)
    assert least * 0.9 <= taken < least + 2


def test_who_waits_for_the_body_hears_of_it(site: Site) -> None:
    """What reads the body is told that it will not come, so that nothing is kept for it."""
    site.lost.clear()
    with site.line() as line:
        lasted(line, beginning=b"POST / HTTP/1.1\r\nhost: here\r\ncontent-length: 9\r\n\r\na")
    assert site.lost.wait(2)


def test_who_is_quick_may_stay(site: Site) -> None:
    """Requests one after another on one connection, longer in all than one may take, are all answered."""
    address = f"http://127.0.0.1:{site.server.servers[0].sockets[0].getsockname()[1]}"
    begin, sent = time.monotonic(), []
    with patient.Client(base_url=address) as client:
        while time.monotonic() - begin < 2 * WHOLE:
            sent.append(client.post("/", content=b"a" * 5000).text)
            time.sleep(0.1)
        (connection,) = client._transport._pool.connections  # type: ignore[attr-defined]
    assert sent == ["5000"] * len(sent)
    assert len(sent) > 5
    assert f"Request Count: {len(sent)}" in repr(connection)


def test_the_real_bounds_leave_a_slow_device_its_time() -> None:
    """64 KiB arrive in time at 20 kbit/s, the slowest that LTE-M and NB-IoT promise."""
    assert 64 * 1024 * 8 / WHOLE_SECONDS < 20_000
    assert HEAD_SECONDS < WHOLE_SECONDS
