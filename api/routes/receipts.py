"""Delivery receipts: what of a station's messages arrived."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import fastapi
from fastapi import APIRouter
from pydantic import Field

from api import receipts
from api.database import Database, Now
from api.errors import BadParameterError, NotFoundError
from api.negotiation import ONLY_JSON
from api.parameters import DayParameter, Query, Span
from api.receipts import Receipt
from api.routes.stations import StationId
from storage import receipts as stored
from storage.stations import find_station
from validation.flags import Flag

DAYS_MAX = 31

router = APIRouter(prefix="/stations", tags=["stations"], dependencies=[ONLY_JSON])


class ReceiptQuery(Query):
    """Which days, UTC."""

    date: DayParameter | None = Field(default=None, description="The last day, UTC. Without it, today until now.")
    days: int = Field(default=1, ge=1, le=DAYS_MAX, description=f"So many days, at most {DAYS_MAX}.")

    def span(self, now: datetime) -> Span:
        """Give the days' begin and end; BadParameterError for a day that has not begun."""
        last = self.date or now.date()
        if last > now.date():
            raise BadParameterError("date", f"'{last}' has not begun: today is {now.date()} in UTC.")
        midnight = datetime(last.year, last.month, last.day, tzinfo=UTC)
        return Span(midnight - timedelta(days=self.days - 1), min(midnight + timedelta(days=1), now))


@router.get("/{stationId}/receipt")
def get_station_receipt(
    station_id: StationId, conn: Database, query: Annotated[ReceiptQuery, fastapi.Query()], now: Now
) -> Receipt:
    """Get the delivery receipt of a station: share received by sensor and day, gaps, and what was put aside and why."""
    if find_station(conn, station_id) is None:
        raise NotFoundError("station", station_id, "/v1/stations")
    begin, end = query.span(now)
    rows = stored.sensor_days(conn, station_id, begin, end, late=Flag.LATE, time_received=Flag.TIME_RECEIVED)
    return Receipt(
        station_id=station_id,
        begin=begin,
        end=end,
        days=receipts.days(rows),
        gaps=[receipts.gap(row) for row in stored.gaps(conn, station_id, begin, end)],
        quarantine=[receipts.quarantined(row) for row in stored.put_aside(conn, station_id, begin, end)],
    )
