"""Which names of time zones are known, to Python and to PostgreSQL alike."""

from functools import cache
from zoneinfo import available_timezones

_NO_PLACES = {"Factory", "localtime"}
"""A zone that says it is none, and a link to the zone of this machine, which the database's may not have."""


@cache
def time_zones() -> frozenset[str]:
    """List the names of the IANA database; the first call walks through a folder, half a second on a slow disk."""
    return frozenset(available_timezones() - _NO_PLACES)
