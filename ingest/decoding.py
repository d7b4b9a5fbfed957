"""The stage decode: messages become readings, station notices, and failures with their error."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from operator import attrgetter, itemgetter
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
from ingest.fixed_topics import Device
from ingest.formats import GUESSED, choose, native
from ingest.json_body import parse
from ingest.memory import Memories
from ingest.message import MAX_PAYLOAD, Message
from ingest.opened import Opened
from ingest.quarantine import values_refused
from ingest.times import is_believed
from ingest.topics import Address, read_topic
from ingest.wall_clock import in_utc

_PRESENCE = {"online": "station_online", "offline": "station_offline"}

_STATES_AT_EACH_CHANGE = frozenset({"zigbee2mqtt", "homie", "ha_statestream"})
"""Formats that say the whole state again whenever any part of it changes, as the strength of the radio does."""

_META = ("sensors", "firmware")
"""What is kept of a meta message: anything else may be personal, as an exact position or the name of a Wi-Fi is."""


@dataclass(frozen=True, slots=True)
class Places:
    """What is known of stations beside their format: zones of wall clocks, and whose a device with a fixed topic is."""

    zones: Mapping[str, tzinfo] = field(default_factory=dict)
    claims: Mapping[Device, str] = field(default_factory=dict)


NOWHERE = Places()


class _Known(NamedTuple):
    """What decoding knows beside the messages."""

    formats: Mapping[str, str]
    memories: Memories
    places: Places


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
    places: Places = NOWHERE,
) -> DecodedBatch:
    """Decode a batch; `settings` gives the format that a station (by id) is set to, where it is set to one.

    `memories` is what earlier messages told of names and units; it is carried from batch to batch. `places` says what
    else is known of stations: time zones, for devices that say the time of their wall clock, and claimed devices.
    """
    batch, known = DecodedBatch(), _Known(settings, Memories() if memories is None else memories, places)
    for index in _by_format(messages, known.memories):
        try:
            _sort_in(batch, index, messages[index], known)
        except IngestError as error:
            batch.failures.append((index, error))
    _restore_order(batch)
    return batch


def _by_format(messages: Sequence[Message], memories: Memories) -> list[int]:
    """Give the places of messages, those of stations that last sent the same format side by side.

    The code and tables of one format then stay in the processor's caches: a fifth of all time. What one station sent
    stays in its order, as later messages are read by what earlier ones told.
    """
    keys = [memories.format_of(message.topic.partition("/")[2].partition("/")[0]) for message in messages]
    return sorted(range(len(messages)), key=keys.__getitem__)


def _restore_order(batch: DecodedBatch) -> None:
    batch.readings.sort(key=attrgetter("position"))
    batch.notices.sort(key=attrgetter("position"))
    batch.refused.sort(key=itemgetter(0))
    batch.failures.sort(key=itemgetter(0))
    batch.silent.sort()


def _sort_in(batch: DecodedBatch, index: int, message: Message, known: _Known) -> None:
    address = read_topic(message.topic)
    station_id, kind, device_topic, device = address
    if device is not None:
        station_id = _claimant(device, known.places.claims)
    if message.station_id is not None and message.station_id != station_id:
        raise ForeignTopicError(f"{message.station_id} sent on a topic of {station_id}")
    if len(message.payload) > MAX_PAYLOAD:
        raise TooLargeError(f"{len(message.payload)} bytes, at most {MAX_PAYLOAD} are read")
    if kind in ("status", "meta"):
        if not message.retain:
            batch.notices.append(_notice(index, message, address))
        return
    opened = Opened(message, device_topic, known.memories.of(station_id))
    content = native.decode(opened) if kind == "obs" else _of_device(opened, known.formats.get(station_id))
    if content.clock != "utc":
        content.records = in_utc(content, message.received_at.timestamp(), known.places.zones.get(station_id))
    _sort_content_in(batch, index, station_id, message, content)


def _claimant(device: Device, claims: Mapping[Device, str]) -> str:
    station_id = claims.get(device)
    if station_id is None:
        raise ForeignTopicError(f"no station has claimed this {device.format_name}: its owner enters the serial")
    return station_id


def _sort_content_in(batch: DecodedBatch, index: int, station_id: str, message: Message, content: Decoded) -> None:
    records, refused = content.records, content.refused
    if not records:
        if content.note:
            batch.silent.append(index)
            return
        raise values_refused(refused) if refused else NoReadingsError("the message holds no reading")
    if refused:
        batch.refused.append((index, refused))
    if message.retain:
        records = _of_retained(records, message.received_at.timestamp())
    if records:
        batch.readings.append(StationReadings(index, station_id, records))


def _of_device(opened: Opened, setting: str | None) -> Decoded:
    chosen = choose(opened, setting)
    opened.memory.format = chosen.NAME
    content = chosen.decode(opened)
    if chosen.NAME in _STATES_AT_EACH_CHANGE and content.records and not opened.message.retain:
        opened.memory.leave_out_repeats(opened.topic, content, opened.message)
    if chosen.NAME == GUESSED != setting:
        seen = ", ".join(f"{each.observed_property}={each.value:g}" for each in content.records[:20])
        raise UnconfirmedFormatError(f"set the station to {GUESSED} if this is right: {seen}")
    return content


def _of_retained(records: list[Record], received: float) -> list[Record]:
    """Keep of a retained copy what says itself, and believably, when it was measured.

    Anything else would be measured anew at each reconnect: a sensor that died a month ago would never be silent.
    """
    return [record for record in records if record.time is not None and is_believed(record.time, received)]


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
