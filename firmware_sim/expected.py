"""What a platform that keeps to docs/payload.md has to keep of what a device said: the ledger is checked with this."""

from firmware_sim.devices.wire import Said

OLDEST_S = 7 * 86400.0
AHEAD_S = 300.0
WALL_CLOCK_S = 600.0
"""A time without an offset is taken for UTC within this of receipt [s]."""


def kept_time(said: Said, received: float) -> float | None:
    """Give the time that a reading received at `received` [s since 1970] has to keep; None: the time of receipt."""
    if said.time is None:
        return None
    age = received - said.time
    if said.local and abs(age) >= WALL_CLOCK_S:
        return None
    return said.time if -AHEAD_S < age < OLDEST_S else None
