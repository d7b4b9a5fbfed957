"""Accounts of the platform's own: the same acts for desk and command line, each with its entry in the audit log."""

import re
from datetime import datetime

import psycopg

import storage.audit
import storage.staff
from luchtbrug.credentials import hash_password, new_token
from luchtbrug.roles import Role
from storage.audit import Actor
from storage.errors import AccountUnknownError

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")


class AccountNameError(Exception):
    """An account cannot have this name."""


def add(conn: psycopg.Connection, actor: Actor | str, name: str, role: Role, now: datetime) -> str:
    """Add an account and return its password, which is kept as a hash alone.

    Raises AccountNameError, or storage.errors.AccountExistsError.
    """
    if not _NAME.fullmatch(name):
        raise AccountNameError(f"{name[:40]!r} is no name for an account: 2 to 40 of a-z, 0-9, '.', '_' and '-'")
    password = new_token()
    storage.staff.add_account(conn, name, role.value, hash_password(password), now)
    storage.audit.record(conn, actor, "account.added", f"account {name}", time=now, after={"role": role.value})
    return password


def change_role(conn: psycopg.Connection, actor: Actor | str, name: str, role: Role, now: datetime) -> None:
    """Give an account another role, and end its sessions. Raises storage.errors.AccountUnknownError."""
    account = storage.staff.find_account(conn, name) if name.isascii() else None
    if account is None:
        raise AccountUnknownError(f"there is no account {name!r}")
    storage.staff.set_role(conn, name, role.value)
    before = {"role": account.role}
    storage.audit.record(
        conn, actor, "account.role", f"account {name}", time=now, before=before, after={"role": role.value}
    )


def remove(conn: psycopg.Connection, actor: Actor | str, name: str, now: datetime) -> None:
    """Delete an account, and end its sessions. Raises storage.errors.AccountUnknownError."""
    role = storage.staff.remove_account(conn, name if name.isascii() and name.isprintable() else "")
    storage.audit.record(conn, actor, "account.removed", f"account {name}", time=now, before={"role": role})
