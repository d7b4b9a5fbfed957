"""A real broker in a thread, and a listener that keeps what it hears."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
import pytest
from argon2 import PasswordHasher
from paho.mqtt.enums import CallbackAPIVersion

from firmware_sim.ledger import Summary
from firmware_sim.publisher import Publisher
from tests.own_broker import BrokerThread, broker_thread

WAIT_S = 20.0


class Listener:
    """A subscriber to everything that keeps (topic, payload)."""

    def __init__(self, port: int, password: str | None = None) -> None:
        self.heard: list[tuple[str, bytes]] = []
        self._up = threading.Event()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="listener")
        self._client.reconnect_delay_set(1, 1)
        if password is not None:
            self._client.username_pw_set("listener", password)
        self._client.on_connect = lambda client, *_: client.subscribe([("aq/#", 1), ("in/#", 1)])
        self._client.on_subscribe = lambda *_: self._up.set()
        self._client.on_message = lambda _client, _data, message: self.heard.append(
            (message.topic, bytes(message.payload))
        )
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        assert self._up.wait(WAIT_S)

    def messages(self, prefix: str = "") -> list[tuple[str, bytes]]:
        """List what was heard, without the stations' status."""
        return [(topic, payload) for topic, payload in self.heard if not topic.endswith("/status") and prefix in topic]

    def close(self) -> None:
        """Disconnect and end the thread."""
        self._client.disconnect()
        self._client.loop_stop()


class Run:
    """A publisher that runs in a thread until it is stopped."""

    def __init__(self, publisher: Publisher) -> None:
        self.publisher = publisher
        self._stop = threading.Event()
        self._summary: Summary | None = None
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        self._summary = self.publisher.run(self._stop)

    def stop(self) -> Summary:
        """Stop and say what was done."""
        self._stop.set()
        self._thread.join(WAIT_S)
        assert self._summary is not None
        return self._summary


@pytest.fixture
def publish() -> Iterator[Callable[..., Run]]:
    """Start publishers in threads; they are stopped and closed at the end."""
    with ExitStack() as stack:

        def start(*args: Any, **options: Any) -> Run:
            run = Run(stack.enter_context(Publisher(*args, **options)))
            stack.callback(run._stop.set)
            return run

        yield start


@pytest.fixture
def listen() -> Iterator[Callable[..., Listener]]:
    """Start listeners; they are closed at the end."""
    with ExitStack() as stack:

        def start(port: int, password: str | None = None) -> Listener:
            listener = Listener(port, password)
            stack.callback(listener.close)
            return listener

        yield start


@pytest.fixture
def broker() -> Iterator[BrokerThread]:
    """A broker that lets everybody in."""
    with broker_thread({"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}}) as server:
        yield server


@pytest.fixture
def strict_broker(tmp_path: Path) -> Iterator[BrokerThread]:
    """A broker with logins: the password of every user is 'pw-' and the name."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    users = ["listener", "sim-001", "sim-002", "sim-003"]
    path = tmp_path / "passwords.txt"
    path.write_text("\n".join(f"{user}:{hasher.hash('pw-' + user)}" for user in users))
    with broker_thread({"amqtt.plugins.authentication.FileAuthPlugin": {"password_file": str(path)}}) as server:
        yield server
