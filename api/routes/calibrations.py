"""One calibration, explained: how a value came about."""

from typing import Annotated

import fastapi
from fastapi import APIRouter, Path, Response

from api import representations
from api.database import Database
from api.errors import NotFoundError
from api.headers import CACHE_FINAL
from api.models.calibrations import CalibrationDetail
from api.negotiation import ONLY_JSON
from api.parameters import PRINTABLE, Query
from storage import calibrations
from storage.series import find_series

router = APIRouter(prefix="/calibrations", tags=["calibrations"], dependencies=[ONLY_JSON])

CalibrationId = Annotated[str, Path(alias="calibrationId", pattern=PRINTABLE)]


@router.get("/{calibrationId}")
def get_calibration(
    calibration_id: CalibrationId, response: Response, conn: Database, _query: Annotated[Query, fastapi.Query()]
) -> CalibrationDetail:
    """Get one calibration: coefficients, window, references, scores, and the same in plain sentences."""
    row = calibrations.find(conn, calibration_id)
    series = find_series(conn, row.series_key) if row else None
    if row is None or series is None:
        raise NotFoundError("calibration", calibration_id, "Each value's calibrationId names one; no path")
    response.headers["Cache-Control"] = CACHE_FINAL
    return representations.calibration(row, series)
