"""The staff room: every path with the action that it needs, checked in one place before anything is done."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from urllib.parse import urlencode

import psycopg
import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from ingest.rate import RateLimit
from luchtbrug.owner.desk import caller
from luchtbrug.owner.forms import Fields, fields_of
from luchtbrug.roles import Action
from luchtbrug.settings import Settings, parse_roles
from luchtbrug.staff import front_desk
from luchtbrug.staff.accounts import Accounts
from luchtbrug.staff.decisions import Decisions
from luchtbrug.staff.desk_pages import DeskPages
from luchtbrug.staff.front_desk import FrontDesk
from luchtbrug.staff.provider import Client, Provider
from luchtbrug.staff.sessions import Member, Sessions, csrf_fits
from luchtbrug.staff.showing import NO_STORE, no_entry
from luchtbrug.staff.visit import Do, Visit
from storage.connection import away_when_lost, connect
from storage.errors import DatabaseAwayError

READ, WRITE = "GET", "POST"

_EACH = (0.2, 300)
"""Interval [s] and burst of one address, behind which may be a town hall: each request asks the database."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Place:
    """A path of the desk, and what one must be allowed to do there."""

    method: str
    path: str
    needs: Action
    do: Do


class Staff:
    """All of it; `sessions` is how other rooms learn who is signed in."""

    def __init__(self, settings: Settings, database_url: str, sessions: Sessions | None = None) -> None:
        self._settings = settings
        self._database_url = database_url
        self.sessions = sessions or Sessions(database_url, settings.base_url)
        self._front = FrontDesk(database_url, self.sessions, _provider(settings))
        self._each = RateLimit(interval_s=_EACH[0], burst=_EACH[1])

    def routes(self) -> list[Route]:
        """Give the routes, to stand before those of the API."""
        front = self._front
        return [
            Route("/staff", _to_desk, methods=["GET", "HEAD"]),
            self._open(front_desk.SIGN_IN, front.show, READ),
            self._open(front_desk.SIGN_IN, front.enter, WRITE),
            self._open(front_desk.START, front.start, READ),
            self._open(front_desk.BACK, front.come_back, READ),
            self._open(front_desk.SIGN_OUT, front.leave, WRITE),
            *(self._guarded(place) for place in self.places()),
        ]

    def places(self) -> Sequence[Place]:
        """List the paths that need a session."""
        pages, decisions = DeskPages(), Decisions(self._settings, self._database_url)
        accounts = Accounts()
        station = "/desk/stations/{station_id}"
        return [
            Place(READ, "/desk", Action.SEE_DESK, pages.overview),
            Place(READ, "/desk/quarantine", Action.SEE_DESK, pages.quarantine),
            Place(READ, "/desk/alerts", Action.SEE_DESK, pages.alerts),
            Place(READ, "/desk/stations", Action.SEE_DESK, pages.stations),
            Place(READ, station, Action.SEE_DESK, pages.station),
            Place(READ, "/desk/audit", Action.SEE_AUDIT, pages.audit),
            Place(READ, "/desk/accounts", Action.MANAGE_ACCOUNTS, accounts.show),
            Place(WRITE, "/desk/quarantine/requeue", Action.REQUEUE_MESSAGES, decisions.requeue),
            Place(WRITE, "/desk/alerts/note", Action.NOTE_ALERTS, decisions.note),
            Place(WRITE, f"{station}/exclude", Action.EXCLUDE_STATIONS, decisions.exclude),
            Place(WRITE, f"{station}/include", Action.EXCLUDE_STATIONS, decisions.include),
            Place(WRITE, f"{station}/hardware", Action.LOG_HARDWARE, decisions.hardware),
            Place(WRITE, "/desk/accounts/add", Action.MANAGE_ACCOUNTS, accounts.add),
            Place(WRITE, "/desk/accounts/role", Action.MANAGE_ACCOUNTS, accounts.change_role),
            Place(WRITE, "/desk/accounts/remove", Action.MANAGE_ACCOUNTS, accounts.remove),
            Place(WRITE, "/desk/sessions/end", Action.END_SESSIONS, accounts.end_session),
        ]

    def _open(self, path: str, page: Callable[[Request, Fields], Response], method: str) -> Route:
        async def endpoint(request: Request) -> Response:
            return await self._kept_up(request, page)

        return Route(path, endpoint, methods=[method])

    def _guarded(self, place: Place) -> Route:
        async def endpoint(request: Request) -> Response:
            return await self._kept_up(request, lambda _, fields: self._answer(request, place, fields))

        return Route(place.path, endpoint, methods=[place.method])

    async def _kept_up(self, request: Request, page: Callable[[Request, Fields], Response]) -> Response:
        """Answer in a thread, with the form where there is one; 429 to who asks too often, 503 without a database."""
        if self._each.wait(caller(request), monotonic()) > 0:
            return no_entry(request, 429)
        fields = await fields_of(request) if request.method == WRITE else {}
        try:
            return await run_in_threadpool(page, request, fields)
        except DatabaseAwayError as error:
            log.warning("staff_room_away", error=type(error).__name__)
            return no_entry(request, 503)

    def _answer(self, request: Request, place: Place, fields: Fields) -> Response:
        """Let nobody through who is not signed in, may not, or did not send the form from a page of ours."""
        member = self.sessions.member(request)
        if member is None:
            back = request.url.path if place.method == READ else front_desk.HOME
            return RedirectResponse(f"{front_desk.SIGN_IN}?{urlencode({'back': back})}", 303, headers=NO_STORE)
        if not member.may(place.needs):
            return no_entry(request, 403)
        if place.method == WRITE and not self._meant(request, fields):
            return no_entry(request, 403)
        with away_when_lost(), connect(self._database_url) as conn:
            return place.do(self._visit(request, member, fields, conn))

    def _meant(self, request: Request, fields: Fields) -> bool:
        return self.sessions.is_ours(request) and csrf_fits(self.sessions.token(request), fields.get("csrf", ""))

    def _visit(self, request: Request, member: Member, fields: Fields, conn: psycopg.Connection) -> Visit:
        return Visit(request, member, fields, conn, self.sessions.now(), self.sessions.token(request) or "")


def _provider(settings: Settings) -> Provider | None:
    if settings.oidc_issuer is None:
        return None
    secret = settings.oidc_client_secret.get_secret_value() if settings.oidc_client_secret else None
    roles = parse_roles(settings.oidc_roles)
    return Provider(Client(settings.oidc_issuer, settings.oidc_client_id, secret, settings.oidc_roles_claim, roles))


def _to_desk(_request: Request) -> Response:
    return RedirectResponse(front_desk.HOME, 303, headers=NO_STORE)
