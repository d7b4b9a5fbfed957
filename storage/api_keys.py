"""Keys of programs that ask much or write. Only hashes of their secrets are here; making them is the caller's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import psycopg

from storage.errors import ApiKeyUnknownError
from storage.statements import fetch_row, fetch_rows, sql


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key that is good: its name, what it is good for, and until when."""

    key_name: str
    scopes: Sequence[str]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class KnownApiKey:
    """What is kept of a key, good or not."""

    key_name: str
    scopes: Sequence[str]
    purpose: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


def add_key(conn: psycopg.Connection, key: KnownApiKey, *, secret_hash: str) -> None:
    """Keep a new key by the SHA-256 of its secret."""
    parameters: dict[str, object] = {"secret_hash": secret_hash, "scopes": list(key.scopes), "key_name": key.key_name}
    parameters |= {"purpose": key.purpose, "created_at": key.created_at, "expires_at": key.expires_at}
    conn.execute(sql("add_api_key"), parameters)


def find_key(conn: psycopg.Connection, secret_hash: str, at: datetime) -> ApiKey | None:
    """Return the key whose secret has this SHA-256, where it is good at that time."""
    return fetch_row(conn, ApiKey, "find_api_key", {"secret_hash": secret_hash, "at": at})


def list_keys(conn: psycopg.Connection) -> list[KnownApiKey]:
    """List all keys that were ever made, oldest first."""
    return fetch_rows(conn, KnownApiKey, "list_api_keys")


def revoke_key(conn: psycopg.Connection, key_name: str, at: datetime) -> None:
    """Withdraw a key; one that was withdrawn before stays so since then. Raises ApiKeyUnknownError."""
    if conn.execute(sql("revoke_api_key"), {"key_name": key_name, "at": at}).fetchone() is None:
        raise ApiKeyUnknownError(f"there is no key {key_name!r}; `luchtbrug keys list` names them all")
