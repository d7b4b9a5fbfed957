"""Invitations to campaigns, of which only hashes are kept: made in batches, used so many times, over, or withdrawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import psycopg

from storage.statements import fetch_rows, sql


@dataclass(frozen=True, slots=True)
class Batch:
    """Invitations that were made together: how many codes, how often they may be used and were."""

    batch: int
    codes: int
    uses: int
    used: int
    created_at: datetime
    expires_at: datetime
    withdrawn: bool


def add(
    conn: psycopg.Connection,
    campaign_key: int,
    code_hashes: Sequence[str],
    *,
    uses: int,
    at: datetime,
    expires_at: datetime,
) -> int:
    """Keep a batch of invitations, each good for `uses` stations, and return its number."""
    parameters = {"campaign_key": campaign_key, "code_hashes": list(code_hashes), "uses": uses, "created_at": at}
    row = conn.execute(sql("add_invitations"), {**parameters, "expires_at": expires_at}).fetchone()
    assert row is not None  # noqa: S101 -- at least one code is made
    return int(row[0])


def batches(conn: psycopg.Connection, campaign_key: int) -> list[Batch]:
    """List a campaign's batches."""
    return fetch_rows(conn, Batch, "list_invitations", {"campaign_key": campaign_key})


def withdraw(conn: psycopg.Connection, campaign_key: int, batch: int, at: datetime) -> int:
    """Make a batch good for nothing more, and return how many codes that were."""
    parameters = {"campaign_key": campaign_key, "batch": batch, "at": at}
    return conn.execute(sql("withdraw_invitations"), parameters).rowcount


def invited_to(conn: psycopg.Connection, code_hash: str, now: datetime) -> str | None:
    """Return the code of the campaign that an invitation is good for."""
    row = conn.execute(sql("invited_to"), {"code_hash": code_hash, "now": now}).fetchone()
    return row[0] if row else None


def use(conn: psycopg.Connection, campaign_key: int, code_hash: str, now: datetime) -> bool:
    """Use an invitation once; False where it is not good for this campaign."""
    parameters = {"campaign_key": campaign_key, "code_hash": code_hash, "now": now}
    return conn.execute(sql("use_invitation"), parameters).fetchone() is not None
