"""Real brokers for the tests, and a publisher that keeps a ledger of what they took over."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from ingest.message import Message
from tests.waiting import wait_until

CONFIG = Path(__file__).parents[2] / "luchtbrug/broker/mosquitto.conf"


def free_port() -> int:
    """Give a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def mosquitto_program() -> str:
    """Find Mosquitto, or skip the test."""
    program = shutil.which("mosquitto", path=os.environ["PATH"] + ":/usr/sbin")
    return program or missing("mosquitto")


def missing(program: str) -> NoReturn:
    """Skip the test for want of a program; where CI runs it has to be there."""
    if os.environ.get("CI"):
        pytest.fail(f"CI must have {program} installed")
    pytest.skip(f"{program} is not installed")


@contextmanager
def mosquitto_broker(folder: Path, *, port: int | None = None, plugin: Path | None = None) -> Iterator[int]:
    """Run Mosquitto with our own production configuration, but for doors and paths, and give its port.

    Without `plugin` it is open to anybody, else the accounts are those of `folder`/dynamic-security.json.
    """
    program, port = mosquitto_program(), port or free_port()
    text = CONFIG.read_text().partition("# -- Doors")[0].replace("/mosquitto/data/", f"{folder}/")
    lines = text.replace("/usr/lib/mosquitto_dynamic_security.so", str(plugin)).splitlines()
    if plugin is None:
        lines = [line for line in lines if not line.startswith(("plugin", "allow_anonymous"))] + [
            "allow_anonymous true"
        ]
    user = ["user root"] if os.geteuid() == 0 else []  # it would drop to a user that cannot write here
    config = folder / "mosquitto.conf"
    config.write_text("\n".join([*lines, *user, f"listener {port} 127.0.0.1", ""]))
    process = subprocess.Popen([program, "-c", str(config)], stderr=subprocess.DEVNULL)
    try:
        assert wait_until(lambda: _listens(port)), "mosquitto did not start"
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def publish(port: int, messages: Iterable[Message]) -> int:
    """Publish with QoS 1 and count what the broker took over; what it did not is an error."""
    client = paho.Client(CallbackAPIVersion.VERSION2)
    client.username_pw_set("stations", "any")
    client.connect("127.0.0.1", port)
    client.loop_start()
    try:
        infos = [client.publish(each.topic, each.payload, qos=1, retain=each.retain) for each in messages]
        for info in infos:
            info.wait_for_publish(20)
            assert info.is_published()
    finally:
        client.disconnect()
        client.loop_stop()
    return len(infos)
