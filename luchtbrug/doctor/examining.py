"""Is everything there that the platform needs? Each finding says what was seen and what to do."""

import shutil
import socket
import struct
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

import storage.audit
import storage.connection
import storage.jobs
import storage.migrate
from luchtbrug.doctor.finding import Finding
from luchtbrug.doctor.of_storage import examine_storage
from luchtbrug.jobs.failing import failure
from luchtbrug.jobs.loop import LOOKED
from luchtbrug.settings import Settings
from storage.errors import DatabaseAwayError, SchemaMissingError, SchemaTooNewError

LOW_DISK_BYTES = 2 * 1024**3
"""Less free space than this is a warning [bytes]."""

LATE = timedelta(hours=1)
"""The calibrate job looks every minute; after this long without a look it does not run."""

_SINCE_1900 = 2_208_988_800  # seconds between the epochs of NTP and Unix (RFC 5905)


def examine(settings: Settings, *, database_url: str | None, now: datetime) -> Iterator[Finding]:
    """Yield a finding for the database and what it holds, calibration, the audit log, the broker, clock, disk."""
    yield from _database(database_url, now)
    yield from _replica(settings)
    yield _broker(settings)
    yield _clock(now)
    yield _disk(settings.data_dir)


def _database(url: str | None, now: datetime) -> Iterator[Finding]:
    if url is None:
        yield Finding("database", False, "none configured, none embedded", "set LUCHTBRUG_DATABASE_URL")
        return
    try:
        with storage.connection.connect(url) as conn:
            row = conn.execute("SHOW server_version").fetchone()
            yield Finding("database", True, f"PostgreSQL {row[0] if row else '?'}")
            schema = _schema(conn)
            yield schema
            yield _timescale(conn)
            yield from _calibration(conn, now)
            yield from _audit(conn)
            if schema.ok:
                yield from examine_storage(conn, now=now)
    except DatabaseAwayError as error:
        yield Finding("database", False, str(error), "is PostgreSQL running, and is LUCHTBRUG_DATABASE_URL right?")


def _replica(settings: Settings) -> Iterator[Finding]:
    """Say how far the database that the API reads from is behind the one that is written."""
    if settings.read_database_url is None:
        return
    try:
        with storage.connection.connect(settings.read_database_url.get_secret_value()) as conn:
            row = conn.execute("SELECT pg_is_in_recovery(), now() - pg_last_xact_replay_timestamp()").fetchone()
    except DatabaseAwayError as error:
        yield Finding("replica", False, str(error), "is it running, and is LUCHTBRUG_READ_DATABASE_URL right?")
        return
    follows, behind = row or (False, None)
    if not follows:
        yield Finding("replica", None, "answers, and follows no other database", "is it the replica?")
    else:
        yield Finding("replica", True, f"replayed what was written {behind} ago" if behind else "replays")


def _schema(conn: psycopg.Connection) -> Finding:
    try:
        storage.migrate.check(conn)
    except SchemaMissingError as error:
        return Finding("schema", False, str(error), "run `luchtbrug migrate`")
    except SchemaTooNewError as error:
        return Finding("schema", False, str(error), "install the release that migrated it, or restore a backup")
    return Finding("schema", True, "up to date")


def _timescale(conn: psycopg.Connection) -> Finding:
    row = conn.execute("SELECT extversion FROM pg_extension WHERE extname = 'timescaledb'").fetchone()
    if row is None:
        return Finding("timescaledb", None, "not installed: same answers, more disk", "advised from some 100 stations")
    return Finding("timescaledb", True, f"version {row[0]}")


def _calibration(conn: psycopg.Connection, now: datetime) -> Iterator[Finding]:
    """Say whether the calibrate job runs, and whether its last fit succeeded."""
    try:
        looked, failed = storage.jobs.find(conn, LOOKED), failure(conn)
    except psycopg.errors.UndefinedTable:  # the schema is not there, which is told above
        conn.rollback()
        return
    if looked is None:
        yield Finding("calibration", None, "the calibrate job has not run here yet")
    elif now - looked.reached > LATE:
        yield Finding("calibration", False, f"last look {looked.reached:%Y-%m-%d %H:%M} UTC", "is `calibrate` running?")
    elif failed is not None:
        seen = f"{failed.detail.get('error')} at {failed.time:%Y-%m-%d %H:%M} UTC: {failed.detail.get('message')}"
        yield Finding("calibration", False, seen, "older calibrations serve meanwhile; the log of `calibrate` has more")
    else:
        yield Finding("calibration", True, f"last look {looked.reached:%Y-%m-%d %H:%M} UTC")


def _audit(conn: psycopg.Connection) -> Iterator[Finding]:
    """Look through the audit log, where there is one already."""
    if conn.execute("SELECT to_regclass('restricted.audit')").fetchone() == (None,):
        return
    verdict = storage.audit.verify(conn)
    if verdict.intact:
        yield Finding("audit log", True, f"{verdict.entries} entries, chained")
    else:
        seen = f"entry {verdict.broken} does not follow from the one before"
        yield Finding("audit log", False, seen, "it was tampered with: compare with a backup (docs/staff.md)")


def _broker(settings: Settings) -> Finding:
    if settings.mqtt_url is None:
        return Finding("broker", None, "none configured: `serve` and `demo` start an embedded one")
    parts = urlsplit(settings.mqtt_url.get_secret_value())
    port = parts.port or (8883 if parts.scheme == "mqtts" else 1883)
    try:
        with socket.create_connection((parts.hostname or "", port), timeout=3):
            return Finding("broker", True, f"answers on {parts.hostname}:{port}")
    except OSError as error:
        advice = "is it running, and is LUCHTBRUG_MQTT_URL right?"
        return Finding("broker", False, f"{parts.hostname}:{port}: {error}", advice)


def _clock(now: datetime, server: str = "pool.ntp.org") -> Finding:
    """Compare with a time server: stations whose time differs by more than 5 minutes lose theirs."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.settimeout(2)
            probe.sendto(b"\x1b" + 47 * b"\0", (server, 123))
            seconds = struct.unpack("!12I", probe.recv(48))[10] - _SINCE_1900
    except (OSError, struct.error) as error:
        return Finding(
            "clock", None, f"{now:%Y-%m-%d %H:%M:%S} UTC, not compared ({error})", "compare it by hand: `timedatectl`"
        )
    off = abs(now.timestamp() - seconds)
    return Finding("clock", off < 5, f"{off:.0f} s from {server}", "" if off < 5 else "turn time synchronisation on")


def _disk(folder: Path) -> Finding:
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free = shutil.disk_usage(existing).free
    advice = "" if free >= LOW_DISK_BYTES else "make room: PostgreSQL stops when the disk is full"
    return Finding("disk", free >= LOW_DISK_BYTES, f"{free / 1024**3:.1f} GiB free at {existing}", advice)
