"""What a format makes of a message: records of readings, and the values it had to refuse."""

from typing import NamedTuple


class Record(NamedTuple):
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


class Decoded(NamedTuple):
    """The content of a message; `station` is what the body claims and never decides who sent it."""

    station: str | None
    records: list[Record]
    refused: list[Refusal]
