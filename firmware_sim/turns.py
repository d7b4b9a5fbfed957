"""What each station of a mixed fleet measures as time goes by, and whether it is out of reach just then."""

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np

from firmware_sim.devices.wire import Row
from firmware_sim.draws import Ints, Streams, stream, uniform
from firmware_sim.faults import Mask
from firmware_sim.readings import NO_TIME, PARTICLES, Fleet, Readings, make_fleet, read
from firmware_sim.stations import SimStation
from firmware_sim.times import milliseconds_of

LONGEST_DROP = 6
"""Steps of the grid that a dropped connection stays away at most."""

_POWER_CUT = 0.3  # share of drops that are restarts: the clock is not set after them, and the memory empty
_CHUNK = 2_000  # cells read at once


class Turn(NamedTuple):
    """One station's moment to measure."""

    time: datetime
    station: SimStation
    row: Row
    away: bool  # out of reach: nothing can be sent
    restarted: bool  # the first time after a power cut
    twice: bool  # the message is sent twice


def turns(
    stations: Sequence[SimStation], begin: datetime, interval_s: float, *, faults: float, drops: float
) -> Iterator[Turn]:
    """Yield for ever what the stations measure from `begin` on, oldest first, each on its own place of the grid.

    `drops` is the share of moments at which a station drops out for one to six of its turns; `faults` as elsewhere.
    """
    fleet = make_fleet(stations, interval_s, level=faults)
    begin_ms = milliseconds_of(begin)
    size = max(1, _CHUNK // len(stations))
    first = begin_ms // fleet.interval_ms
    while True:
        steps = np.arange(first, first + size, dtype=np.int64)
        yield from _of_chunk(fleet, steps, read(fleet, steps), begin_ms, drops)
        first += size


def dropped(streams: Streams, steps: Ints, share: float) -> tuple[Mask, Mask]:
    """Say which stations are away at T steps, and which have just had a power cut; shape (T, S) each."""
    away = _away(streams, steps, share)
    cut = uniform(streams ^ stream("power cut"), steps[:, None]) < _POWER_CUT
    return away, cut & ~away & _away(streams, steps - 1, share)


def _away(streams: Streams, steps: Ints, share: float) -> Mask:
    away = np.zeros((len(steps), len(streams)), np.bool_)
    for back in range(LONGEST_DROP):
        begun = (steps - back)[:, None]
        lasts = 1 + np.floor(LONGEST_DROP * uniform(streams ^ stream("drop lasts"), begun))
        away |= (uniform(streams ^ stream("drop"), begun) < share) & (lasts > back)
    return away


def _of_chunk(fleet: Fleet, steps: Ints, readings: Readings, begin_ms: int, drops: float) -> Iterator[Turn]:
    away, restarted = dropped(fleet.troubles.streams, steps, drops)
    away |= ~readings.sent
    failed = readings.findings["sentinel"]
    values = readings.values | {name: np.where(failed, math.nan, readings.values[name]) for name in PARTICLES}
    for step, station in zip(*np.nonzero(readings.clock_ms >= begin_ms), strict=True):
        cell = (step, station)
        clock, stated = int(readings.clock_ms[cell]), int(readings.stated_ms[cell])
        unset = stated == NO_TIME or bool(restarted[cell])
        row = Row(
            clock,
            None if unset else stated,
            {name: float(value[cell]) for name, value in values.items()},
            int(readings.seq[cell]),
        )
        time = datetime.fromtimestamp(clock / 1000, UTC)
        yield Turn(
            time, fleet.stations[station], row, bool(away[cell]), bool(restarted[cell]), bool(readings.duplicate[cell])
        )
