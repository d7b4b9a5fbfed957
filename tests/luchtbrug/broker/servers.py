"""A real Mosquitto with its plugin, and clients that say what they were told: for all tests of the broker's rules."""

import os
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from luchtbrug.broker.mosquitto import control, platform_commands
from luchtbrug.services import free_port
from tests.waiting import wait_until

PLATFORM = ("luchtbrug", "pw-platform")
_CONFIG = Path(__file__).parents[3] / "luchtbrug/broker/mosquitto.conf"
_PLUGIN = next(Path("/usr/lib").rglob("mosquitto_dynamic_security.so"), None)


@contextmanager
def mosquitto(folder: Path, *, tls: Path | None = None) -> Iterator[tuple[str, int]]:
    """Run Mosquitto on its production configuration but for paths and ports; its admin URL, and its TLS port."""
    program, ctrl = shutil.which("mosquitto", path=os.environ["PATH"] + ":/usr/sbin"), shutil.which("mosquitto_ctrl")
    if program is None or ctrl is None or _PLUGIN is None:
        if os.environ.get("CI"):
            pytest.fail("CI must have mosquitto with its dynamic security plugin")
        pytest.skip("mosquitto with its dynamic security plugin is not installed")
    folder.chmod(0o755)
    accounts = folder / "dynamic-security.json"
    subprocess.run([ctrl, "dynsec", "init", str(accounts), "admin", "secret"], check=True, stdout=subprocess.DEVNULL)
    port, secure = free_port(0), free_port(0)
    config = folder / "mosquitto.conf"
    config.write_text(_configuration(folder, port, secure, tls))
    process = subprocess.Popen([program, "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        assert wait_until(lambda: _listens(port)), "mosquitto did not start"
        url = f"mqtt://admin:secret@127.0.0.1:{port}"
        control(url, platform_commands(*PLATFORM))
        yield url, secure
    finally:
        process.terminate()
        process.wait(10)


def _configuration(folder: Path, port: int, secure: int, tls: Path | None) -> str:
    text = _CONFIG.read_text().replace("/mosquitto/data/", f"{folder}/")
    text = text.replace("/usr/lib/mosquitto_dynamic_security.so", str(_PLUGIN))
    if tls is None:
        text = text.partition("# -- Doors")[0] + f"\nlistener {port} 127.0.0.1\n"
    else:
        text = text.replace("listener 1883", f"listener {port} 127.0.0.1").replace("/mosquitto/tls", str(tls))
        text = text.replace("listener 8883", f"listener {secure} 127.0.0.1")
    # as root it would drop to a user that cannot read this folder
    return text + ("user root\n" if os.geteuid() == 0 else "")


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


class Login:
    """A client that logs in, and what it was told."""

    def __init__(
        self, port: int, user: str, password: str, *, client_id: str = "", will: str | None = None,
        tls: ssl.SSLContext | None = None, clean: bool = True,
    ) -> None:  # fmt: skip
        self.received: list[str] = []
        self.answer = ""
        self._granted: dict[int, list[Any]] = {}
        self.client = Client(CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=clean)
        self.client.username_pw_set(user, password)
        if will is not None:
            self.client.will_set(will, b'{"state":"offline"}', qos=1, retain=True)
        if tls is not None:
            self.client.tls_set_context(tls)
        self.client.on_connect = lambda _c, _d, _f, reason, _p: setattr(self, "answer", str(reason))
        self.client.on_message = lambda _c, _d, message: self.received.append(message.topic)
        self.client.on_subscribe = lambda _c, _d, mid, reasons, _p: self._granted.__setitem__(mid, reasons)
        self.client.connect("127.0.0.1" if tls is None else "localhost", port)
        self.client.loop_start()
        wait_until(lambda: bool(self.answer), seconds=5)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.disconnect()
        self.client.loop_stop()

    def subscribes(self, topic_filter: str) -> bool:
        """Say whether the broker grants a subscription."""
        mid = self.client.subscribe(topic_filter, qos=1)[1]
        assert mid is not None
        assert wait_until(lambda: mid in self._granted), f"no answer to {topic_filter}"
        return not self._granted[mid][0].is_failure

    def vanish(self) -> None:
        """End without a word, so that the broker publishes the last will."""
        self.client.loop_stop()
        sock = self.client.socket()
        if sock is not None:  # None: it was not let in
            sock.close()
