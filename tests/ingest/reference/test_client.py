"""The client: patience with what passes, none with what does not."""

import socket

import msgspec
import pytest

from ingest.reference.client import Client, Limits, Timing
from ingest.reference.errors import (
    AccessRefusedError,
    RateLimitedError,
    ReferenceAwayError,
    ReferenceMissingError,
    ReferenceShapeError,
)
from tests.ingest.reference.server import Answer, Network, as_json

LIMITS = Limits(requests=100, per_s=60.0, timeout_s=5.0, attempts=3, first_wait_s=1.0, longest_wait_s=30.0)


class Thing(msgspec.Struct):
    """The expected shape."""

    value: float


@pytest.fixture
def client(network: Network, timing: Timing) -> Client:
    """A client of a network that answers {"value": 1.5}."""
    network.routes["thing"] = lambda _: as_json({"value": 1.5})
    return Client(network.base_url, LIMITS, timing)


@pytest.mark.parametrize(
    "fault",
    [
        Answer(status=500),
        Answer(status=503),
        Answer(b'{"value": 1.', length=40),
        Answer(b'{"value": 1.'),
        Answer(b"<html>Onderhoud</html>"),
        Answer(b'{"value": NaN}'),
    ],
    ids=["500", "503", "connection cut", "JSON cut", "a page", "not JSON"],
)
def test_a_passing_fault_is_asked_again(client: Client, network: Network, waits: list[float], fault: Answer) -> None:
    """After one fault of the server the answer comes, half a second to a second later."""
    network.faults.append(fault)
    assert client.get("thing", {}, Thing) == Thing(1.5)
    assert len(network.requests) == 2
    assert [0.5 <= wait <= 1.0 for wait in waits] == [True]


def test_the_wait_doubles_and_patience_ends(client: Client, network: Network, waits: list[float]) -> None:
    """After three answers of 500 the network is away, with waits of up to 1 s and 2 s between them."""
    network.faults.extend([Answer(status=500)] * 3)
    with pytest.raises(ReferenceAwayError, match="thing: expected status 200, found 500"):
        client.get("thing", {}, Thing)
    assert len(network.requests) == 3
    assert 0.5 <= waits[0] <= 1.0 <= waits[1] <= 2.0


def test_a_closed_port_is_a_network_that_is_away(timing: Timing) -> None:
    """Nobody at the other end is ReferenceAwayError with the address."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        with (
            Client(f"http://127.0.0.1:{port}/", LIMITS, timing) as away,
            pytest.raises(ReferenceAwayError, match=str(port)),
        ):
            away.get("thing", {}, Thing)


@pytest.mark.parametrize(
    ("headers", "least"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"x-ratelimit-reset": "9"}, 9.0),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:20 GMT", "date": "Sun, 22 Nov 2026 12:00:05 GMT"}, 15.0),
    ],
)
def test_a_limit_is_waited_out(
    client: Client, network: Network, waits: list[float], headers: dict[str, str], least: float
) -> None:
    """After 429 the client waits what it is told and up to a second more, then asks again."""
    network.faults.append(Answer(status=429, headers=headers))
    assert client.get("thing", {}, Thing) == Thing(1.5)
    assert len(waits) == 1
    assert least + 0.5 <= waits[0] <= least + 1.0


def test_a_long_limit_is_not_waited_out(client: Client, network: Network, waits: list[float]) -> None:
    """Told to wait an hour, the client gives up at once and says so."""
    network.faults.append(Answer(status=429, headers={"retry-after": "3600"}))
    with pytest.raises(RateLimitedError) as caught:
        client.get("thing", {}, Thing)
    assert caught.value.retry_after_s == 3600.0
    assert waits == []


def test_an_allowance_that_is_used_up_holds_the_next_question(
    client: Client, network: Network, waits: list[float]
) -> None:
    """x-ratelimit-remaining 0 makes the next question wait for the reset; the answer itself is taken."""
    network.routes["thing"] = lambda _: as_json({"value": 2.5}, x_ratelimit_remaining="0", x_ratelimit_reset="12")
    assert client.get("thing", {}, Thing) == Thing(2.5)
    assert waits == []
    client.get("thing", {}, Thing)
    assert waits == [12.0]


def test_the_pace_is_kept(network: Network, timing: Timing, waits: list[float]) -> None:
    """With two questions allowed in a minute, the third waits for the minute to pass."""
    network.routes["thing"] = lambda _: as_json({"value": 1.5})
    with Client(network.base_url, Limits(requests=2, per_s=60.0), timing) as client:
        for _ in range(3):
            client.get("thing", {}, Thing)
    assert waits == [60.0]


@pytest.mark.parametrize(
    ("status", "error"),
    [(401, AccessRefusedError), (403, AccessRefusedError), (404, ReferenceMissingError), (422, ReferenceShapeError)],
)
def test_a_refusal_is_not_asked_again(client: Client, network: Network, status: int, error: type[Exception]) -> None:
    """A refusal of the question itself is raised after one request."""
    network.faults.append(Answer(status=status))
    with pytest.raises(error, match=f"found {status}"):
        client.get("thing", {}, Thing)
    assert len(network.requests) == 1


def test_another_shape_says_what_was_expected_and_found(client: Client, network: Network) -> None:
    """A text where a number belongs is ReferenceShapeError naming both and the place."""
    network.routes["thing"] = lambda _: as_json({"value": "8,1"})
    with pytest.raises(ReferenceShapeError, match=r"Expected `float`, got `str` - at `\$\.value`.*8,1"):
        client.get("thing", {}, Thing)
    assert len(network.requests) == 1


def test_an_answer_without_end_is_cut_off(network: Network, timing: Timing) -> None:
    """More bytes than allowed are refused and not read to their end."""
    network.routes["thing"] = lambda _: Answer(b"[" + b"1," * 600_000 + b"1]")
    limits = Limits(requests=9, per_s=60.0, largest_body=100_000)
    with Client(network.base_url, limits, timing) as client, pytest.raises(ReferenceShapeError, match="at most 100000"):
        client.get("thing", {}, Thing)


def test_a_redirect_is_followed_only_where_no_key_is_sent(network: Network, timing: Timing) -> None:
    """The key never reaches another address than the configured one."""
    network.routes["thing"] = lambda _: Answer(status=302, headers={"location": "/moved"})
    network.routes["moved"] = lambda _: as_json({"value": 3.0})
    with Client(network.base_url, LIMITS, timing, redirects=True) as client:
        assert client.get("thing", {}, Thing) == Thing(3.0)
    keyed = Client(network.base_url, LIMITS, timing, headers={"x-api-key": "k"})
    with keyed, pytest.raises(ReferenceShapeError, match="found 302"):
        keyed.get("thing", {}, Thing)
    assert [request.path for request in network.requests] == ["thing", "moved", "thing"]
