"""`luchtbrug staff`: accounts for a demo or an emergency, and the audit log."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, Any

import psycopg
import typer

import storage.audit
import storage.staff
from luchtbrug.commands.station import AsJson
from luchtbrug.database import open_schema
from luchtbrug.roles import Role
from luchtbrug.settings import Settings
from luchtbrug.staff import account_book
from storage.audit import COMMAND
from storage.connection import connect

app = typer.Typer(help="Accounts of staff without an OpenID provider, and the audit log.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="2 to 40 of a-z, 0-9, '.', '_' and '-'; no address")]
RoleOption = Annotated[Role, typer.Option("--role", help="what the account may do: docs/staff.md")]


@app.command()
def add(name: Name, role: RoleOption, as_json: AsJson = False) -> None:
    """Make an account and print its password, once.

    Example: `luchtbrug staff add officer --role data_officer`
    """
    with _open() as conn:
        password = account_book.add(conn, COMMAND, name, role, datetime.now(UTC))
    told = {"name": name, "role": role.value, "password": password}
    typer.echo(json.dumps(told) if as_json else f"{name} is {role.value}. Shown once:\n  password  {password}")


@app.command("role")
def change_role(name: Name, role: RoleOption) -> None:
    """Give an account another role; it signs in anew.

    Example: `luchtbrug staff role officer --role administrator`
    """
    with _open() as conn:
        account_book.change_role(conn, COMMAND, name, role, datetime.now(UTC))
    typer.echo(f"{name} is {role.value}.")


@app.command()
def remove(name: Name) -> None:
    """Delete an account, and end its sessions.

    Example: `luchtbrug staff remove officer`
    """
    with _open() as conn:
        account_book.remove(conn, COMMAND, name, datetime.now(UTC))
    typer.echo(f"{name} is removed.")


@app.command("list")
def list_() -> None:
    """List the accounts.

    Example: `luchtbrug staff list`
    """
    with _open() as conn:
        for account in storage.staff.list_accounts(conn):
            typer.echo(f"{account.name:<40} {account.role:<14} {account.created_at:%Y-%m-%d}")


@app.command()
def audit(
    verify: Annotated[
        bool, typer.Option("--verify", help="work every hash out anew; exit code 1 where one is wrong")
    ] = False,
    anchor: Annotated[str | None, typer.Option(help="a hash that --verify printed earlier: is it still there?")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="entries to print, the newest first")] = 50,
) -> None:
    """Print the audit log as JSON lines, or verify it.

    Example: `luchtbrug staff audit --verify`
    """
    with _open() as conn:
        if not verify:
            for entry in storage.audit.list_entries(conn, limit=limit):
                fields = {name: getattr(entry, name) for name in entry.__slots__}
                typer.echo(json.dumps(fields | {"time": entry.time.isoformat()}))
            return
        verdict = storage.audit.verify(conn, anchor=anchor)
    typer.echo(_said(verdict))
    if not verdict.intact:
        raise typer.Exit(1)


def _said(verdict: storage.audit.Verdict) -> str:
    if verdict.broken is not None:
        return f"The audit log was tampered with: entry {verdict.broken} does not follow from the one before."
    if not verdict.anchored:
        return "The audit log was tampered with: the hash that was written down is not in it any more."
    return f"The audit log is intact: {verdict.entries} entries. Write this down elsewhere: {verdict.hash or '(empty)'}"


@contextmanager
def _open() -> Iterator[psycopg.Connection[Any]]:
    with open_schema(Settings.read()) as url, connect(url) as conn:
        yield conn
