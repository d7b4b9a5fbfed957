"""Fetches one reference network into storage: its stations, its hours, and the news that it was lost or is back."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import psycopg
import structlog

from ingest.reference.errors import ReferenceNetworkError
from ingest.reference.hours import utc
from ingest.reference.network import ReferenceNetwork
from storage import events, references

LOST, BACK = "reference_lost", "reference_back"
EVENTS_READ = 1000  # enough to find a network's last news among those of the others

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class FetchResult:
    """What a fetch brought; `lost` is the sentence that says why it ended early, None when it is complete."""

    stations: int = 0
    hours_read: int = 0
    hours_new: int = 0  # new or revised; hours known already are not stored again
    lost: str | None = None


def fetch(
    conn: psycopg.Connection, network: ReferenceNetwork, *, begin: datetime, end: datetime, now: datetime
) -> FetchResult:
    """Store the stations and the hours that begin in [begin, end) and are over by `now`; commit after each page.

    Fetching an interval again stores only what the network has corrected since, as new revisions: ask for the last two
    days every hour, and for the last five weeks once a day. A network that fails keeps what it had given until then and
    raises nothing; the events 'reference_lost' and 'reference_back' are recorded once each time that it changes.
    Times are aware, else ValueError; storage errors pass through.
    """
    begin, end = utc(begin), min(utc(end), _hour_of(now))
    result = FetchResult()
    try:
        stations = list(network.stations())
        references.store_stations(conn, stations)
        conn.commit()  # no transaction stays open while we wait for the network
        result = replace(result, stations=len(stations))
        for page in network.hours(begin, end):
            new = references.store_hours(conn, page, received_at=now)
            conn.commit()
            result = replace(result, hours_read=result.hours_read + len(page.value), hours_new=result.hours_new + new)
    except ReferenceNetworkError as error:
        _record(conn, network.name, lost=error, now=now)
        return replace(result, lost=f"{type(error).__name__}: {error}")
    _record(conn, network.name, lost=None, now=now)
    return result


def _hour_of(time: datetime) -> datetime:
    return utc(time).replace(minute=0, second=0, microsecond=0)


def _record(conn: psycopg.Connection, name: str, *, lost: ReferenceNetworkError | None, now: datetime) -> None:
    """Record that the network is lost or back, if it was not so already."""
    if (lost is not None) != _was_lost(conn, name):
        detail = {"network": name}
        if lost is not None:
            detail |= {"error": type(lost).__name__, "message": str(lost)}
        events.record(conn, LOST if lost else BACK, time=now, detail=detail)
        log.warning(LOST, **detail) if lost else log.info(BACK, **detail)
    conn.commit()


def _was_lost(conn: psycopg.Connection, name: str) -> bool:
    lost, back = _last(conn, name, LOST), _last(conn, name, BACK)
    return lost is not None and (back is None or back < lost)


def _last(conn: psycopg.Connection, name: str, kind: str) -> datetime | None:
    found = events.list_events(conn, kind=kind, limit=EVENTS_READ)
    return next((event.time.astimezone(UTC) for event in found if event.detail.get("network") == name), None)
