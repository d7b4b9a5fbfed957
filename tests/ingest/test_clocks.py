"""Times in the spellings that were seen on the wire."""

from datetime import UTC, datetime
from typing import Any

import pytest

from ingest.clocks import moment

T = datetime(2026, 5, 7, 2, 3, 5, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("written", "seconds", "local"),
    [
        ("2026-05-07T02:03:05Z", T, False),
        ("2026-05-07T04:03:05+02:00", T, False),
        ("2026-05-07T02:03:05.000000123Z", T, False),
        ("2026-05-07T02:03:05", T, True),
        ("2026-5-7 2:3:5", T, True),
        ("2026-05-07 02: 03: 05", T, True),
        ("2026-05-07+02:03:05", T, True),
        ("2026.05.07 02:03:05", T, True),
        ("2026/05/07T02:03:05z", T, False),
        ("2026/05/07 00:03:05.5-0200", T + 0.5, False),
        ("07.05.2026 02:03:05", T, True),
        (T, T, False),
        (T * 1000, T, False),
        (str(int(T)), T, False),
        ("1763123112345", 1763123112.345, False),  # Python also reads it as 31 December 1763, 23:45
    ],
)
def test_a_time_is_read(written: Any, seconds: float, local: bool) -> None:
    """Text of many spellings, seconds and milliseconds; without an offset it is of the device's wall clock."""
    found = moment(written)
    assert found is not None
    assert found.seconds == pytest.approx(seconds, abs=1e-3)
    assert found.local is local


@pytest.mark.parametrize(
    "written",
    ["now", "", "1970-01-01T00:33:28", "2000-01-01 00:00:05", "2026-13-45 99:00:00",
     368, 0, -5, True, None, [], float("nan"),
     float("inf"), 10**400, "9" * 500, "9999-99-99",
     "2026-05-17", "20260517", "2026-W20-7"],
)  # fmt: skip
def test_what_is_no_time_is_none(written: Any) -> None:
    """A clock that was never set, text that is no time, a day without its hour, and numbers that no clock shows."""
    assert moment(written) is None
