"""Who works at the desk: accounts of the platform's own, and sessions. Only hashes of passwords and tokens are here."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg

from storage.errors import AccountExistsError, AccountUnknownError
from storage.statements import fetch_row, fetch_rows, sql


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long a session lasts: `idle` since it was last used, `longest` since it began."""

    idle: timedelta
    longest: timedelta


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the platform's own."""

    account_key: int
    name: str
    role: str
    password_hash: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """A session; `name` is as the provider shows it, and gone with the session."""

    session_key: int
    subject: str
    name: str
    role: str
    begun_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session that begins; without `account_key` it is of an OpenID provider."""

    token_hash: str
    subject: str
    name: str
    role: str
    account_key: int | None = None


def begin_session(conn: psycopg.Connection, new: NewSession, at: datetime, life: Lifetime) -> None:
    """Begin a session, and delete those that are over."""
    parameters = {name: getattr(new, name) for name in new.__slots__}
    conn.execute(sql("begin_staff_session"), {**parameters, **_times(at, life)})


def find_session(conn: psycopg.Connection, token_hash: str, at: datetime, life: Lifetime) -> Session | None:
    """Return the session of a token, if it is not over."""
    return fetch_row(conn, Session, "staff_session", {"token_hash": token_hash, **_times(at, life)})


def touch_session(conn: psycopg.Connection, session_key: int, at: datetime) -> None:
    """Write down that a session is in use."""
    conn.execute(sql("touch_staff_session"), {"session_key": session_key, "at": at})


def list_sessions(conn: psycopg.Connection, at: datetime, life: Lifetime) -> list[Session]:
    """List the sessions that are not over, the last used first."""
    return fetch_rows(conn, Session, "list_staff_sessions", _times(at, life))


def end_session(
    conn: psycopg.Connection, *, token_hash: str | None = None, session_key: int | None = None
) -> str | None:
    """End a session by its token or its key, and return whose it was."""
    parameters = {"token_hash": token_hash, "session_key": session_key}
    row = conn.execute(sql("end_staff_session"), parameters).fetchone()
    return row[0] if row else None


def add_account(conn: psycopg.Connection, name: str, role: str, password_hash: str, at: datetime) -> None:
    """Add an account. Raises AccountExistsError."""
    parameters = {"name": name, "role": role, "password_hash": password_hash, "at": at}
    if conn.execute(sql("add_staff_account"), parameters).fetchone() is None:
        raise AccountExistsError(f"there is an account {name!r} already")


def find_account(conn: psycopg.Connection, name: str) -> Account | None:
    """Return an account."""
    return fetch_row(conn, Account, "staff_account", {"name": name})


def list_accounts(conn: psycopg.Connection) -> list[Account]:
    """List the accounts by name."""
    return fetch_rows(conn, Account, "list_staff_accounts")


def set_role(conn: psycopg.Connection, name: str, role: str) -> None:
    """Give an account another role, and end its sessions. Raises AccountUnknownError."""
    if conn.execute(sql("set_staff_role"), {"name": name, "role": role}).fetchone() is None:
        raise AccountUnknownError(f"there is no account {name!r}")


def remove_account(conn: psycopg.Connection, name: str) -> str:
    """Delete an account with its sessions, and return the role that it had. Raises AccountUnknownError."""
    row = conn.execute(sql("remove_staff_account"), {"name": name}).fetchone()
    if row is None:
        raise AccountUnknownError(f"there is no account {name!r}")
    return str(row[0])


def _times(at: datetime, life: Lifetime) -> dict[str, datetime | timedelta]:
    return {"at": at, "idle": life.idle, "longest": life.longest}
