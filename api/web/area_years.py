"""A year of days of an area: counted month by month, and months that are over are kept for some hours.

A year of a city is millions of hours, more than one question of the public may cost; a month is not. What is kept says
what was known when it was counted: revisions show after `KEPT` at the latest.
"""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from psycopg import Connection

from api.web.wording import ZONE
from storage import area_measures
from storage.area_measures import AreaDay, Asked
from validation.exceedance import DAY_CAPTURE
from validation.flags import FAIL

KEPT = timedelta(hours=6)
SETTLED = timedelta(days=8)  # late readings come for a week
MONTHS_MAX = 5000  # some 30 days each: a few megabytes

Key = tuple[str, str, date]


class Years:
    """The months that were counted."""

    def __init__(self) -> None:
        self._months: OrderedDict[Key, tuple[datetime, date, Sequence[AreaDay]]] = OrderedDict()

    def days(
        self, conn: Connection, code: str, observed_property: str, begin: date, end: date, now: datetime
    ) -> list[AreaDay]:
        """List the local days in [begin, end)."""
        found: list[AreaDay] = []
        first = begin
        while first < end:
            last = min((first.replace(day=1) + timedelta(days=32)).replace(day=1), end)
            found += self._month(conn, (code, observed_property, first), last, now)
            first = last
        return found

    def _month(self, conn: Connection, key: Key, end: date, now: datetime) -> Sequence[AreaDay]:
        kept = self._months.get(key)
        if kept is not None and kept[1] == end and now - kept[0] < KEPT:
            return kept[2]
        code, observed_property, first = key
        begin, midnight = (datetime.combine(day, time(), ZONE) for day in (first, end))
        asked = Asked(observed_property, begin, midnight, int(FAIL))
        found = area_measures.days(conn, code, asked, least_hours=round(DAY_CAPTURE * 24))
        if now - midnight > SETTLED:
            self._months[key] = (now, end, found)
            while len(self._months) > MONTHS_MAX:
                self._months.popitem(last=False)
        return found


def kept_years(state: Any) -> Years:
    """Give the years that an application keeps; it begins with none."""
    if not hasattr(state, "area_years"):
        state.area_years = Years()
    years: Years = state.area_years
    return years
