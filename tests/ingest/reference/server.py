"""A real HTTP server on 127.0.0.1 that answers as a reference network does, and fails as one does."""

import json
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, slots=True)
class Answer:
    """What to send; a `length` that is longer than the body cuts the connection in the middle of it."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]


Route = Callable[[Request], Answer]


def as_json(value: object, **headers: str) -> Answer:
    """Make an answer of a JSON value; header names are written with underscores."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Answer(json.dumps(value).encode(), headers=named)


class Network:
    """Routes by path; `faults` are sent first, one a request; `requests` keeps what was asked."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.routes: dict[str, Route] = {}
        self.faults: deque[Answer] = deque()
        self.requests: list[Request] = []

    def answer(self, request: Request) -> Answer:
        """Find the answer to a request."""
        self.requests.append(request)
        if self.faults:
            return self.faults.popleft()
        route = self.routes.get(request.path)
        return route(request) if route else Answer(b'{"detail":"Not found"}', 404)


@contextmanager
def running() -> Iterator[Network]:
    """Run a network on a free port for the time of the block."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    network = Network(f"http://127.0.0.1:{server.server_port}/")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            headers = {name.lower(): text for name, text in self.headers.items()}
            answer = network.answer(Request(parts.path.lstrip("/"), dict(parse_qsl(parts.query)), headers))
            self.send_response_only(answer.status)  # without a Date of today: the tests say which day it is
            for name, text in answer.headers.items():
                self.send_header(name, text)
            self.send_header("content-length", str(len(answer.body) if answer.length is None else answer.length))
            self.end_headers()
            self.wfile.write(answer.body)
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    server.RequestHandlerClass = Handler
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield network
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
