"""When a nightly job is due."""

from datetime import datetime, timedelta


def until_night(now: datetime, *, hour: int) -> timedelta:
    """Return the time that is left until it is next that hour (UTC); at the hour itself that is a day."""
    tonight = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    return (tonight if now < tonight else tonight + timedelta(days=1)) - now
