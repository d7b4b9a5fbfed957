"""Decides which time a reading gets: the device's own where it can be believed, else the time of receipt."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from validation.flags import Flag

Ints = npt.NDArray[np.int64]

SECOND = 1_000_000
"""[µs]"""

OLDEST = 7 * 86400 * SECOND
"""A device time further back than this before receipt is not believed [µs] (docs/payload.md)."""

AHEAD = 5 * 60 * SECOND
"""A device time this far or further after receipt is not believed [µs] (docs/payload.md)."""

LATE = 3600 * SECOND
"""A believed reading older than this at receipt is late: its hour may have been calculated without it [µs]."""


class Settled(NamedTuple):
    """Times [µs since 1970] and the flags TIME_RECEIVED and LATE."""

    time: Ints
    flags: npt.NDArray[np.int32]


def is_believed(device_time: float, received: float) -> bool:
    """Say whether a device's own time is believed of a message received at `received` [both s since 1970]."""
    return -AHEAD < (received - device_time) * SECOND < OLDEST


def settle(device_time: npt.NDArray[np.float64], received: Ints, message: Ints) -> Settled:
    """Give every reading its time.

    `device_time` is what the message says [s since 1970], NaN where it says nothing; `received` [µs since 1970] and
    `message` say when and in which message it came, each as long. Readings of one message whose clock is wrong keep
    their distances: the newest gets the time of receipt, as the clock's rate is right where its setting is not.
    """
    said = np.where(np.abs(device_time) < 1e11, device_time, np.nan)  # what int64 µs can hold, and more
    micros = np.rint(np.nan_to_num(said) * SECOND).astype(np.int64)
    age = received - micros
    trusted = ~np.isnan(said) & (age < OLDEST) & (age > -AHEAD)
    wrong = ~np.isnan(said) & ~trusted
    shifted = received - _behind_newest(micros, message, wrong)
    time = np.where(trusted, micros, shifted)
    flags = np.where(trusted, 0, Flag.TIME_RECEIVED) | np.where(trusted & (age > LATE), Flag.LATE, 0)
    return Settled(time, flags.astype(np.int32))


def _behind_newest(micros: Ints, message: Ints, wrong: npt.NDArray[np.bool_]) -> Ints:
    """Say how far each wrong time lies behind the newest wrong one of its message.

    Where that is beyond belief, as 1970 is in a message that says 2000 too, it is a few µs: only their order is kept,
    so that they do not end at one key.
    """
    if not wrong.any():
        return np.zeros(len(micros), np.int64)
    newest = np.full(int(message.max()) + 1, np.iinfo(np.int64).min)
    np.maximum.at(newest, message[wrong], micros[wrong])
    behind = np.where(wrong, newest[message] - micros, 0)
    far = behind >= OLDEST
    if far.any():
        _, order = np.unique(micros[far], return_inverse=True)
        behind[far] = order.max() + 1 - order
    return behind
