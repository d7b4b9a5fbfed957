"""The audit log: who changed what, on what, when. Rows are added and never changed; each is chained to the one before.

`record` is the one way in, for every room. No secret and no exact position gets in: fields of such names are blanked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from storage.statements import fetch_rows, sql

BLANKED = (
    "password", "token", "secret", "hash", "code", "key", "latitude", "longitude", "position", "email", "url",
)  # fmt: skip
"""A field whose name holds one of these is written as `***`."""

COMMAND, OWNER = "command", "owner"
"""Who acts where nobody signed in: the operator at the command line, the owner of a station by a token."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: a subject, and the role it is done in where there is one."""

    subject: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """A row of the log."""

    audit_key: int
    time: datetime
    actor: str
    role: str
    action: str
    object: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    hash: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a look through the whole log found: `broken` is the first row that does not follow from the one before.

    `anchored` tells whether a hash that was written down elsewhere is still in it.
    """

    entries: int
    hash: str
    broken: int | None
    anchored: bool

    @property
    def intact(self) -> bool:
        """Tell whether the log is as it was written."""
        return self.broken is None and self.anchored


def record(
    conn: psycopg.Connection,
    actor: Actor | str,
    action: str,
    object: str = "",  # noqa: A002 -- the column's name
    *,
    time: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write down a change in the transaction that makes it, as `record(conn, COMMAND, "station.rotate", "station x")`.

    Others who write to the log wait until this transaction ends, so call it after everything that may take long.
    """
    who = Actor(actor) if isinstance(actor, str) else actor
    parameters = {"time": time, "actor": who.subject, "role": who.role, "action": action, "object": object}
    parameters |= {"before": Jsonb(_blanked(before or {})), "after": Jsonb(_blanked(after or {}))}
    conn.execute(sql("record_audit"), parameters)


def list_entries(
    conn: psycopg.Connection,
    *,
    actor: str | None = None,
    action: str | None = None,
    object: str | None = None,  # noqa: A002
    limit: int = 100,
    offset: int = 0,
) -> list[AuditEntry]:
    """List entries, the newest first."""
    parameters = {"actor": actor, "action": action, "object": object, "limit": limit, "offset": offset}
    return fetch_rows(conn, AuditEntry, "list_audit", parameters)


def actions(conn: psycopg.Connection) -> list[str]:
    """List the actions that the log knows."""
    return [row[0] for row in conn.execute(sql("audit_actions"))]


def verify(conn: psycopg.Connection, *, anchor: str | None = None) -> Verdict:
    """Work every hash out anew; `anchor` is the hash of an earlier end, which shows whether rows were cut off since."""
    broken = conn.execute(sql("verify_audit")).fetchone()
    row = conn.execute(sql("audit_end"), {"anchor": anchor}).fetchone()
    assert row is not None  # noqa: S101 -- the statement always returns one row
    return Verdict(row[0], row[1], broken[0] if broken else None, row[2])


def _blanked(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: "***" if any(one in name.lower() for one in BLANKED) else value for name, value in fields.items()}
