"""The quality flags of a reading or an hour: one bit mask, named once, never a deletion.

Levels follow QARTOD (U.S. IOOS Manual for Real-Time Quality Control): 1 pass, 2 not evaluated, 3 suspect, 4 fail,
9 missing.
A flag says what was seen; :func:`quality` says what that means for the use of the value.
"""

from enum import IntEnum, IntFlag

import numpy as np
import numpy.typing as npt


class Flag(IntFlag):
    """One bit per finding. The numbers are stored: never renumber, only append."""

    MISSING = 1 << 0
    RANGE = 1 << 1
    STUCK = 1 << 2
    SPIKE = 1 << 3
    RATE = 1 << 4
    HUMIDITY_HIGH = 1 << 5
    CONDENSATION = 1 << 6
    CHANNEL_DISAGREEMENT = 1 << 7
    NEIGHBOUR = 1 << 8
    TIME_RECEIVED = 1 << 9
    CLOCK_OFFSET = 1 << 10
    DUPLICATE_CLOCK = 1 << 11
    MOVED = 1 << 12
    DRIFT = 1 << 13
    EXTRAPOLATED = 1 << 14
    CALIBRATION_HELD = 1 << 15
    CALIBRATION_PRIOR = 1 << 16
    NOT_CALIBRATED = 1 << 17
    FEW_REFERENCES = 1 << 18
    # 1 << 19 was never set by anything, and stays unused
    EPISODE = 1 << 20
    LOCAL_EVENT = 1 << 21
    LATE = 1 << 22
    SHORT_WINDOW = 1 << 23
    LOW_CAPTURE = 1 << 24
    NO_SKILL = 1 << 25
    ZERO = 1 << 26
    PAUSED = 1 << 27
    NEW_SEGMENT = 1 << 28


class Quality(IntEnum):
    """QARTOD flag of a value."""

    PASS = 1
    NOT_EVALUATED = 2
    SUSPECT = 3
    FAIL = 4
    MISSING = 9


FAIL = Flag.RANGE | Flag.STUCK | Flag.SPIKE | Flag.CHANNEL_DISAGREEMENT | Flag.ZERO
"""A reading with any of these gets no validated value and is left out of every fit."""

SUSPECT = (
    Flag.RATE
    | Flag.HUMIDITY_HIGH
    | Flag.CONDENSATION
    | Flag.NEIGHBOUR
    | Flag.CLOCK_OFFSET
    | Flag.DUPLICATE_CLOCK
    | Flag.MOVED
    | Flag.DRIFT
    | Flag.EXTRAPOLATED
    | Flag.LOCAL_EVENT
    | Flag.LOW_CAPTURE
)


def quality(flags: npt.NDArray[np.int32]) -> npt.NDArray[np.int8]:
    """Reduce bit masks of any shape to QARTOD levels of the same shape; the worst finding decides."""
    levels = np.full(flags.shape, Quality.PASS, np.int8)
    levels[(flags & (Flag.NOT_CALIBRATED | Flag.PAUSED)) != 0] = Quality.NOT_EVALUATED
    levels[(flags & SUSPECT) != 0] = Quality.SUSPECT
    levels[(flags & FAIL) != 0] = Quality.FAIL
    levels[(flags & Flag.MISSING) != 0] = Quality.MISSING
    return levels


def names(flags: int) -> list[str]:
    """List the names of the set bits, lower case, in bit order; unknown bits are a ValueError."""
    unknown = flags & ~sum(flag.value for flag in Flag)
    if unknown:
        raise ValueError(f"unknown flag bits {unknown:#x} in {flags:#x}")
    return [flag.name.lower() for flag in Flag if flags & flag and flag.name]
