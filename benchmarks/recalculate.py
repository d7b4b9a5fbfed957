"""How recalculating the past grows with processes and with stations, and whether any bit differs.

    python -m benchmarks.recalculate [--stations 1000] [--days 365] [--per-area 250] [--refit-days 7]
    python -m benchmarks.recalculate --unit-costs [--stations 125]

Makes the published files of a country of simulated stations (PM2.5, humidity and temperature by the hour, 60 official
stations) and recalculates the last `--days`, with as long a window before it as there is: in this process, then on Dask
with two, then in this process half of the stations: those of the southern half of the country, which stand as close
as all do, and as many in the whole country, which stand further apart and have fewer neighbours to be compared with.
One BLAS thread a process throughout. With `--unit-costs` it times one fit over 26 weeks and one week's validation
instead. The last line is JSON.
"""

import argparse
import json
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from time import perf_counter, process_time
from typing import Any

import numpy as np
import numpy.typing as npt
import psutil
import pyarrow as pa
from threadpoolctl import threadpool_limits

from luchtbrug.jobs.calibrate import fit_segments, validated_hours
from luchtbrug.jobs.lake_tables import WHOLE, described
from luchtbrug.jobs.network import lay_out
from luchtbrug.jobs.segments import Segments, segments_of
from luchtbrug.recalculation import engine
from luchtbrug.recalculation.plan import STATIONS, Plan, make_plan
from luchtbrug.recalculation.source import LakeSource, read_positions
from storage.columns import UTC_TIME
from storage.lake import Lake, Package, Resource
from storage.parquet import parquet_writer

Floats = npt.NDArray[np.float64]

END = datetime(2026, 11, 1, tzinfo=UTC)
WINDOW, REFERENCES = timedelta(weeks=26), 60
COUNTRY = (50.8, 53.4, 3.5, 7.1)  # [degrees] south, north, west, east
PROPERTIES = ("pm2_5", "relative_humidity", "temperature")
MODELS = ("SPS30", "SDS011", "PMS5003")


def main() -> None:
    """Print the figures of a comparison, or the unit costs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stations", type=int, default=1000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--per-area", type=int, default=STATIONS)
    parser.add_argument("--refit-days", type=int, default=7)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--unit-costs", action="store_true")
    options = parser.parse_args()
    print(json.dumps(unit_costs(min(options.stations, 125)) if options.unit_costs else compared(options)))


def compared(options: argparse.Namespace) -> dict[str, float]:
    """Recalculate in one process, in two, and two kinds of half of the stations in one."""
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        whole, south, sparse = (Path(folder) / name for name in ("whole", "south", "sparse"))
        make_lake(whole, options.stations, options.days)
        make_lake(south, options.stations // 2, options.days, north=(COUNTRY[0] + COUNTRY[1]) / 2)
        make_lake(sparse, options.stations // 2, options.days)
        begun = process_time()
        one, alone, first = _run(whole, options, processes=1)
        cpu = process_time() - begun
        two, _, second = _run(whole, options, processes=2)
        less, _, _ = _run(south, options, processes=1)
        apart, _, _ = _run(sparse, options, processes=1)
    hours = options.stations * options.days * 24
    return {
        "stations": options.stations,
        "days": options.days,
        "pieces": alone.before + alone.now,
        "station_hours": alone.hours,
        "seconds_one_process": round(one, 1),
        "seconds_two_processes": round(two, 1),
        "ratio": round(one / two, 2),
        "identical": first == second and len(first) > 0,
        "growth_for_twice_the_stations": round(one / less, 2),
        "growth_for_twice_as_dense": round(one / apart, 2),
        "us_per_station_hour": round(1e6 * one / hours, 1),
        "cpu_us_per_station_hour": round(1e6 * cpu / hours, 1),
        "peak_mb": getrusage(RUSAGE_SELF).ru_maxrss // 1024,
    }


def unit_costs(stations: int) -> dict[str, float]:
    """Measure in processor time what a fit costs a station, and validation a station and hour; and the memory."""
    with tempfile.TemporaryDirectory() as folder, threadpool_limits(1):
        make_lake(Path(folder), stations, 190)
        lake = Lake.at(folder)
        paths = sorted(str(one.relative_to(folder)) for one in Path(folder).rglob("hours.parquet"))
        idle = psutil.Process().memory_info().rss
        source = LakeSource(lake, read_positions(lake), paths, END - WINDOW, END)
        segments = _segments(source, END - WINDOW)
        begun = process_time()
        calibrations = fit_segments(segments, END, None)
        fitted = process_time()
        week = _segments(source, END - timedelta(days=21))
        ids = np.arange(stations)
        before = process_time()
        found = validated_hours(week, calibrations, ids, END - timedelta(days=7), END)
        validated = process_time()
        validated_hours(week, calibrations, ids, END - timedelta(hours=6), END)
        looked = process_time()
    return {
        "fit_ms_per_station": round(1e3 * (fitted - begun) / stations, 2),
        "validate_us_per_station_hour": round(1e6 * (validated - before) / len(found.begin), 1),
        "look_ms_per_station": round(1e3 * (looked - validated) / stations, 2),
        "peak_mb_per_station": round((getrusage(RUSAGE_SELF).ru_maxrss * 1024 - idle) / 1e6 / stations, 2),
        "stations": stations,
    }


def _segments(source: LakeSource, begin: datetime) -> Segments:
    fetched = lay_out(source, "pm2_5", begin=begin, end=END)
    if fetched is None:
        raise SystemExit("the files hold no network")
    return segments_of([], fetched, END)


def make_lake(folder: Path, stations: int, days: int, *, north: float = COUNTRY[1]) -> None:
    """Write what `luchtbrug lake` would, with the columns that a recalculation reads; no station beyond `north`."""
    lake, rng = Lake.at(str(folder)), np.random.default_rng(1)
    package = Package("benchmark", "", "", [])
    count = days * 24
    hours = np.datetime64(END.replace(tzinfo=None), "h") - count + np.arange(count)
    south, most, west, east = COUNTRY
    latitude, longitude = rng.uniform(south, north, stations), rng.uniform(west, east, stations)
    places = rng.uniform(south, most, REFERENCES), rng.uniform(west, east, REFERENCES)
    values = _values(hours, latitude, longitude, rng)
    official = _air(hours, *places, np.random.default_rng(2)) + rng.normal(0, 0.5, (count, REFERENCES))
    for name, columns in _tables(latitude, longitude, places, hours, official).items():
        package = package.having(_put(lake, name, f"{name}.parquet", pa.table(columns, schema=WHOLE[name].schema)))
    months = hours.astype("datetime64[M]")
    for month in np.unique(months):
        text = str(month)
        path = f"hours/year={text[:4]}/month={text[5:]}/hours.parquet"
        rows = months == month
        package = package.having(_put(lake, f"hours-{text}", path, _month(hours[rows], values[:, rows])))
    lake.publish(package)


def _values(hours: npt.NDArray[np.datetime64], latitude: Floats, longitude: Floats, rng: np.random.Generator) -> Floats:
    """Give what the sensors read, by property, hour and station."""
    shape = (len(hours), len(latitude))
    day = np.sin(2 * np.pi * hours.astype(np.int64) / 24)[:, None]
    slow = _remembering(len(hours), 1, 0.98, np.random.default_rng(3))
    temperature = 11 + 4 * day + 5 * slow + rng.normal(0, 0.5, shape)
    humidity = np.clip(78 - 12 * day - 8 * slow + rng.normal(0, 3, shape), 20, 99)
    air = _air(hours, latitude, longitude, np.random.default_rng(2))
    gain, offset = rng.uniform(1.2, 2.0, shape[1]), rng.uniform(0, 3, shape[1])
    water = 1 + 0.25 * np.clip((humidity - 70) / 25, 0, None) ** 2
    raw = np.maximum(offset + gain * air * water + rng.normal(0, 1.0, shape), 0)
    sent = rng.random(shape) > 0.03
    return np.where(sent, np.stack([raw, humidity, temperature]), np.nan)


def _air(hours: npt.NDArray[np.datetime64], latitude: Floats, longitude: Floats, rng: np.random.Generator) -> Floats:
    """Mix twelve sources, each nearer to some places than to others: air that is alike where places are near."""
    south, north, west, east = COUNTRY
    sources = _remembering(len(hours), 12, 0.93, rng)
    at = rng.uniform(south, north, 12), rng.uniform(west, east, 12)
    apart = (latitude[:, None] - at[0]) ** 2 + (0.6 * (longitude[:, None] - at[1])) ** 2
    weight = np.exp(-apart / 0.8)
    mixed: Floats = 10 * np.exp(0.6 * sources @ (weight / np.sqrt((weight**2).sum(1, keepdims=True))).T)
    return mixed


def _remembering(count: int, width: int, memory: float, rng: np.random.Generator) -> Floats:
    noise = rng.normal(0, np.sqrt(1 - memory**2), (count, width))
    for row in range(1, count):
        noise[row] += memory * noise[row - 1]
    return noise


def _tables(
    latitude: Floats,
    longitude: Floats,
    places: tuple[Floats, Floats],
    hours: npt.NDArray[np.datetime64],
    official: Floats,
) -> dict[str, dict[str, Any]]:
    count, ids = len(latitude), [f"s{number:06d}" for number in range(len(latitude))]
    references = [f"NL{number:05d}" for number in range(REFERENCES)]
    rows = official.size
    stations = {
        "station_id": ids,
        "name": ids,
        "latitude": latitude,
        "longitude": longitude,
        "simulated": [True] * count,
    }
    schema = WHOLE["stations"].schema
    return {
        "stations": {name: stations.get(name, pa.nulls(count, schema.field(name).type)) for name in schema.names},
        "series": {
            "series_id": np.arange(1, 1 + count * len(PROPERTIES), dtype=np.int32),
            "station_id": [one for one in ids for _ in PROPERTIES],
            "sensor_name": ["one"] * count * len(PROPERTIES),
            "sensor_model": [MODELS[number % len(MODELS)] for number in range(count) for _ in PROPERTIES],
            "observed_property": list(PROPERTIES) * count,
            "unit": [""] * count * len(PROPERTIES),
        },
        "reference-stations": {
            "reference_station_id": references, "network": ["simulated"] * REFERENCES, "name": references,
            "latitude": places[0], "longitude": places[1], "site_type": [None] * REFERENCES,
        },
        "reference-hours": {
            "reference_station_id": references * len(hours), "observed_property": ["pm2_5"] * rows,
            "begin": pa.array(np.repeat(hours.astype("datetime64[us]"), REFERENCES)).cast(UTC_TIME),
            "value": official.astype(np.float32).ravel(), "validity": np.ones(rows, np.int16),
            "verification": np.ones(rows, np.int16),
        },
        "changes": {name: [] for name in WHOLE["changes"].schema.names},
    }  # fmt: skip


def _month(hours: npt.NDArray[np.datetime64], values: Floats) -> pa.Table:
    """Lay out a month's hours by series and time, those that were sent; series count up by station, then property."""
    by_series = values.transpose(2, 0, 1).reshape(-1, len(hours))
    series, hour = np.nonzero(np.isfinite(by_series))
    raw = by_series[series, hour].astype(np.float32)
    return pa.table(
        {
            "series_id": (series + 1).astype(np.int32),
            "begin": pa.array(hours[hour].astype("datetime64[us]")).cast(UTC_TIME),
            "raw": raw, "raw_min": raw * np.float32(0.9), "raw_max": raw * np.float32(1.1),
            "observed_count": np.full(len(raw), 12, np.int32), "data_capture": np.ones(len(raw), np.float32),
        }
    )  # fmt: skip


def _put(lake: Lake, name: str, path: str, table: pa.Table) -> Resource:
    with lake.workroom() as folder:
        with parquet_writer(folder / "made", table.schema) as writer:
            writer.write_table(table, row_group_size=1 << 17)
        size = (folder / "made").stat().st_size
        lake.put(folder / "made", path)
    return Resource(name, path, "", size, "", table.num_rows, described(table.schema))


def _plan(folder: Path, options: argparse.Namespace) -> Plan:
    return make_plan(
        read_positions(Lake.at(str(folder))), begin=END - timedelta(days=options.days), end=END,
        observed_properties=["pm2_5"], window=WINDOW, refit_every=timedelta(days=options.refit_days),
        stations=options.per_area,
    )  # fmt: skip


def _run(folder: Path, options: argparse.Namespace, *, processes: int) -> tuple[float, engine.Ran, dict[str, bytes]]:
    """Recalculate, and return the seconds, what was done, and the files that were made; these are removed."""
    plan = _plan(folder, options)
    with engine.workers(processes=processes, scheduler=None) as client:
        begun = perf_counter()
        ran = engine.run(str(folder), plan, client=client)
        seconds = perf_counter() - begun
    root = folder / ran.folder
    files = {str(one.relative_to(root)): one.read_bytes() for kind in ("hours", "calibrations")
             for one in sorted((root / kind).rglob("*.parquet"))}  # fmt: skip
    shutil.rmtree(root)
    print(f"{processes} processes, {len(plan.areas)} areas, {ran.hours} hours: {seconds:.1f} s", flush=True)
    return seconds, ran, files


if __name__ == "__main__":
    main()
