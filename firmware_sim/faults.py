"""How devices fail, each as a function of the station and the time, so that a restart finds the same broken station.

A fault that lasts is a block: each station has at most one of a kind in each day, drawn from the day's number.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from firmware_sim.draws import Floats, Ints, Streams, normal, stream, uniform
from firmware_sim.times import DAY_MS, HOUR_MS

Mask = npt.NDArray[np.bool_]

SENTINELS = (999.9, -128.0, 65535.0)
"""What devices send when they have nothing to say: airrohr, DHT libraries, a 16-bit register that never answered."""

SPIKE_RATE = 0.008
SENTINEL_RATE = 0.004
DUPLICATE_RATE = 0.006
REBOOT_RATE = 0.003
CONDENSATION_HUMIDITY = 88.0  # [%]


@dataclass(frozen=True, slots=True)
class BlockKind:
    """A fault that lasts: how often a day has one, how long it lasts, at what hour of UTC its day begins."""

    name: str
    probability: float
    shortest_h: float
    longest_h: float
    day_begins_h: int = 0


STUCK = BlockKind("stuck", 0.10, 3.0, 10.0)
CONDENSATION = BlockKind("condensation", 0.35, 4.0, 14.0, day_begins_h=16)
WRONG_CLOCK = BlockKind("wrong clock", 0.03, 4.0, 12.0)
OFFLINE = BlockKind("offline", 0.12, 0.5, 3.0)


@dataclass(frozen=True, slots=True)
class Troubles:
    """Who has trouble how often; shape (S,). A level of 0 is a world without faults."""

    streams: Streams
    level: Floats


@dataclass(frozen=True, slots=True)
class Blocks:
    """The block of the day of each sample [ms since 1970], half open, empty where there is none; shape (T, S)."""

    begin_ms: Ints
    end_ms: Ints

    def covers(self, clock_ms: Ints) -> Mask:
        """Say which times lie in their day's block."""
        return (clock_ms >= self.begin_ms) & (clock_ms < self.end_ms)


def blocks(troubles: Troubles, kind: BlockKind, clock_ms: Ints) -> Blocks:
    """Find the block of a kind in the day of each sample."""
    streams = troubles.streams ^ stream("block", kind.name)
    day = (clock_ms - kind.day_begins_h * HOUR_MS) // DAY_MS
    day_begin = day * DAY_MS + kind.day_begins_h * HOUR_MS
    there = uniform(streams, 3 * day) < np.minimum(kind.probability * troubles.level, 0.9)
    lasts_h = kind.shortest_h + (kind.longest_h - kind.shortest_h) * uniform(streams, 3 * day + 1)
    begin_h = (24.0 - lasts_h) * uniform(streams, 3 * day + 2)
    begin = day_begin + (begin_h * HOUR_MS).astype(np.int64)
    return Blocks(begin, begin + np.where(there, lasts_h * HOUR_MS, 0.0).astype(np.int64))


def hits(troubles: Troubles, name: str, rate: float, clock_ms: Ints) -> Mask:
    """Find the samples with a fault of one reading."""
    return uniform(troubles.streams ^ stream("hit", name), clock_ms) < np.minimum(rate * troubles.level, 0.5)


def spike(troubles: Troubles, clock_ms: Ints, value: Floats) -> Floats:
    """Make a spike of a PM value [µg/m³]: an insect, a cigarette, a loose wire."""
    streams = troubles.streams
    factor = np.exp(1.6 + 0.5 * normal(streams ^ stream("spike factor"), clock_ms))
    return np.asarray(value * factor + 8.0 + 40.0 * uniform(streams ^ stream("spike height"), clock_ms), np.float64)


def condensation(troubles: Troubles, block: Blocks, clock_ms: Ints, value: Floats) -> Floats:
    """Make a PM value [µg/m³] of droplets: a factor and a rise that last as long as the block."""
    factor = 1.5 + 2.0 * uniform(troubles.streams ^ stream("droplet factor"), block.begin_ms)
    flicker = 1.0 + 0.3 * normal(troubles.streams ^ stream("droplet flicker"), clock_ms)
    rise = 12.0 * uniform(troubles.streams ^ stream("droplet rise"), block.begin_ms)
    return np.maximum(value * factor * np.maximum(flicker, 0.3) + rise, 0.0)


def sentinel(troubles: Troubles, clock_ms: Ints) -> Floats:
    """Choose what a device sends in place of a value."""
    choice = uniform(troubles.streams ^ stream("which sentinel"), clock_ms) * len(SENTINELS)
    return np.array(SENTINELS)[choice.astype(np.int64)]


def clock_error_ms(troubles: Troubles, block: Blocks) -> Ints:
    """Say how far a wrong clock is out [ms]: hours ahead, 20 to 90 minutes behind, or (below -1e12) at 1970."""
    way = uniform(troubles.streams ^ stream("clock way"), block.begin_ms)
    size = uniform(troubles.streams ^ stream("clock size"), block.begin_ms)
    ahead = np.round((1.0 + 2.0 * size) * 3600).astype(np.int64) * 1000
    behind = -np.round((20.0 + 70.0 * size) * 60).astype(np.int64) * 1000
    # an odd 417 ms: a time that is out never falls on another reading's time, so a wrong clock loses nothing
    return np.where(way < 0.3, -block.begin_ms, np.where(way < 0.65, ahead, behind) + 417)
