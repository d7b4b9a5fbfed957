"""The dynamic security of a real Mosquitto, driven as `station add` drives it."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from ingest.fixed_topics import Device, topics_of
from luchtbrug.broker.mosquitto import (
    BrokerAwayError,
    BrokerRefusedError,
    control,
    platform_commands,
    removal_commands,
    role_commands,
    station_commands,
)
from luchtbrug.services import free_port

pytestmark = pytest.mark.mosquitto

PLUGIN = next(Path("/usr/lib").rglob("mosquitto_dynamic_security.so"), None)


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the admin URL of a Mosquitto with the plugin loaded."""
    program, ctrl = shutil.which("mosquitto", path=os.environ["PATH"] + ":/usr/sbin"), shutil.which("mosquitto_ctrl")
    if program is None or ctrl is None or PLUGIN is None:
        if os.environ.get("CI"):
            pytest.fail("CI must have mosquitto with its dynamic security plugin")
        pytest.skip("mosquitto with its dynamic security plugin is not installed")
    folder = tmp_path_factory.mktemp("mosquitto")
    folder.chmod(0o755)
    port = free_port(0)
    subprocess.run([ctrl, "dynsec", "init", str(folder / "dynsec.json"), "admin", "secret"], check=True)
    config = folder / "mosquitto.conf"
    user = "root" if os.geteuid() == 0 else ""  # as root Mosquitto would drop to a user that cannot read this folder
    config.write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous false\nplugin {PLUGIN}\n"
        f"plugin_opt_config_file {folder / 'dynsec.json'}\n" + (f"user {user}\n" if user else "")
    )
    process = subprocess.Popen([program, "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(100):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            break
        time.sleep(0.05)
    url = f"mqtt://admin:secret@127.0.0.1:{port}"
    try:
        control(url, platform_commands("luchtbrug", "pw-platform"))
        yield url
    finally:
        process.terminate()
        process.wait(10)


class Listener:
    """A connected login and what it received."""

    def __init__(self, url: str, user: str, password: str) -> None:
        self.received: list[str] = []
        self.reason = ""
        self.client = Client(CallbackAPIVersion.VERSION2)
        self.client.username_pw_set(user, password)
        self.client.on_connect = lambda _c, _d, _f, reason, _p: setattr(self, "reason", str(reason))
        self.client.on_message = lambda _c, _d, message: self.received.append(message.topic)
        self.client.connect("127.0.0.1", int(url.rpartition(":")[2]))
        self.client.loop_start()
        self.wait(lambda: bool(self.reason))

    def wait(self, reached: Callable[[], bool]) -> bool:
        """Wait up to two seconds."""
        for _ in range(100):
            if reached():
                return True
            time.sleep(0.02)
        return False

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


def test_a_station_writes_its_own_topics_and_no_others(broker: str) -> None:
    """The platform receives what a station publishes below its own topics, and nothing that it publishes elsewhere."""
    control(broker, station_commands("s-one", "pw-one"))
    platform, station = Listener(broker, "luchtbrug", "pw-platform"), Listener(broker, "s-one", "pw-one")
    platform.client.subscribe([("aq/1/#", 1), ("in/#", 1)])
    time.sleep(0.1)
    for topic in ("aq/1/s-two/obs", "in/s-two/x", "aq/1/s-one/ack", "aq/1/s-one/obs"):
        station.client.publish(topic, "{}", qos=1)
    assert platform.wait(lambda: "aq/1/s-one/obs" in platform.received)
    assert platform.received == ["aq/1/s-one/obs"]
    platform.close()
    station.close()


def test_a_claimed_device_publishes_on_its_own_topics(broker: str) -> None:
    """The station that has a device gets through on that device's topics until it lets go; nobody else does."""
    kit = Device("smartcitizen", "aA1234")
    control(broker, station_commands("s-kit", "pw", [kit]) + station_commands("s-thief", "pw"))
    platform = Listener(broker, "luchtbrug", "pw-platform")
    owner, thief = Listener(broker, "s-kit", "pw"), Listener(broker, "s-thief", "pw")
    platform.client.subscribe([("device/sck/+/readings/#", 1), ("in/#", 1)])
    time.sleep(0.1)
    for topic in (*topics_of(kit), "device/sck/bB5678/readings"):
        thief.client.publish(topic, "{}", qos=1)
        owner.client.publish(topic, "{}", qos=1)
    owner.client.publish("in/s-kit/end", "{}", qos=1)
    assert platform.wait(lambda: "in/s-kit/end" in platform.received)
    assert platform.received == [*topics_of(kit), "in/s-kit/end"]
    control(broker, role_commands("s-kit"))
    for topic in (*topics_of(kit), "in/s-kit/end"):
        owner.client.publish(topic, "{}", qos=1)
    assert platform.wait(lambda: platform.received.count("in/s-kit/end") > 1)
    assert len(platform.received) == len(topics_of(kit)) + 2
    for login in (platform, owner, thief):
        login.close()


def test_no_station_reads_another_s_stream(broker: str) -> None:
    """A station that subscribes to everything receives nothing of what others publish."""
    control(broker, station_commands("s-three", "pw3") + station_commands("s-four", "pw4"))
    nosy, other = Listener(broker, "s-three", "pw3"), Listener(broker, "s-four", "pw4")
    nosy.client.subscribe([("#", 1), ("aq/1/+/obs", 1), ("in/#", 1)])
    time.sleep(0.1)
    other.client.publish("aq/1/s-four/obs", "{}", qos=1)
    time.sleep(0.3)
    assert nosy.received == []
    nosy.close()
    other.close()


def test_a_withdrawn_station_is_not_let_in(broker: str) -> None:
    """After its removal the login of a station is refused."""
    control(broker, station_commands("s-gone", "pw"))
    control(broker, removal_commands("s-gone"))
    station = Listener(broker, "s-gone", "pw")
    assert station.reason == "Not authorized"
    station.close()


def test_creating_and_removing_twice_is_harmless(broker: str) -> None:
    """A half-done change can be done again: what is there already, or gone already, is no error."""
    for _ in range(2):
        control(broker, station_commands("s-twice", "pw"))
    for _ in range(2):
        control(broker, removal_commands("s-twice"))


def test_a_role_of_an_older_release_is_brought_up_to_date(broker: str) -> None:
    """A station whose role is there already, with too little in it, gets what a new one has."""
    control(broker, [{"command": "createRole", "rolename": "station-s-old", "acls": []}, *role_commands("s-old")])
    control(broker, station_commands("s-fresh", "pw"))
    asked = [{"command": "getRole", "rolename": f"station-{name}"} for name in ("s-old", "s-fresh")]
    old, fresh = (
        {(acl["acltype"], acl["topic"].replace(name, "?")) for acl in answer["data"]["role"]["acls"]}
        for name, answer in zip(("s-old", "s-fresh"), control(broker, asked), strict=True)
    )
    assert old == fresh
    assert ("publishClientReceive", "aq/1/?/validated/#") in old


def test_a_refused_command_carries_the_broker_s_words(broker: str) -> None:
    """A command that the plugin does not know is an error that names it."""
    with pytest.raises(BrokerRefusedError, match="makeCoffee"):
        control(broker, [{"command": "makeCoffee"}])


def test_a_broker_that_is_away_is_named() -> None:
    """A closed port is said as such."""
    with pytest.raises(BrokerAwayError, match="cannot be reached"):
        control(f"mqtt://luchtbrug:x@127.0.0.1:{free_port(0)}", [])
