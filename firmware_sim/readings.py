"""What a fleet of stations reads, faults and all, on its grid of times; still numbers, not yet messages."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from firmware_sim import faults
from firmware_sim.air import Air
from firmware_sim.draws import Floats, Ints, stream, uniform
from firmware_sim.errors import OptionError
from firmware_sim.faults import Mask, Troubles
from firmware_sim.sensors import Units, measure, units_of
from firmware_sim.stations import CLOCKLESS, SimStation
from firmware_sim.times import DAY_MS

BACKLOG_READINGS = 100
"""A station's memory: of a longer time offline only the last ones are kept."""

NO_TIME = -1
"""A stated time that is left out of the message."""

PARTICLES = ("pm1", "pm2_5", "pm4", "pm10")
"""What the particle sensor measures, which alone has faults of its values."""

LONGEST_INTERVAL_S = 365 * 86_400

_WHOLE_SECONDS_FROM_MS = 5_000


@dataclass(frozen=True, slots=True)
class Fleet:
    """Stations as columns, with the grid they read on: station s reads at k * interval + phase[s]."""

    stations: tuple[SimStation, ...]
    units: Units
    troubles: Troubles
    interval_ms: int
    phase_ms: Ints  # (S,)
    native: Mask  # (S,), with a clock that can be wrong; airrohr has none, nor a counter and a memory
    groups: tuple[Ints, ...]  # the numbers of the stations that carry the same sensors


@dataclass(frozen=True, slots=True)
class Readings:
    """What the fleet reads at T steps, each of shape (T, S)."""

    clock_ms: Ints  # when it really was
    stated_ms: Ints  # when the message says it was, or NO_TIME
    values: dict[str, Floats]
    seq: Ints
    sent: Mask  # False: the station is offline
    resumed: Mask  # the first message after that
    duplicate: Mask  # the message is sent twice
    findings: dict[str, Mask]  # by name of the fault, for whoever wants to know the truth


def make_fleet(stations: Sequence[SimStation], interval_s: float, *, level: float) -> Fleet:
    """Put stations on a grid; level scales all faults.

    An interval below 1 ms or above a year, or a negative level, is an OptionError.
    """
    if not 0.001 <= interval_s <= LONGEST_INTERVAL_S:
        raise OptionError(f"interval is {interval_s} s: at least 0.001, at most {LONGEST_INTERVAL_S}")
    interval_ms = round(interval_s * 1000)
    if not level >= 0:  # nor anything that is no number
        raise OptionError(f"faults is {level}: 0 for none, 1 for the usual share")
    units = units_of(stations)
    native = np.array([station.format not in CLOCKLESS for station in stations])
    step = 1000 if interval_ms >= _WHOLE_SECONDS_FROM_MS and interval_ms % 1000 == 0 else 1
    # apart, so that the fleet is a steady trickle and not a burst
    phase = (uniform(units.streams ^ stream("phase"), 0) * interval_ms).astype(np.int64) // step * step
    trouble = np.array([station.trouble for station in stations]) * level
    order = np.argsort(phase, kind="stable")
    ordered = tuple(stations[number] for number in order)
    return Fleet(
        ordered,
        _pick(units, order),
        Troubles(units.streams[order], trouble[order]),
        interval_ms,
        phase[order],
        native[order],
        _group(ordered),
    )


def _group(stations: Sequence[SimStation]) -> tuple[Ints, ...]:
    models = np.array([station.sensor_model for station in stations])
    return tuple(np.flatnonzero(models == model) for model in np.unique(models))


def read(fleet: Fleet, steps: Ints) -> Readings:
    """Read at steps k of the grid, T in all."""
    times = steps * fleet.interval_ms
    clock = times[:, None] + fleet.phase_ms[None, :]
    air, values = measure(fleet.units, times, fleet.phase_ms)
    findings = _spoil(fleet.units, fleet.troubles, air, values, clock)
    offline = faults.blocks(fleet.troubles, faults.OFFLINE, clock)
    before = clock - fleet.interval_ms
    was_offline = faults.blocks(fleet.troubles, faults.OFFLINE, before).covers(before)
    sent = ~offline.covers(clock)
    resumed = was_offline & sent & fleet.native
    stated, clock_findings = _state_time(fleet, clock, resumed)
    duplicate = faults.hits(fleet.troubles, "duplicate", faults.DUPLICATE_RATE, clock)
    duplicate &= sent & (stated == clock) & fleet.native
    findings |= clock_findings | {"duplicate": duplicate, "offline": ~sent}
    return Readings(clock, stated, values, _count(fleet, clock, offline), sent, resumed, duplicate, findings)


def missed(fleet: Fleet, station: int, resumed_ms: int) -> tuple[Ints, dict[str, Floats]]:
    """Read again what one station kept in memory before it came back: times [ms] oldest first, values of shape (N,)."""
    one = np.array([station])
    troubles = Troubles(fleet.troubles.streams[one], fleet.troubles.level[one])
    last = resumed_ms - fleet.interval_ms
    begin = int(faults.blocks(troubles, faults.OFFLINE, np.array([[last]])).begin_ms[0, 0])
    count = min((last - begin) // fleet.interval_ms + 1, BACKLOG_READINGS)
    clock = last - fleet.interval_ms * np.arange(count - 1, -1, -1, dtype=np.int64)
    return clock, _read_again(fleet, np.full(count, station), clock)


def _read_again(fleet: Fleet, stations: Ints, clock: Ints) -> dict[str, Floats]:
    """Read at any pairs of station and time, with the faults of values; shape (N,) each."""
    units, troubles = _pick(fleet.units, stations), fleet.troubles
    picked = Troubles(troubles.streams[stations], troubles.level[stations])
    air, values = measure(units, np.zeros(1, np.int64), clock)  # the lag alone says when: pairs, not a grid
    _spoil(units, picked, air, values, clock[None, :])
    return {name: value[0] for name, value in values.items()}


def _spoil(units: Units, troubles: Troubles, air: Air, values: dict[str, Floats], clock: Ints) -> dict[str, Mask]:
    """Put the faults of values into the PM values, in place; who has which."""
    droplets = faults.blocks(troubles, faults.CONDENSATION, clock)
    wet = droplets.covers(clock) & (air.relative_humidity > faults.CONDENSATION_HUMIDITY)
    stuck = faults.blocks(troubles, faults.STUCK, clock)
    frozen = stuck.covers(clock)
    spiked = faults.hits(troubles, "spike", faults.SPIKE_RATE, clock) & ~frozen
    dead = faults.hits(troubles, "sentinel", faults.SENTINEL_RATE, clock)
    held = _hold(units, frozen, stuck.begin_ms)
    for name in PARTICLES:
        value = values[name]
        value = np.where(wet, faults.condensation(troubles, droplets, clock, value), value)
        value = np.where(spiked, faults.spike(troubles, clock, value), value)
        value[frozen] = held[name]
        values[name] = np.where(dead, faults.sentinel(troubles, clock), value)
    return {"condensation": wet, "spike": spiked, "stuck": frozen, "sentinel": dead}


def _hold(units: Units, frozen: Mask, begin_ms: Ints) -> dict[str, Floats]:
    """Read what stuck stations read when they got stuck, for the cells of the mask in order."""
    stations = np.broadcast_to(np.arange(frozen.shape[1]), frozen.shape)[frozen]
    moments = np.stack([stations, begin_ms[frozen]])
    distinct, back = np.unique(moments, axis=1, return_inverse=True)
    if not distinct.shape[1]:
        return {name: np.zeros(0) for name in PARTICLES}
    _, values = measure(_pick(units, distinct[0]), np.zeros(1, np.int64), distinct[1])
    return {name: values[name][0][back.reshape(-1)] for name in PARTICLES}


def _state_time(fleet: Fleet, clock: Ints, resumed: Mask) -> tuple[Ints, dict[str, Mask]]:
    block = faults.blocks(fleet.troubles, faults.WRONG_CLOCK, clock)
    # a station that was offline has a clock again: its backlog must not fall on one time of receipt
    wrong = block.covers(clock) & fleet.native & ~resumed
    reboot = faults.hits(fleet.troubles, "reboot", faults.REBOOT_RATE, clock) & fleet.native & ~resumed
    stated = clock + np.where(wrong, faults.clock_error_ms(fleet.troubles, block), 0)
    return np.where(reboot, NO_TIME, stated), {"wrong clock": wrong, "reboot": reboot}


def _count(fleet: Fleet, clock: Ints, offline: faults.Blocks) -> Ints:
    """Number a station's messages from 1 at each midnight UTC, without counting what was never sent."""
    midnight = clock - clock % DAY_MS
    silent = _steps(fleet, np.minimum(offline.end_ms, clock)) - _steps(fleet, np.minimum(offline.begin_ms, clock))
    return _steps(fleet, clock) - _steps(fleet, midnight) + 1 - silent


def _steps(fleet: Fleet, time_ms: Ints) -> Ints:
    """Count the steps of the grid before a time."""
    return -((fleet.phase_ms - time_ms) // fleet.interval_ms)


def _pick(units: Units, stations: Ints) -> Units:
    columns = {field.name: getattr(units, field.name)[stations] for field in fields(units) if field.name != "seed"}
    return replace(units, **columns)
