"""Whether the platform works: is the database there, and do readings come in."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

import fastapi
from fastapi import APIRouter, Response

from api.database import Database, Now
from api.headers import NO_STORE
from api.models.health import Alive, Health
from api.negotiation import ONLY_JSON
from api.openapi import VERSION
from api.parameters import Query
from storage import hours, readings

STALE_AFTER = timedelta(hours=1)  # stations send every 5 minutes at the slowest; an hour without any is an outage

router = APIRouter(prefix="/health", tags=["service"], dependencies=[ONLY_JSON])


@router.get("")
def get_health(response: Response, conn: Database, now: Now, _query: Annotated[Query, fastapi.Query()]) -> Health:
    """Get the state of the platform; 503 while the database is away, so it says whether to send readers here."""
    newest = readings.last_time(conn)
    validated = hours.last_validated(conn)
    response.headers["Cache-Control"] = NO_STORE
    return Health(
        status=_status(newest, now),
        database="ok",
        newest_reading=newest,
        newest_hour=hours.last_begin(conn),
        validated_until=validated + timedelta(hours=1) if validated else None,
        lag_seconds=(now - newest).total_seconds() if newest else None,
        version=VERSION,
    )


@router.get("/live")
def get_life(response: Response, _query: Annotated[Query, fastapi.Query()]) -> Alive:
    """Get a sign of life of this process without asking the database: who gets none starts it anew."""
    response.headers["Cache-Control"] = NO_STORE
    return Alive(status="ok", version=VERSION)


def _status(newest: datetime | None, now: datetime) -> Literal["ok", "stale", "empty"]:
    if newest is None:
        return "empty"
    return "ok" if now - newest <= STALE_AFTER else "stale"
