"""The database stopped, killed between insert and commit, read only, slow, or on a disk that is full."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # no types in our environment

from benchmarks.faults.outcome import Tried
from benchmarks.faults.slow import slowed
from benchmarks.faults.world import World
from storage.connection import connect

DELAY_S = 0.2
"""What each piece of data waits for on its way to a slow database and back [s]."""

BLOCKED = """
SELECT pid FROM pg_stat_activity
WHERE wait_event_type = 'Lock' AND query ILIKE '%%latest%%' AND pid <> pg_backend_pid()
"""


def database_stopped(world: World) -> Tried:
    """Stop the database for a minute while stations publish."""

    def stop() -> None:
        world.stop_database()
        time.sleep(world.size.of(60, 5))

    return _again_and_again(world, stop, times=int(world.size.of(3, 1)), pause_s=3)


def backend_killed_mid_commit(world: World) -> Tried:
    """SIGKILL the server process that ingest talks to, after its insert and before its commit."""

    def kill() -> None:
        with _held_between_insert_and_commit(world) as pid:
            psutil.Process(pid).kill()  # the server ends all its sessions and starts anew by itself: waited for

    return _again_and_again(world, kill, times=int(world.size.of(5, 2)), pause_s=1.5)


def server_killed_mid_commit(world: World) -> Tried:
    """SIGKILL every process of PostgreSQL after ingest's insert and before its commit, and start it again."""

    def kill() -> None:
        with _held_between_insert_and_commit(world):
            world.stop_database(signal.SIGKILL)

    return _again_and_again(world, kill, times=int(world.size.of(5, 2)), pause_s=1.5)


def _again_and_again(world: World, break_it: Callable[[], None], *, times: int, pause_s: float) -> Tried:
    """Break the database some times under load, and have it start each time."""
    behind = 0.0
    world.ingest()
    with world.load() as load:
        for _ in range(times):
            time.sleep(pause_s)
            break_it()
            world.start_database()
            behind = max(behind, world.behind(load))
    return world.tried(times, load, behind_s=behind)


@contextmanager
def _held_between_insert_and_commit(world: World) -> Iterator[int]:
    """Hold ingest where it has inserted readings and waits for the table `latest`; give the number of its process."""
    holder = connect(world.url)
    holder.execute("LOCK TABLE latest IN SHARE MODE")
    deadline = time.monotonic() + 30
    with connect(world.url) as conn:
        conn.autocommit = True
        while not (row := conn.execute(BLOCKED).fetchone()):
            if time.monotonic() > deadline:
                raise SystemExit("ingest did not come to its insert")
            time.sleep(0.02)
    try:
        yield int(row[0])
    finally:
        holder.close()


def database_read_only(world: World) -> Tried:
    """Make the database read only, as a standby is until it takes over, and writable again."""
    ingest = world.ingest()
    with world.load() as load:
        time.sleep(2)
        _set_read_only(world, on=True)
        time.sleep(world.size.of(30, 5))
        _set_read_only(world, on=False)
        behind = world.behind(load)
    ended = "" if ingest.process.poll() is None else "ingest ended"
    return world.tried(1, load, behind_s=behind, wrong=ended)


def _set_read_only(world: World, *, on: bool) -> None:
    with connect(world.url) as conn:
        conn.autocommit = True
        conn.execute("SET default_transaction_read_only = off")
        conn.execute(f"ALTER SYSTEM SET default_transaction_read_only = {'on' if on else 'off'}")
        conn.execute("SELECT pg_reload_conf()")


def database_slow(world: World) -> Tried:
    """Put 0.2 s on each way between ingest and its database for a while."""
    with slowed(world.url) as (port, delay):
        world.ingest(f"postgresql://postgres@127.0.0.1:{port}/postgres")
        with world.load() as load:
            time.sleep(2)
            delay.seconds = DELAY_S
            time.sleep(world.size.of(60, 8))
            delay.seconds = 0.0
            behind = world.behind(load)
        return world.tried(1, load, behind_s=behind, note=f"{DELAY_S} s on each way")


def disk_full(world: World) -> Tried:
    """Fill the disk of the database while stations publish, and make room again."""
    world.ingest()
    ballast = Path(world.server.pgdata).parent / "ballast"
    with world.load() as load:
        time.sleep(2)
        _fill(ballast)
        time.sleep(world.size.of(30, 10))
        lost = "database_lost" in world.log()
        ballast.unlink()
        world.start_database()  # where it ended itself for want of room
        behind = world.behind(load)
    note = "ingest lost the database" if lost else "the database found room"
    return world.tried(1, load, behind_s=behind, note=note, wrong="" if lost else "the disk was not full")


def _fill(ballast: Path) -> None:
    """Take all room that there is, and go on taking what becomes free for a while."""
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 65_536)
        except OSError:
            return
