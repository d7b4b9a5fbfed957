"""What a device of a given make puts on the wire, and what it said with it; formats are pure functions on these."""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple


class Device(NamedTuple):
    """One device: its station, the twelve hex digits of its MAC address, and its MQTT password or HTTP token."""

    station_id: str
    serial: str
    secret: str = ""

    def variant(self, count: int) -> int:
        """Choose among ways of setting up a device, always the same for the same one."""
        return int(self.serial, 16) % count


class Row(NamedTuple):
    """What a device measures at one time: canonical names and units (docs/payload.md), NaN where the sensor failed."""

    clock_ms: int  # when it really was [ms since 1970]
    stated_ms: int | None  # what the device's own clock shows; None while it is not set
    values: Mapping[str, float]
    number: int  # the station's messages since midnight UTC


class Said(NamedTuple):
    """One reading as the wire tells it, rounding included; `local` where the time names no offset."""

    observed_property: str
    value: float
    time: float | None = None  # [s since 1970], None where the message gives none
    local: bool = False


class Wire(NamedTuple):
    """One message: an MQTT topic, or with a `method` the target of an HTTP request."""

    topic: str
    payload: bytes
    said: tuple[Said, ...] = ()
    qos: int = 0
    retain: bool = False
    method: str = ""
    headers: tuple[tuple[str, str], ...] = ()


Writer = Callable[[Device, Sequence[Row]], list[Wire]]


class Format(NamedTuple):
    """How one make of device speaks: `write` gets its rows oldest first, more than one only where it has a memory."""

    name: str
    write: Writer
    http: bool = False
    memory: int = 0  # rows kept while there is no connection
    greet: Callable[[Device], list[Wire]] = lambda _: []  # what it publishes after each connection
    will: Callable[[Device], Wire] | None = None  # what the broker publishes when it is gone


class Scale(NamedTuple):
    """How a number is written: number = value x factor + offset, with so many decimals."""

    decimals: int
    factor: float = 1.0
    offset: float = 0.0

    def write(self, value: float) -> str:
        """Write a canonical value."""
        return f"{value * self.factor + self.offset:.{self.decimals}f}"

    def said(self, text: str) -> float:
        """Say which canonical value was written."""
        return (float(text) - self.offset) / self.factor


class Key(NamedTuple):
    """What stands under a key of a message."""

    observed_property: str
    scale: Scale


PLAIN_1 = Scale(1)
PLAIN_2 = Scale(2)
WHOLE = Scale(0)
FAHRENHEIT = Scale(1, 1.8, 32.0)
PASCAL = Scale(2, 100.0)
INCHES_OF_MERCURY = Scale(3, 1 / 33.8638866667)


class Spelt(NamedTuple):
    """Values as texts by key, and what they say; `failed` lists the keys whose sensor gave nothing."""

    texts: dict[str, str]
    said: tuple[Said, ...]
    failed: tuple[str, ...]

    def numbers(self) -> dict[str, float]:
        """Give the values as JSON numbers."""
        return {key: float(text) for key, text in self.texts.items()}


def spell(row: Row, keys: Mapping[str, Key], time: float | None = None, *, local: bool = False) -> Spelt:
    """Write the values of a row under their keys."""
    texts: dict[str, str] = {}
    said: list[Said] = []
    failed: list[str] = []
    for key, (name, scale) in keys.items():
        value = row.values[name]
        if math.isnan(value):
            failed.append(key)
            continue
        texts[key] = scale.write(value)
        said.append(Said(name, scale.said(texts[key]), time, local))
    return Spelt(texts, tuple(said), tuple(failed))


def seconds(clock_ms: int | None) -> float | None:
    """Give a clock's time in whole seconds, as a device writes it that knows no fractions."""
    return None if clock_ms is None else float(clock_ms // 1000)


def moment(clock_ms: int) -> datetime:
    """Give a time as an object to be formatted, UTC."""
    return datetime.fromtimestamp(clock_ms / 1000, UTC)
