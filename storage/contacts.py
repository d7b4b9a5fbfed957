"""How an owner wants to be told: addresses and webhooks, in the restricted schema and nowhere else.

They come and go sealed: what they say is not known here.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import psycopg

from storage.statements import fetch_row, sql

ATTEMPTS_MAX = 10
"""Codes that may be tried on one address; then a new one has to be sent."""

Language = Literal["nl", "en"]


@dataclass(frozen=True, slots=True)
class Contact:
    """Where an owner is told; `unconfirmed` waits for its code and gets nothing else."""

    email: str | None
    language: Language | None
    webhook: str | None
    unconfirmed: str | None


def contact_of(conn: psycopg.Connection, owner_key: int) -> Contact | None:
    """Return where an owner is told; None for an owner that is not there."""
    return fetch_row(conn, Contact, "owner_contact", {"owner_key": owner_key})


def ask_address(
    conn: psycopg.Connection, owner_key: int, email: str, *, language: Language, code_hash: str, expires_at: datetime
) -> None:
    """Keep an address until its code is entered or over; a confirmed one stays in use until then."""
    parameters = {"owner_key": owner_key, "email": email, "language": language}
    conn.execute(sql("ask_address"), {**parameters, "code_hash": code_hash, "expires_at": expires_at})


def confirm_address(conn: psycopg.Connection, owner_key: int, code_hash: str, now: datetime) -> bool:
    """Make the address that waits the owner's contact if this is its code; each call counts as an attempt."""
    parameters = {"owner_key": owner_key, "now": now, "attempts_max": ATTEMPTS_MAX}
    row = conn.execute(sql("try_address_code"), parameters).fetchone()
    if row is None or not hmac.compare_digest(row[0], code_hash):
        return False
    conn.execute(sql("confirm_address"), {"owner_key": owner_key, "now": now})
    return True


def forget_address(conn: psycopg.Connection, owner_key: int) -> None:
    """Delete an owner's address, confirmed or not."""
    conn.execute(sql("forget_address"), {"owner_key": owner_key})


def forget_stale_addresses(conn: psycopg.Connection, now: datetime) -> None:
    """Delete addresses whose code was never entered."""
    conn.execute(sql("forget_stale_addresses"), {"now": now})


def set_webhook(conn: psycopg.Connection, owner_key: int, url: str) -> None:
    """Keep the address that alerts are posted to."""
    conn.execute(sql("set_webhook"), {"owner_key": owner_key, "url": url})


def forget_webhook(conn: psycopg.Connection, owner_key: int) -> None:
    """Delete it."""
    conn.execute(sql("forget_webhook"), {"owner_key": owner_key})


def reseal(conn: psycopg.Connection, renewed: Callable[[str], str]) -> int:
    """Put each address and webhook through `renewed`, and return how many changed."""
    changed = 0
    for table in ("contacts", "codes", "webhooks"):
        for owner_key, sealed in conn.execute(sql(f"sealed_{table}")).fetchall():
            if (other := renewed(sealed)) != sealed:
                conn.execute(sql(f"reseal_{table}"), {"owner_key": owner_key, "sealed": other, "old": sealed})
                changed += 1
    return changed
