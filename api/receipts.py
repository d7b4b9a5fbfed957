"""A delivery receipt: what arrived of a station, what did not, and what its owner can do about it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Literal

from pydantic import Field

from api.models.base import Model
from storage.receipts import Gap, PutAside, SensorDay

Cause = Literal["platform", "station", "unknown"]

FIXES: Mapping[str, str] = {
    "not_json": "Send JSON as docs/payload.md shows.",
    "not_utf8": "Send text as UTF-8.",
    "too_deep": "Send JSON as docs/payload.md shows.",
    "wrong_shape": "Send what your device's format has (docs/devices.md); your own firmware: docs/payload.md.",
    "too_large": "Send fewer entries a message: at most 64 KiB.",
    "no_readings": "Leave out messages without values; behind LoRaWAN, set a payload formatter.",
    "values_refused": "Look at the sensor, or leave failed values out; the rest of the message was stored.",
    "unit_not_told": "Leave ESPHome's `discovery` on, with `discovery_retain: true`: it tells the unit.",
    "unknown_station": "Register the station; check the id in the topic.",
    "foreign_topic": "Publish below the station's own topics.",
    "not_cbor": "Send CBOR, or JSON under another content type.",
    "no_payload_formatter": "Set a payload formatter (codec) at the LoRaWAN network server.",
    "no_sensor_map": "Send names of properties: the numbers of these sensors are explained elsewhere.",
    "unconfirmed_format": "Confirm how your device is read: set the station's format.",
    "unknown_format": "Use the path that the setup text gives, as in/<station>/airrohr.",
    "poison": "Tell us: the message is kept, and read again when we have mended ours.",
}
"""Reason of quarantine → what its owner can do (docs/payload.md)."""

ADVICE: Mapping[Cause, str] = {
    "platform": "No other station was heard either: the fault was ours. Messages that your station kept still count.",
    "station": "The connection of the station ended: look at its power and Wi-Fi.",
    "unknown": "Others were heard meanwhile: look at the station's power, Wi-Fi, and address of the server.",
}


class SensorReceipt(Model):
    """What came of one sensor on one day."""

    sensor_name: str
    interval_s: float | None = Field(description="Usual distance between two readings [s]; null: too few to tell.")
    received: int = Field(description="Times with a reading.")
    expected: int | None = Field(description="Times that the usual distance gives, from the sensor's first on.")
    share: float | None = Field(description="received / expected, at most 1.", ge=0, le=1)
    late: int = Field(description="Received more than an hour after their time.")
    without_time: int = Field(description="The station's clock was missing or wrong: the time of receipt was taken.")


class DayReceipt(Model):
    """What came of a station on one day, UTC."""

    begin: datetime
    end: datetime
    share: float | None = Field(description="Mean of the sensors' shares.", ge=0, le=1)
    sensors: list[SensorReceipt]


class GapItem(Model):
    """A time without any reading of the station."""

    begin: datetime = Field(description="Time of the last reading before it.")
    end: datetime = Field(description="Time of the first reading after it, or the end of the receipt.")
    cause: Cause = Field(description="On whose side it probably was.")
    advice: str


class QuarantineItem(Model):
    """Messages that could not be used, or not as a whole."""

    reason: str
    messages: int
    last_received_at: datetime
    fix: str


class Receipt(Model):
    """What arrived of a station's messages in [begin, end)."""

    station_id: str
    begin: datetime
    end: datetime
    days: list[DayReceipt]
    gaps: list[GapItem]
    quarantine: list[QuarantineItem]


def days(rows: Sequence[SensorDay]) -> list[DayReceipt]:
    """Gather the sensors of each day; rows come day by day."""
    return [_day(begin, end, list(group)) for (begin, end), group in groupby(rows, lambda row: (row.begin, row.end))]


def gap(row: Gap) -> GapItem:
    """Say on whose side a gap probably was."""
    cause: Cause = "platform" if row.all_silent else "station" if row.said_offline else "unknown"
    return GapItem(begin=row.begin, end=row.end, cause=cause, advice=ADVICE[cause])


def quarantined(row: PutAside) -> QuarantineItem:
    """Say what to do about messages that were put aside."""
    fix = FIXES.get(row.reason, "docs/payload.md says what a message may hold.")
    return QuarantineItem(reason=row.reason, messages=row.messages, last_received_at=row.last_received_at, fix=fix)


def _day(begin: datetime, end: datetime, rows: Sequence[SensorDay]) -> DayReceipt:
    shares = [share for row in rows if (share := _share(row)) is not None]
    mean = round(sum(shares) / len(shares), 4) if shares else None
    sensors = [SensorReceipt.of(row, share=_share(row)) for row in rows]
    return DayReceipt(begin=begin, end=end, share=mean, sensors=sensors)


def _share(row: SensorDay) -> float | None:
    return None if not row.expected else round(min(1.0, row.received / row.expected), 4)
