"""Does the runbook's way back to any minute work? A server with its options, a mistake, and the minute before it.

Run `python -m benchmarks.faults.point_in_time` (half a minute; as root PostgreSQL runs as another user). Stations are
registered all the while: when the base copy is taken, at the minute to come back to, and until everything is deleted.
The server made of base copy and archive is compared with what was there at that minute, table by table. The last line
is JSON; the exit code is 1 where anything differs.
"""

import json
import os
import pwd
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from luchtbrug.backup.tools import find_tool
from luchtbrug.register import register
from luchtbrug.services import free_port
from storage.connection import connect
from storage.contents import Contents, contents
from storage.migrate import migrate

ARCHIVED = """
archive_mode = on
archive_timeout = 60
archive_command = 'test ! -f {wal}/%f && cp %p {wal}/%f.part && mv {wal}/%f.part {wal}/%f'
"""
"""As docs/runbook.md has it."""

WANTED = """
restore_command = 'cp {wal}/%f %p'
recovery_target_time = '{at}'
recovery_target_action = 'promote'
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of it: tables that differ from that minute, and what was in them."""

    tables: int
    rows: int
    differing: list[str]
    stations_at_that_minute: int
    stations_later: int
    writes_again: bool
    base_copy_s: float
    recovery_s: float


def main() -> None:
    """Make the mistake, come back, print."""
    with tempfile.TemporaryDirectory(prefix="luchtbrug-minute-") as name:
        folder = Path(name)
        (folder / "wal").mkdir()
        _own(folder)
        seen = _tried(folder)
    print(json.dumps(asdict(seen)))
    sys.exit(bool(seen.differing) or not seen.writes_again)


@dataclass(frozen=True, slots=True)
class Minute:
    """What there was at the minute to come back to, by the server's clock, and how many stations came after it."""

    at: datetime
    wanted: Contents
    stations: int
    later: int
    base_copy_s: float


def _tried(folder: Path) -> Seen:
    data, back, base, wal = (folder / name for name in ("data", "back", "base", "wal"))
    _run("initdb", "-U", "postgres", "-A", "trust", "-D", str(data))
    _add(data / "postgresql.conf", ARCHIVED.format(wal=wal))
    with _server(data) as url:
        minute = _lived(url, base)
    _unpack(base, back)
    _add(back / "postgresql.auto.conf", WANTED.format(wal=wal, at=minute.at))
    (back / "recovery.signal").touch()
    _own(back)
    begin = time.monotonic()
    with _server(back) as url:
        _await_promotion(url)
        return _compared(url, minute, recovery_s=time.monotonic() - begin)


def _lived(url: str, base: Path) -> Minute:
    """Go on registering, take the base copy meanwhile, look what there is at a minute, and lose everything."""
    with connect(url) as conn:
        migrate(conn)
    with _registering(url):
        begin = time.monotonic()
        _run("pg_basebackup", "-d", url, "-D", str(base), "-Ft", "-z", "-X", "none", "-c", "fast")
        copied = time.monotonic() - begin
        time.sleep(2)
    with connect(url) as conn:
        wanted = contents(conn)
        row = conn.execute("SELECT clock_timestamp(), (SELECT count(*) FROM station)").fetchone()
    at, stations = row or (datetime.now(UTC), 0)
    with _registering(url):
        time.sleep(2)
    later = _stations(url)
    _lose_everything(url)
    return Minute(at, wanted, stations, later, copied)


def _await_promotion(url: str) -> None:
    """Wait until the archive is read up to the minute: before, the server answers and takes no writes."""
    deadline = time.monotonic() + 120
    with connect(url) as conn:
        conn.autocommit = True
        while conn.execute("SELECT pg_is_in_recovery()").fetchone() != (False,):
            if time.monotonic() > deadline:
                raise SystemExit("the server did not come to its minute")
            time.sleep(0.1)


def _compared(url: str, minute: Minute, *, recovery_s: float) -> Seen:
    with connect(url) as conn:
        found = contents(conn)
    differing = [name for name, table in minute.wanted.tables.items() if found.tables.get(name) != table]
    again = _register(url, "after-all")
    rows = sum(table.rows for table in found.tables.values())
    times = round(minute.base_copy_s, 1), round(recovery_s, 1)
    return Seen(len(found.tables), rows, differing, minute.stations, minute.later, again, *times)


@contextmanager
def _server(data: Path) -> Iterator[str]:
    """Run PostgreSQL on a folder, and end it; what it says stands in `<folder>.log`."""
    port = free_port(0)
    where = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={data.parent}"
    _run("pg_ctl", "-D", str(data), "-l", f"{data}.log", "-o", where, "-w", "-t", "120", "start")
    try:
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
    finally:
        _run("pg_ctl", "-D", str(data), "-w", "-m", "fast", "stop")


@contextmanager
def _registering(url: str) -> Iterator[None]:
    """Register a station after the other meanwhile."""
    over = threading.Event()

    def go_on() -> None:
        while not over.is_set():
            _register(url, f"s-{time.monotonic_ns()}")

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _register(url: str, station_id: str) -> bool:
    with connect(url) as conn:
        register(conn, station_id=station_id, latitude=52.2, longitude=5.2, position_key="key", now=datetime.now(UTC))
        conn.commit()
    return True


def _stations(url: str) -> int:
    with connect(url) as conn:
        row = conn.execute("SELECT count(*) FROM station").fetchone()
    return int(row[0]) if row else 0


def _lose_everything(url: str) -> None:
    """Make the mistake, and wait until the archive has what came before it."""
    with connect(url) as conn:
        conn.execute("TRUNCATE station CASCADE")
        conn.commit()
        conn.execute("SELECT pg_switch_wal()")
        conn.commit()
    time.sleep(1)


def _unpack(base: Path, back: Path) -> None:
    back.mkdir(mode=0o700)
    subprocess.run(["tar", "-xzf", str(base / "base.tar.gz"), "-C", str(back)], check=True)


def _add(file: Path, text: str) -> None:
    with file.open("a", encoding="utf-8") as open_file:
        open_file.write(text)


def _own(folder: Path) -> None:
    """Give a folder and what is in it to who runs PostgreSQL."""
    if (user := _user()) is not None:
        for each in (folder, *folder.rglob("*")):
            os.chown(each, user.pw_uid, user.pw_gid)


def _user() -> pwd.struct_passwd | None:
    """Tell who runs PostgreSQL where we are root, which it refuses."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _run(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs, as compose does."""
    user = _user()
    path = str(find_tool(program, 15).path)
    done = subprocess.run(
        [path, *arguments],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False,
        user=user.pw_uid if user else None, group=user.pw_gid if user else None, extra_groups=[] if user else None,
        cwd="/",
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{program} ended with {done.returncode}: {done.stderr[-500:]}")


if __name__ == "__main__":
    main()
