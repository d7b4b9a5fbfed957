"""Who may publish and subscribe where."""

import pytest

from luchtbrug.broker.rules import SERVICE_USER, may_publish, may_subscribe


@pytest.mark.parametrize(
    "topic", ["aq/1/s1/obs", "aq/1/s1/status", "aq/1/s1/meta", "in/s1/airrohr", "in/s1/a/b", "in/s1"]
)
def test_a_station_publishes_below_its_own_topics(topic: str) -> None:
    """A station's own topics are open to it."""
    assert may_publish("s1", topic)


@pytest.mark.parametrize(
    "topic",
    ["aq/1/s2/obs", "aq/1/s1/obs/x", "aq/1/s1/ack", "in/s11/x", "in/s2", "in", "aq/1/+/obs", "in/s1/#", "$SYS/x", ""],
)
def test_a_station_publishes_nowhere_else(topic: str) -> None:
    """Others' topics, the platform's answers, wildcards and system topics are closed."""
    assert not may_publish("s1", topic)


@pytest.mark.parametrize("topic", ["#", "aq/#", "aq/1/+/ack", "aq/1/s1/#", "aq/1/s1/obs", "in/s1/#", "aq/1/s2/ack"])
def test_a_station_reads_no_stream(topic: str) -> None:
    """No subscription of a station reaches a stream, its own included."""
    assert not may_subscribe("s1", topic)


@pytest.mark.parametrize(
    "topic",
    ["aq/1/{}/ack", "aq/1/{}/validated/#", "aq/1/{}/validated/pm2_5", "aq/1/{}/homeassistant/sensor/+/+/config"],
)
def test_a_station_reads_what_is_meant_for_it(topic: str) -> None:
    """Answers, validated values and their description are for the station itself, and for no other."""
    assert may_subscribe("s1", topic.format("s1"))
    assert not may_subscribe("s1", topic.format("s2"))
    assert not may_subscribe("s1", topic.format("+"))
    assert not may_publish("s1", topic.format("s1"))


def test_the_platform_reads_everything_and_answers() -> None:
    """The platform's own login is not bound to one station."""
    assert may_subscribe(SERVICE_USER, "aq/1/+/obs")
    assert may_publish(SERVICE_USER, "aq/1/s1/ack")


def test_a_claimed_topic_is_its_claimant_s() -> None:
    """A topic that names a device is open to the station that has the device, and to no other."""
    topic = "airgradient/readings/84fce612f5b8"
    assert [may_publish("s1", topic, claimant=name) for name in ("s1", "s2", None)] == [True, False, False]
