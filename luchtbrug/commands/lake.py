"""What `lake` does."""

import threading
from datetime import UTC, datetime

import structlog
import typer
from psycopg_pool import ConnectionPool
from rich.progress import TaskID

from luchtbrug.commands.provenance import bar
from luchtbrug.database import open_schema
from luchtbrug.jobs.lake import LakeBusyError, Wrote, write_lake
from luchtbrug.jobs.nights import until_night
from luchtbrug.jobs.snapshot import freeze
from luchtbrug.services import stop_signals
from luchtbrug.settings import Settings, SettingsError
from storage.connection import open_pool
from storage.errors import DatabaseAwayError
from storage.lake import Lake

NIGHT = 2
"""The hour (UTC) at which a nightly run begins: the last hours of the day are validated by then."""

CONNECTIONS = 3
"""One holds the lock, one reads, one for chance."""

log = structlog.get_logger()


def lake(settings: Settings, *, snapshot: bool, nightly: bool) -> None:
    """Write the files, and freeze them where asked; with `nightly` again each night until SIGTERM."""
    place = open_lake(settings.lake)
    with open_schema(settings) as url, open_pool(url, size=CONNECTIONS) as pool, stop_signals() as stopping:
        if nightly:
            _every_night(pool, place, stopping)
            return
        wrote = _write(pool, place)
        typer.echo(f"{len(wrote.written)} files written, {len(wrote.kept)} as they were, in {place.root}")
        if snapshot:
            frozen = freeze(place, now=datetime.now(UTC), address=settings.base_url)
            typer.echo(f"Frozen as {frozen.id}\n{frozen.citation}")


def open_lake(url: str) -> Lake:
    """Open the place of the nightly files. Raises SettingsError where nothing here can, and never shows the URL."""
    try:
        return Lake.at(url)
    except (ValueError, ImportError) as error:
        raise SettingsError(f"The place of the nightly files cannot be opened: {error}.") from error


def _write(pool: ConnectionPool, place: Lake) -> Wrote:
    with bar("months") as progress:
        task: TaskID = progress.add_task("lake", total=None)
        return write_lake(
            pool,
            place,
            now=datetime.now(UTC),
            progress=lambda done, total: progress.update(task, completed=done, total=total),
        )


def _every_night(pool: ConnectionPool, place: Lake, stopping: threading.Event) -> None:
    """Write each night; a night on which the database or the store is away is made up for by the next."""
    while not stopping.wait(until_night(datetime.now(UTC), hour=NIGHT).total_seconds()):
        try:
            wrote = write_lake(pool, place, now=datetime.now(UTC))
        except (DatabaseAwayError, LakeBusyError, OSError) as error:
            log.warning("lake_not_written", error=str(error))
        else:
            log.info("lake_written", written=len(wrote.written), kept=len(wrote.kept))
