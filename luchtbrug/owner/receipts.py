"""Receipts of what was done with an owner's data: for machines and in words, given out and kept as evidence."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import psycopg
from psycopg.types.json import Jsonb

from api.web.transparency.source import kept_days
from luchtbrug.credentials import new_code
from luchtbrug.settings import Settings
from storage.statements import sql
from storage.stations import Removed

Act = Literal["export", "correct", "publish", "transfer", "delete"]

TITLES: dict[Act, tuple[str, str]] = {
    "export": ("Een kopie van alles van het station is gegeven.", "A copy of everything of the station was given."),
    "correct": ("Gegevens van het station zijn verbeterd.", "Data of the station were corrected."),
    "publish": ("De keuze voor de openbare plaats is vastgelegd.", "The choice of the public position was kept."),
    "transfer": ("Het station is van een nieuwe eigenaar.", "The station belongs to a new owner."),
    "delete": ("Het station is verwijderd.", "The station was deleted."),
}
"""In Dutch and in English."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was done, or that is still somewhere: `until` None says without an end, or does not apply."""

    what: str
    nl: str
    en: str
    count: int | None = None
    where: str | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was done, what remains where and until when."""

    receipt_id: str
    time: datetime
    act: Act
    station_id: str
    done: Sequence[Line]
    remains: Sequence[Line]

    def as_dict(self) -> dict[str, Any]:
        """Give it as it is handed out, with the same in words."""
        dutch, english = TITLES[self.act]
        lines = [*self.done, *self.remains]
        told = {
            "receiptId": self.receipt_id,
            "time": self.time.isoformat(),
            "act": self.act,
            "stationId": self.station_id,
            "done": [_told(line) for line in self.done],
            "remains": [_told(line) for line in self.remains],
        }
        return told | {
            "words": {"nl": [dutch, *(line.nl for line in lines)], "en": [english, *(line.en for line in lines)]}
        }


def give(
    conn: psycopg.Connection[Any],
    act: Act,
    station_id: str,
    *,
    now: datetime,
    done: Sequence[Line] = (),
    remains: Sequence[Line] = (),
) -> Receipt:
    """Make a receipt and keep it. The caller commits."""
    receipt = Receipt(f"r-{new_code(12)}", now, act, station_id, done, remains)
    conn.execute(
        sql("keep_receipt"),
        {"receipt_id": receipt.receipt_id, "time": now, "act": act, "station_id": station_id,
         "detail": Jsonb(receipt.as_dict())},
    )  # fmt: skip
    return receipt


def of_removal(
    conn: psycopg.Connection[Any], settings: Settings, station_id: str, removed: Removed | None, now: datetime
) -> Receipt:
    """Give the receipt of a station that left; `removed` is None where its measurements stay."""
    remains = [_FILES, backups(settings, now), _RECEIPT]
    if removed is None:
        return give(conn, "delete", station_id, now=now, done=[_PERSONAL], remains=[_ANONYMOUS, *remains])
    gone = Line(
        "measurements",
        f"Gewist: {removed.readings} metingen, {removed.hours} uren en {removed.revisions} eerdere uitkomsten.",
        f"Deleted: {removed.readings} readings, {removed.hours} hours and {removed.revisions} earlier outcomes.",
        count=removed.readings + removed.hours + removed.revisions,
    )
    return give(conn, "delete", station_id, now=now, done=[_PERSONAL, gone], remains=remains)


def of_transfer(conn: psycopg.Connection[Any], settings: Settings, station_id: str, now: datetime) -> Receipt:
    """Give the receipt of a station that changed hands."""
    return give(conn, "transfer", station_id, now=now, done=[_GIVEN], remains=[backups(settings, now)])


_GIVEN = Line(
    "owner",
    "De vorige eigenaar kan niets meer met dit station. Was het zijn laatste, dan zijn zijn adressen gewist.",
    "The former owner can do nothing with this station any more. If it was the last, its addresses are deleted.",
)
_PERSONAL = Line(
    "personal",
    "Gewist: precieze plaats, naam, sleutels, apparaten, meldingen, uw woorden en berichten die apart gelegd waren; "
    "uw e-mailadres en webadres als dit uw laatste station was.",
    "Deleted: exact position, name, keys, devices, alerts, your words and messages that were put aside; your e-mail "
    "and web address if this was your last station.",
)
_ANONYMOUS = Line(
    "measurements",
    "De metingen blijven, zonder eigenaar en naam, op de openbare plaats.",
    "The measurements stay, without owner and name, at the public position.",
    where="database, published files",
)
_FILES = Line(
    "files",
    "De nachtelijke bestanden volgen de volgende nacht. Momentopnamen, en wat anderen al ophaalden, blijven.",
    "The nightly files follow the next night. Frozen snapshots, and what others took away before, stay.",
    where="published files",
)
_RECEIPT = Line(
    "receipt",
    f"Dit bewijs, zonder persoonsgegevens behalve het stationsnummer, blijft {kept_days('receipts')} dagen.",
    f"This receipt, without personal data but the station's id, stays {kept_days('receipts')} days.",
    where="database",
)


def backups(settings: Settings, now: datetime) -> Line:
    """Say until when a backup may still hold it."""
    until, days = now + timedelta(days=settings.backup_days), settings.backup_days
    return Line(
        "backups",
        f"Reservekopieën bevatten het nog hoogstens {days} dagen; daarna zijn ze vervangen.",
        f"Backups still hold it for at most {days} days; then they are replaced.",
        where="backups",
        until=until,
    )


def _told(line: Line) -> dict[str, Any]:
    told = {name: value for name, value in asdict(line).items() if value is not None}
    return told | ({"until": line.until.isoformat()} if line.until else {})
