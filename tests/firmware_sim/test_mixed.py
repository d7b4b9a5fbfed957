"""A mixed fleet against a real broker and a real HTTP server, and what its ledger says of it."""

from __future__ import annotations

import threading
from collections import Counter
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from firmware_sim.devices import FORMATS
from firmware_sim.devices.wire import Wire
from firmware_sim.errors import BrokerAwayError, CredentialsError, DoorAwayError
from firmware_sim.mixed import MixedFleet
from firmware_sim.mixed_ledger import said_of, was_taken
from firmware_sim.push import Pushes
from firmware_sim.stations import make_mixed_stations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.firmware_sim.conftest import Listener
    from tests.own_broker import BrokerThread


class Door(ThreadingHTTPServer):
    """Takes what is pushed, and refuses what is pushed with the token `refused`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pushed: list[str] = []

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        assert isinstance(self.server, Door)
        self.server.pushed.append(self.path)
        self.send_response(401 if "refused" in self.path else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def door() -> Iterator[Door]:
    """Run a server that answers pushes."""
    server = Door()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_all_formats_arrive_and_stand_in_the_ledger(
    broker: BrokerThread, door: Door, listen: Callable[..., Listener], tmp_path: Path
) -> None:
    """Each of 16 stations is heard through its own door, and the ledger has a line for each message with readings."""
    listener = listen(broker.port)
    stations = make_mixed_stations(16, 1, list(FORMATS))
    secrets = {station.station_id: f"secret-of-{station.station_id}" for station in stations}
    path = tmp_path / "ledger.jsonl"
    with MixedFleet(stations, broker.url, door.url, secrets, interval_s=1.0, faults=0, drops=0, ledger=path) as fleet:
        summary = fleet.run(threading.Event(), seconds=3.2)
    assert all(was_taken(line) for line in path.read_text().splitlines())
    lines = [said_of(line) for line in path.read_text().splitlines()]
    assert {kind for _, kind, _, _ in lines} == {*FORMATS}
    assert sum(len(said) for *_, said in lines) == summary.readings > 150
    assert (summary.refused, summary.unclear, summary.drops) == (0, 0, 0)
    heard = Counter(topic.split("/")[1] for topic, _ in listener.heard if topic.startswith("in/"))
    assert len(heard) == 9  # and the native one below aq/1
    assert len({target.split("/")[-1].partition("?")[0][:8] for target in door.pushed}) == 6


def test_refused_pushes_stand_in_no_ledger(broker: BrokerThread, door: Door, tmp_path: Path) -> None:
    """A station whose token is refused is counted, and what it said is not claimed to have been taken."""
    stations = make_mixed_stations(2, 1, ["airrohr", "native"])
    secrets = {"sim-001": "refused", "sim-002": "x"}
    path = tmp_path / "ledger.jsonl"
    with MixedFleet(stations, broker.url, door.url, secrets, interval_s=0.5, faults=0, drops=0, ledger=path) as fleet:
        summary = fleet.run(threading.Event(), seconds=1.6)
    assert summary.refused >= 2
    assert {said_of(line)[0] for line in path.read_text().splitlines()} == {"sim-002"}


def test_a_station_that_drops_out_leaves_its_will_and_sends_what_it_kept(
    broker: BrokerThread, door: Door, listen: Callable[..., Listener], tmp_path: Path
) -> None:
    """With many drops the broker hears offline and online again, and later messages hold several times."""
    listener = listen(broker.port)
    path = tmp_path / "ledger.jsonl"
    stations = make_mixed_stations(12, 1, ["native"])  # of four, one run in thirty saw none come back with its memory
    secrets = {station.station_id: "x" for station in stations}
    with MixedFleet(stations, broker.url, door.url, secrets, interval_s=0.4, faults=0, drops=0.2, ledger=path) as fleet:
        summary = fleet.run(threading.Event(), seconds=4)
    states = Counter(payload for topic, payload in listener.heard if topic.endswith("/status"))
    assert summary.drops >= 2
    assert states[b'{"state":"offline"}'] >= 2
    assert summary.connections > 12
    assert max(len({one.time for one in said_of(line)[3]}) for line in path.read_text().splitlines()) > 1


def test_a_mixed_fleet_gives_up_like_any_other() -> None:
    """Without a broker it says so after a while, and not when it was stopped before."""
    stations, secrets = make_mixed_stations(1, 1, ["senml"]), {"sim-001": "x"}
    with (
        pytest.raises(BrokerAwayError, match="no broker answers"),
        MixedFleet(stations, "mqtt://127.0.0.1:1", "http://127.0.0.1:1", secrets, give_up_s=0.2) as fleet,
    ):
        fleet.run(threading.Event())
    stop = threading.Event()
    stop.set()
    with MixedFleet(stations, "mqtt://127.0.0.1:1", "http://127.0.0.1:1", secrets) as fleet:
        assert fleet.run(stop).messages == 0


def test_pushes_to_nobody_are_told(door: Door) -> None:
    """Where every push found nobody there is no hope; one answer, or nothing pushed yet, is enough to go on."""
    push, statuses = Wire("/in/x/airrohr", b"{}", method="POST"), list[int | None]()
    with closing(Pushes(door.url)) as there, closing(Pushes("http://127.0.0.1:1")) as away:
        for pushes in (there, away):
            pushes.check_hope()
            pushes.send(push, statuses.append)
            assert pushes.drain(20.0) == 0
        assert statuses == [200, 0]
        there.check_hope()
        with pytest.raises(DoorAwayError, match=r"nobody answers at http://127\.0\.0\.1:1"):
            away.check_hope()


def test_a_station_without_a_secret_is_named(broker: BrokerThread) -> None:
    """A missing password or token is found before anything connects."""
    with pytest.raises(CredentialsError, match="no password for 1 of 1 stations, first sim-001"):
        MixedFleet(make_mixed_stations(1, 1, ["wu"]), broker.url, "http://127.0.0.1:1", {})
