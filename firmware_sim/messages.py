"""Messages of a fleet in the order of time: the same for years of history as for the next minute."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np

from firmware_sim.draws import Ints
from firmware_sim.errors import OptionError
from firmware_sim.readings import NO_TIME, Fleet, Readings, make_fleet, missed, read
from firmware_sim.stations import SimStation
from firmware_sim.texts import chip_id, reading_count, topic, write_airrohr, write_native, write_obs, write_times
from firmware_sim.times import milliseconds_of

BATCH_MESSAGES = 8_000


class SimMessage(NamedTuple):
    """One message as a station sends it."""

    time: datetime  # when it is sent, UTC
    topic: str
    payload: bytes
    station_id: str
    seq: int  # what a native message carries: the station's messages since midnight UTC
    readings: int  # values in it, sentinels counted
    qos: int = 1
    retain: bool = False


def history(
    stations: Sequence[SimStation], begin: datetime, end: datetime, interval_s: float = 600.0, *, faults: float = 1.0
) -> Iterator[SimMessage]:
    """Yield what the stations send in [begin, end), oldest first.

    Each station keeps its own place on a grid of the interval [s] counted from 1970, so two calls that meet at a time
    give together what one call gives. `faults` scales all faults; 0 switches them off. Naive times are a ValueError, a
    station of a mixed fleet an OptionError.
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
    strange = {station.format for station in stations} - {"native", "airrohr"}
    if strange:
        raise OptionError(f"history has no format {min(strange)!r}: a mixed fleet only publishes live")
    fleet = make_fleet(stations, interval_s, level=faults)
    begin_ms, end_ms = milliseconds_of(begin), milliseconds_of(end)
    steps = max(1, size // len(stations))
    first = begin_ms // fleet.interval_ms
    for step in range(first, end_ms // fleet.interval_ms + 1, steps):
        chunk = np.arange(step, step + steps, dtype=np.int64)
        readings = read(fleet, chunk)
        yield write(fleet, readings, begin_ms, end_ms)


def write(fleet: Fleet, readings: Readings, begin_ms: int, end_ms: int) -> list[SimMessage]:
    """Write the messages of a chunk that are sent in [begin, end), oldest first."""
    wanted = readings.sent & (readings.clock_ms >= begin_ms) & (readings.clock_ms < end_ms)
    cells = np.nonzero(wanted)  # row after row is the order of time: the fleet is ordered by phase
    count = len(cells[0])
    payloads, counts = np.empty(count, object), np.zeros(count, np.int64)
    for group in fleet.groups:
        ours = np.flatnonzero(np.isin(cells[1], group))
        payloads[ours], counts[ours] = _write_group(fleet, readings, cells[0][ours], cells[1][ours])
    heads = [(topic(station), station.station_id) for station in fleet.stations]
    found = [
        SimMessage(datetime.fromtimestamp(ms / 1000, UTC), heads[station][0], payload, heads[station][1], seq, values)
        for ms, station, payload, seq, values in zip(
            readings.clock_ms[cells].tolist(),
            cells[1].tolist(),
            payloads.tolist(),
            readings.seq[cells].tolist(),
            counts.tolist(),
            strict=True,
        )
    ]
    for place in np.flatnonzero(readings.duplicate[cells])[::-1].tolist():
        found.insert(place, found[place])
    return found


def _write_group(fleet: Fleet, readings: Readings, steps: Ints, stations: Ints) -> tuple[list[bytes], Ints]:
    """Write the messages of stations with the same sensors; payloads, and how many readings each holds."""
    if not len(stations):
        return [], np.zeros(0, np.int64)
    one = fleet.stations[stations[0]]
    counts = np.full(len(stations), reading_count(one))
    values = {name: value[steps, stations] for name, value in readings.values.items()}
    if one.format != "native":
        chips = [chip_id(station) for station in fleet.stations]
        return write_airrohr(one.sensors, [chips[number] for number in stations.tolist()], values), counts
    stated_ms = readings.stated_ms[steps, stations]
    stated = write_times(stated_ms)
    for place in np.flatnonzero(stated_ms == NO_TIME).tolist():
        stated[place] = ""
    obs = write_obs(one.sensors, stated, values)
    for place in np.flatnonzero(readings.resumed[steps, stations]).tolist():
        clock, kept = missed(fleet, int(stations[place]), int(readings.clock_ms[steps[place], stations[place]]))
        obs[place] = ",".join([*write_obs(one.sensors, write_times(clock), kept), obs[place]])
        counts[place] *= len(clock) + 1
    return write_native(readings.seq[steps, stations].tolist(), stated, obs), counts
