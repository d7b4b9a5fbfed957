"""What staff decide at the desk. Nothing is deleted: a decision adds a note, an exclusion, an event; and is logged."""

from datetime import date, datetime, timedelta

from starlette.responses import Response

import storage.events
import storage.staff_desk as desk
from api.web.wording import ZONE
from ingest.message import Message
from ingest.pipeline import Pipeline
from luchtbrug.owner import ownership
from luchtbrug.settings import Settings
from luchtbrug.staff.showing import no_entry
from luchtbrug.staff.visit import Visit
from storage.connection import connect

TEXT_MAX = 200  # [characters]

AT_ONCE = 500
"""Messages that are read again with one click."""

_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2100, 1, 1)


class Decisions:
    """The acts; each is written in the audit log in its own transaction."""

    def __init__(self, settings: Settings, database_url: str) -> None:
        self._settings = settings
        self._database_url = database_url

    def note(self, visit: Visit) -> Response:
        """Acknowledge an alert with a note."""
        key, note = visit.fields.get("alert", ""), _text(visit, "note")
        if not _is_key(key) or not note:
            return visit.back_to("/desk/alerts", "refused")
        station_id = desk.note_alert(visit.conn, int(key), note, visit.now)
        if station_id is None:
            return no_entry(visit.request, 404)
        visit.write_down("alert.noted", f"station {station_id}", after={"alert": int(key), "note": note})
        return visit.back_to("/desk/alerts", "noted")

    def exclude(self, visit: Visit) -> Response:
        """Leave a station out of the figures of areas from a day on, up to and including another or for good."""
        station_id, reason = _station(visit), _text(visit, "reason")
        begin, last = _day(visit.fields.get("from", "")), _day(visit.fields.get("until", ""))
        wrong = begin is None or not reason or (last is None and bool(visit.fields.get("until")))
        if station_id is None:
            return no_entry(visit.request, 404)
        if wrong or begin is None or (last is not None and last < begin):
            return visit.back_to(f"/desk/stations/{station_id}", "refused")
        end = None if last is None else last + timedelta(days=1)
        key = desk.exclude(visit.conn, station_id, begin, end, reason, visit.now)
        detail = {"begin": begin.isoformat(), "end": end.isoformat() if end else None, "text": reason}
        storage.events.record(visit.conn, "excluded", time=visit.now, station_id=station_id, detail=detail)
        visit.write_down("station.excluded", f"station {station_id}", after={"exclusion": key, **detail})
        return visit.back_to(f"/desk/stations/{station_id}", "excluded")

    def include(self, visit: Visit) -> Response:
        """End an exclusion now."""
        key, station_id = visit.fields.get("exclusion", ""), _station(visit)
        ended = desk.end_exclusion(visit.conn, int(key), visit.now) if _is_key(key) else None
        if ended is None or ended != station_id:
            visit.conn.rollback()
            return no_entry(visit.request, 404)
        storage.events.record(visit.conn, "included", time=visit.now, station_id=ended)
        told = {"exclusion": int(key), "end": visit.now.isoformat()}
        visit.write_down("station.included", f"station {ended}", after=told)
        return visit.back_to(f"/desk/stations/{ended}", "included")

    def hardware(self, visit: Visit) -> Response:
        """Log that hardware of a station was changed: calibration learns anew from then on."""
        station_id, text = _station(visit), _text(visit, "text")
        if station_id is None:
            return no_entry(visit.request, 404)
        if not text:
            return visit.back_to(f"/desk/stations/{station_id}", "refused")
        sensor = _text(visit, "sensor")[:80] or None
        ownership.report(
            visit.conn, station_id, "hardware_changed", text=text, sensor=sensor, now=visit.now,
            actor=visit.member.actor,
        )  # fmt: skip
        return visit.back_to(f"/desk/stations/{station_id}", "logged")

    def requeue(self, visit: Visit) -> Response:
        """Read messages of one reason and station again; what still cannot be used comes to quarantine anew.

        They are marked in this transaction, which ends after those of the pipeline: where that fails, all stay open.
        """
        reason, station_id = visit.fields.get("reason", ""), visit.fields.get("station") or None
        rows = desk.take_messages(visit.conn, reason, station_id, visit.now, limit=AT_ONCE)
        if not rows:
            return visit.back_to("/desk/quarantine", "refused")
        pipeline = Pipeline(lambda: connect(self._database_url), alone=False)
        try:
            outcome = pipeline.process([_again(row) for row in rows], now=visit.now)
        finally:
            pipeline.close()
        about = f"station {station_id}" if station_id else "quarantine"
        told = {"reason": reason, "messages": len(rows), "readings": outcome.readings_stored}
        visit.write_down("quarantine.requeued", about, after={**told, "still_refused": outcome.quarantined})
        return visit.back_to("/desk/quarantine", "requeued")


def _again(row: desk.Message) -> Message:
    """Make the message that came once; what came over HTTP names its station, as its token did then."""
    station_id = row.station_id if row.door == "http" else None
    return Message("replay", row.topic, bytes(row.payload), row.received_at, station_id=station_id)


def _station(visit: Visit) -> str | None:
    found = visit.station()
    return None if found is None else found.station_id


def _text(visit: Visit, name: str) -> str:
    text = visit.fields.get(name, "")[:TEXT_MAX]
    return "".join(sign for sign in text if sign.isprintable())


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10


def _day(text: str) -> datetime | None:
    """Read a day as its first moment on the clock of the place."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    if not _FIRST_DAY <= found <= _LAST_DAY:
        return None
    return datetime(found.year, found.month, found.day, tzinfo=ZONE)
