"""Reads the topic: whose message it is, and what kind."""

from functools import lru_cache
from typing import Literal, NamedTuple

from ingest.errors import ForeignTopicError
from ingest.fixed_topics import Device, device_of
from ingest.secrets import strip_topic

Kind = Literal["obs", "status", "meta", "device", "fixed"]

LONGEST = 300  # characters of a topic that is worth remembering


class Address(NamedTuple):
    """A topic taken apart; `device_topic` is what the format sees: below `in/<station>/` the device's own topic.

    A topic that a device has from its maker names the device, and no station.
    """

    station_id: str
    kind: Kind
    device_topic: str
    device: Device | None = None


def read_topic(topic: str) -> Address:
    """Take a topic apart, or raise ForeignTopicError where it is none of a station's (docs/payload.md)."""
    return _remembered(topic) if len(topic) < LONGEST else _read(topic)


def claimed_station(topic: str) -> str | None:
    """Name the station that a topic claims, for the record; None where it names none."""
    try:
        return read_topic(topic).station_id or None
    except ForeignTopicError:
        return None


def _read(topic: str) -> Address:
    match topic.split("/", 3):
        case ["aq", "1", station_id, ("obs" | "status" | "meta") as kind]:
            return Address(station_id, kind, topic)
        case ["in", station_id, *rest] if rest:
            return Address(station_id, "device", "/".join(rest))
    device = device_of(topic)
    if device is not None:
        return Address("", "fixed", topic, device)
    raise ForeignTopicError(
        f"{strip_topic(topic)[:200]!r} is not aq/1/<station>/obs|status|meta or in/<station>/<anything>"
    )


_remembered = lru_cache(maxsize=65_536)(_read)  # stations send on the same few topics for ever
