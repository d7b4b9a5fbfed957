"""What each make of device puts on the wire is read by ingest as what was measured: no more, no less."""

import math
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import unquote

import pytest

from firmware_sim.devices import FORMATS
from firmware_sim.devices.wire import Device, Format, Row, Wire
from firmware_sim.expected import kept_time
from ingest.decoding import DecodedBatch, decode
from ingest.memory import Memories
from ingest.message import Message

NOW = datetime(2026, 11, 22, 21, 5, 7, 300_000, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000) - 1300  # measured a moment before it is received
VALUES = {"pm1": 5.236, "pm2_5": 8.127, "pm4": 9.014, "pm10": 11.481}
CLIMATE = {"temperature": 7.318, "relative_humidity": 87.26, "air_pressure": 1011.437}
FAILED = dict.fromkeys(VALUES, math.nan)
VARIANTS = 60
"""Every way of setting a device up comes among so many serials: the least common multiple of 2, 3, 4 and 5."""

RESOLUTION = {"pm": 0.51, "temperature": 0.28, "relative_humidity": 0.51, "air_pressure": 0.07, "wind": math.inf}


def device(number: int) -> Device:
    """Make a device."""
    return Device("st-1", f"84fce612{number:04x}", "token-of-st-1")


def row(*, stated_ms: int | None = NOW_MS, ago_ms: int = 0, values: dict[str, float] | None = None) -> Row:
    """Make what a device measures."""
    stated = None if stated_ms is None else stated_ms - ago_ms
    return Row(NOW_MS - ago_ms, stated, {**VALUES, **(values or {}), **CLIMATE}, 7)


def as_message(wire: Wire) -> Message:
    """Make of a message on the wire what the doors make of it."""
    if not wire.method:
        return Message("mqtt", wire.topic, wire.payload, NOW)
    path, mark, query = wire.topic.partition("?")
    path = unquote(path.replace("/in/token-of-st-1/", "/in/"))
    name = re.split(r"[?&=]", path.removeprefix("/in/"), maxsplit=1)[0].removeprefix("/weatherstation/")
    target = f"{path}{mark}{query}"
    return Message(
        "http", f"in/st-1/{name}", wire.payload, NOW, station_id="st-1", path=target, headers=dict(wire.headers)
    )


def taken(wires: Iterable[Wire], memories: Memories | None = None) -> DecodedBatch:
    """Decode as ingest does."""
    return decode([as_message(wire) for wire in wires], {}, memories)


def read(format_: Format, number: int, *rows: Row) -> list[tuple[str, float | None, float]]:
    """List what ingest reads of rows, after the device said what it says at its start."""
    memories = Memories()
    assert taken(format_.greet(device(number)), memories).readings == []
    batch = taken(format_.write(device(number), rows), memories)
    assert {error.reason for _, error in batch.failures} <= {"values_refused"}  # a message that is one failed value
    found = [
        (record.observed_property, kept(record.time), record.value) for of in batch.readings for record in of.records
    ]
    return sorted(found, key=repr)


def kept(time: float | None) -> float | None:
    """Give the time that ingest keeps, None for that of receipt."""
    if time is None or time == NOW.timestamp():
        return None
    return time if -300 < NOW.timestamp() - time < 7 * 86400 else None


def said(format_: Format, number: int, *rows: Row) -> list[tuple[str, float | None, float]]:
    """List what the device says it said."""
    every = [one for wire in format_.write(device(number), rows) for one in wire.said]
    return sorted(((one.observed_property, kept_time(one, NOW.timestamp()), one.value) for one in every), key=repr)


def rows_of_trouble() -> dict[str, Row]:
    """Make what comes out when things go wrong."""
    return {
        "all is well": row(),
        "the dust sensor failed": row(values=FAILED),
        "the clock is not set": row(stated_ms=None),
        "the clock is in 1970": row(stated_ms=7_000_417),
        "the clock is two hours ahead": row(stated_ms=NOW_MS + 7_200_417),
        "the clock is half an hour behind": row(stated_ms=NOW_MS - 1_800_417),
    }


@pytest.mark.parametrize("name", FORMATS)
def test_ingest_reads_what_the_device_said(name: str) -> None:
    """Every value with its unit and time comes out as the device said it, in every set-up and with every trouble."""
    for number in range(VARIANTS):
        for trouble, one in rows_of_trouble().items():
            read_of, said_of = read(FORMATS[name], number, one), said(FORMATS[name], number, one)
            assert [each[:2] for each in read_of] == [each[:2] for each in said_of], (number, trouble)
            assert [each[2] for each in read_of] == pytest.approx([each[2] for each in said_of], abs=1e-6)


@pytest.mark.parametrize("name", FORMATS)
def test_a_device_says_what_was_measured(name: str) -> None:
    """What a device says differs from what was measured by the resolution of its format alone, and holds PM2.5."""
    for number in range(VARIANTS):
        found = said(FORMATS[name], number, row())
        assert "pm2_5" in {each[0] for each in found}
        for observed_property, _, value in found:
            measured = {**VALUES, **CLIMATE, "air_pressure_sea_level": value}.get(observed_property, value)
            assert abs(value - measured) <= RESOLUTION[re.split(r"\d|_s|_d|_g", observed_property)[0]], (
                observed_property
            )


@pytest.mark.parametrize("name", FORMATS)
def test_a_failed_sensor_says_nothing(name: str) -> None:
    """A device whose dust sensor failed says no mass, in whatever way its firmware spells the failure."""
    for number in range(VARIANTS):
        assert not [each for each in read(FORMATS[name], number, row(values=FAILED)) if each[0].startswith("pm")]


@pytest.mark.parametrize("name", [name for name, each in FORMATS.items() if each.memory])
def test_what_was_kept_comes_with_its_own_times(name: str) -> None:
    """A device with a memory sends three rows in one message, each at the time it was measured."""
    rows = [row(ago_ms=20_000), row(ago_ms=10_000), row()]
    for number in range(4):
        assert len(FORMATS[name].write(device(number), rows)) == 1
        found = read(FORMATS[name], number, *rows)
        assert [each[:2] for each in found] == [each[:2] for each in said(FORMATS[name], number, *rows)]
        assert len({time for _, time, _ in found}) == 3


def test_sixteen_formats_through_two_doors() -> None:
    """Ten formats publish over MQTT and six push over HTTP, and no two share a topic or path."""
    assert len(FORMATS) == 16
    assert sum(each.http for each in FORMATS.values()) == 6
    topics = [{wire.topic.partition("?")[0] for wire in each.write(device(1), [row()])} for each in FORMATS.values()]
    assert sum(map(len, topics)) == len(set.union(*topics))


def test_a_repeated_frame_is_read_once() -> None:
    """rtl_433 hears a frame two or three times; ingest takes one of them."""
    wires = FORMATS["rtl_433"].write(device(1), [row()])
    assert (len(wires), len(taken(wires).readings)) == (5, 2)


def test_states_and_wills_hold_no_reading() -> None:
    """Last wills, availability and discovery are never readings, and none is quarantined."""
    for format_ in FORMATS.values():
        wires = format_.greet(device(1)) + ([format_.will(device(1))] if format_.will else [])
        batch = taken(wires)
        assert (batch.readings, batch.failures) == ([], [])


def test_an_undecoded_uplink_says_nothing() -> None:
    """Every fortieth uplink of The Things Stack comes without a decoded payload: it says nothing, and has a reason."""
    wires = FORMATS["ttn_v3"].write(device(1), [row()._replace(number=39)])
    batch = taken(wires)
    assert [wire.said for wire in wires] == [()]
    assert [error.reason for _, error in batch.failures] == ["no_payload_formatter"]
