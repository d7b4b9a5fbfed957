"""The wait for the first message, through the HTTP door of a running platform."""

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.luchtbrug.test_doorway import AIRROHR, opened
from tests.luchtbrug.test_onboarding import bearer, registered, settings


@pytest.fixture
def client(database_url: str, tmp_path: Path) -> Iterator[httpx.Client]:
    """Ask a platform with open registration."""
    with opened(database_url, settings(tmp_path, "open")) as client:
        yield client


class Waiting:
    """Somebody who waits in a thread, and when each event came [s]."""

    def __init__(self, client: httpx.Client, made: dict[str, Any]) -> None:
        self.events: list[tuple[float, str, dict[str, Any]]] = []
        self.open = threading.Event()
        self._client, self._made = client, made
        self.thread = threading.Thread(target=self._read)
        self.thread.start()
        assert self.open.wait(10)

    def _read(self) -> None:
        path = f"/v1/stations/{self._made['stationId']}/first-message"
        name = ""
        with self._client.stream("GET", path, headers=bearer(self._made)) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            for line in answer.iter_lines():
                self.open.set()
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                elif line.startswith("data: ") and name != "end":
                    self.events.append((time.monotonic(), name, json.loads(line.removeprefix("data: "))))


def test_what_was_wrong_and_what_was_understood_is_told_within_a_second(client: httpx.Client) -> None:
    """A message that cannot be used is told with reason and fix, the next with what was read; then the wait ends."""
    made = registered(client)
    waiting = Waiting(client, made)
    path = f"/v1/stations/{made['stationId']}/obs"
    assert client.post(path, content=b"pm2_5=8.1", headers=bearer(made)).status_code == 202
    aside_at = time.monotonic()
    time.sleep(1.2)
    assert client.post(f"/in/{made['httpToken']}/airrohr", json=AIRROHR).status_code == 200
    stored_at = time.monotonic()
    waiting.thread.join(10)
    (first_at, first, aside), (second_at, second, stored) = waiting.events
    assert (first, aside["reason"]) == ("quarantined", "not_json")
    assert aside["fix"].startswith("Send JSON")
    (reading,) = stored["readings"]
    assert (second, reading["observedProperty"], reading["raw"], reading["unit"]) == ("stored", "pm2_5", 4.02, "ug/m3")
    assert "time_received" in reading["flags"]
    assert max(first_at - aside_at, second_at - stored_at) < 1


def test_who_asks_for_json_gets_one_answer(client: httpx.Client) -> None:
    """A message that came before the wait, but after the keys were made, is told at once."""
    made = registered(client)
    client.post(f"/in/{made['httpToken']}/airrohr", json=AIRROHR)
    path = f"/v1/stations/{made['stationId']}/first-message"
    answer = client.get(path, headers={**bearer(made), "Accept": "application/json"})
    assert (answer.status_code, answer.json()["event"]) == (200, "stored")
    assert answer.headers["Cache-Control"] == "no-store"


def test_nobody_else_sees_what_a_station_sends(client: httpx.Client) -> None:
    """Without a token, and with another station's, the wait is refused."""
    made, other = registered(client), registered(client)
    path = f"/v1/stations/{made['stationId']}/first-message"
    assert [client.get(path, headers=each).status_code for each in ({}, bearer(other))] == [401, 401]
