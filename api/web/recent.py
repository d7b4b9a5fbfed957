"""What was fetched for the map a moment ago: a page, its stations and their cards ask for the same within seconds."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock

import pyarrow as pa
from fastapi import Request

from api.web.view import Averaging
from storage.errors import DatabaseAwayError

KEPT = {
    Averaging.LAST: timedelta(seconds=10),
    Averaging.HOUR: timedelta(seconds=60),
    Averaging.DAY: timedelta(seconds=60),
}
"""How long what was fetched may serve others; hours change once in a while, and their means cost a second to make."""


RETRY = timedelta(seconds=10)
"""While the database is away it is looked for this often, by one reader; the others do not wait."""

OLDEST = timedelta(days=1)
"""What was fetched longer ago is shown to nobody, whatever happened to the database."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """Stations and official stations as storage has them, at a time; [begin, end) of the means, None for readings.

    `kept` is True where the database is away, and this is the last that it said.
    """

    time: datetime
    stations: pa.Table
    official: pa.Table
    begin: datetime | None = None
    end: datetime | None = None
    kept: bool = False


class Recent:
    """The last answer for each property and averaging time; who asks while it is fetched waits for it."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, Averaging], Fetched] = {}
        self._locks: defaultdict[tuple[str, Averaging], Lock] = defaultdict(Lock)
        self._away_at: datetime | None = None

    def get(self, observed_property: str, averaging: Averaging, now: datetime, fetch: Callable[[], Fetched]) -> Fetched:
        """Give what was fetched at most KEPT ago, else fetch it.

        Where the database is away, give what was fetched before, up to OLDEST ago; else the DatabaseAwayError goes on.
        """
        key = (observed_property, averaging)
        with self._locks[key]:
            before = self._kept.get(key)
            if before is not None and timedelta(0) <= now - before.time < KEPT[averaging]:
                return before
            usable = before is not None and now - before.time < OLDEST
            if before is None or not usable or not self._is_away(now):
                try:
                    self._kept[key] = found = fetch()
                except DatabaseAwayError:
                    self._away_at = now
                    if before is None or not usable:
                        raise
                else:
                    self._away_at = None
                    return found
            return replace(before, kept=True)

    def _is_away(self, now: datetime) -> bool:
        return self._away_at is not None and timedelta(0) <= now - self._away_at < RETRY


def recent_of(request: Request) -> Recent:
    """Give what this application keeps."""
    state = request.app.state
    if not hasattr(state, "recent"):
        state.recent = Recent()
    found: Recent = state.recent
    return found
