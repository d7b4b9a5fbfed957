"""Bytes a reading on disk: plain PostgreSQL beside TimescaleDB's columnstore, with the same readings.

    python -m benchmarks.storage [--stations 24] [--days 14] [--uncalibrated-weather]
    python -m benchmarks.storage --hours

Simulated stations with faults send five properties every five minutes, in the decimals of their sensors; the readings
arrive some tenths of a second later and are stored in the order of time, in batches, as live. On both sides the whole
table counts: rows, indexes and what is kept outside of rows, after VACUUM and after `compress_chunk`. TimescaleDB is
the build of tests/storage/timescale (needs node; `make checkers` installs it). The last line is JSON.
"""

import argparse
import json
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import psycopg

from api.routes.exports import LEVELS
from firmware_sim.readings import make_fleet, read
from firmware_sim.stations import make_stations
from luchtbrug.database import embedded
from luchtbrug.jobs.lake import GROUP_ROWS
from storage.connection import connect, open_pool
from storage.exports import FULL, Selection, hour_export
from storage.migrate import migrate
from storage.parquet import parquet_writer
from storage.readings import stepped, store, whole_seconds
from storage.rows import NewStation, ReadingColumns, SeriesName
from storage.series import claim_series
from storage.statements import sql
from storage.stations import add_station

Floats = npt.NDArray[np.float64]

TIMESCALE = Path(__file__).parents[1] / "tests/storage/timescale"
BEGIN = datetime(2026, 5, 14, tzinfo=UTC)  # where a chunk begins: live, all chunks but two are whole
STEP_S, BATCH = 300, 20_000
DECIMALS = {"pm2_5": 2, "pm10": 2, "temperature": 2, "relative_humidity": 2, "air_pressure": 2}
HALF_WIDTH = {"pm2_5": 0.4, "pm10": 0.4, "temperature": 0.1, "relative_humidity": 0.08, "air_pressure": 0.001}


def main() -> None:
    """Store the same readings twice and weigh both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stations", type=int, default=24)
    parser.add_argument("--days", type=int, default=14)
    parser.add_argument("--uncalibrated-weather", action="store_true")
    parser.add_argument("--hours", action="store_true", help="validated hours instead of readings")
    options = parser.parse_args()
    if options.hours:
        print(json.dumps(weigh_hours()))
        return
    readings = make_readings(options.stations, options.days, weather=not options.uncalibrated_weather)
    count = len(readings.time)
    with tempfile.TemporaryDirectory() as folder, embedded(Path(folder) / "plain") as url, connect(url) as conn:
        plain = _plain(conn, readings) / count
    print(f"{count} readings; plain PostgreSQL {plain:.1f} bytes each", flush=True)
    with _timescale() as conn:
        rows, packed = (size / count for size in _columnstore(conn, readings))
    print(f"TimescaleDB {rows:.1f} bytes each as rows, {packed:.1f} in the columnstore", flush=True)
    figures = {
        "readings": count,
        "bytes_plain": round(plain, 1),
        "bytes_timescale_rows": round(rows, 1),
        "bytes_timescale_columnstore": round(packed, 2),
        "ratio": round(packed / plain, 3),
        "calibrated_weather": not options.uncalibrated_weather,
    }
    print(json.dumps(figures))


def weigh_hours() -> dict[str, float]:
    """Give the bytes of a validated hour on plain PostgreSQL, in the columnstore and in the published files."""
    with tempfile.TemporaryDirectory() as folder, embedded(Path(folder) / "plain") as url:
        with connect(url) as conn:
            migrate(conn)
            count = _hours(conn)
            plain = _size(conn, "SELECT pg_total_relation_size('hour')")
        lake = _parquet(url, Path(folder) / "hours.parquet")
    print(f"{count} hours; plain PostgreSQL {plain / count:.1f} bytes each, Parquet {lake / count:.1f}", flush=True)
    with _timescale() as conn:
        conn.execute("CREATE EXTENSION timescaledb")
        conn.commit()
        migrate(conn)
        _hours(conn)
        packed = _packed(conn, "hour")
    return {
        "hours": count,
        "bytes_hour_plain": round(plain / count, 1),
        "bytes_hour_columnstore": round(packed / count, 1),
        "bytes_hour_parquet": round(lake / count, 1),
    }


def make_readings(stations: int, days: int, *, weather: bool) -> ReadingColumns:
    """Simulate and value the readings; they are in the order in which they arrive."""
    fleet = make_fleet(make_stations(stations, seed=1), STEP_S, level=1.0)
    first = int(BEGIN.timestamp()) // STEP_S
    seen = read(fleet, np.arange(first, first + days * 86_400 // STEP_S))
    rng = np.random.default_rng(1)
    parts = []
    for number, (name, decimals) in enumerate(DECIMALS.items()):
        step, station = np.nonzero(seen.sent & np.isfinite(seen.values[name]))
        raw = np.round(seen.values[name][step, station], decimals)
        time = seen.clock_ms[step, station] // 1000 * 1000
        delay = _delay(seen.sent.shape)[step, station]
        parts.append(
            np.column_stack(
                [time, 5 * station + number + 1, raw, _valued(name, raw, rng, weather), 1000.0 * time + 1000 * delay]
            )
        )
    rows = np.concatenate(parts)
    rows = rows[np.argsort(rows[:, -1], kind="stable")]
    value, lower, upper = stepped(rows[:, 3:6]).T
    return ReadingColumns(
        time=rows[:, 0].astype("datetime64[ms]").astype("datetime64[us]"),
        series_key=rows[:, 1].astype(np.int64),
        raw=rows[:, 2],
        value=value,
        lower=lower,
        upper=upper,
        flags=np.where(rng.random(len(rows)) < 0.02, 1 << 3, 0),
        calibration_key=np.where(np.isfinite(rows[:, 3]), rows[:, 1].astype(np.int64) + 100_000, 0),
        received_at=whole_seconds(rows[:, 6].astype("datetime64[us]")),
    )


def _delay(shape: tuple[int, ...]) -> Floats:
    """Milliseconds from the second that a message states to its arrival: when in it is sent, and the way here."""
    rng = np.random.default_rng(2)
    found: Floats = rng.uniform(0, 1000, shape[1]) + rng.lognormal(np.log(80), 0.6, shape)
    return found


def _valued(name: str, raw: Floats, rng: np.random.Generator, weather: bool) -> Floats:
    """Calibrate as a line with slow weather in it, and an interval that grows with the value: (N,3)."""
    if not weather and not name.startswith("pm"):
        return np.full((len(raw), 3), np.nan)
    value = 0.7312 * raw + 1.217 + 0.05 * rng.normal(size=len(raw))  # what humidity and earlier hours add
    width = HALF_WIDTH[name] * (1 + np.abs(value))
    return np.column_stack([value, value - width, value + 1.3 * width])


def _plain(conn: psycopg.Connection, readings: ReadingColumns) -> int:
    migrate(conn)
    for batch in _batches(readings):
        store(conn, batch)
        conn.commit()
    conn.autocommit = True
    conn.execute("VACUUM ANALYZE reading")
    return _size(conn, "SELECT pg_total_relation_size('reading')")


def _columnstore(conn: psycopg.Connection, readings: ReadingColumns) -> tuple[int, int]:
    """Return the bytes of the chunks as rows and in the columnstore."""
    conn.execute("CREATE EXTENSION timescaledb")
    conn.commit()
    migrate(conn)
    for batch in _batches(readings):
        _store(conn, batch)
        conn.commit()
    rows = _size(conn, "SELECT hypertable_size('reading')")
    return rows, _packed(conn, "reading")


def _packed(conn: psycopg.Connection, table: str) -> int:
    """Put all chunks into the columnstore and return the bytes that the table then takes."""
    conn.execute("SELECT compress_chunk(c) FROM show_chunks(%s::regclass) c", [table])
    conn.commit()
    row = conn.execute("SELECT hypertable_size(%s::regclass)", [table]).fetchone()
    conn.rollback()
    return int(row[0]) if row else 0


def _hours(conn: psycopg.Connection) -> int:
    """Make half a year of validated hours of twenty series, with numbers of full length, and return how many."""
    conn.execute("SELECT setseed(0.5)")
    count = conn.execute(_HOURS).rowcount
    conn.commit()
    return count


_HOURS = """
INSERT INTO hour (begin, series_key, raw, raw_min, raw_max, raw_sd, observed_count, data_capture, value, lower, upper,
                  estimate, estimate_lower, estimate_upper, flags, calibration_key, computed_at, published_at,
                  published_raw, revision)
SELECT begin, series_key, raw, raw - noise, raw + 1.3 * noise, noise / 2, count, count / 12.0,
       v, v * 0.83 - 1.31, v * 1.21 + 1.77, e, e * 0.87 - 1.13, e * 1.16 + 1.41,
       CASE WHEN count < 9 THEN 64 ELSE 0 END, series_key + 100000 + extract(week FROM begin)::int, done, done, raw, 0
FROM generate_series(1, 20) AS series_key,
     generate_series(timestamptz '2026-01-01Z', timestamptz '2026-06-29Z', interval '1 hour') AS begin,
     LATERAL (SELECT random() + series_key * 0 AS noise, CASE WHEN random() < 0.05 THEN 8 ELSE 12 END AS count,
                     begin + interval '61 minutes' AS done) AS n,
     LATERAL (SELECT 9 + 5 * sin(extract(epoch FROM begin)::float8 / 30000) + 2 * noise AS raw) AS r,
     LATERAL (SELECT 0.7312 * raw + 1.217 + 0.3 * noise AS v, 0.4 * raw + 5 + noise AS e) AS made
ORDER BY begin, series_key"""


def _parquet(url: str, path: Path) -> int:
    """Write the hours as the nightly files have them and return the bytes."""
    with connect(url) as conn:
        add_station(conn, NewStation("one", 52.0, 5.0, 52.0, 5.0, "hash", "token"))
        keys = [row[0] for row in conn.execute("SELECT DISTINCT series_key FROM hour ORDER BY 1")]
        names = [SeriesName("one", f"sensor-{key:06d}", "SPS30", "pm2_5", "ug/m3") for key in range(1, max(keys) + 1)]
        claim_series(conn, names)
        conn.commit()
    selection = Selection(keys, datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC), LEVELS)
    with open_pool(url, size=2) as pool, parquet_writer(path, FULL) as writer:
        for table in hour_export(pool, "full", selection).tables(rows=GROUP_ROWS):
            writer.write_table(table)
    return path.stat().st_size


def _store(conn: psycopg.Connection, batch: ReadingColumns) -> None:
    """Store as `storage.readings.store` does; that build takes no COPY, so the staging table is filled by unnest."""
    conn.execute(sql("staging_reading"))
    names = ("time", "series_key", "raw", "value", "lower", "upper", "flags", "calibration_key", "received_at")
    kinds = ("timestamptz", "int4", "float8", "float4", "float4", "float4", "int4", "int8", "timestamptz")
    values = [_list(getattr(batch, name)) for name in names]
    conn.execute(
        f"INSERT INTO staging_reading SELECT * FROM unnest({', '.join(f'%s::{kind}[]' for kind in kinds)})",  # noqa: S608 -- types of ours
        values,
    )
    conn.execute(sql("store_readings"))


def _list(column: npt.NDArray[np.generic]) -> list[object]:
    if column.dtype.kind == "M":
        return [f"{text}Z" for text in np.datetime_as_string(column).tolist()]
    return list(column.tolist())


def _batches(readings: ReadingColumns) -> Iterator[ReadingColumns]:
    names = ReadingColumns.__slots__
    for begin in range(0, len(readings.time), BATCH):
        yield ReadingColumns(**{name: getattr(readings, name)[begin : begin + BATCH] for name in names})


def _size(conn: psycopg.Connection, query: str) -> int:
    row = conn.execute(query).fetchone()
    conn.rollback()
    return int(row[0]) if row else 0


@contextmanager
def _timescale() -> Iterator[psycopg.Connection]:
    server = subprocess.Popen(["node", "serve.mjs"], cwd=TIMESCALE, stdout=subprocess.PIPE, text=True)
    try:
        if server.stdout is None or not (port := server.stdout.readline()).strip():
            raise SystemExit("TimescaleDB did not start: `make checkers` installs it, and it needs node")
        url = f"postgresql://postgres:x@127.0.0.1:{int(port)}/postgres?sslmode=disable&connect_timeout=60"
        with connect(url) as conn:
            conn.prepare_threshold = None
            yield conn
    finally:
        server.terminate()
        server.communicate()


if __name__ == "__main__":
    main()
