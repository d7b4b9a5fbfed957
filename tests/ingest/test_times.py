"""Which time a reading gets."""

import numpy as np
import pytest

from ingest.times import settle
from validation.flags import Flag

NOW = 1_779_056_585
RECEIVED = NOW * 1_000_000


def _settle(*device_times: float) -> tuple[list[int], list[int]]:
    """Settle readings of one message; times as µs before receipt."""
    count = len(device_times)
    settled = settle(np.array(device_times, float), np.full(count, RECEIVED), np.zeros(count, np.int64))
    return (RECEIVED - settled.time).tolist(), settled.flags.tolist()


@pytest.mark.parametrize(
    ("age_s", "flags"),
    [
        (0, 0),
        (3600, 0),
        (3601, Flag.LATE),
        (7 * 86400 - 1, Flag.LATE),
        (-299, 0),
    ],
)
def test_a_device_time_near_receipt_is_believed(age_s: int, flags: int) -> None:
    """Within 7 days back and 5 minutes ahead the device's time stands; beyond an hour back the reading is late."""
    assert _settle(NOW - age_s) == ([age_s * 1_000_000], [flags])


@pytest.mark.parametrize(
    "time", [NOW - 7 * 86400, NOW + 300, 0.0, 368.0, NOW + 7 * 86400, -6.2e10, 1e300, np.nan, np.inf]
)
def test_any_other_time_becomes_that_of_receipt(time: float) -> None:
    """1970, next week, no time at all: the time of receipt, and a flag that says so."""
    assert _settle(time) == ([0], [Flag.TIME_RECEIVED])


def test_a_backlog_of_a_wrong_clock_keeps_its_distances() -> None:
    """Readings of one message dated 1970 end at receipt, a minute apart as they were measured."""
    ages, flags = _settle(100.0, 160.0, 220.0)
    assert ages == [120_000_000, 60_000_000, 0]
    assert flags == [Flag.TIME_RECEIVED] * 3


def test_readings_decades_apart_keep_their_order_and_are_two() -> None:
    """A clock that jumped from 1970 to 2000 within a message: at one and the same time only the first would be kept."""
    assert _settle(10.0, 70.0, 70.0, 946_684_800.0)[0] == [2, 1, 1, 0]


def test_believed_and_unbelieved_times_do_not_mix() -> None:
    """A good time in a message stays what it is beside a wrong one."""
    ages, flags = _settle(NOW - 60.0, 50.0)
    assert ages == [60_000_000, 0]
    assert flags == [0, Flag.TIME_RECEIVED]


def test_microseconds_survive() -> None:
    """The time of a reading is exact to the microsecond."""
    assert _settle(NOW - 0.123456)[0] == [123_456]
