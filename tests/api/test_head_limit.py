"""A request's head has a bound."""

import socket
from urllib.parse import urlsplit

import httpx

from api.head_limit import HEAD_MAX


def test_a_head_without_end_is_hung_up_on(client: httpx.Client) -> None:
    """Headers that go on and on are answered 400 after 64 kB, and the connection ends."""
    address = urlsplit(str(client.base_url))
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=10) as line:
        line.sendall(b"GET /v1/health HTTP/1.1\r\nhost: here\r\nx-long: ")
        answer = b""
        for _ in range(8 * HEAD_MAX // 4096):
            try:
                line.sendall(b"a" * 4096)
            except ConnectionError:  # the other side is gone: there is nobody to fill
                break
        else:
            answer = line.recv(4096)

    assert answer.startswith(b"HTTP/1.1 400 ") or not answer


def test_requests_of_usual_length_follow_one_another(client: httpx.Client) -> None:
    """Headers of 20 kB pass, ten times on one connection: each request is counted from its own beginning."""
    statuses = [client.get("/health", headers={"x-long": "a" * 20_000}).status_code for _ in range(10)]

    assert statuses == [200] * 10
