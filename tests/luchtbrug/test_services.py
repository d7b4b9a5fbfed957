"""Services as child processes: started, watched, stopped."""

import signal
import socket
import threading
import time
from pathlib import Path

import pytest

from luchtbrug.services import (
    ServiceEndedError,
    ServiceSilentError,
    free_port,
    running,
    stop,
    stop_signals,
    wait_for_port,
    watch,
)

SERVER = ["http.server", "--bind", "127.0.0.1"]


def test_a_service_listens_until_its_block_ends(tmp_path: Path) -> None:
    """Inside the block the port answers; after it the process is gone."""
    port = free_port(0)
    with running("web", [*SERVER, str(port)], env={}, log_dir=tmp_path) as service:
        wait_for_port(service, "127.0.0.1", port)
        assert service.process.poll() is None
    assert service.process.poll() is not None


def test_a_service_that_ends_by_itself_is_an_error_with_its_log(tmp_path: Path) -> None:
    """The last lines that it printed are in the message."""
    with running("bad", ["http.server", "--no-such-option"], env={}, log_dir=tmp_path) as service:
        with pytest.raises(ServiceEndedError, match="no-such-option"):
            wait_for_port(service, "127.0.0.1", free_port(0), seconds=10)
        with pytest.raises(ServiceEndedError, match="bad ended with code 2"):
            watch([service], threading.Event(), seconds=5)


def test_a_service_that_never_listens_is_named(tmp_path: Path) -> None:
    """Waiting for a port ends, and says which service and which port."""
    listening, other = free_port(0), free_port(0)
    with (
        running("web", [*SERVER, str(listening)], env={}, log_dir=tmp_path) as service,
        pytest.raises(ServiceSilentError, match=f"web does not listen on 127.0.0.1:{other}"),
    ):
        wait_for_port(service, "127.0.0.1", other, seconds=0.5)


def test_watching_ends_when_asked(tmp_path: Path) -> None:
    """Setting the event ends a watch long before its time."""
    stopping = threading.Event()
    threading.Timer(0.2, stopping.set).start()
    began = time.monotonic()
    watch([], stopping, seconds=60)
    assert time.monotonic() - began < 30


def test_a_deaf_service_is_killed(tmp_path: Path) -> None:
    """A process that ignores SIGTERM does not keep the parent from ending."""
    (tmp_path / "deaf.py").write_text(
        "import signal, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print('deaf', flush=True)\n"
        "time.sleep(600)\n"
    )
    with running("deaf", ["deaf"], env={"PYTHONPATH": str(tmp_path)}, log_dir=tmp_path) as service:
        while service.tail() != "deaf":
            time.sleep(0.02)
        stop(service.process, seconds=0.3)
        assert service.process.returncode == -signal.SIGKILL


def test_a_taken_port_is_replaced() -> None:
    """The preferred port is used when it is free, another one when it is not."""
    preferred = free_port(0)
    assert free_port(preferred) == preferred
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", preferred))
        taken.listen()
        assert free_port(preferred) not in (preferred, 0)


def test_ctrl_c_becomes_an_event() -> None:
    """Inside the block SIGINT sets the event and raises nothing; afterwards the old handler is back."""
    before = signal.getsignal(signal.SIGINT)
    with stop_signals() as stopping:
        signal.raise_signal(signal.SIGINT)
        assert stopping.is_set()
    assert signal.getsignal(signal.SIGINT) is before
