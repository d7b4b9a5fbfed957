"""The stage decode: messages become readings, station notices, and failures with their error."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from ingest.decoded import Decoded, Record, Refusal
from ingest.errors import (
    ForeignTopicError,
    IngestError,
    NoReadingsError,
    TooLargeError,
    UnconfirmedFormatError,
    WrongShapeError,
)
from ingest.formats import GUESSED, choose, native
from ingest.json_body import parse
from ingest.memory import Memories
from ingest.message import MAX_PAYLOAD, Message
from ingest.opened import Opened
from ingest.quarantine import values_refused
from ingest.topics import Address, read_topic
from ingest.wall_clock import in_utc

_PRESENCE = {"online": "station_online", "offline": "station_offline"}

_STATES_AT_EACH_CHANGE = frozenset({"zigbee2mqtt", "homie", "ha_statestream"})
"""Formats that say the whole state again whenever any part of it changes, as the strength of the radio does."""

_META = ("sensors", "firmware")
"""What is kept of a meta message: anything else may be personal, as an exact position or the name of a Wi-Fi is."""


_NO_ZONES: Mapping[str, tzinfo] = MappingProxyType({})


class StationReadings(msgspec.Struct, gc=False):
    """The readings of one message and the station that sent it; `position` is its place in the batch."""

    position: int
    station_id: str
    records: list[Record]


class Notice(NamedTuple):
    """What a station says of itself: the kind of event that it is, and its detail."""

    position: int
    station_id: str
    kind: str
    detail: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class DecodedBatch:
    """A batch after decoding. What a broker kept and sent again at our reconnect is in no list: it is not news.

    `refused` are single values of messages that are among the readings; `failures` messages that are not; `silent` the
    places of messages that rightly hold no reading, as a device's configuration does.
    """

    readings: list[StationReadings] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    refused: list[tuple[int, list[Refusal]]] = field(default_factory=list)
    failures: list[tuple[int, IngestError]] = field(default_factory=list)
    silent: list[int] = field(default_factory=list)


def decode(
    messages: Sequence[Message],
    settings: Mapping[str, str],
    memories: Memories | None = None,
    *,
    zones: Mapping[str, tzinfo] = _NO_ZONES,
) -> DecodedBatch:
    """Decode a batch; `settings` gives the format that a station (by id) is set to, where it is set to one.

    `memories` is what earlier messages told of names and units; it is carried from batch to batch. `zones` are the time
    zones of stations whose devices say the time of their wall clock.
    """
    batch, memories = DecodedBatch(), Memories() if memories is None else memories
    for index, message in enumerate(messages):
        try:
            of = _sort_in(batch, index, message, settings, memories)
            if of is not None:
                _sort_content_in(batch, index, message, *of, zones)
        except IngestError as error:
            batch.failures.append((index, error))
    return batch


def _sort_in(
    batch: DecodedBatch, index: int, message: Message, settings: Mapping[str, str], memories: Memories
) -> tuple[str, Decoded] | None:
    """Give the station and content of a message; None where it is a notice, which is put among the batch's."""
    address = read_topic(message.topic)
    station_id, kind, device_topic = address
    if message.station_id is not None and message.station_id != station_id:
        raise ForeignTopicError(f"{message.station_id} sent on a topic of {station_id}")
    if len(message.payload) > MAX_PAYLOAD:
        raise TooLargeError(f"{len(message.payload)} bytes, at most {MAX_PAYLOAD} are read")
    if kind == "device":
        opened = Opened(message, device_topic, memories.of(station_id))
        content = _of_device(opened, settings.get(station_id))
    elif kind == "obs":
        content = native.decode(Opened(message, device_topic, memories.of(station_id)))
    else:
        if not message.retain:
            batch.notices.append(_notice(index, message, address))
        return None
    return station_id, content


def _sort_content_in(
    batch: DecodedBatch,
    index: int,
    message: Message,
    station_id: str,
    content: Decoded,
    zones: Mapping[str, tzinfo],
) -> None:
    records, refused = content.records, content.refused
    if not records:
        if content.note:
            batch.silent.append(index)
            return
        raise values_refused(refused) if refused else NoReadingsError("the message holds no reading")
    if refused:
        batch.refused.append((index, refused))
    if content.clock != "utc":
        records = in_utc(content, message.received_at.timestamp(), zones.get(station_id))
    if message.retain:
        records = _of_retained(records)
    if records:
        batch.readings.append(StationReadings(index, station_id, records))


def _of_device(opened: Opened, setting: str | None) -> Decoded:
    chosen = choose(opened, setting)
    content = chosen.decode(opened)
    if chosen.NAME in _STATES_AT_EACH_CHANGE and content.records and not opened.message.retain:
        opened.memory.leave_out_repeats(content, opened.message)
    if chosen.NAME == GUESSED != setting:
        seen = ", ".join(f"{each.observed_property}={each.value:g}" for each in content.records[:20])
        raise UnconfirmedFormatError(f"set the station to {GUESSED} if this is right: {seen}")
    return content


def _of_retained(records: list[Record]) -> list[Record]:
    """Keep of a retained copy what says itself when it was measured: anything else would be measured anew each time."""
    return [record for record in records if record.time is not None]


def _notice(index: int, message: Message, address: Address) -> Notice:
    body = parse(message.payload)
    if not isinstance(body, dict):
        raise WrongShapeError(f"{address.kind} is not an object")
    if address.kind == "meta":
        return Notice(index, address.station_id, "station_meta", {key: body[key] for key in _META if key in body})
    kind = _PRESENCE.get(str(body.get("state")))
    if kind is None:
        raise WrongShapeError(f"state is {body.get('state')!r:.60}, not 'online' or 'offline'")
    return Notice(index, address.station_id, kind, {})
