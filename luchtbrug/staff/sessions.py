"""Sessions of staff: one cookie, of which the database holds a hash; what the cookie's holder is and may do.

Everything else that a form or a sign-in has to carry is derived from the cookie's secret, one way: who cannot read the
cookie cannot make it.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import psycopg
from starlette.requests import Request
from starlette.responses import Response

import storage.staff
from luchtbrug.credentials import hash_token
from luchtbrug.roles import MAY, Action, Role
from storage.audit import Actor
from storage.connection import away_when_lost, connect
from storage.staff import Lifetime, NewSession

LIFE = Lifetime(idle=timedelta(hours=1), longest=timedelta(hours=10))
"""A session ends an hour after its last use, and after a working day in any case."""

SIGN_IN_S = 600
"""How long a sign-in may take [s]: the life of the cookie before it."""

_TOUCH = timedelta(minutes=1)  # no row is written for every click
_NAME = "luchtbrug-staff"
_LONGEST = 100  # [characters]


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who is signed in."""

    subject: str
    name: str
    role: Role
    session_key: int

    def may(self, action: Action) -> bool:
        """Tell whether the role includes an action."""
        return action in MAY[self.role]

    @property
    def actor(self) -> Actor:
        """Say who acts, for the audit log."""
        return Actor(self.subject, self.role.value)


class Sessions:
    """Begins, finds and ends sessions. `now` is the clock; a test has its own."""

    def __init__(
        self, database_url: str, base_url: str | None, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._database_url = database_url
        self._base_url = base_url
        self.now = now

    def member(self, request: Request) -> Member | None:
        """Return who is signed in. Without a cookie the database is not asked. Raises DatabaseAwayError."""
        token = self.token(request)
        if token is None:
            return None
        now = self.now()
        with away_when_lost(), connect(self._database_url) as conn:
            found = storage.staff.find_session(conn, hash_token(token), now, LIFE)
            if found is not None and now - found.seen_at >= _TOUCH:
                storage.staff.touch_session(conn, found.session_key, now)
        return None if found is None else Member(found.subject, found.name, Role(found.role), found.session_key)

    def begin(
        self, conn: psycopg.Connection, response: Response, request: Request, *, subject: str, name: str, role: Role,
        account_key: int | None = None,
    ) -> None:  # fmt: skip
        """Begin a session with a new secret: one that stood in the browser before is good for nothing any more."""
        if (old := self.token(request)) is not None:
            storage.staff.end_session(conn, token_hash=hash_token(old))
        token = secrets.token_urlsafe(32)
        new = NewSession(hash_token(token), subject, name[:_LONGEST], role.value, account_key)
        storage.staff.begin_session(conn, new, self.now(), LIFE)
        self._give(response, request, token, None)

    def end(self, conn: psycopg.Connection, response: Response, request: Request) -> str | None:
        """End the session of the request, and return whose it was."""
        token = self.token(request)
        self.forget(response, request)
        return None if token is None else storage.staff.end_session(conn, token_hash=hash_token(token))

    def prepare(self, response: Response, request: Request) -> str:
        """Give a browser that is not signed in the secret that its sign-in is bound to."""
        token = secrets.token_urlsafe(32)
        self._give(response, request, token, SIGN_IN_S)
        return token

    def forget(self, response: Response, request: Request) -> None:
        """Take the cookie away."""
        secure = self._secure(request)
        response.delete_cookie(_cookie(secure), path="/", secure=secure, httponly=True, samesite="lax")

    def token(self, request: Request) -> str | None:
        """Return the secret in the cookie."""
        token = request.cookies.get(_cookie(self._secure(request)), "")
        return token if 0 < len(token) <= _LONGEST else None

    def is_ours(self, request: Request) -> bool:
        """Tell whether a form was sent from a page of ours, by what browsers say of themselves (Fetch Metadata)."""
        origin = request.headers.get("origin")
        if origin is None:
            return request.headers.get("sec-fetch-site") == "same-origin"
        own = {request.headers.get("host", "")} | ({urlsplit(self._base_url).netloc} if self._base_url else set())
        return urlsplit(origin).netloc in own - {""}

    def address(self, request: Request) -> str:
        """Tell where we are, without a slash at the end."""
        return (self._base_url or str(request.base_url)).rstrip("/")

    def _secure(self, request: Request) -> bool:
        return self.address(request).startswith("https://")

    def _give(self, response: Response, request: Request, token: str, max_age: int | None) -> None:
        secure = self._secure(request)
        name = _cookie(secure)
        response.set_cookie(name, token, max_age=max_age, path="/", secure=secure, httponly=True, samesite="lax")


def signed_in(request: Request) -> Member | None:
    """Return who is signed in, None where nobody is or where there is no staff room. Asks the database: in a thread."""
    sessions: Sessions | None = getattr(request.app.state, "sessions", None)
    return None if sessions is None else sessions.member(request)


def form_word(request: Request) -> str:
    """Give what a form of who is signed in has to carry along; '' where nobody is."""
    sessions: Sessions | None = getattr(request.app.state, "sessions", None)
    return "" if sessions is None else csrf_of(sessions.token(request))


def csrf_of(token: str | None) -> str:
    """Derive what a form has to carry along from the cookie's secret; '' without one."""
    return derived(token, "form") if token else ""


def csrf_fits(token: str | None, said: str) -> bool:
    """Tell whether a form carries what its cookie asks for, in constant time."""
    return token is not None and hmac.compare_digest(derived(token, "form").encode(), said.encode())


def derived(token: str, purpose: str) -> str:
    """Derive a secret for a purpose: 64 hexadecimal digits (as long as PKCE allows, RFC 7636 section 4.1)."""
    digest = hmac.digest(token.encode(), purpose.encode(), hashlib.sha256)
    return digest.hex()


def _cookie(secure: bool) -> str:
    return f"__Host-{_NAME}" if secure else _NAME
