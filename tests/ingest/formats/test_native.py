"""The native format: what is read, what is refused value by value, and what cannot be read at all."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from ingest.decoded import Decoded, Record, Refusal
from ingest.errors import IngestError, NotJsonError, NotUtf8Error, TooDeepError, WrongShapeError
from ingest.formats import native
from ingest.message import Message
from ingest.opened import Opened

TIME = datetime(2026, 5, 17, 22, 23, tzinfo=UTC).timestamp()


def _decode(payload: bytes) -> Decoded:
    message = Message("mqtt", "aq/1/st-1/obs", payload, datetime(2026, 5, 17, tzinfo=UTC))
    return native.decode(Opened(message, message.topic))


def _obs(*entries: Any) -> bytes:
    return msgspec.json.encode({"obs": entries})


def test_the_message_of_the_document_is_read() -> None:
    """The example of docs/payload.md gives six records, raw and in order."""
    decoded = _decode(
        b'{"seq": 1042, "sent": "2026-05-17T22:23:05Z",'
        b' "obs": [{"t": "2026-05-17T22:23:00Z", "s": "sps30-0", "v": {"pm1": 5.2, "pm2_5": 8.1, "pm10": 9.3}},'
        b' {"t": "2026-05-17T22:23:00Z", "s": "bme280-0",'
        b' "v": {"temperature": 21.4, "relative_humidity": 48.2, "air_pressure": 1003.2}}]}'
    )
    assert decoded.refused == []
    assert decoded.records == [
        Record(TIME, "sps30-0", "pm1", 5.2),
        Record(TIME, "sps30-0", "pm2_5", 8.1),
        Record(TIME, "sps30-0", "pm10", 9.3),
        Record(TIME, "bme280-0", "temperature", 21.4),
        Record(TIME, "bme280-0", "relative_humidity", 48.2),
        Record(TIME, "bme280-0", "air_pressure", 1003.2),
    ]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"null", "null"),
        (b'"8.1"', "not_a_number"),
        (b"true", "not_a_number"),
        (b"[1]", "not_a_number"),
        (b"NaN", "not_finite"),
        (b"-Infinity", "not_finite"),
        (b"1e999", "not_finite"),
        (b"9" * 5000, "not_finite"),
        (b"9" * 400, "impossible"),  # an int that no double holds: found by benchmarks/fuzz.py
        (b"-1e308", "impossible"),
        (b"-9999", "sentinel"),
        (b"65535", "sentinel"),
    ],
)
def test_a_bad_value_is_refused_and_the_rest_kept(value: bytes, reason: str) -> None:
    """One value that is not a reading does not take its neighbours with it."""
    decoded = _decode(b'{"obs":[{"s":"sps30-0","v":{"pm2_5":' + value + b',"pm10":9.3}}]}')
    assert decoded.records == [Record(None, "sps30-0", "pm10", 9.3)]
    assert [(each.observed_property, each.reason) for each in decoded.refused] == [("pm2_5", reason)]


def test_an_unknown_property_is_refused_by_name() -> None:
    """A name outside the vocabulary is refused, never guessed."""
    decoded = _decode(_obs({"s": "sps30-0", "v": {"pm25": 8.1, "pm10": 9.3}}))
    assert decoded.refused == [Refusal("sps30-0", "pm25", "unknown_property", "8.1")]
    assert len(decoded.records) == 1


def test_a_negative_concentration_is_a_reading() -> None:
    """Negative values are raw values: validation judges them."""
    assert _decode(_obs({"s": "x-0", "v": {"no2": -3.5, "pm2_5": -80}})).records == [
        Record(None, "x-0", "no2", -3.5),
        Record(None, "x-0", "pm2_5", -80.0),
    ]


@pytest.mark.parametrize(
    "time", ["2026-05-17T22:23:00", "yesterday", 1779056580, None, "2026-13-01T00:00:00Z", "é", {}]
)
def test_a_time_that_cannot_be_read_is_no_time(time: Any) -> None:
    """A time without an offset, of another type or form, counts as left out."""
    assert _decode(_obs({"t": time, "s": "x-0", "v": {"pm2_5": 1.0}})).records == [Record(None, "x-0", "pm2_5", 1.0)]


def test_half_of_a_surrogate_pair_is_no_time() -> None:
    """JSON can write what no text can hold; the reading beside it is kept."""
    body = rb'{"obs": [{"t": "\ud800", "s": "x-0", "v": {"pm2_5": 1.0}}]}'
    assert _decode(body).records == [Record(None, "x-0", "pm2_5", 1.0)]


def test_of_entries_without_a_time_the_newest_stays() -> None:
    """Entries of one sensor without a time would fall on one moment: the last is kept and the others refused."""
    decoded = _decode(_obs(*({"s": "x-0", "v": {"pm2_5": value}} for value in (1.0, 2.0, 3.0))))
    assert decoded.records == [Record(None, "x-0", "pm2_5", 3.0)]
    assert [(each.reason, each.value) for each in decoded.refused] == [("no_time", "1.0"), ("no_time", "2.0")]


def test_a_backlog_keeps_every_entry() -> None:
    """Several entries with times of their own are all read, one bad value among them or not."""
    entries = [{"t": f"2026-05-17T22:{minute}:00Z", "s": "x-0", "v": {"pm2_5": minute}} for minute in range(10, 60)]
    assert len(_decode(_obs(*entries)).records) == 50
    entries[3]["v"] = {"pm2_5": None}
    assert len(_decode(_obs(*entries)).records) == 49


@pytest.mark.parametrize(
    ("payload", "error"),
    [
        (b"", NotJsonError),
        (b"hello", NotJsonError),
        (b'{"obs":[', NotJsonError),
        (b'{"obs":[{"s":"\xff","v":{}}]}', NotUtf8Error),
        (b'{"a":' * 100_000, TooDeepError),
        (b"[" * 100_000, TooDeepError),
        (b"[]", WrongShapeError),
        (b"null", WrongShapeError),
        (b'{"obs":{}}', WrongShapeError),
        (b'{"obs":[]}', WrongShapeError),
        (_obs(*[{"s": "x-0", "v": {}}] * 501), WrongShapeError),
    ],
)
def test_what_is_no_message_has_a_named_error(payload: bytes, error: type[IngestError]) -> None:
    """Each way of not being a message has its own error, and none is a crash."""
    with pytest.raises(error):
        _decode(payload)


def test_an_entry_of_another_shape_is_refused_alone() -> None:
    """An entry without a sensor or without values is refused, its neighbours are read."""
    decoded = _decode(_obs({"v": {"pm2_5": 1}}, {"s": "x-0", "v": {"pm2_5": 2}}, {"s": "x-0", "v": 3}, 4))
    assert decoded.records == [Record(None, "x-0", "pm2_5", 2.0)]
    assert [each.reason for each in decoded.refused] == ["wrong_shape"] * 3
