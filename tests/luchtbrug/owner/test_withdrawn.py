"""A password that was withdrawn, on both brokers: who is connected with it is thrown out, and it opens nothing."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from luchtbrug.owner import ownership
from luchtbrug.settings import Settings
from storage.connection import connect
from tests.luchtbrug.test_home import Home, home, passwords
from tests.waiting import wait_until

__all__ = ["home", "passwords"]  # fixtures of the way home: both brokers with two stations

NOW = datetime.now(UTC)


class Device:
    """A device of s-one: what the broker answered it, and whether it is connected. It does not come back by itself."""

    def __init__(self, port: int, password: str) -> None:
        self.answers: list[str] = []
        self.client = Client(CallbackAPIVersion.VERSION2, reconnect_on_failure=False)
        self.client.username_pw_set("s-one", password)
        self.client.on_connect = lambda _c, _d, _f, reason, _p: self.answers.append(str(reason))
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        assert wait_until(lambda: bool(self.answers))

    def let_in(self) -> bool:
        """Tell whether the broker let it in, and end."""
        self.client.disconnect()
        self.client.loop_stop()
        return self.answers == ["Success"]


def settings_of(home: Home, request: pytest.FixtureRequest, folder: Path) -> Settings:
    """Drive Mosquitto by its admin login; the embedded broker hears of it from the database."""
    mosquitto = request.node.callspec.params["home"] == "mosquitto"
    admin = f"mqtt://admin:secret@127.0.0.1:{home.port}" if mosquitto else None
    return Settings.read(data_dir=folder, database_url=home.database_url, mqtt_admin_url=admin)


@pytest.mark.parametrize("act", ["rotate", "remove"])
def test_a_withdrawn_password_ends_at_once(
    home: Home, request: pytest.FixtureRequest, tmp_path: Path, act: str
) -> None:
    """Rotated or removed, the connected device is thrown out within two seconds, and its password lets nobody in."""
    old = home.passwords["s-one"]
    device = Device(home.port, old)
    assert device.client.is_connected()
    acts: dict[str, Callable[..., object]] = {"rotate": ownership.rotate, "remove": ownership.remove}
    with connect(home.database_url) as conn:
        keys = acts[act](conn, settings_of(home, request, tmp_path), "s-one", NOW)
    assert wait_until(lambda: not device.client.is_connected(), seconds=2)
    device.client.loop_stop()
    assert not Device(home.port, old).let_in()
    if isinstance(keys, ownership.Keys):
        assert Device(home.port, keys.mqtt_password).let_in()


def test_others_stay_connected(home: Home, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """A rotation throws out the station that it is of, and no other."""
    with home.owner("s-two", "aq/1/s-two/validated/#") as other, home.service():
        with connect(home.database_url) as conn:
            ownership.rotate(conn, settings_of(home, request, tmp_path), "s-one", NOW)
        other.json("aq/1/s-two/validated/pm2_5")
        assert other.client.is_connected()
