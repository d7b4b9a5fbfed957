"""What was published when: all outcomes of a series' hours, and the feed of those that another one replaced."""

from datetime import datetime
from typing import Annotated

import fastapi
from fastapi import APIRouter, Request, Response
from pydantic import Field

from api import paging, representations
from api.cursors import decode_cursor, encode_cursor, parse_key
from api.database import Database, Now
from api.errors import BadParameterError
from api.headers import NO_STORE
from api.models.published import ChangePage, RevisionPage
from api.negotiation import ONLY_JSON
from api.parameters import LIMIT_DEFAULT, SPAN_DEFAULT, CursorParameter, LimitParameter, Query, SpanQuery, TimeParameter
from api.parsing import parse_time
from api.routes.series import SeriesId
from api.series_choice import known_series
from storage.revisions import ChangeKey, HourChange, PublishedHour, list_changes, list_revisions

router = APIRouter(tags=["provenance"], dependencies=[ONLY_JSON])


class RevisionQuery(SpanQuery):
    """Which hours, and as of when."""

    as_of: TimeParameter | None = Field(
        default=None, description="Only what was published at this time; without it every outcome there ever was."
    )

    def after_key(self) -> tuple[datetime, int] | None:
        """Give the hour and revision that the page before ended with; BadParameterError for a cursor not ours."""
        if not self.after:
            return None
        time, revision = _parts(self.after, 2)
        return _time(self.after, time), _number(self.after, revision)

    def reached(self) -> datetime | None:
        """Give the hour where the page before ended."""
        after = self.after_key()
        return after[0] if after else None


class ChangeQuery(Query):
    """From when on, or after which change."""

    since: TimeParameter | None = Field(
        default=None, description="First moment of change, included. Without it, 7 days ago, or where `after` is."
    )
    limit: LimitParameter = LIMIT_DEFAULT
    after: CursorParameter | None = None

    def after_key(self) -> ChangeKey | None:
        """Give the change that the page before ended with; BadParameterError for a cursor not ours."""
        if not self.after:
            return None
        at, series, begin, revision = _parts(self.after, 4)
        return ChangeKey(
            _time(self.after, at), _number(self.after, series), _time(self.after, begin), _number(self.after, revision)
        )


@router.get("/series/{seriesId}/revisions")
def list_series_revisions(
    series_id: SeriesId,
    request: Request,
    response: Response,
    conn: Database,
    query: Annotated[RevisionQuery, fastapi.Query()],
    now: Now,
) -> RevisionPage:
    """List every outcome that was published of a series' hours in begin <= hour < end, or what was at one time."""
    begin, end = query.span(now)
    after = query.after_key()
    known_series(conn, series_id)
    rows = list_revisions(conn, series_id, begin, end, as_of=query.as_of, after=after, limit=query.limit + 1)
    page = paging.cut(request, rows, query.limit, key=_revision_key)
    response.headers["Link"] = page.header
    return RevisionPage(items=representations.revisions(page.rows), next=page.next, links=page.links)


@router.get("/changes")
def list_all_changes(
    request: Request, response: Response, conn: Database, query: Annotated[ChangeQuery, fastapi.Query()], now: Now
) -> ChangePage:
    """List the hours whose outcome was replaced, in the order in which that happened."""
    after = query.after_key()
    since = query.since or (after.superseded_at if after else now - SPAN_DEFAULT)
    rows = list_changes(conn, since=since, after=after, limit=query.limit + 1)
    page = paging.cut(request, rows, query.limit, key=_change_key)
    response.headers["Link"] = page.header
    response.headers["Cache-Control"] = NO_STORE  # who follows the feed wants what is new
    resume = encode_cursor(_change_key(page.rows[-1])) if page.rows else query.after
    return ChangePage(items=representations.changes(page.rows), next=page.next, resume=resume, links=page.links)


def _revision_key(row: PublishedHour) -> str:
    return f"{row.begin.isoformat()} {row.revision}"


def _change_key(row: HourChange) -> str:
    at, series, begin, revision = ChangeKey.of(row)
    return f"{at.isoformat()} {series} {begin.isoformat()} {revision}"


def _parts(cursor: str, count: int) -> list[str]:
    parts = decode_cursor(cursor).split(" ")
    if len(parts) != count:
        raise _not_ours(cursor)
    return parts


def _time(cursor: str, text: str) -> datetime:
    try:
        return parse_time(text)
    except ValueError as error:
        raise _not_ours(cursor) from error


def _number(cursor: str, text: str) -> int:
    number = parse_key(text)
    if number is None:
        raise _not_ours(cursor)
    return number


def _not_ours(cursor: str) -> BadParameterError:
    return BadParameterError("after", f"'{cursor}' is no cursor of this path: use `next` or `resume` of a page before.")
