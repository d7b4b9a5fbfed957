"""Publishing live against a real broker."""

from __future__ import annotations

import json
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from firmware_sim.credentials import load_passwords
from firmware_sim.errors import BrokerAwayError, CredentialsError, LoginRefusedError, MqttUrlError
from firmware_sim.publisher import Publisher
from firmware_sim.session import Broker, parse_broker
from firmware_sim.stations import make_stations
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.firmware_sim.conftest import Listener, Run
    from tests.own_broker import BrokerThread


def test_what_is_acknowledged_has_arrived(
    broker: BrokerThread, listen: Callable[..., Listener], tmp_path: Path
) -> None:
    """All messages are acknowledged and heard exactly once, and the ledger lists each with its readings."""
    listener = listen(broker.port)
    path = tmp_path / "ledger.jsonl"
    with Publisher(make_stations(6, 1), broker.url, interval_s=0.2, faults=0, ledger=path) as publisher:
        summary = publisher.run(threading.Event(), seconds=2)
    assert summary.acknowledged == summary.messages > 40
    assert (summary.unacknowledged, summary.dropped, summary.refused) == (0, 0, 0)
    assert summary.connected == summary.connections == 6
    assert wait_until(lambda: len(listener.messages()) >= summary.messages)
    entries = [json.loads(line) for line in path.read_text().splitlines()]
    heard = Counter(topic for topic, _ in listener.messages())
    assert heard == Counter(entry["topic"] for entry in entries)
    assert sum(entry["readings"] for entry in entries) == summary.acknowledged_readings
    sent = {(topic, json.loads(body)["seq"]) for topic, body in listener.messages("aq/1")}
    assert sent == {(entry["topic"], entry["seq"]) for entry in entries if entry["topic"].startswith("aq/1")}


def test_the_rate_is_kept(broker: BrokerThread) -> None:
    """Ten stations that read each half second give twenty messages a second, spread and not in bursts."""
    with Publisher(make_stations(10, 1), broker.url, interval_s=0.5, faults=0) as publisher:
        summary = publisher.run(threading.Event(), seconds=2)
    assert 30 <= summary.messages <= 45


def test_nothing_is_lost_when_the_broker_goes_and_comes_back(
    broker: BrokerThread, listen: Callable[..., Listener], publish: Callable[..., Run]
) -> None:
    """Readings made while the broker is away are kept and acknowledged after its return."""
    run = publish(make_stations(4, 1), broker.url, interval_s=0.2, faults=0)
    assert wait_until(lambda: run.publisher.summary().acknowledged > 10)
    broker.stop()
    before = run.publisher.summary()
    assert wait_until(lambda: run.publisher.summary().unacknowledged > 20)
    broker.start()
    listener = listen(broker.port)
    assert wait_until(lambda: run.publisher.summary().acknowledged > before.messages + 20)
    summary = run.stop()
    assert summary.acknowledged == summary.messages
    assert summary.unacknowledged == 0
    assert summary.connected == 4
    assert summary.connections >= 8
    assert len(listener.messages()) > 20


def test_stations_say_online_and_offline(
    broker: BrokerThread, listen: Callable[..., Listener], publish: Callable[..., Run]
) -> None:
    """A station's retained status is online while it publishes and offline after a clean end."""
    run = publish(make_stations(2, 1), broker.url, interval_s=0.2)
    assert wait_until(lambda: run.publisher.summary().connected == 2)
    listener = listen(broker.port)
    assert wait_until(lambda: _states(listener)["aq/1/sim-001/status"] == ["online"])
    run.stop()
    assert wait_until(lambda: _states(listener)["aq/1/sim-001/status"] == ["online", "offline"])


def test_readings_since_begin_are_caught_up(broker: BrokerThread) -> None:
    """With a begin in the past the readings since then are sent at once."""
    begin = datetime.now(UTC) - timedelta(hours=1)
    with Publisher(make_stations(3, 1), broker.url, interval_s=60, faults=0, begin=begin) as publisher:
        summary = publisher.run(threading.Event(), seconds=1.5)
    assert 180 <= summary.acknowledged <= 183


def test_each_station_logs_in_with_its_own_password(strict_broker: BrokerThread) -> None:
    """Stations with right passwords publish; one with a wrong one is counted as refused and keeps its messages."""
    passwords = {"sim-001": "pw-sim-001", "sim-002": "wrong", "sim-003": "pw-sim-003"}
    stations = make_stations(3, 1)
    with Publisher(stations, strict_broker.url, passwords, interval_s=0.3, faults=0, drain_s=0.5) as publisher:
        summary = publisher.run(threading.Event(), seconds=2)
    assert (summary.connected, summary.refused) == (2, 1)
    assert summary.acknowledged > 5
    assert summary.unacknowledged == summary.messages - summary.acknowledged > 2


def test_all_logins_refused_is_an_error(strict_broker: BrokerThread) -> None:
    """When no station may log in, the run ends and names the first."""
    stations = make_stations(2, 1)
    passwords = dict.fromkeys(("sim-001", "sim-002"), "wrong")
    with (
        Publisher(stations, strict_broker.url, passwords, interval_s=1, give_up_s=1) as publisher,
        pytest.raises(LoginRefusedError, match=r"refuses the login of sim-001 .*check the file of passwords"),
    ):
        publisher.run(threading.Event(), seconds=20)


def test_no_broker_is_an_error() -> None:
    """When nothing listens, the run ends with the address and a question."""
    with (
        Publisher(make_stations(1, 1), "mqtt://127.0.0.1:1", interval_s=1, give_up_s=0.5) as publisher,
        pytest.raises(BrokerAwayError, match=r"no broker answers at mqtt://127.0.0.1:1: is it running\?"),
    ):
        publisher.run(threading.Event())


def test_missing_password_is_named() -> None:
    """A station without a password is found before anything connects."""
    with pytest.raises(CredentialsError, match="no password for 1 of 2 stations, first sim-002"):
        Publisher(make_stations(2, 1), "mqtt://127.0.0.1:1", {"sim-001": "x"})


def test_broker_urls() -> None:
    """The port defaults to 1883, and to 8883 with TLS."""
    assert parse_broker("mqtt://broker.example") == Broker("broker.example", 1883, tls=False)
    assert parse_broker("mqtts://broker.example") == Broker("broker.example", 8883, tls=True)
    assert parse_broker("mqtt://[::1]:1234") == Broker("::1", 1234, tls=False)


@pytest.mark.parametrize(
    "url",
    ["", "127.0.0.1", "http://x", "mqtt://", "mqtt://x:99999", "mqtt://x/y", "mqtt://x?y=1", "mqtt://me:secret@x"],
)
def test_bad_broker_urls(url: str) -> None:
    """What is not mqtt(s)://host[:port] is refused, and a password in it is not repeated."""
    with pytest.raises(MqttUrlError) as refusal:
        parse_broker(url)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize("content", ["", "[1]", '{"sim-001": 5}', "\udce9"])
def test_bad_password_files(tmp_path: Path, content: str) -> None:
    """A file that is not a JSON object of texts is refused by name."""
    path = tmp_path / "passwords.json"
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(CredentialsError, match=r"passwords\.json"):
        load_passwords(path)


def _states(listener: Listener) -> dict[str, list[str]]:
    states: dict[str, list[str]] = {"aq/1/sim-001/status": []}
    for topic, payload in listener.heard:
        if topic.endswith("/status"):
            states.setdefault(topic, []).append(json.loads(payload)["state"])
    return states
