"""What a format makes of a message: records of readings, and the values it had to refuse.

These are made for every value and every message, so they are msgspec Structs that the collector of garbage does not
track: a third of the cost of named tuples, and no pauses.
"""

from typing import Literal, NamedTuple

import msgspec

Clock = Literal["utc", "local", "received"]


class Record(msgspec.Struct, frozen=True, gc=False):
    """One raw value; `time` is the device's own [s since 1970, UTC], None where the message gives none."""

    time: float | None
    sensor_name: str
    observed_property: str
    value: float


class Refusal(NamedTuple):
    """One value that is not a reading, as named and spelt in the message, with the reason in a word."""

    sensor_name: str
    observed_property: str
    reason: str
    value: str


class Decoded(msgspec.Struct, gc=False):
    """The content of a message; `station` is what the body claims and never decides who sent it.

    `clock` says what the times of the records count from: 1970 in UTC, 1970 on the device's own wall clock, or the
    moment of receipt. `note` says in a word why a message rightly holds no reading: "config", "status", "held", ...
    """

    station: str | None
    records: list[Record]
    refused: list[Refusal]
    clock: Clock = "utc"
    note: str = ""


def silent(note: str) -> Decoded:
    """Make the content of a message that rightly holds no reading."""
    return Decoded(None, [], [], "utc", note)


def empty(station: str | None = None, clock: Clock = "utc") -> Decoded:
    """Make a content to be filled."""
    return Decoded(station, [], [], clock)
