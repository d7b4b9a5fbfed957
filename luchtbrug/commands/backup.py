"""What `backup` and `restore` do."""

from datetime import UTC, datetime
from pathlib import Path

import typer

from luchtbrug.backup.dump import backup as dump
from luchtbrug.backup.manifest import Manifest
from luchtbrug.backup.restore import restore as bring_back
from luchtbrug.database import open_as_it_is
from luchtbrug.settings import Settings


def backup(settings: Settings, folder: Path) -> None:
    """Back the database up, and name what else has to be kept."""
    with open_as_it_is(settings) as url:
        made = dump(url, folder, now=datetime.now(UTC))
    typer.echo(f"{_told(made)} written to {folder}")
    typer.echo("Not in it, to be kept elsewhere:")
    for name in made.not_included:
        typer.echo(f"  {name}")


def restore(settings: Settings, folder: Path, *, force: bool) -> None:
    """Restore a backup, and say what is to be done next."""
    with open_as_it_is(settings) as url:
        made = bring_back(url, folder, force=force)
    typer.echo(f"{_told(made)} of {made.made_at} restored; every table compared.")
    typer.echo("Now: `luchtbrug migrate`, then `luchtbrug resync` for the accounts on the broker.")


def _told(made: Manifest) -> str:
    rows = sum(table.rows for table in made.contents.tables.values())
    return f"{len(made.contents.tables)} tables with {rows} rows"
