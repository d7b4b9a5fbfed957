"""The dynamic security of a real Mosquitto, driven as `station add` drives it."""

from collections.abc import Iterator

import pytest

from ingest.fixed_topics import Device, topics_of
from ingest.settings import SHARED
from luchtbrug.broker.mosquitto import (
    BrokerAwayError,
    BrokerRefusedError,
    control,
    removal_commands,
    role_commands,
    station_commands,
)
from luchtbrug.services import free_port
from tests.luchtbrug.broker.servers import PLATFORM, Login, mosquitto
from tests.waiting import wait_until

pytestmark = pytest.mark.mosquitto


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the admin URL of a Mosquitto with the plugin loaded."""
    with mosquitto(tmp_path_factory.mktemp("mosquitto")) as (url, _):
        yield url


def log_in(url: str, user: str, password: str) -> Login:
    """Log in where the admin URL points to."""
    return Login(int(url.rpartition(":")[2]), user, password)


def test_a_station_writes_its_own_topics_and_no_others(broker: str) -> None:
    """The platform receives what a station publishes below its own topics, and nothing that it publishes elsewhere."""
    control(broker, station_commands("s-one", "pw-one"))
    with log_in(broker, *PLATFORM) as platform, log_in(broker, "s-one", "pw-one") as station:
        assert platform.subscribes("aq/1/#")
        assert platform.subscribes("in/#")
        for topic in ("aq/1/s-two/obs", "in/s-two/x", "aq/1/s-one/ack", "aq/1/s-one/obs"):
            station.client.publish(topic, "{}", qos=1)
        assert wait_until(lambda: "aq/1/s-one/obs" in platform.received)
        assert platform.received == ["aq/1/s-one/obs"]


def test_the_platform_shares_what_stations_send_and_no_station_does(broker: str) -> None:
    """Several ingests divide the native messages among themselves; a station cannot join them."""
    control(broker, station_commands("s-three", "pw-three"))
    with log_in(broker, *PLATFORM) as platform, log_in(broker, "s-three", "pw-three") as station:
        assert platform.subscribes(SHARED)
        assert not station.subscribes(SHARED)


def test_a_claimed_device_publishes_on_its_own_topics(broker: str) -> None:
    """The station that has a device gets through on that device's topics until it lets go; nobody else does."""
    kit = Device("smartcitizen", "aA1234")
    control(broker, station_commands("s-kit", "pw", [kit]) + station_commands("s-thief", "pw"))
    with (
        log_in(broker, *PLATFORM) as platform,
        log_in(broker, "s-kit", "pw") as owner,
        log_in(broker, "s-thief", "pw") as thief,
    ):
        assert platform.subscribes("device/sck/+/readings/#")
        assert platform.subscribes("in/#")
        for topic in (*topics_of(kit), "device/sck/bB5678/readings"):
            thief.client.publish(topic, "{}", qos=1)
            owner.client.publish(topic, "{}", qos=1)
        owner.client.publish("in/s-kit/end", "{}", qos=1)
        assert wait_until(lambda: "in/s-kit/end" in platform.received)
        assert platform.received == [*topics_of(kit), "in/s-kit/end"]
        control(broker, role_commands("s-kit"))
        for topic in (*topics_of(kit), "in/s-kit/end"):
            owner.client.publish(topic, "{}", qos=1)
        assert wait_until(lambda: platform.received.count("in/s-kit/end") > 1)
        assert len(platform.received) == len(topics_of(kit)) + 2


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
