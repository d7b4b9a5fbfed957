"""Messages of a fleet in the order of time: the same for years of history as for the next minute."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np

from firmware_sim.draws import Floats
from firmware_sim.readings import NO_TIME, Fleet, Readings, make_fleet, missed, read
from firmware_sim.stations import SimStation
from firmware_sim.texts import reading_count, topic, write_airrohr, write_native, write_obs, write_times

BATCH_MESSAGES = 8_000


class SimMessage(NamedTuple):
    """One message as a station sends it."""

    time: datetime  # when it is sent, UTC
    topic: str
    payload: bytes
    station_id: str
    seq: int  # what a native message carries: the station's messages since midnight UTC
    readings: int  # values in it, sentinels counted


def history(
    stations: Sequence[SimStation], begin: datetime, end: datetime, interval_s: float = 600.0, *, faults: float = 1.0
) -> Iterator[SimMessage]:
    """Yield what the stations send in [begin, end), oldest first.

    Each station keeps its own place on a grid of the interval [s] counted from 1970, so two calls that meet at a time give
    together what one call gives. `faults` scales all faults; 0 switches them off. Naive times are a ValueError.
    """
    for batch in batches(stations, begin, end, interval_s, faults=faults):
        yield from batch


def batches(
    stations: Sequence[SimStation],
    begin: datetime,
    end: datetime,
    interval_s: float = 600.0,
    *,
    faults: float = 1.0,
    size: int = BATCH_MESSAGES,
) -> Iterator[list[SimMessage]]:
    """Yield the messages of :func:`history` in lists of about `size`."""
    if not stations:
        return
    fleet = make_fleet(stations, interval_s, level=faults)
    begin_ms, end_ms = _milliseconds(begin), _milliseconds(end)
    steps = max(1, size // len(stations))
    first = begin_ms // fleet.interval_ms
    for step in range(first, end_ms // fleet.interval_ms + 1, steps):
        chunk = np.arange(step, step + steps, dtype=np.int64)
        readings = read(fleet, chunk)
        yield write(fleet, readings, begin_ms, end_ms)


def write(fleet: Fleet, readings: Readings, begin_ms: int, end_ms: int) -> list[SimMessage]:
    """Write the messages of a chunk that are sent in [begin, end), oldest first."""
    wanted = readings.sent & (readings.clock_ms >= begin_ms) & (readings.clock_ms < end_ms)
    columns = [_column(fleet, readings, station) for station in range(len(fleet.stations))]
    found: list[SimMessage] = []
    # row after row is the order of time: the fleet is ordered by phase
    for step, station in zip(*(axis.tolist() for axis in np.nonzero(wanted)), strict=True):
        message = columns[station][step]
        found.append(message)
        if readings.duplicate[step, station]:
            found.append(message)
    return found


def _column(fleet: Fleet, readings: Readings, number: int) -> list[SimMessage]:
    station = fleet.stations[number]
    values = {name: value[:, number] for name, value in readings.values.items()}
    seq: list[int] = readings.seq[:, number].tolist()
    counts = [reading_count(station)] * len(seq)
    if station.format == "native":
        payloads = _native(fleet, readings, number, values, counts)
    else:
        payloads = write_airrohr(station, values)
    name, station_id = topic(station), station.station_id
    times = [datetime.fromtimestamp(ms / 1000, UTC) for ms in readings.clock_ms[:, number].tolist()]
    return [
        SimMessage(time, name, payload, station_id, number_sent, count)
        for time, payload, number_sent, count in zip(times, payloads, seq, counts, strict=True)
    ]


def _native(fleet: Fleet, readings: Readings, number: int, values: dict[str, Floats], counts: list[int]) -> list[bytes]:
    station = fleet.stations[number]
    stated_ms = readings.stated_ms[:, number]
    stated = write_times(stated_ms)
    for step in np.flatnonzero(stated_ms == NO_TIME):
        stated[step] = ""
    obs = write_obs(station, stated, values)
    for step in np.flatnonzero(readings.resumed[:, number]):
        clock, kept = missed(fleet, number, int(readings.clock_ms[step, number]))
        obs[step] = ",".join([*write_obs(station, write_times(clock), kept), obs[step]])
        counts[step] *= len(clock) + 1
    return write_native(readings.seq[:, number].tolist(), stated, obs)


def _milliseconds(time: datetime) -> int:
    if time.tzinfo is None:
        raise ValueError(f"{time.isoformat()} has no time zone: give UTC")
    return round(time.timestamp() * 1000)
