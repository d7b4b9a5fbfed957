"""How staff come in and go: the page with the two ways in, the OpenID provider's round trip, an account of our own."""

import hmac
import re
from time import monotonic
from typing import Any
from urllib.parse import urlencode

import psycopg
import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

import storage.audit
import storage.staff
from ingest.rate import RateLimit
from luchtbrug.credentials import hash_password, new_token, password_fits
from luchtbrug.owner.desk import caller
from luchtbrug.owner.forms import Fields
from luchtbrug.roles import Role
from luchtbrug.staff.provider import Person, Provider, ProviderError, RefusedError, Secrets
from luchtbrug.staff.sessions import Sessions, csrf_fits, csrf_of, derived
from luchtbrug.staff.showing import NO_STORE, no_entry, private
from storage.audit import Actor
from storage.connection import away_when_lost, connect
from storage.staff import Account

SIGN_IN, START, BACK, SIGN_OUT = "/staff/sign-in", "/staff/sign-in/start", "/staff/sign-in/back", "/staff/sign-out"
HOME = "/desk"

_BY_ADDRESS, _BY_ACCOUNT = (5.0, 30), (30.0, 6)
"""Interval [s] and burst of tries with a password: of one address, behind which may be a town hall; of one account."""

_OURS = re.compile(r"/desk(/[A-Za-z0-9/_-]*)?")  # where a sign-in may lead back to: our own pages, no query

log = structlog.get_logger()


class FrontDesk:
    """The pages before a session and after it; `provider` None: only accounts of the platform's own."""

    def __init__(self, database_url: str, sessions: Sessions, provider: Provider | None) -> None:
        self._database_url = database_url
        self._sessions = sessions
        self._provider = provider
        self._by_address = RateLimit(interval_s=_BY_ADDRESS[0], burst=_BY_ADDRESS[1])
        self._by_account = RateLimit(interval_s=_BY_ACCOUNT[0], burst=_BY_ACCOUNT[1])
        self._nobody = hash_password(new_token())  # so that an unknown name costs as much time as a wrong password

    def show(self, request: Request, _fields: Fields) -> Response:
        """Show the ways in; who is in goes on."""
        if self._sessions.member(request) is not None:
            return RedirectResponse(_back(request), 303, headers=NO_STORE)
        return self._form(request)

    def start(self, request: Request, _fields: Fields) -> Response:
        """Send the browser to the provider, with the secret that the answer is bound to."""
        if self._provider is None:
            return no_entry(request, 404)
        if self._sessions.member(request) is not None:  # a link of somebody else's throws nobody out
            return RedirectResponse(_back(request), 303, headers=NO_STORE)
        answer: Response = RedirectResponse("", 303, headers=NO_STORE)
        secrets = _secrets(self._sessions.prepare(answer, request), _back(request))
        try:
            answer.headers["Location"] = self._provider.way_in(secrets, self._redirect_uri(request))
        except ProviderError as error:
            return self._away(request, error)
        return answer

    def come_back(self, request: Request, _fields: Fields) -> Response:
        """Take the provider's answer: examine it, and begin a session."""
        token, query = self._sessions.token(request), request.query_params
        state, back = query.get("state", ""), query.get("state", "").partition(".")[2]
        secrets = _secrets(token or "", back)
        if self._provider is None or token is None or not hmac.compare_digest(secrets.state.encode(), state.encode()):
            return self._form(request, 400, "state")
        code = query.get("code", "")
        if not code or not self._provider.issued(query.get("iss")):
            return self._form(request, 403, "refused")
        try:
            person = self._provider.person(code, secrets, self._redirect_uri(request))
        except ProviderError as error:
            return self._away(request, error)
        except RefusedError as error:
            log.warning("sign_in_refused", reason=str(error))
            return self._form(request, 403, "refused")
        return self._let_in(request, person, back)

    def enter(self, request: Request, fields: Fields) -> Response:
        """Sign in with an account of the platform's own."""
        if not self._meant(request, fields):
            return self._form(request, 403, "form")
        name, now = fields.get("name", "").lower(), monotonic()
        if max(self._by_address.wait(caller(request), now), self._by_account.wait(name, now)) > 0:
            return self._form(request, 429, "often")
        with away_when_lost(), connect(self._database_url) as conn:
            account = self._account(conn, name, fields.get("password", ""))
            if account is not None:
                return self._seated(conn, request, account)
        return self._form(request, 403, "password")

    def leave(self, request: Request, fields: Fields) -> Response:
        """End the session."""
        if not self._meant(request, fields):
            return no_entry(request, 403)
        member = self._sessions.member(request)
        answer = private(request, "staff_out.html", way_out=self._way_out(request))
        with away_when_lost(), connect(self._database_url) as conn:
            self._sessions.end(conn, answer, request)
            if member is not None:
                self._write_down(conn, member.actor, "staff.signed_out")
        return answer

    def _meant(self, request: Request, fields: Fields) -> bool:
        return self._sessions.is_ours(request) and csrf_fits(self._sessions.token(request), fields.get("csrf", ""))

    def _account(self, conn: psycopg.Connection, name: str, password: str) -> Account | None:
        """Find the account that a password opens; one that is not there takes as long."""
        account = storage.staff.find_account(conn, name) if name.isascii() else None
        fits = password_fits(password, account.password_hash if account else self._nobody)
        return account if fits else None

    def _seated(self, conn: psycopg.Connection, request: Request, account: Account) -> Response:
        answer: Response = RedirectResponse(_back(request), 303, headers=NO_STORE)
        subject, role = f"account:{account.name}", Role(account.role)
        self._sessions.begin(
            conn, answer, request, subject=subject, name=account.name, role=role, account_key=account.account_key
        )
        self._write_down(conn, Actor(subject, role.value), "staff.signed_in")
        return answer

    def _let_in(self, request: Request, person: Person, back: str) -> Response:
        if person.role is None:
            return self._form(request, 403, "role")
        answer: Response = RedirectResponse(_safe(back), 303, headers=NO_STORE)
        with away_when_lost(), connect(self._database_url) as conn:
            self._sessions.begin(
                conn, answer, request, subject=person.subject, name=person.name or person.subject, role=person.role
            )
            self._write_down(conn, Actor(person.subject, person.role.value), "staff.signed_in")
        return answer

    def _way_out(self, request: Request) -> str | None:
        if self._provider is None:
            return None
        try:
            return self._provider.way_out(f"{self._sessions.address(request)}{SIGN_IN}")
        except ProviderError:
            return None

    def _form(self, request: Request, status: int = 200, error: str | None = None) -> Response:
        """Show the ways in, with a secret for the form of accounts where the browser has none yet."""
        with away_when_lost(), connect(self._database_url) as conn:
            accounts = bool(storage.staff.list_accounts(conn))
        context: dict[str, Any] = {"provider": self._provider is not None, "accounts": accounts, "error": error}
        token = self._sessions.token(request) if accounts else None
        made = Response()
        if accounts and token is None:
            token = self._sessions.prepare(made, request)
        query = urlencode({"back": _back(request)})
        answer = private(request, "staff_in.html", status, csrf=csrf_of(token), query=query, **context)
        answer.raw_headers.extend(pair for pair in made.raw_headers if pair[0] == b"set-cookie")
        return answer

    def _away(self, request: Request, error: ProviderError) -> Response:
        log.warning("provider_away", reason=str(error))
        return self._form(request, 503, "away")

    def _redirect_uri(self, request: Request) -> str:
        return f"{self._sessions.address(request)}{BACK}"

    def _write_down(self, conn: psycopg.Connection, actor: Actor, action: str) -> None:
        storage.audit.record(conn, actor, action, time=self._sessions.now())


def _secrets(token: str, back: str) -> Secrets:
    """Derive what binds an answer to this browser; the state carries where to go on."""
    state = f"{derived(token, f'state {back}')}.{back}"
    return Secrets(state, derived(token, "nonce"), derived(token, "verifier"))


def _back(request: Request) -> str:
    return _safe(request.query_params.get("back", HOME))


def _safe(path: str) -> str:
    """Return a path of the desk as it is, the desk for anything else: a sign-in leads nowhere outside."""
    return path if _OURS.fullmatch(path) and "//" not in path else HOME
