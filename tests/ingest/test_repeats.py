"""What says again what was said before: states at each change, radio frames, and copies that a broker kept."""

from datetime import timedelta
from typing import Any

import pytest

from ingest.decoding import DecodedBatch, decode
from ingest.memory import Memories
from ingest.message import Message
from tests.ingest.samples import NOW, message

TUYA = "in/st-1/zigbee2mqtt/Air Quality Sensor"
FRAME = {"model": "Fineoffset-WH51", "id": 7, "temperature_C": 9.5}


def _state(seconds: float, *, topic: str = TUYA, **values: Any) -> Message:
    return message(topic, {"linkquality": 255} | values, received_at=NOW + timedelta(seconds=seconds))


def _values(batch: DecodedBatch) -> list[tuple[int, float]]:
    """List the values by the place of their message."""
    return [(of.position, record.value) for of in batch.readings for record in of.records]


def test_a_state_that_says_the_same_again_holds_no_new_reading() -> None:
    """Six messages in two seconds, one for each attribute that changed: each value counts where it is new."""
    burst = [
        _state(0, co2=363, temperature=21),
        _state(0.9, co2=363, temperature=21),
        _state(1, co2=368, temperature=21),
    ]
    batch = decode([*burst, _state(12, co2=368, temperature=21)], {}, Memories())
    assert _values(batch) == [(0, 363.0), (0, 21.0), (2, 368.0), (3, 368.0), (3, 21.0)]
    assert batch.silent == [1]


def test_states_that_waited_in_the_broker_are_told_apart_by_their_own_time() -> None:
    """Ingest was away, and all comes in one second: minutes apart are readings, a burst is one."""
    waited = [
        _state(n / 10, co2=400, last_seen=f"2026-05-17T22:{time}Z")
        for n, time in enumerate(("10:00", "10:02", "12:00", "12:09", "12:10", "14:00"))
    ]
    batch = decode(waited, {}, Memories())
    assert _values(batch) == [(0, 400.0), (2, 400.0), (4, 400.0), (5, 400.0)]
    assert batch.silent == [1, 3]


def test_a_batch_that_is_decoded_again_holds_the_same_readings() -> None:
    """While the database is away a batch is tried again and again: no message is a repeat of itself."""
    radio = [
        message("in/st-1/rtl_433/host/events", FRAME, received_at=NOW + timedelta(seconds=n / 4)) for n in range(3)
    ]
    batch = [_state(0, co2=363), _state(1, co2=363), _state(2, co2=368), _state(3, co2=363), *radio]
    memories = Memories()
    first = decode(batch, {}, memories)
    again = decode(batch, {}, memories)
    assert _values(first) == [(0, 363.0), (2, 368.0), (3, 363.0), (4, 9.5)]
    assert (_values(again), again.silent) == (_values(first), first.silent)


def test_a_radio_frame_is_known_by_its_values() -> None:
    """Copies of a frame differ in the strength of the signal; the same values a minute later were measured anew."""
    topic, waited = "in/st-1/home/RTL_433toMQTT/WH51/7", [0, 0.3, 1.9, 60]
    radio = [
        message(topic, FRAME | {"rssi": -80 - n}, received_at=NOW + timedelta(seconds=s)) for n, s in enumerate(waited)
    ]
    assert _values(decode(radio, {}, Memories())) == [(0, 9.5), (3, 9.5)]


def test_radio_frames_that_waited_in_the_broker_are_told_apart_by_their_own_time() -> None:
    """Ingest was away: what comes in one moment was measured a minute apart."""
    waited = [
        message("in/st-1/rtl_433/host/events", FRAME | {"time": f"2026-05-17T22:{time}Z"})
        for time in ("10:00", "10:01", "11:00", "12:00")
    ]
    assert _values(decode(waited, {}, Memories())) == [(0, 9.5), (2, 9.5), (3, 9.5)]


def test_another_device_of_a_station_repeats_nothing() -> None:
    """Two sensors that say the same number have each measured it."""
    other = _state(1, topic="in/st-1/zigbee2mqtt/Kitchen", co2=363)
    assert len(_values(decode([_state(0, co2=363), other], {}, Memories()))) == 2


@pytest.mark.parametrize(
    ("said", "readings"),
    [
        ({"co2": 400}, []),
        ({"co2": 400, "last_seen": "2026-05-17T22:20:00Z"}, [(0, 400.0)]),
        ({"co2": 400, "last_seen": "2026-04-17T22:20:00Z"}, []),  # its sensor is dead: it would be of now for ever
        ({"co2": 400, "last_seen": "2026-05-18T22:20:00Z"}, []),
    ],
)
def test_a_kept_state_counts_only_with_its_own_time(said: dict[str, Any], readings: list[tuple[int, float]]) -> None:
    """A broker gives its kept copy at each of our reconnects; one whose time is believed ends at its key."""
    assert _values(decode([message(TUYA, said, retain=True)], {}, Memories())) == readings


def test_a_kept_state_is_not_let_out_by_a_live_attribute() -> None:
    """Home Assistant's state of before our reconnect is old, though its unit is sent anew."""
    base = "in/st-1/homeassistant/sensor/garden_pm25"
    kept = message(f"{base}/state", b"12.5", retain=True)
    unit = [message(f"{base}/unit_of_measurement", '"µg/m³"'.encode()), message(f"{base}/device_class", b'"pm25"')]
    live = message(f"{base}/state", b"13.5", received_at=NOW + timedelta(seconds=60))
    assert _values(decode([kept, *unit, live], {}, Memories())) == [(3, 13.5)]


@pytest.mark.parametrize(
    "topic", ["in/st-1/homeassistant/sensor/garden_temperature/state", "in/st-1/homie/d/n/temperature"]
)
def test_a_temperature_that_no_air_has_needs_its_unit(topic: str) -> None:
    """70 without a unit is °F more likely than °C: it is put aside until the unit is told; 20 is read."""
    batch = [
        message(topic, value, received_at=NOW + timedelta(minutes=n)) for n, value in enumerate((b"19", b"20", b"70"))
    ]
    found = decode(batch, {}, Memories())
    assert _values(found)[-1] == (1, 20.0)
    assert [(index, error.reason) for index, error in found.failures] == [(2, "unit_not_told")]


def test_a_homie_value_said_again_is_no_new_reading() -> None:
    """Homie repeats a property when its device comes back; a kept copy of it is none either."""
    topic = "in/st-1/homie/garden/sps30/pm25"
    batch = [message(topic, b"8.1", received_at=NOW + timedelta(seconds=n)) for n in (0, 3, 60)]
    assert _values(decode([*batch, message(topic, b"9", retain=True)], {}, Memories())) == [(0, 8.1), (2, 8.1)]
