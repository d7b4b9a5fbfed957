"""How large the store is, how well it is packed, and how far behind: findings of `doctor`, each with what to do."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import psycopg

import storage.hours
import storage.readings
from luchtbrug.doctor.finding import Finding
from storage.sizes import Size, table_sizes

SHOWN = 4
"""So many of the largest tables are named."""

READINGS_LATE = timedelta(hours=1)
"""Stations send every five minutes at the slowest."""

HOURS_LATE = timedelta(hours=4)
"""An hour is validated within minutes of its end; official values come up to some hours late."""

LEAST_RATIO = 4.0
"""A columnstore that saves less than this is worth a look: readings of the simulator give 5 to 6."""

_ENOUGH = 100 * 1024**2  # [bytes] less than this says nothing of a ratio


def examine_storage(conn: psycopg.Connection, *, now: datetime) -> Iterator[Finding]:
    """Yield a finding for the sizes, the columnstore, the chunks, the newest reading and the newest validated hour."""
    sizes = table_sizes(conn)
    yield Finding("tables", True, ", ".join(f"{one.name} {_bytes(one.bytes)}" for one in sizes[:SHOWN]))
    yield from (_packed(one) for one in sizes if one.ratio is not None)
    yield from (_chunk(one) for one in sizes if one.largest_chunk > one.buffers > 0)
    advice = "is ingest running, and does the broker let it in?"
    yield _age("readings", "newest reading", storage.readings.last_time(conn), READINGS_LATE, now, advice)
    advice = "is calibrate running, and do official values come in (event `reference_lost`)?"
    validated = storage.hours.last_validated(conn)
    end = validated + timedelta(hours=1) if validated else None
    yield _age("hours", "validated up to", end, HOURS_LATE, now, advice)


def _packed(size: Size) -> Finding:
    ratio = size.ratio or 0.0
    poor = ratio < LEAST_RATIO and size.before > _ENOUGH
    seen = f"{size.name}: {_bytes(size.before)} became {_bytes(size.after)}, {ratio:.1f} times less"
    return Finding(
        "columnstore",
        None if poor else True,
        seen,
        "few readings a series and chunk? see docs/scale.md" if poor else "",
    )


def _chunk(size: Size) -> Finding:
    seen = f"a chunk of {size.name} is {_bytes(size.largest_chunk)}, shared_buffers {_bytes(size.buffers)}"
    advice = f"shorter chunks: SELECT set_chunk_time_interval('{size.name}', INTERVAL '1 day'), or more memory"
    return Finding("chunks", None, seen, advice)


def _age(what: str, name: str, time: datetime | None, limit: timedelta, now: datetime, advice: str) -> Finding:
    if time is None:
        return Finding(what, None, "none yet")
    late = now - time > limit
    seen = f"{name} {time:%Y-%m-%d %H:%M} UTC, {_span(now - time)} ago"
    return Finding(what, not late, seen, advice if late else "")


def _span(age: timedelta) -> str:
    minutes = max(int(age.total_seconds() // 60), 0)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} days"


def _bytes(size: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit in ("B", "kB") else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.2f} TB"
