"""Puts times into UTC that a device did not say so: counted from the receipt, or read off its wall clock.

What a wall clock shows belongs to the time zone of its station. In the hour that an autumn night has twice it stands
for two times, and in the hour that a spring night leaves out for none: the one nearer to the receipt is meant.
"""

from datetime import UTC, datetime, tzinfo

from ingest.decoded import Decoded, Record

NEAR = 600.0
"""How far a wall clock that names no offset may be from the time of receipt to be taken for UTC [s]."""


def in_utc(content: Decoded, received: float, zone: tzinfo | None = None) -> list[Record]:
    """Give the records with times in UTC; `received` is the time of receipt [s since 1970].

    What is counted from the receipt and says no distance from it has no time of its own.

    A wall clock that shows the time of receipt in UTC is set to UTC, whatever the zone of its station, unless it shows
    that time in the zone too. Where no zone is told nobody knows the offset of any other: the time of receipt serves.
    """
    if content.clock == "received":
        times = {each.time: received + each.time if each.time else None for each in content.records}
    else:
        times = {time: _settled(time, received, zone) for time in {each.time for each in content.records}}
    return [Record(times[each.time], each.sensor_name, each.observed_property, each.value) for each in content.records]


def _settled(wall: float | None, received: float, zone: tzinfo | None) -> float | None:
    if wall is None:
        return None
    local = None if zone is None else _of_zone(wall, received, zone)
    if local is not None and abs(local - received) < NEAR:
        return local
    return wall if abs(wall - received) < NEAR else local


def _of_zone(wall: float, received: float, zone: tzinfo) -> float | None:
    """Read a wall clock of a zone; both sides of a change of the clocks are tried."""
    try:
        shown = datetime.fromtimestamp(wall, UTC).replace(tzinfo=zone)
        meant = shown.timestamp(), shown.replace(fold=1).timestamp()
    except (OverflowError, ValueError, OSError):
        return None
    return min(meant, key=lambda time: abs(time - received))
