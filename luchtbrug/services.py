"""Services as child processes of one parent: start, watch, and stop in the reverse order."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path

STOP_SECONDS = 20.0
"""A service that was asked to end is killed after this long [s]."""


class ServiceEndedError(Exception):
    """A service ended though nobody asked it to; the message carries the end of its log."""


class ServiceSilentError(Exception):
    """A service did not answer in time after its start."""


@dataclass(frozen=True, slots=True)
class Service:
    """A running service."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path | None

    def tail(self, lines: int = 8) -> str:
        """Return the last lines of its log."""
        if self.log is None or not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def check(self) -> None:
        """Raise ServiceEndedError where it has ended."""
        if (code := self.process.poll()) is not None:
            raise ServiceEndedError(f"{self.name} ended with code {code}.\n{self.tail()}")


@contextmanager
def running(
    name: str, command: Sequence[str], *, env: Mapping[str, str | None], log_dir: Path | None = None
) -> Iterator[Service]:
    """Run `python -m command…`, with `env` on top of ours (None takes a variable away), and stop it afterwards.

    The child gets a session of its own: Ctrl-C reaches the parent alone, which then ends its children in order.
    """
    environment = {**os.environ, **{key: value for key, value in env.items() if value is not None}}
    for key in (key for key, value in env.items() if value is None):
        environment.pop(key, None)
    log = None
    if log_dir is not None:
        log_dir.mkdir(parents=True, exist_ok=True)
        log = log_dir / f"{name}.log"
    with log.open("ab") if log else nullcontext() as stream:
        process = subprocess.Popen(  # noqa: S603  # our own module, arguments as a list
            [sys.executable, "-m", *command],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT if stream else None,
            start_new_session=True,
        )
    try:
        yield Service(name, process, log)
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes], *, seconds: float = STOP_SECONDS) -> None:
    """Ask a process to end (SIGTERM), and kill it when it does not."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def watch(services: Sequence[Service], stopping: threading.Event, *, seconds: float) -> None:
    """Wait until `stopping` is set or the time is over; raise ServiceEndedError when a service ends before."""
    deadline = time.monotonic() + seconds
    while not stopping.is_set() and (left := deadline - time.monotonic()) > 0:
        for service in services:
            service.check()
        stopping.wait(min(0.2, left))


def wait_for_port(service: Service, host: str, port: int, *, seconds: float = 30) -> None:
    """Wait until something listens on `host:port`; ServiceEndedError or ServiceSilentError when it never does."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        service.check()
        with suppress(OSError), socket.create_connection((host, port), timeout=1):
            return
        time.sleep(0.05)
    raise ServiceSilentError(
        f"{service.name} does not listen on {host}:{port} after {seconds:.0f} s.\n{service.tail()}"
    )


def free_port(preferred: int, host: str = "127.0.0.1") -> int:
    """Return the preferred port if it is free, else one that the system picks."""
    for candidate in (preferred, 0):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            # without this a port that was ours a minute ago counts as taken
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, candidate))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError(f"no free port on {host}")


@contextmanager
def stop_signals() -> Iterator[threading.Event]:
    """Turn SIGINT and SIGTERM into an event for as long as the block runs."""
    stopping = threading.Event()
    before = {number: signal.signal(number, lambda *_: stopping.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopping
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
