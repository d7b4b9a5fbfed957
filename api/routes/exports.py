"""Bulk: the hours of a municipality, a project or a box in one call, streamed as CSV."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

import fastapi
from fastapi import APIRouter, Request, Response
from pydantic import Field
from starlette.responses import Response as PlainResponse

from api.database import Database, Now
from api.errors import BadParameterError
from api.negotiation import ONLY_CSV
from api.parameters import PlaceQuery, PropertyName, TextParameter, TimeParameter
from api.streaming import ExportAnswer
from storage.exports import FlagLevels, HourExport, Layout
from storage.selection import SeriesFilter, select_series
from validation.flags import FAIL, SUSPECT, Flag

SPAN_MAX = timedelta(days=366)
ROWS_MAX = 20_000_000  # 2,283 series × a year: a large municipality; more is for several calls
SERIES_MAX = 100_000
BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # tells Excel that the file is UTF-8

LEVELS = FlagLevels(
    missing=int(Flag.MISSING), fail=int(FAIL), suspect=int(SUSPECT), not_evaluated=int(Flag.NOT_CALIBRATED)
)

router = APIRouter(prefix="/exports", tags=["exports"], dependencies=[ONLY_CSV])

CSV_ANSWER = {
    "description": "CSV (RFC 4180, UTF-8), header first.",
    "content": {"text/csv": {"schema": {"type": "string"}}},
}


class ExportQuery(PlaceQuery):
    """Of where, what and when; a place or a station is required."""

    f: Literal["csv"] | None = Field(default=None, description="Format, instead of the Accept header: csv.")
    station: TextParameter | None = Field(default=None, description="A stationId.")
    observed_property: PropertyName | None = None
    sensor_model: TextParameter | None = Field(default=None, description="As SPS30.")
    begin: TimeParameter = Field(description="First moment, included.")
    end: TimeParameter | None = Field(default=None, description="First moment left out. Without it, now.")
    layout: Layout = Field(
        default="full",
        description="full: every column. excel: Dutch, semicolons and decimal commas. eea: as the EEA's downloads. "
        "openair: one row a station and hour, as the R package reads it.",
    )

    def wanted(self) -> SeriesFilter:
        """Give the filter as storage takes it; BadParameterError where no place limits it."""
        near, radius = self.circle()
        if not (self.municipality or self.project or self.bbox or near or self.station):
            raise BadParameterError(
                "municipality", "An export needs a place: add municipality, project, station, bbox, or near and radius."
            )
        return SeriesFilter(
            station_id=self.station,
            municipality=self.municipality,
            project=self.project,
            observed_property=self.observed_property,
            sensor_model=self.sensor_model,
            bbox=self.corners,
            near=near,
            radius_m=radius,
            include_removed=True,
        )

    def span(self, now: datetime) -> tuple[datetime, datetime]:
        """Complete the interval; BadParameterError where it is empty or longer than a year."""
        end = self.end or now
        if self.begin >= end:
            raise BadParameterError(
                "begin", f"begin {self.begin.isoformat()} is not before end {end.isoformat()}: there is nothing in it."
            )
        if end - self.begin > SPAN_MAX:
            raise BadParameterError(
                "begin",
                f"{(end - self.begin).days} days are over the limit of {SPAN_MAX.days}: make one export for each year.",
            )
        return self.begin, end


@router.get("/hours", response_class=PlainResponse, responses={200: CSV_ANSWER})
def export_hours(
    request: Request, conn: Database, query: Annotated[ExportQuery, fastapi.Query()], now: Now
) -> Response:
    """Export the hours of all series of a place as one CSV, withdrawn stations included; columns in docs/api.md."""
    begin, end = query.span(now)
    keys = [row.series_key for row in select_series(conn, query.wanted(), limit=SERIES_MAX)]
    rows = round(len(keys) * ((end - begin) / timedelta(hours=1)))
    if rows > ROWS_MAX:
        raise BadParameterError(
            "end",
            f"{len(keys)} series over this time are up to {rows} hours, over the limit of {ROWS_MAX} an export: ask "
            "for fewer months at a time, one observedProperty, or a smaller place.",
        )
    export = HourExport(request.app.state.pool, query.layout, keys, begin, end, LEVELS)
    name = f"hours_{begin:%Y%m%d}_{end:%Y%m%d}_{query.layout}.csv"
    mark = BYTE_ORDER_MARK if query.layout == "excel" else b""
    return ExportAnswer(export, request.app.state.export_slots, filename=name, mark=mark)
