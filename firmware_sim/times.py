"""Times as the simulator counts them: milliseconds since 1970, UTC."""

from datetime import datetime

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


def milliseconds_of(time: datetime) -> int:
    """Count the milliseconds since 1970 of a time; a naive one is a ValueError."""
    if time.tzinfo is None:
        raise ValueError(f"{time.isoformat()} has no time zone: give UTC")
    return round(time.timestamp() * 1000)
