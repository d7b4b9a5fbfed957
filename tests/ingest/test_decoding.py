"""The stage decode as a whole: every message ends in one place, whatever it holds."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.decoding import decode
from ingest.formats import GUESSED, all_formats, choose
from ingest.memory import Memories
from ingest.message import Message
from ingest.opened import Opened
from tests.ingest.samples import NOW, message, obs

NATIVE = obs(pm2_5=8.1, pm10=9.3).payload
AIRROHR = (
    b'{"esp8266id":"1","sensordatavalues":[{"value_type":"SDS_P1","value":"3.1"},{"value_type":"x","value":null}]}'
)
INFLUX = b"feinstaub,node=esp8266-12041741 SDS_P1=35.67,SDS_P2=17.00,signal=-66"

TOPICS = ["aq/1/st-1/obs", "aq/1/st-1/status", "aq/1/st-1/meta", "in/st-1/airrohr", "in/st-1/x"]

_keys = st.sampled_from(["obs", "s", "v", "t", "pm2_5", "sensor", "sensordatavalues", "value_type", "value"])
_json: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_keys, inner, max_size=3),
    max_leaves=12,
)


def _homes(batch: list[Message]) -> list[int]:
    """List, for each message in order, in how many of readings, notices, failures and silent it is."""
    decoded = decode(batch, {})
    places = [of.position for of in decoded.readings] + [of.position for of in decoded.notices]
    places += [position for position, _ in decoded.failures] + decoded.silent
    return [places.count(position) for position in range(len(batch))]


@pytest.mark.parametrize(
    "topic", ["aq/1/st-1/obs", "aq/1/st-1/status", "aq/1/st-1/meta", "in/st-1/airrohr", "in/st-1/x"]
)
@settings(max_examples=100, deadline=None)
@given(
    seed=st.sampled_from([NATIVE, AIRROHR, INFLUX]),
    cuts=st.lists(st.tuples(st.integers(0, 120), st.integers(0, 6), st.binary(max_size=4)), max_size=4),
)
def test_a_mutated_payload_ends_in_one_place(topic: str, seed: bytes, cuts: list[tuple[int, int, bytes]]) -> None:
    """Bytes cut out, put in or overwritten anywhere: read or put aside, never a crash, never gone."""
    payload = seed
    for begin, length, put in cuts:
        payload = payload[:begin] + put + payload[begin + length :]
    assert _homes([message(topic, payload)]) == [1]


@pytest.mark.parametrize("topic", ["aq/1/st-1/obs", "aq/1/st-1/status", "in/st-1/airrohr"])
@settings(max_examples=100, deadline=None)
@given(body=_json)
def test_any_json_ends_in_one_place(topic: str, body: Any) -> None:
    """JSON of any shape and type: read or put aside, never a crash, never gone."""
    assert _homes([message(topic, json.dumps(body).encode())]) == [1]


@settings(max_examples=300, deadline=None)
@given(topic=st.text(max_size=30) | st.sampled_from(["aq/1//obs", "in//", "in/x", "aq/1/st-1/obs/more", "$SYS/x"]))
def test_any_topic_ends_in_one_place(topic: str) -> None:
    """A topic of any spelling: read or put aside, never a crash, never gone."""
    assert _homes([message(topic, NATIVE)]) == [1]


def test_a_file_in_the_folder_is_a_format() -> None:
    """The formats are the modules of the package: no list of them is kept anywhere."""
    names = [each.NAME for each in all_formats()]
    assert len(names) == len(set(names)) >= 29
    assert names[-1] == GUESSED


@pytest.mark.parametrize(
    ("topic", "payload", "headers", "setting", "expected"),
    [
        ("anything", NATIVE, {}, "airrohr", "airrohr"),
        ("some/airrohr", NATIVE, {}, None, "airrohr"),
        ("anything", NATIVE, {}, None, "native"),
        ("anything", AIRROHR, {}, None, "airrohr"),
        ("anything", INFLUX, {}, None, "airrohr"),
        ("anything", b"{}", {"X-Sensor": "esp8266-1"}, None, "airrohr"),
        ("anything", AIRROHR, {}, "a format that is gone", "airrohr"),
    ],
)
def test_the_format_is_chosen_by_setting_then_topic_then_body(
    topic: str, payload: bytes, headers: dict[str, str], setting: str | None, expected: str
) -> None:
    """The station's own setting wins over the topic, and the topic over the body."""
    asked = Message("http", "", payload, NOW, headers=headers)
    assert expected == choose(Opened(asked, topic), setting).NAME


@pytest.mark.parametrize("topic", ["in/st-1/senml", "in/st-1/v3/app/devices/x/up", "aq/1/st-1/obs"])
def test_half_of_a_surrogate_pair_in_a_name_ends_in_one_place(topic: str) -> None:
    """No UTF-8 has it, and JSON may spell it: the message is read without it or put aside."""
    body = b'[{"bn":"x/"},{"\\ud800":"Cel"},{"n":"humidity","v":67,"u":"%RH"}]'
    for payload in (body, b'{"\\ud800":1,"obs":[{"s":"x","v":{"pm2_5":1}}]}'):
        assert _homes([Message("mqtt", topic, payload, NOW)]) == [1]


def test_a_batch_keeps_its_order_though_formats_are_read_side_by_side() -> None:
    """Places ascend in every list, and what a station told in a batch is known to what it sent after that."""
    config = b'{"stat_t": "esp/sensor/t/state", "uniq_id": "t", "name": "Temperature", "unit_of_meas": "\xc2\xb0F"}'
    sent = [
        ("in/st-2/zigbee2mqtt/x", b'{"pm25": 4}'), ("in/st-1/esp/sensor/co2/state", b"600"),
        ("in/st-3/airgradient", b'{"wifi": -4, "pm02": 7}'),
        ("in/st-1/ha/sensor/esp/t/config", config), ("nowhere", b""),
        ("in/st-2/zigbee2mqtt/y", b'{"pm25": 5}'), ("in/st-1/esp/sensor/t/state", b"50"), ("in/st-3/airgradient", b"{"),
    ]  # fmt: skip
    messages = [Message("mqtt", topic, payload, NOW) for topic, payload in sent]
    memories = Memories()
    decode([each for each in messages if "config" not in each.topic], {}, memories)  # learns what each station sends
    batch = decode([replace(each, received_at=NOW + timedelta(minutes=1)) for each in messages], {}, memories)
    assert [(each.position, each.records[0].value) for each in batch.readings] == [
        (0, 4.0), (1, 600.0), (2, 7.0), (5, 5.0), (6, pytest.approx(10.0)),
    ]  # fmt: skip
    assert ([place for place, _ in batch.failures], batch.silent) == ([4, 7], [3])
