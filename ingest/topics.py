"""Reads the topic: whose message it is, and what kind."""

from functools import lru_cache
from typing import Literal, NamedTuple

from ingest.errors import ForeignTopicError

Kind = Literal["obs", "status", "meta", "device"]

LONGEST = 300  # characters of a topic that is worth remembering


class Address(NamedTuple):
    """A topic taken apart; `device_topic` is what the format sees: below `in/<station>/` the device's own topic."""

    station_id: str
    kind: Kind
    device_topic: str


def read_topic(topic: str) -> Address:
    """Take a topic apart, or raise ForeignTopicError where it is none of a station's (docs/payload.md)."""
    return _remembered(topic) if len(topic) < LONGEST else _read(topic)


def claimed_station(topic: str) -> str | None:
    """Name the station that a topic claims, for the record; None where it names none."""
    try:
        return read_topic(topic).station_id
    except ForeignTopicError:
        return None


def _read(topic: str) -> Address:
    match topic.split("/", 3):
        case ["aq", "1", station_id, ("obs" | "status" | "meta") as kind]:
            return Address(station_id, kind, topic)
        case ["in", station_id, *rest] if rest:
            return Address(station_id, "device", "/".join(rest))
    raise ForeignTopicError(f"{topic[:200]!r} is not aq/1/<station>/obs|status|meta or in/<station>/<anything>")


_remembered = lru_cache(maxsize=65_536)(_read)  # stations send on the same few topics for ever
