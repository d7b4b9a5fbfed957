"""Decodes without storing: samples as JSON lines for `luchtbrug decode --jsonl`, or one payload for a person."""

import base64
import binascii
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from ingest.decoded import Decoded, Record
from ingest.errors import ForeignTopicError, IngestError
from ingest.formats import choose
from ingest.message import MAX_PAYLOAD, Message
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
        readings = [_reading(record) for message in messages for record in _records(message)]
        yield msgspec.json.encode({"id": sample.id, "readings": readings}).decode()


def decode_payload(topic: str, payload: bytes) -> tuple[str, Decoded]:
    """Decode one payload as ingest would and name the format; raises the IngestError that quarantine would show."""
    message = Message("replay", topic, payload, _NEVER)
    chosen = choose(message, _device_topic(topic))
    return chosen.NAME, chosen.decode(message)


def _message(sample: _SampleMessage) -> Message:
    payload = base64.b64decode(sample.payload, validate=True)
    if sample.http is None:
        return Message("replay", sample.topic, payload, _NEVER, retain=sample.retain)
    return Message("http", "", payload, _NEVER, path=sample.http.path, headers=sample.http.headers)


def _records(message: Message) -> list[Record]:
    if len(message.payload) > MAX_PAYLOAD:
        return []
    try:
        return choose(message, _device_topic(message.topic)).decode(message).records
    except IngestError:
        return []


def _device_topic(topic: str) -> str:
    """Give the topic as a format sees it; a capture made elsewhere has topics that are not ours."""
    try:
        return read_topic(topic).device_topic
    except ForeignTopicError:
        return topic


def _reading(record: Record) -> dict[str, Any]:
    time = None if record.time is None else datetime.fromtimestamp(record.time, UTC)
    name = record.observed_property
    return {"observed_property": name, "value": record.value, "unit": UNITS[name], "time": time}
