"""The stage decode: messages become readings, station notices, and failures with their error."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ingest.decoded import Decoded, Record, Refusal
from ingest.errors import ForeignTopicError, IngestError, NoReadingsError, TooLargeError, WrongShapeError
from ingest.formats import choose, native
from ingest.json_body import parse
from ingest.message import MAX_PAYLOAD, Message
from ingest.quarantine import values_refused
from ingest.topics import Address, read_topic

_STATES = {"online": "station_online", "offline": "station_offline"}


class StationReadings(NamedTuple):
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

    `refused` are single values of messages that are among the readings; `failures` messages that are not.
    """

    readings: list[StationReadings] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    refused: list[tuple[int, list[Refusal]]] = field(default_factory=list)
    failures: list[tuple[int, IngestError]] = field(default_factory=list)


def decode(messages: Sequence[Message], settings: Mapping[str, str]) -> DecodedBatch:
    """Decode a batch; `settings` gives the format that a station (by id) is set to, where it is set to one."""
    batch = DecodedBatch()
    for index, message in enumerate(messages):
        try:
            _sort_in(batch, index, message, settings)
        except IngestError as error:
            batch.failures.append((index, error))
    return batch


def _sort_in(batch: DecodedBatch, index: int, message: Message, settings: Mapping[str, str]) -> None:
    address = read_topic(message.topic)
    if message.station_id not in (None, address.station_id):
        raise ForeignTopicError(f"{message.station_id} sent on a topic of {address.station_id}")
    if len(message.payload) > MAX_PAYLOAD:
        raise TooLargeError(f"{len(message.payload)} bytes, at most {MAX_PAYLOAD} are read")
    if address.kind in ("status", "meta"):
        if not message.retain:
            batch.notices.append(_notice(index, message, address))
        return
    content = _decode_as(message, address, settings)
    if not content.records:
        raise values_refused(content.refused) if content.refused else NoReadingsError("the message holds no reading")
    if content.refused:
        batch.refused.append((index, content.refused))
    records = _of_retained(content.records) if message.retain else content.records
    if records:
        batch.readings.append(StationReadings(index, address.station_id, records))


def _decode_as(message: Message, address: Address, settings: Mapping[str, str]) -> Decoded:
    if address.kind == "obs":
        return native.decode(message)
    return choose(message, address.device_topic, settings.get(address.station_id)).decode(message)


def _of_retained(records: list[Record]) -> list[Record]:
    """Keep of a retained copy what says itself when it was measured: anything else would be measured anew each time."""
    return [record for record in records if record.time is not None]


def _notice(index: int, message: Message, address: Address) -> Notice:
    body = parse(message.payload)
    if not isinstance(body, dict):
        raise WrongShapeError(f"{address.kind} is not an object")
    if address.kind == "meta":
        return Notice(index, address.station_id, "station_meta", body)
    kind = _STATES.get(str(body.get("state")))
    if kind is None:
        raise WrongShapeError(f"state is {body.get('state')!r:.60}, not 'online' or 'offline'")
    return Notice(index, address.station_id, kind, {})
