"""One visit to the desk: who came, with which form, over which connection, when; and how it is answered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import psycopg
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

import storage.audit
import storage.stations
from luchtbrug.owner.forms import Fields
from luchtbrug.roles import Action
from luchtbrug.staff.sessions import Member, csrf_of
from luchtbrug.staff.showing import NO_STORE, private
from storage.rows import Station
from storage.staff_desk import Page

PER_PAGE = 25
_LAST_PAGE = 10_000

TABS = (
    ("/desk", "staff.desk", Action.SEE_DESK),
    ("/desk/quarantine", "staff.quarantine", Action.SEE_DESK),
    ("/desk/alerts", "staff.alerts", Action.SEE_DESK),
    ("/desk/stations", "staff.stations", Action.SEE_DESK),
    ("/desk/audit", "staff.audit", Action.SEE_AUDIT),
    ("/desk/accounts", "staff.accounts", Action.MANAGE_ACCOUNTS),
)
"""Path, message and what one must be allowed to do, of each part of the desk."""

DONE = ("noted", "excluded", "included", "logged", "requeued", "role", "removed", "ended", "refused")
"""What a page may say that was done, or not: a message `staff.done.<word>`."""


@dataclass(frozen=True, slots=True)
class Visit:
    """The visit; the connection commits when it ends well."""

    request: Request
    member: Member
    fields: Fields
    conn: psycopg.Connection
    now: datetime
    token: str

    @property
    def query(self) -> Mapping[str, str]:
        """What stands in the address, without what is empty, and without what no text of PostgreSQL has."""
        told = {name: text.replace("\0", "").strip()[:80] for name, text in self.request.query_params.items()}
        return {name: text for name, text in told.items() if text}

    def station(self) -> Station | None:
        """Find the station of the path, None where there is no such one or it was withdrawn."""
        name = str(self.request.path_params["station_id"])
        known = name.isascii() and name.isprintable()
        found = storage.stations.find_station(self.conn, name) if known else None
        return found if found is not None and found.removed_at is None else None

    @property
    def number(self) -> int:
        """Which page of a list is asked for, from 1."""
        text = self.query.get("page", "1")
        return min(max(int(text), 1), _LAST_PAGE) if text.isascii() and text.isdecimal() and len(text) < 9 else 1

    @property
    def page(self) -> Page:
        """Which rows that are."""
        return Page(PER_PAGE, (self.number - 1) * PER_PAGE)

    def show(self, template: str, status: int = 200, **context: object) -> Response:
        """Answer with a page of the desk."""
        done = self.query.get("done", "")
        return private(
            self.request, template, status, member=self.member, csrf=csrf_of(self.token), now=self.now,
            tabs=[(path, message) for path, message, needs in TABS if self.member.may(needs)], may=self.member.may,
            action=Action, done=done if done in DONE else "", number=self.number, per_page=PER_PAGE, query=self.query,
            **context,
        )  # fmt: skip

    def back_to(self, path: str, done: str, **query: str) -> Response:
        """Lead to a page that says what was done, so that loading it again does nothing again."""
        kept = {"lang": self.request.query_params["lang"]} if "lang" in self.request.query_params else {}
        return RedirectResponse(f"{path}?{urlencode({**query, 'done': done, **kept})}", 303, headers=NO_STORE)

    def write_down(
        self,
        action: str,
        object: str,  # noqa: A002 -- the column's name
        *,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
    ) -> None:
        """Write in the audit log what this member did."""
        storage.audit.record(self.conn, self.member.actor, action, object, time=self.now, before=before, after=after)


Do = Callable[[Visit], Response]
