"""Is this reading believable? Checks for single readings as they come in: arrays in, boolean mask out, True is the
finding.

Every function takes flat arrays of N readings. Where a check looks at earlier readings, they are sorted by series and
time, `series` (N,) says which readings belong together, and those wanted only as past stand before the new ones in
the same arrays. Procedures follow QARTOD (U.S. IOOS 2019, doi 10.25923/hadb-7s84) where it has one; thresholds come
from validation.policy.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from validation.flags import Flag
from validation.policy import DEFAULT, Policy

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Times = npt.NDArray[np.datetime64]

_PAST = 6  # readings that a spike is compared with
_LEAST_PAST = 3
_WINDOW = np.timedelta64(3, "h")
_GAP = np.timedelta64(1, "h")  # a repeat after a longer silence is a coincidence
_HOUR_US = 3.6e9
_LEAST_STEP_US = 6e7  # faster than a reading a minute is judged as a reading a minute


def gross_range(value: Floats, low: Floats | float, high: Floats | float) -> Bools:
    """True outside [low, high] and for infinities: no sensor of this kind measures that (QARTOD test 4). NaN is not
    judged.
    """
    return (value < low) | (value > high)


def stuck(value: Floats, series: Ints, time: Times, *, run: Ints | int) -> Bools:
    """True where a value ends a row of at least `run` equal ones of its series, gaps of at most an hour (QARTOD test
    8).
    """
    same = np.zeros(len(value), bool)
    same[1:] = (value[1:] == value[:-1]) & (series[1:] == series[:-1]) & (time[1:] - time[:-1] <= _GAP)
    index = np.arange(len(value))
    begun = np.maximum.accumulate(np.where(same, 0, index))
    return (index - begun + 1 >= run) & np.isfinite(value)


def spike(
    value: Floats,
    series: Ints,
    time: Times,
    *,
    margin: Floats | float,
    factor: float = 2.0,
    signed: Bools | bool = False,
) -> Bools:
    """True above `factor` times the second highest of the last six readings within 3 h, plus `margin` (QARTOD test 7).

    Two high readings in a row are flagged, a third is believed: one wrong reading excuses no other, an episode excuses
    itself. Where `signed`, readings as far below the second lowest count too, and `factor` does not. Fewer than three
    earlier readings: not judged.
    """
    past = _past(value, series, time)
    known = np.isfinite(past)
    judged = known.sum(0) >= _LEAST_PAST
    highest = -np.sort(np.where(known, -past, np.inf), axis=0)[1]
    lowest = np.sort(np.where(known, past, np.inf), axis=0)[1]
    growth = np.where(signed, 0.0, (factor - 1.0) * np.clip(np.where(judged, highest, 0.0), 0.0, None))
    above = value > highest + growth + margin
    below = np.asarray(signed) & (value < lowest - margin)
    found: Bools = judged & (above | below)
    return found


def rate(value: Floats, series: Ints, time: Times, *, per_hour: Floats | float) -> Bools:
    """True where a value changed faster than `per_hour` [unit per hour] since the reading before it (QARTOD test 6)."""
    steps = np.zeros(len(value))
    elapsed = (time[1:] - time[:-1]) / np.timedelta64(1, "us")
    change = np.abs(np.diff(value)) / (np.maximum(elapsed, _LEAST_STEP_US) / _HOUR_US)
    steps[1:] = np.where((series[1:] == series[:-1]) & np.isfinite(change), change, 0.0)
    return steps > per_hour


def humidity_high(relative_humidity: Floats, *, limit: float = 90.0) -> Bools:
    """True above `limit` [%]: particles have grown so far that no regression repairs the reading (RMSE doubles
    there).
    """
    return relative_humidity > limit


def condensation(relative_humidity: Floats, *, limit: float = 97.0) -> Bools:
    """True above `limit` [%]: an optical counter counts droplets (Jayaratne et al. 2018, doi
    10.5194/amt-11-4883-2018).
    """
    return relative_humidity > limit


def duplicate_clock(value: Floats, series: Ints, time: Times) -> Bools:
    """True where a reading has the same series and time as the one before it and another value: the clock stood still.

    The same value again is a message sent twice, and no finding.
    """
    found = np.zeros(len(value), bool)
    found[1:] = (series[1:] == series[:-1]) & (time[1:] == time[:-1]) & (value[1:] != value[:-1])
    return found


def check(
    value: Floats, series: Ints, time: Times, observed_property: Sequence[str], relative_humidity: Floats,
    *, policy: Policy = DEFAULT,
) -> npt.NDArray[np.int32]:  # fmt: skip
    """Run every check with the thresholds of the policy and return the flags (N,) as one bit mask.

    observed_property (N,) names what each reading is of; relative_humidity (N,) [%] at the sensor, NaN where unknown.
    """
    kinds, kind = np.unique(np.array(observed_property, dtype=np.str_), return_inverse=True)
    limits = [policy.of(str(name)) for name in kinds]
    signed = np.array([limit.signed for limit in limits], dtype=bool)[kind]
    particles = np.char.startswith(kinds, "pm")[kind]
    findings = {
        Flag.MISSING: ~np.isfinite(value),
        Flag.RANGE: gross_range(value, _of(limits, "low")[kind], _of(limits, "high")[kind]),
        Flag.STUCK: stuck(value, series, time, run=_of(limits, "stuck_run")[kind].astype(np.int64)),
        Flag.SPIKE: spike(value, series, time, margin=_of(limits, "reading_margin")[kind], signed=signed),
        Flag.RATE: rate(value, series, time, per_hour=_of(limits, "rate_per_hour")[kind]),
        Flag.HUMIDITY_HIGH: particles & humidity_high(relative_humidity),
        Flag.CONDENSATION: particles & condensation(relative_humidity),
        Flag.DUPLICATE_CLOCK: duplicate_clock(value, series, time),
    }
    flags = np.zeros(len(value), np.int32)
    for flag, mask in findings.items():
        flags[mask] |= flag
    return flags


def _of(limits: Sequence[object], name: str) -> Floats:
    return np.array([getattr(limit, name) for limit in limits], dtype=np.float64)


def _past(value: Floats, series: Ints, time: Times) -> Floats:
    """The six readings before each one (6,N), NaN where they are of another series or older than the window."""
    past = np.full((_PAST, len(value)), np.nan)
    for k in range(1, min(_PAST, len(value) - 1) + 1):
        near = (series[k:] == series[:-k]) & (time[k:] - time[:-k] <= _WINDOW)
        past[k - 1, k:] = np.where(near, value[:-k], np.nan)
    return past
