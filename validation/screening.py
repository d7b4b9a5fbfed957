"""Is this hour usable? Flags for the hours of many series, each from itself and what came before; no loop over hours.

The spike test depends on which earlier hours were believed, which depends on the spike test. It is solved as a fixed
point: hour h needs earlier hours only, so the solution is the one a walk through time would find, and a few rounds
reach it.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from validation.flags import Flag
from validation.median import TO_SIGMA, median
from validation.policy import SENTINELS, PropertyPolicy
from validation.runs import last_hours, longest_repeat, run_length

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Masks = npt.NDArray[np.int32]

_ROUNDS = 24  # a chain of excuses longer than this is an episode, not a series of spikes
_NEAR_ZERO = 0.05
_ZERO_RUN = 8  # a particle counter in clean air repeats its 0.0
_CLEAN_AIR = 6.0  # [µg/m³] field above which a repeated 0.0 is no clean air
_ZERO_FROM = 4.0  # [µg/m³] level that does not fall to 0.0 within the hour
_EVENT_HOURS, _EVENT_FACTOR = 4, 1.8
_OWN_FACTOR, _FIELD_FACTOR, _NEIGHBOUR_FACTOR = 2.0, 1.3, 1.8
_SIGNED_SCALES, _SIGNED_HOURS = 6.0, 6
_LOOKED_AT = 8  # hours before, among which the last believed ones are looked for
_NOT_BELIEVED = Flag.MISSING | Flag.RANGE | Flag.STUCK | Flag.SPIKE
_FINE = 2  # repeat of a series whose hours are never equal
_ELECTRICAL = 1e5  # a cell may be read in millivolts or counts: beyond this it is a code in any of them
_SOAKED, _DAMP = 97.0, 90.0  # [%] relative humidity: droplets are counted; growth is no longer a regression's matter


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a series usually shows: raw = offset + gain · field, all (S,), its scale around that, its longest repeat."""

    offset: Floats
    gain: Floats
    scale: Floats
    repeat: npt.NDArray[np.int64]


def learn_expectation(raw: Floats, field: Floats, limits: PropertyPolicy) -> Expectation:
    """Learn from hours (H,S) a line through the medians of the upper and the lower half of the field: half may be
    bad.
    """
    usable = np.where((raw > _floor(limits)) & (raw < limits.high) & np.isfinite(field), raw, np.nan)
    at = np.where(np.isfinite(usable), field, np.nan)
    middle = median(at, 0)
    low, high = at <= middle, at > middle
    low_raw, high_raw = (median(np.where(half, usable, np.nan), 0) for half in (low, high))
    low_at, high_at = (median(np.where(half, at, np.nan), 0) for half in (low, high))
    with np.errstate(invalid="ignore", divide="ignore"):
        gain = (high_raw - low_raw) / (high_at - low_at)
    if not limits.signed:
        gain = np.clip(gain, 0.0, None)
    gain = np.where(np.isfinite(gain), gain, 0.0)
    offset = low_raw - gain * low_at
    scale = TO_SIGMA * median(np.abs(usable - offset - gain * at), 0)
    alone = median(np.where(np.isfinite(raw), raw, np.nan), 0)
    own = TO_SIGMA * median(np.abs(raw - alone), 0)
    return Expectation(offset, gain, np.where(np.isfinite(scale), scale, own), longest_repeat(raw))


@dataclass(frozen=True, slots=True)
class Screened:
    """What screening says of hours (H,S), and what the next hours need of it: flags; length of the run of equal values;
    raw where it was suspected as a spike, else NaN."""

    flags: Masks
    length: npt.NDArray[np.int64]
    suspect: Floats

    def then(self, after: "Screened") -> "Screened":
        """These hours, and the hours after them."""
        return Screened(*(np.concatenate([getattr(part, name) for part in (self, after)]) for name in self.__slots__))

    def last(self, hours: int) -> "Screened":
        """The last hours."""
        return Screened(self.flags[-hours:], self.length[-hours:], self.suspect[-hours:])


def screen(
    raw: Floats, humidity: Floats, field: Floats, expected: Expectation, neighbours: npt.NDArray[np.int64],
    *, limits: PropertyPolicy, spread: Floats | None = None, before: Screened | None = None,
) -> Screened:  # fmt: skip
    """Flag hours (H,S): MISSING, RANGE, STUCK, SPIKE, ZERO fail; HUMIDITY_HIGH, CONDENSATION warn.

    raw as sent, humidity [%], field [target unit] with NaN where unknown, neighbours (S,K) of the same model, -1 where
    there are fewer, spread (H,S) of the readings of an hour, where known. An hour's flags do not depend on later hours.
    `before`: what was said of the first hours of raw; then the other arrays, and the answer, are of those after them.
    """
    known = 0 if before is None else len(before.flags)
    new = raw[known:]
    length = run_length(raw, None if before is None else before.length)[known:]
    flags = np.zeros(new.shape, np.int32)
    flags[~np.isfinite(new)] |= Flag.MISSING
    flags[_out_of_range(new, expected, limits)] |= Flag.RANGE
    flags[_stuck(new, length, field, expected, limits)] |= Flag.STUCK
    if spread is not None:
        flags[_still(new, spread, expected, limits)] |= Flag.STUCK
    level = expected.offset + expected.gain * field
    ceiling = None if limits.signed else _neighbour_quartile(new, neighbours)
    spike, suspect = _spikes(raw, flags, level, expected.scale, ceiling, limits, before)
    flags[spike] |= Flag.SPIKE
    if not limits.signed:
        flags[_zero(_trusted(raw, flags, before), new, level, expected, limits)] |= Flag.ZERO
        flags[humidity > _DAMP] |= Flag.HUMIDITY_HIGH
        flags[humidity > _SOAKED] |= Flag.CONDENSATION
    return Screened(flags, length, suspect)


def _spikes(
    raw: Floats, flags: Masks, level: Floats, scale: Floats, ceiling: Floats | None, limits: PropertyPolicy,
    before: Screened | None,
) -> tuple[Bools, Floats]:  # fmt: skip
    """Solve for the spikes (h,S) among the hours of `flags`; and raw where it was suspected."""
    new = raw[len(raw) - len(flags) :]
    believed = (flags & _NOT_BELIEVED) == 0
    earlier = np.zeros((0, new.shape[1])) if before is None else before.suspect[-(_EVENT_HOURS - 1) :]
    spike, suspect = np.zeros(new.shape, bool), np.full(new.shape, np.nan)
    for _ in range(_ROUNDS):
        trusted = _trusted(raw, np.where(spike, flags | Flag.SPIKE, flags), before)
        if limits.signed:
            over = _signed_spike(trusted, new, level, scale)
        else:
            over = _spike(trusted, new, level, ceiling, limits)
        suspect = np.where(over & believed, new, np.nan)
        found = over & believed & ~_lasting(np.concatenate([earlier, suspect]), len(new))
        if (found == spike).all():
            break
        spike = found
    return spike, suspect


def _trusted(raw: Floats, flags: Masks, before: Screened | None) -> Floats:
    """The believed readings (h,S) of the hours of `flags`, and of those before that they are compared with."""
    if before is not None:
        flags = np.concatenate([before.flags[-_LOOKED_AT:], flags])
    return np.where((flags & _NOT_BELIEVED) == 0, raw[len(raw) - len(flags) :], np.nan)


def _floor(limits: PropertyPolicy) -> float:
    """Hourly means of particles are not negative; a code of -1 is."""
    return limits.low if limits.signed else -1e-9


def _out_of_range(raw: Floats, expected: Expectation, limits: PropertyPolicy) -> Bools:
    if not limits.signed:
        return (raw < _floor(limits)) | (raw > limits.high) | (np.abs(raw - 999.9) < 0.2)
    low, high = (limits.low, limits.high) if limits.additive else (-_ELECTRICAL, _ELECTRICAL)
    coded = np.isin(raw, (*SENTINELS, 0.0)) & (expected.repeat <= _FINE)  # a finely resolved series does not hit a code
    return coded | (raw < low) | (raw > high)


def _stuck(
    raw: Floats, length: npt.NDArray[np.int64], field: Floats, expected: Expectation, limits: PropertyPolicy
) -> Bools:
    clean = (raw <= _NEAR_ZERO) & ~(field > _CLEAN_AIR) if not limits.signed else np.zeros(raw.shape, bool)
    allowed = np.where(clean, np.maximum(_ZERO_RUN, expected.repeat), expected.repeat)
    return length >= allowed


def _still(raw: Floats, spread: Floats, expected: Expectation, limits: PropertyPolicy) -> Bools:
    """All readings of the hour are the same, in a series whose hours never are: the first hour of a block already.

    Not near zero, where the steps of a sensor are as large as what it measures; weather may stand still for an hour.
    """
    found: Bools = (spread == 0.0) & (expected.repeat == _FINE) & (raw > limits.unit_scale) & (not limits.additive)
    return found


def _spike(trusted: Floats, raw: Floats, level: Floats, ceiling: Floats | None, limits: PropertyPolicy) -> Bools:
    """Above everything that could explain it: the hours before, the field, the neighbours."""
    margin = limits.spike_margin
    recent = last_hours(trusted, _LOOKED_AT, len(raw))
    three: Floats = np.fmax.reduce(recent[:3])
    own: Floats = np.where(np.isfinite(three), three, np.fmax.reduce(recent))
    limit: Floats = np.fmax(_OWN_FACTOR * own + margin, _FIELD_FACTOR * level + margin)
    if ceiling is not None:
        limit = np.fmax(limit, _NEIGHBOUR_FACTOR * ceiling + margin)
    return np.asarray(raw > limit)


def _signed_spike(trusted: Floats, raw: Floats, level: Floats, scale: Floats) -> Bools:
    """Far from the hours before and from what the field lets expect, in scales of the series."""
    recent = last_hours(trusted, _SIGNED_HOURS, len(raw))
    far = np.fmin(np.abs(raw - np.fmax.reduce(recent)), np.abs(raw - np.fmin.reduce(recent)))
    far = np.fmin(far, np.abs(raw - level))
    return np.asarray(far > _SIGNED_SCALES * scale)


def _lasting(suspects: Floats, rows: int) -> Bools:
    """Four suspects in four hours within a factor are an event: real air, or a new state that has to be looked at.

    Said of the last `rows` hours of the suspects (H,S).
    """
    four = np.concatenate([suspects[None, len(suspects) - rows :], last_hours(suspects, _EVENT_HOURS - 1, rows)])
    lowest, highest = four.min(0), four.max(0)  # NaN when any of the four is no suspect
    lasting: Bools = (highest <= _EVENT_FACTOR * lowest) | (lowest >= _EVENT_FACTOR * highest)
    return lasting


def _zero(trusted: Floats, raw: Floats, level: Floats, expected: Expectation, limits: PropertyPolicy) -> Bools:
    """Zero within the hour while the three hours before and the field say otherwise: the fan, or the supply.

    A series whose hours are never equal does not reach exactly zero in clean air either.
    """
    least = np.where(expected.repeat == _FINE, limits.unit_scale, _ZERO_FROM)
    recent = np.sort(last_hours(np.where(trusted > _NEAR_ZERO, trusted, np.nan), 3, len(raw)), axis=0)
    count = np.isfinite(recent).sum(0)
    usual = np.take_along_axis(recent, (np.maximum(count - 1, 0) // 2)[None], 0)[0]
    found: Bools = (raw >= 0.0) & (raw <= _NEAR_ZERO) & (usual > least) & ~(level <= least)
    return found


def _neighbour_quartile(raw: Floats, neighbours: npt.NDArray[np.int64]) -> Floats:
    """The lower quartile (H,S) of at least three neighbours; a median would let single spikes excuse each other."""
    if not neighbours.shape[1]:
        return np.full(raw.shape, np.nan)
    around = np.where(neighbours >= 0, raw[:, np.maximum(neighbours, 0)], np.nan)
    ordered = np.sort(around, axis=-1)
    count = np.isfinite(around).sum(-1)
    quartile = np.take_along_axis(ordered, (np.maximum(count - 1, 0) // 4)[..., None], -1)[..., 0]
    return np.where(count >= 3, quartile, np.nan)
