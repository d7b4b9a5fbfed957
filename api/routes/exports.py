"""Bulk: the hours of a municipality, a project or a box in one call, streamed as CSV, Parquet or Arrow."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any

import fastapi
from fastapi import APIRouter, Request, Response
from psycopg import Connection
from pydantic import Field
from starlette.responses import Response as PlainResponse

from api.database import Database, Now
from api.errors import BadParameterError, KeyNeededError
from api.headers import NO_STORE
from api.keys import holds
from api.negotiation import ARROW, BINARY, CSV, PARQUET, Bulk
from api.parameters import TimeParameter
from api.series_choice import SeriesChoice
from api.streaming import ExportAnswer, Slots
from storage.exports import SHAPES, FlagLevels, Format, Layout, Selection, hour_export
from storage.selection import SeriesFilter, select_series
from validation.flags import FAIL, SUSPECT, Flag

SPAN_MAX = timedelta(days=366)
ROWS_MAX = 20_000_000  # 2,283 series × a year: a large municipality; more is for several calls
BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # tells Excel that the file is UTF-8

LEVELS = FlagLevels(
    missing=int(Flag.MISSING), fail=int(FAIL), suspect=int(SUSPECT), not_evaluated=int(Flag.NOT_CALIBRATED)
)
FORMATS: Mapping[str, Format] = {CSV: "csv", PARQUET: "parquet", ARROW: "arrow"}

router = APIRouter(prefix="/exports", tags=["exports"])

ANSWER: dict[str, Any] = {
    "description": "CSV (RFC 4180, UTF-8), header first; Parquet (zstd); or an Arrow IPC stream.",
    "content": {CSV: {"schema": {"type": "string"}}, PARQUET: BINARY, ARROW: BINARY},
}


class ExportQuery(SeriesChoice):
    """Of where, what and when; a place or a station is required."""

    begin: TimeParameter = Field(description="First moment, included.")
    end: TimeParameter | None = Field(default=None, description="First moment left out. Without it, now.")
    layout: Layout = Field(
        default="full",
        description="full: every column. excel: Dutch, semicolons and decimal commas. eea: as the EEA's downloads. "
        "openair: one row a station and hour, as the R package reads it. excel and openair are CSV only.",
    )

    def of_a_place(self) -> SeriesFilter:
        """Give the filter, withdrawn stations included; BadParameterError where no place limits it."""
        found = self.wanted(include_removed=True)
        if not (self.municipality or self.area or self.project or self.bbox or self.near or self.station):
            raise BadParameterError(
                "municipality",
                "An export needs a place: add municipality, area, project, station, bbox, or near and radius.",
            )
        return found

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


@router.get("/hours", response_class=PlainResponse, responses={200: ANSWER})
def export_hours(
    request: Request,
    conn: Database,
    query: Annotated[ExportQuery, fastapi.Query()],
    now: Now,
    media_type: Bulk,
) -> Response:
    """Export the hours of all series of a place as one file, withdrawn stations included; columns in docs/api.md."""
    slots = _turn(request)
    if media_type != CSV and SHAPES[query.layout].schema is None:
        raise BadParameterError("layout", f"layout={query.layout} is CSV only: add f=csv, or ask for layout=full.")
    begin, end = query.span(now)
    selection = Selection(_series_keys(conn, query, begin, end), begin, end, LEVELS)
    export = hour_export(request.app.state.pool, query.layout, selection)
    mark = BYTE_ORDER_MARK if query.layout == "excel" else b""
    form = FORMATS[media_type]
    name = f"hours_{begin:%Y%m%d}_{end:%Y%m%d}_{query.layout}.{form}"
    answer = ExportAnswer(export, form, slots, media_type=media_type, filename=name, mark=mark)
    if request.app.state.settings.exports == "keys":
        answer.headers["Cache-Control"] = NO_STORE  # a shared cache would give it to who has no key
    return answer


def _turn(request: Request) -> Slots:
    """Choose where an export waits for its turn; KeyNeededError where that is for who has a key only."""
    if holds(request.scope, "export"):
        return request.app.state.key_export_slots  # type: ignore[no-any-return]
    if request.app.state.settings.exports == "keys":
        raise KeyNeededError("export", "An export")
    return request.app.state.export_slots  # type: ignore[no-any-return]


def _series_keys(conn: Connection[Any], query: ExportQuery, begin: datetime, end: datetime) -> list[int]:
    """Find the series; BadParameterError where they may have more hours than one export gives."""
    hours = (end - begin) / timedelta(hours=1)
    most = int(ROWS_MAX / max(hours, 1.0))
    keys = [row.series_key for row in select_series(conn, query.of_a_place(), limit=most + 1)]
    if len(keys) > most:
        raise BadParameterError(
            "end",
            f"There are more than {most} series here, and over this time they may have more hours than the limit of "
            f"{ROWS_MAX} an export: ask for fewer months at a time, one observedProperty, or a smaller place.",
        )
    return keys
