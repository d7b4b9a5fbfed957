"""The faults by name: what is done, whether nothing may be lost by it, and what it needs of the machine."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.faults import contents, databases, embedded, processes
from benchmarks.faults.outcome import Tried
from benchmarks.faults.world import World

SMALL_DISK = "400m"
"""What PostgreSQL and its log need under this load, and little more."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault; `promised` is False where docs/trust.md says that something is lost."""

    run: Callable[[World], Tried]
    promised: bool = True
    small_disk: bool = False
    clock: bool = False

    def impossible(self) -> str:
        """Say why it cannot be tried on this machine; empty where it can."""
        if self.small_disk and (os.geteuid() != 0 or shutil.which("mount") is None):
            return "a small disk is mounted by root alone"
        return "libfaketime is missing: apt-get install faketime" if self.clock and contents.library() is None else ""

    @contextmanager
    def database_folder(self, folder: Path) -> Iterator[Path | None]:
        """Give the folder for the database where it wants a disk of its own, else None."""
        if not self.small_disk:
            yield None
            return
        disk = folder / "disk"
        disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK}", "tmpfs", disk], check=True)
        try:
            yield disk / "database"
        finally:
            subprocess.run(["umount", "--lazy", disk], check=True)


FAULTS = {
    "ingest-killed": Fault(processes.ingest_killed),
    "broker-restarted": Fault(processes.broker_restarted),
    "broker-killed": Fault(processes.broker_killed, promised=False),
    "database-stopped": Fault(databases.database_stopped),
    "backend-killed-mid-commit": Fault(databases.backend_killed_mid_commit),
    "server-killed-mid-commit": Fault(databases.server_killed_mid_commit),
    "database-read-only": Fault(databases.database_read_only),
    "database-slow": Fault(databases.database_slow),
    "disk-full": Fault(databases.disk_full, small_disk=True),
    "clock-jumps": Fault(contents.clock_jumps, clock=True),
    "poison": Fault(contents.poison),
    "ingests-with-one-name": Fault(processes.ingests_with_one_name),
    "stations-with-one-name": Fault(processes.stations_with_one_name),
    "many-clients": Fault(processes.many_clients),
    "backlog": Fault(contents.backlog),
    "embedded-database-stopped": Fault(embedded.embedded_database_stopped),
    "embedded-ingest-stopped": Fault(embedded.embedded_ingest_stopped, promised=False),
    "embedded-ingest-killed": Fault(embedded.embedded_ingest_killed, promised=False),
}
