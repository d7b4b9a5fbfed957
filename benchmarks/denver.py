"""Walk through the Denver months with each reference left out in turn, and compare daily means."""

import csv
from datetime import datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from luchtbrug.jobs.replay import walk
from validation.network import Network

Floats = npt.NDArray[np.float64]

_FIRST_JUDGED = 28 * 24  # as shared/checks/score_replay.py
_LEAST_HOURS = 18  # of a day (2008/50/EC)


def walk_denver(folder: Path) -> dict[str, float]:
    """Slopes of the daily means of value and estimate against the reference left out, mean over sites; and RMSE."""
    stations = _table(folder / "stations.csv")
    sensors = [row for row in stations if row["reference_station"]]
    places = [row for row in stations if not row["reference_station"] and row["lat"]]
    hours, raw = _grid(folder / "readings.csv", [row["station"] for row in sensors], "pm25_raw")
    weather = [_grid(folder / "readings.csv", [row["station"] for row in sensors], name)[1] for name in _WEATHER]
    _, reference = _grid(folder / "reference.csv", [row["station"] for row in places], "pm25_ugm3", hours)
    found: dict[str, list[float]] = {}
    for r, place in enumerate(places):
        beside = [i for i, row in enumerate(sensors) if row["reference_station"] == place["station"]]
        if not beside or not np.isfinite(reference[:, r]).any():
            continue
        others = [k for k in range(len(places)) if k != r]
        network = _network(hours, raw, weather, sensors, reference[:, others], [places[k] for k in others])
        values = list(walk(network))
        for name in ("value", "estimate"):
            guess = np.concatenate([getattr(part[0], name) for part in values])[_FIRST_JUDGED:, beside]
            truth = reference[_FIRST_JUDGED:, [r] * len(beside)]
            found.setdefault(f"slope_24h_{name}_denver", []).append(daily_slopes(guess, truth))
            error = np.sqrt(np.nanmean((guess - truth) ** 2, axis=0))
            found.setdefault(f"rmse_{name}_denver", []).append(float(np.median(error)))
    return {name: float(np.nanmean(numbers)) for name, numbers in found.items()}  # one site never gets a value


def daily_slopes(value: Floats, truth: Floats) -> float:
    """Median over stations of the least-squares slope of daily means of value (H,S) on those of truth (H,S)."""
    days = len(value) // 24
    both = np.isfinite(value) & np.isfinite(truth)
    count = both[: days * 24].reshape(days, 24, -1).sum(1)
    means = [
        np.where(both, part, 0.0)[: days * 24].reshape(days, 24, -1).sum(1) / np.maximum(count, 1)
        for part in (truth, value)
    ]
    slopes = []
    for at, said, enough in zip(means[0].T, means[1].T, (count >= _LEAST_HOURS).T, strict=True):
        if enough.sum() >= 7:
            slopes.append(float(np.polyfit(at[enough], said[enough], 1)[0]))
    return float(np.median(slopes))


_WEATHER = ("humidity_pct", "temperature_c")


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _grid(
    path: Path, names: list[str], column: str, hours: npt.NDArray[np.datetime64] | None = None
) -> tuple[npt.NDArray[np.datetime64], Floats]:
    """Hours (H,) and one column of the file as (H, names); NaN where it is empty."""
    rows = _table(path)
    key = "station" if "station" in rows[0] else "reference_station"
    times = np.array([np.datetime64(datetime.fromisoformat(row["time"]).replace(tzinfo=None), "h") for row in rows])
    if hours is None:
        hours = np.arange(times.min(), times.max() + np.timedelta64(1, "h"))
    place = {name: index for index, name in enumerate(names)}
    grid = np.full((len(hours), len(names)), np.nan)
    at = (times - hours[0]).astype(np.int64)
    for index, row in zip(at.tolist(), rows, strict=True):
        if row[key] in place and row.get(column) and 0 <= index < len(hours):
            grid[index, place[row[key]]] = float(row[column])
    return hours, grid


def _network(
    hours: npt.NDArray[np.datetime64], raw: Floats, weather: list[Floats], sensors: list[dict[str, str]],
    reference: Floats, places: list[dict[str, str]],
) -> Network:  # fmt: skip
    return Network(
        hours=hours, raw=raw, relative_humidity=weather[0], temperature=weather[1],
        latitude=np.array([float(row["lat"]) for row in sensors]),
        longitude=np.array([float(row["lon"]) for row in sensors]),
        sensor_model=tuple(row["sensor_model"] for row in sensors), reference=reference,
        reference_latitude=np.array([float(row["lat"]) for row in places]),
        reference_longitude=np.array([float(row["lon"]) for row in places]),
        reference_id=tuple(row["station"] for row in places), observed_property="pm2_5",
    )  # fmt: skip
