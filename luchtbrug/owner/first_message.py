"""Waiting for a station's first message: told within a second of its storing, or of why it could not be used.

Whoever waits keeps a connection open (Server-Sent Events, or one long answer in JSON). One task looks for all of them
together, twice a second and with one connection to the database, and only while somebody waits.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from typing import Any

import msgspec
import psycopg
import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from api.receipts import quarantined
from ingest.answers import Denial
from luchtbrug.owner.desk import Desk, Done, opened_by_station
from storage.arrivals import ArrivedReading, PutAsideMessage, arrived, put_aside
from storage.connection import connect
from storage.errors import DatabaseAwayError
from storage.receipts import PutAside
from validation.flags import names

PAUSE_S = 0.4
"""Between two looks [s]; what ingest gathers for a batch comes on top (LUCHTBRUG_BATCH_SECONDS)."""

LONGEST_S, HEARTBEAT_S = 600.0, 15.0
"""A wait ends after this [s], and is kept alive meanwhile: proxies cut what is silent."""

WAITING_MAX = 200
"""Waits at once; more are told to come back."""

log = structlog.get_logger()

Event = tuple[str, dict[str, Any]]
"""Name and content of what is told: `stored` ends the wait, `quarantined` does not."""


@dataclass(eq=False, slots=True)
class _Wait:
    """Somebody who waits; `seen` are messages in quarantine that were told already."""

    station_id: str
    since: datetime
    told: asyncio.Queue[Event] = field(default_factory=asyncio.Queue)
    seen: set[int] = field(default_factory=set)


class FirstMessages:
    """The path, and the task behind it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._waits: set[_Wait] = set()
        self._task: asyncio.Task[None] | None = None

    def routes(self) -> list[Route]:
        """Give the route."""
        return [Route("/v1/stations/{station_id}/first-message", self._wait, methods=["GET"])]

    async def _wait(self, request: Request) -> Response:
        """Open a wait; Accept decides between a stream and one answer."""
        found: list[_Wait] = []

        def open_wait(_body: bytes) -> Done:
            with self._desk.connected() as conn:
                station = opened_by_station(request, conn)
            found.append(_Wait(station.station_id, station.credentials_since))
            return Done(200)

        answer = await self._desk.answer(request, open_wait)
        if not found:
            return answer
        if len(self._waits) >= WAITING_MAX:
            return self._desk.denied(Denial(503, "Too many wait at once: try again in a minute.", 60))
        if "application/json" in request.headers.get("accept", ""):
            return await self._once(found[0])
        headers = {**self._desk.headers, "X-Accel-Buffering": "no"}  # nginx would hold events back
        return StreamingResponse(_as_text(self._events(found[0])), 200, headers, "text/event-stream")

    async def _once(self, wait: _Wait) -> Response:
        """Answer with the first event in JSON, or 204 when there is none in time."""
        async for event in self._events(wait):
            if event is not None:
                body = msgspec.json.encode({"event": event[0], **event[1]})
                return Response(body, 200, self._desk.headers, "application/json")
        return Response(status_code=204, headers=self._desk.headers)

    async def _events(self, wait: _Wait) -> AsyncIterator[Event | None]:
        """Give events until one says `stored` or the time is over; None is a sign of life."""
        self._waits.add(wait)
        self._look_on()
        deadline = monotonic() + LONGEST_S
        try:
            while (left := deadline - monotonic()) > 0:
                event: Event | None = None
                with suppress(TimeoutError):
                    event = await asyncio.wait_for(wait.told.get(), min(left, HEARTBEAT_S))
                yield event
                if event is not None and event[0] == "stored":
                    return
        finally:
            self._waits.discard(wait)

    def _look_on(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._look())

    async def _look(self) -> None:
        """Look for as long as somebody waits; a database that is away is waited for."""
        conn: psycopg.Connection | None = None
        try:
            while self._waits:
                try:
                    if conn is None:
                        conn = await run_in_threadpool(connect, self._desk.database_url)
                    await run_in_threadpool(self._tell_arrivals, conn, list(self._waits), asyncio.get_running_loop())
                except (DatabaseAwayError, psycopg.OperationalError) as error:
                    log.warning("first_message_database_away", error=type(error).__name__)
                    if conn is not None:
                        conn.close()
                    conn = None
                await asyncio.sleep(PAUSE_S)
        finally:
            if conn is not None:
                conn.close()

    def _tell_arrivals(self, conn: psycopg.Connection, waits: list[_Wait], loop: asyncio.AbstractEventLoop) -> None:
        """Tell each wait what came of its station; runs in a thread."""
        since = {
            wait.station_id: min(each.since for each in waits if each.station_id == wait.station_id) for wait in waits
        }
        aside, stored = put_aside(conn, since), arrived(conn, since)
        conn.rollback()
        for wait in waits:
            for event in _news(wait, aside, stored):
                loop.call_soon_threadsafe(wait.told.put_nowait, event)


def _news(wait: _Wait, aside: list[PutAsideMessage], stored: list[ArrivedReading]) -> list[Event]:
    """Write up what a wait has not been told yet, in the order of arrival as far as that is told in one look."""
    fresh = [row for row in aside if row.station_id == wait.station_id and row.quarantine_key not in wait.seen]
    wait.seen.update(row.quarantine_key for row in fresh)
    readings = [row for row in stored if row.station_id == wait.station_id]
    news: list[Event] = [("quarantined", _put_aside(row)) for row in fresh]
    if readings:
        news.append(("stored", _stored(wait.station_id, readings)))
    return news


def _stored(station_id: str, rows: list[ArrivedReading]) -> dict[str, Any]:
    """Say what was understood."""
    readings = [
        {
            "sensorName": row.sensor_name, "sensorModel": row.sensor_model, "observedProperty": row.observed_property,
            "unit": row.unit, "raw": row.raw, "time": row.time.astimezone(UTC), "flags": names(row.flags),
        }
        for row in rows
    ]  # fmt: skip
    return {"stationId": station_id, "receivedAt": rows[0].received_at.astimezone(UTC), "readings": readings}


def _put_aside(row: PutAsideMessage) -> dict[str, Any]:
    """Say why a message could not be used, and what to do about it."""
    item = quarantined(PutAside(row.reason, 1, row.received_at))
    return {
        "stationId": row.station_id, "receivedAt": row.received_at.astimezone(UTC), "door": row.door,
        "topic": row.topic, "reason": row.reason, "detail": row.detail, "fix": item.fix,
    }  # fmt: skip


async def _as_text(events: AsyncIterator[Event | None]) -> AsyncIterator[bytes]:
    """Write events as text/event-stream (HTML Living Standard, 9.2)."""
    yield b": waiting\n\n"
    async for event in events:
        if event is None:
            yield b": still waiting\n\n"
        else:
            yield f"event: {event[0]}\ndata: ".encode() + msgspec.json.encode(event[1]) + b"\n\n"
    yield b"event: end\ndata: {}\n\n"
