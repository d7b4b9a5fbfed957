"""What must be known of a station's earlier messages to read the next: names, units, and values waiting for those.

ESPHome, Homie and Home Assistant send one value a message and tell its unit in another. Nothing here is kept over a
restart: the messages that tell names and units are retained, and are read anew before anything else (`described`).
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

from ingest.decoded import Decoded, Record
from ingest.message import Message
from ingest.topics import LONGEST

T = TypeVar("T")

_MOST_ENTITIES = 500

FRAME = timedelta(seconds=2)
"""A radio frame that comes again within this time was sent two or three times, as most sensors do."""

STATE = timedelta(seconds=10)
"""A value that a state says again within this time was not measured anew: no sensor for the home measures so often."""


@dataclass(slots=True)
class Entity:
    """What is known of one value topic: each part is None until it was told."""

    name: str | None = None
    unit: str | None = None
    device_class: str | None = None
    waiting: str | None = None
    time: str | None = None
    doubt: str | None = None
    timed: bool = False
    complete: bool = False
    replayed: bool = False


@dataclass(slots=True)
class Memory:
    """The memory of one station; bounded, so that no station can fill ours."""

    entities: dict[str, Entity] = field(default_factory=dict)
    homie: set[str] = field(default_factory=set)
    streams: set[str] = field(default_factory=set)
    bodies: dict[str, str] = field(default_factory=dict)
    format: str = ""
    _frames: dict[str, tuple[Message, list[Record]]] = field(default_factory=dict)
    _states: dict[str, tuple[Message, list[Record]]] = field(default_factory=dict)

    def entity(self, topic: str) -> Entity:
        """Give the entity of a topic, made anew where there is none; the oldest is forgotten for it when full."""
        found = self.entities.get(topic)
        if found is None:
            if len(self.entities) >= _MOST_ENTITIES:
                del self.entities[next(iter(self.entities))]
            found = self.entities[topic] = Entity()
        return found

    def learn_homie(self, device: str) -> None:
        """Remember that a Homie device lives below this topic."""
        if len(self.homie) < _MOST_ENTITIES:
            self.homie.add(device)

    def learn_stream(self, entity: str) -> None:
        """Remember that Home Assistant's statestream publishes this entity."""
        if len(self.streams) < _MOST_ENTITIES:
            self.streams.add(entity)

    def learn_body(self, topic: str, format_name: str) -> None:
        """Remember of which format the last body under a topic was that tells nothing itself."""
        if len(self.bodies) < _MOST_ENTITIES and len(topic) < LONGEST:
            self.bodies[topic] = format_name

    def homie_device(self, topic: str) -> str | None:
        """Name the Homie device whose value a topic holds, if one is known."""
        device = topic.rsplit("/", 2)[0]
        return device if device in self.homie else None

    def learnt_format(self, topic: str) -> str | None:
        """Name the format that earlier topics told this one to be of."""
        if self.homie_device(topic) is not None:
            return "homie"
        if topic.removesuffix("/state") in self.streams:
            return "ha_statestream"
        return None

    def repeats_frame(self, key: str, message: Message, records: list[Record]) -> bool:
        """Say whether the same values came under this key a moment before; what is no repeat is remembered.

        A copy need not have the same bytes: each has the strength of its own signal. A message that is decoded again,
        as when the database was away, is no repeat of itself or of later ones.
        """
        before = self._frames.get(key)
        if before is not None and _same_frame(message, records, *before):
            return True
        _remember(self._frames, key, (message, records))
        return False

    def leave_out_repeats(self, topic: str, content: Decoded, message: Message) -> None:
        """Leave out what a topic's state says again; a content of which nothing is left is silent."""
        before = self._states.get(topic)
        if before is None or not _soon_after(message, content.records, *before, within=STATE):
            _remember(self._states, topic, (message, content.records))
            return
        said = {(each.sensor_name, each.observed_property): each.value for each in before[1]}
        records = content.records
        content.records = [
            each for each in records if said.get((each.sensor_name, each.observed_property)) != each.value
        ]
        if content.records:
            _remember(self._states, topic, (message, records))
        elif not content.refused:
            content.note = "repeat"


def _follows(message: Message, before: Message, within: timedelta) -> bool:
    return message is not before and timedelta(0) <= message.received_at - before.received_at < within


def _same_frame(message: Message, records: list[Record], before: Message, said: list[Record]) -> bool:
    same = message.payload == before.payload or (bool(records) and _values(records) == _values(said))
    return same and _soon_after(message, records, before, said, within=FRAME)


def _values(records: list[Record]) -> list[tuple[str, str, float]]:
    return [(each.sensor_name, each.observed_property, each.value) for each in records]


def _soon_after(
    message: Message, records: list[Record], before: Message, said: list[Record], *, within: timedelta
) -> bool:
    """Say whether a message was sent soon after another: by its own times where both tell one.

    What waited in the broker comes all at once, and is no repetition for that.
    """
    time, first = (found[0].time if found else None for found in (records, said))
    if time is None or first is None:
        return _follows(message, before, within)
    return message is not before and 0 <= time - first < within.total_seconds()


def _remember(memory: dict[str, T], key: str, what: T) -> None:
    """Remember under a key, and forget all when there is too much."""
    if len(memory) >= _MOST_ENTITIES and key not in memory:
        memory.clear()
    memory[key] = what


class Memories:
    """The memories of all stations, the one unused for longest forgotten when there are too many."""

    def __init__(self, *, most: int = 20_000) -> None:
        self._most = most
        self._of: dict[str, Memory] = {}

    def format_of(self, station_id: str) -> str:
        """Name the format that a station sent last; empty where it has sent none."""
        found = self._of.get(station_id)
        return "" if found is None else found.format

    def of(self, station_id: str) -> Memory:
        """Give the memory of a station."""
        found = self._of.pop(station_id, None) or Memory()
        self._of[station_id] = found
        if len(self._of) > self._most:
            del self._of[next(iter(self._of))]
        return found
