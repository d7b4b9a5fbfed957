"""Why is this value what it is: one reading or one hour, step by step; and what the flags mean."""

from datetime import datetime, timedelta
from typing import Annotated

import fastapi
from fastapi import APIRouter, Path
from psycopg import Connection
from pydantic import PlainValidator, WithJsonSchema

from api import moment
from api.database import Database
from api.errors import NotFoundError
from api.models.calibrations import FlagTable, MomentExplanation
from api.negotiation import ONLY_JSON
from api.parameters import Query
from api.parsing import parse_time
from api.routes.series import SeriesId
from api.series_choice import known_series
from storage import calibrations, moments, pages, references
from storage.pages import HourRow, ReadingRow, Window
from storage.rows import Calibration, Series
from storage.stations import find_station
from validation.features import LAGS
from validation.flags import FAIL, Flag

HOUR = timedelta(hours=1)

router = APIRouter(dependencies=[ONLY_JSON])

Moment = Annotated[
    datetime,
    Path(),
    PlainValidator(parse_time),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-05-17T12:00:00Z"]}),
]


@router.get("/series/{seriesId}/readings/{time}/explanation", tags=["series"])
def explain_reading(
    series_id: SeriesId, time: Moment, conn: Database, _query: Annotated[Query, fastapi.Query()]
) -> MomentExplanation:
    """Explain one reading: raw, findings in words, coefficient × input, official stations, value."""
    series = known_series(conn, series_id)
    row = moments.reading_at(conn, series_id, time)
    if row is None:
        raise NotFoundError("reading", time.isoformat(), f"/v1/series/{series_id}/readings")
    beside = moments.raw_beside_reading(conn, series.station_key, time, fail=int(FAIL))
    calibration = _calibration(conn, row.calibration_id)
    return _explain(conn, series, row, time, calibration, moment.inputs(row.raw, beside, {}))


@router.get("/series/{seriesId}/hours/{begin}/explanation", tags=["series"])
def explain_hour(
    series_id: SeriesId, begin: Moment, conn: Database, _query: Annotated[Query, fastapi.Query()]
) -> MomentExplanation:
    """Explain one hour as one reading; its inputs are the means of that hour and the three hours before."""
    series = known_series(conn, series_id)
    row = moments.hour_at(conn, series_id, begin)
    if row is None:
        raise NotFoundError("hour", begin.isoformat(), f"/v1/series/{series_id}/hours")
    beside = moments.raw_beside_hour(conn, series.station_key, begin, fail=int(FAIL))
    known = moment.inputs(row.raw, beside, _believed_before(conn, series_id, begin))
    calibration = _calibration(conn, row.calibration_id)
    return _explain(conn, series, row, begin + HOUR, calibration, known)


@router.get("/flags", tags=["service"])
def list_flags(_query: Annotated[Query, fastapi.Query()]) -> FlagTable:
    """List the flags: name, bit, what one alone makes of the quality, and a sentence (en, nl)."""
    return FlagTable(items=[moment.meaning(flag) for flag in Flag])


def _believed_before(conn: Connection, series_id: int, begin: datetime) -> dict[int, float]:
    """Fetch hours ago → raw of the hours before that a calibration looks at: what failed a check is none of them."""
    window = Window(series_id, begin - LAGS * HOUR, begin, limit=LAGS, none_of=int(FAIL | Flag.MISSING))
    return {round((begin - row.begin) / HOUR): row.raw for row in pages.hours(conn, window)}


def _calibration(conn: Connection, calibration_id: str | None) -> Calibration | None:
    return calibrations.find(conn, calibration_id) if calibration_id else None


def _explain(
    conn: Connection,
    series: Series,
    row: ReadingRow | HourRow,
    time: datetime,
    calibration: Calibration | None,
    known: moment.Inputs,
) -> MomentExplanation:
    station = find_station(conn, series.station_id)
    assert station is not None  # noqa: S101 -- a series refers to its station, and stations stay
    shares = moment.shares(calibration, station, references.list_stations(conn))
    return moment.explain(series, row, time, calibration, moment.terms(calibration, known), shares)
