"""Decodes without storing: samples as JSON lines for `luchtbrug decode --jsonl`, or one payload for a person."""

import base64
import binascii
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from ingest.clocks import SET
from ingest.decoded import Clock, Decoded, Record, empty
from ingest.errors import ForeignTopicError, IngestError
from ingest.formats import choose, ha_statestream
from ingest.memory import Memory
from ingest.message import MAX_PAYLOAD, Message
from ingest.opened import Opened
from ingest.topics import read_topic
from ingest.vocabulary import UNITS

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # decoding never asks when a message came


class _Http(msgspec.Struct):
    method: str
    path: str
    headers: dict[str, str] = {}


class _SampleMessage(msgspec.Struct):
    payload: str
    topic: str = ""
    retain: bool = False
    http: _Http | None = None


class _Sample(msgspec.Struct):
    id: str
    messages: list[_SampleMessage]


class SampleError(IngestError):
    """A line is not a sample as `decode_lines` takes it."""

    reason = "not_a_sample"


def decode_lines(lines: Iterable[str]) -> Iterator[str]:
    """Turn each line `{"id", "messages": [...]}` into a line `{"id", "readings": [...]}`, payloads in base64.

    What no format can read has no readings; a line that is no such sample raises SampleError with its number.
    """
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            sample = msgspec.json.decode(line, type=_Sample)
            messages = [_message(each) for each in sample.messages]
        except (msgspec.DecodeError, binascii.Error) as error:
            raise SampleError(f"line {number}: {error}") from error
        readings = _readings(messages)
        yield msgspec.json.encode({"id": sample.id, "readings": readings}).decode()


def decode_payload(topic: str, payload: bytes) -> tuple[str, Decoded]:
    """Decode one payload as ingest would and name the format; raises the IngestError that quarantine would show.

    A format whose times are no numbers is not finished: that is a TypeError, which tells its author.
    """
    message = Message("replay", topic, payload, _NEVER)
    opened = Opened(message, _device_topic(topic))
    chosen = choose(opened)
    decoded = chosen.decode(opened)
    for time in {record.time for record in decoded.records}:
        if not (time is None or isinstance(time, int | float)):
            raise TypeError(f"{chosen.NAME} gives {time!r} as a time: ingest.clocks.utc makes seconds of it")
    return chosen.NAME, decoded


def _message(sample: _SampleMessage) -> Message:
    payload = base64.b64decode(sample.payload, validate=True)
    if sample.http is None:
        return Message("replay", sample.topic, payload, _NEVER)  # `retain` is how it was published: it is read as live
    return Message("http", "", payload, _NEVER, path=sample.http.path, headers=sample.http.headers)


def _readings(messages: list[Message]) -> list[dict[str, Any]]:
    """Decode the messages of one station in order, and leave out what is there twice."""
    memory = Memory()
    seen: set[tuple[str, str, float]] = set()
    readings = []
    contents = [_decoded(message, memory) for message in messages]
    for content in (*contents, ha_statestream.finish(memory)):
        for record in content.records:
            if record.time is not None:
                key = (record.sensor_name, record.observed_property, record.time)
                if key in seen:
                    continue
                seen.add(key)
            readings.append(_reading(record, content.clock))
    return readings


def _decoded(message: Message, memory: Memory) -> Decoded:
    if len(message.payload) > MAX_PAYLOAD:
        return empty()
    try:
        opened = Opened(message, _device_topic(message.topic), memory)
        return choose(opened).decode(opened)
    except IngestError:
        return empty()


def _device_topic(topic: str) -> str:
    """Give the topic as a format sees it; a capture made elsewhere has topics that are not ours."""
    try:
        return read_topic(topic).device_topic
    except ForeignTopicError:
        return topic


def _reading(record: Record, clock: Clock) -> dict[str, Any]:
    name = record.observed_property
    return {"observed_property": name, "value": record.value, "unit": UNITS[name], "time": _time(record.time, clock)}


def _time(seconds: float | None, clock: Clock) -> datetime | None:
    """Give the time that the message says: without an offset where it is the device's wall clock."""
    if seconds is None or clock == "received" or seconds < SET:
        return None
    time = datetime.fromtimestamp(seconds, UTC)
    return time.replace(tzinfo=None) if clock == "local" else time
