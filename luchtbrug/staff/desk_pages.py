"""The pages of the desk: what waits, what is the matter, which stations somebody should look at, who changed what."""

from datetime import timedelta
from typing import Any

from starlette.responses import Response

import storage.audit
import storage.events
import storage.jobs
import storage.staff_desk as desk
from api.receipts import FIXES
from luchtbrug.jobs.loop import LOOKED
from luchtbrug.staff.examples import example
from luchtbrug.staff.visit import PER_PAGE, Visit
from storage.staff_desk import Page
from validation.flags import FAIL, Flag

SINCE = timedelta(days=30)
"""What came to quarantine before that is not shown."""

KINDS = ("silent", "stuck", "odd", "drifting")
"""Kinds of alerts that can be chosen."""

TELLING = FAIL | Flag.NEIGHBOUR | Flag.DRIFT | Flag.MOVED | Flag.CLOCK_OFFSET | Flag.DUPLICATE_CLOCK
"""Flags of last readings for which a station is looked at; fog and calibration are not the station's fault."""

OVERDUE = timedelta(hours=3)
"""The calibrate job looks each minute; after this long without one something is wrong with it."""

_SHORT = Page(6, 0)
_EXAMPLES = 3


class DeskPages:
    """The pages; each is read only."""

    def overview(self, visit: Visit) -> Response:
        """Show the begin of each list, and how the platform itself is doing."""
        looked = storage.jobs.find(visit.conn, LOOKED)
        return visit.show(
            "desk.html",
            aside=desk.put_aside(visit.conn, visit.now - SINCE, _SHORT),
            alerts=desk.alerts(visit.conn, _SHORT, open_only=True),
            stations=_stations(visit, _SHORT, None, everything=False),
            lost=desk.lost_references(visit.conn),
            looked=looked.reached if looked else None,
            overdue=looked is not None and visit.now - looked.reached > OVERDUE,
        )

    def quarantine(self, visit: Visit) -> Response:
        """Show what waits by reason and station; of one of these some examples."""
        reason, station = visit.query.get("reason"), visit.query.get("station")
        since = visit.now - SINCE
        rows = desk.put_aside(visit.conn, since, visit.page, reason=reason, station_id=station)
        chosen = reason if reason is not None and (station is not None or "nobody" in visit.query) else None
        found = desk.messages(visit.conn, since, chosen, station, limit=_EXAMPLES) if chosen else []
        return visit.show(
            "desk_quarantine.html", rows=rows, count=_count(rows), reasons=sorted(FIXES), chosen=chosen,
            station=station, examples=[(one, example(one.payload)) for one in found],
        )  # fmt: skip

    def alerts(self, visit: Visit) -> Response:
        """Show alerts that nobody has looked at, or all of them."""
        kind = visit.query.get("kind") if visit.query.get("kind") in KINDS else None
        rows = desk.alerts(
            visit.conn, visit.page, kind=kind, station_id=visit.query.get("station"),
            open_only=visit.query.get("state") != "all",
        )  # fmt: skip
        return visit.show("desk_alerts.html", rows=rows, count=_count(rows), kinds=KINDS)

    def stations(self, visit: Visit) -> Response:
        """Show the stations that somebody should look at, or all."""
        words = visit.query.get("q", "").lower() or None
        rows = _stations(visit, visit.page, words, everything=visit.query.get("state") == "all" or words is not None)
        return visit.show("desk_stations.html", rows=rows, count=_count(rows))

    def station(self, visit: Visit) -> Response:
        """Show one station with what was decided about it, and the forms to decide more."""
        found = visit.station()
        if found is None:
            return visit.show("desk_missing.html", 404)
        station_id, since = found.station_id, visit.now - SINCE
        return visit.show(
            "desk_station.html",
            station=found,
            alerts=desk.alerts(visit.conn, Page(10, 0), station_id=station_id, open_only=False),
            aside=desk.put_aside(visit.conn, since, Page(10, 0), station_id=station_id),
            exclusions=desk.exclusions(visit.conn, station_id),
            events=storage.events.list_events(visit.conn, station_id=station_id, limit=10),
            entries=storage.audit.list_entries(visit.conn, object=f"station {station_id}", limit=10),
        )

    def audit(self, visit: Visit) -> Response:
        """Show the audit log, and on request whether it is as it was written."""
        query = visit.query
        wanted: dict[str, Any] = {name: query.get(name) for name in ("actor", "action", "object")}
        rows = storage.audit.list_entries(visit.conn, limit=PER_PAGE + 1, offset=visit.page.offset, **wanted)
        verdict = storage.audit.verify(visit.conn) if "verify" in query else None
        return visit.show(
            "desk_audit.html", rows=rows[:PER_PAGE], more=len(rows) > PER_PAGE, verdict=verdict,
            actions=storage.audit.actions(visit.conn),
        )  # fmt: skip


def _stations(visit: Visit, page: Page, words: str | None, *, everything: bool) -> list[desk.StationRow]:
    return desk.stations(
        visit.conn, visit.now, page, words=words, everything=everything, fail=int(FAIL), mask=int(TELLING)
    )


def _count(rows: Any) -> int:
    return rows[0].rows if rows else 0
