"""`luchtbrug keys`: make, list and revoke the API keys of programs that ask much or write."""

import json
import secrets
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

import storage.audit
import storage.events
from luchtbrug.commands.station import AsJson
from luchtbrug.credentials import ALPHABET
from luchtbrug.database import open_schema
from luchtbrug.settings import Settings
from storage import api_keys
from storage.audit import COMMAND
from storage.connection import connect

DAYS, DAYS_MAX = 365, 730

app = typer.Typer(help="Make, list and revoke API keys; reading open data needs none.", no_args_is_help=True)


class Scope(StrEnum):
    """What a key may be good for (`api.keys.SCOPES`, which would load a web framework here)."""

    READ = "read"
    EXPORT = "export"
    REGISTER = "register"


@app.command()
def add(
    scope: Annotated[list[Scope], typer.Option("--scope", help="what it is good for; repeat for each")],
    purpose: Annotated[str, typer.Option(help="what it is for; no names of people, please")] = "",
    days: Annotated[int, typer.Option(min=1, max=DAYS_MAX, help="days until it is over")] = DAYS,
    as_json: AsJson = False,
) -> None:
    """Make an API key and print it, once; only a hash of it is kept.

    Example: `luchtbrug keys add --scope export --purpose "yearly report" --days 90`
    """
    from api.keys import hash_key, new_key

    secret, now = new_key(), datetime.now(UTC)
    name = "".join(secrets.choice(ALPHABET) for _ in range(8))
    scopes = sorted({each.value for each in scope})
    new = api_keys.KnownApiKey(name, scopes, purpose[:200], now, now + timedelta(days=days), None)
    with open_schema(Settings.read()) as url, connect(url) as conn:
        api_keys.add_key(conn, new, secret_hash=hash_key(secret))
        storage.events.record(conn, "api_key_added", time=now, detail={"key": name, "scopes": scopes})
        storage.audit.record(conn, COMMAND, "key.added", f"key {name}", time=now, after={"scopes": scopes})
    text = f"Key {name} ({', '.join(scopes)}) until {new.expires_at:%Y-%m-%d}. Shown once, write it down:\n  {secret}"
    typer.echo(json.dumps(_told(new) | {"key": secret}) if as_json else text)


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List all keys that were ever made, without their secrets.

    Example: `luchtbrug keys list`
    """
    with open_schema(Settings.read()) as url, connect(url) as conn:
        found = api_keys.list_keys(conn)
    if as_json:
        typer.echo(json.dumps([_told(each) for each in found]))
        return
    table = Table("key", "good for", "purpose", "until", "state")
    for each in found:
        table.add_row(
            each.key_name, ", ".join(each.scopes), escape(each.purpose), f"{each.expires_at:%Y-%m-%d}", _state(each)
        )
    Console().print(table)


@app.command()
def revoke(key_name: Annotated[str, typer.Argument(help="as `luchtbrug keys list` shows it")]) -> None:
    """Withdraw a key; within ten seconds it opens nothing any more.

    Example: `luchtbrug keys revoke abcdefgh`
    """
    now = datetime.now(UTC)
    with open_schema(Settings.read()) as url, connect(url) as conn:
        api_keys.revoke_key(conn, key_name, now)
        storage.events.record(conn, "api_key_revoked", time=now, detail={"key": key_name})
        storage.audit.record(conn, COMMAND, "key.revoked", f"key {key_name}", time=now)
    typer.echo(f"Key {key_name} is revoked.")


def _state(key: api_keys.KnownApiKey) -> str:
    if key.revoked_at is not None:
        return f"revoked {key.revoked_at:%Y-%m-%d}"
    return "over" if key.expires_at <= datetime.now(UTC) else "good"


def _told(key: api_keys.KnownApiKey) -> dict[str, Any]:
    told = asdict(key) | {"state": _state(key).partition(" ")[0]}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in told.items()}
