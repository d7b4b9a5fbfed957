"""What was fetched for the map a moment ago: a page, its stations and their cards ask for the same within seconds."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

import pyarrow as pa
from fastapi import Request

from api.web.view import Averaging

KEPT = {
    Averaging.LAST: timedelta(seconds=10),
    Averaging.HOUR: timedelta(seconds=60),
    Averaging.DAY: timedelta(seconds=60),
}
"""How long what was fetched may serve others; hours change once in a while, and their means cost a second to make."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """Stations and official stations as storage has them, at a time; [begin, end) of the means, None for readings."""

    time: datetime
    stations: pa.Table
    official: pa.Table
    begin: datetime | None = None
    end: datetime | None = None


class Recent:
    """The last answer for each property and averaging time; who asks while it is fetched waits for it."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, Averaging], Fetched] = {}
        self._locks: defaultdict[tuple[str, Averaging], Lock] = defaultdict(Lock)

    def get(self, observed_property: str, averaging: Averaging, now: datetime, fetch: Callable[[], Fetched]) -> Fetched:
        """Give what was fetched at most KEPT ago, else fetch it."""
        key = (observed_property, averaging)
        with self._locks[key]:
            kept = self._kept.get(key)
            if kept is None or not timedelta(0) <= now - kept.time < KEPT[averaging]:
                kept = self._kept[key] = fetch()
            return kept


def recent_of(request: Request) -> Recent:
    """Give what this application keeps."""
    state = request.app.state
    if not hasattr(state, "recent"):
        state.recent = Recent()
    found: Recent = state.recent
    return found
