"""How many contaminated hours quality control finds at how many false flags, beside titanlib's buddy check.

    python benchmarks/quality.py [--stations 300] [--weeks 5] [--seed 1]

The simulator makes the same stations twice, with faults and without, so that each hour's contamination is known. Both
methods judge the same hours, of the last week, after a fit on the weeks before. titanlib (`pip install titanlib`) is
left out where it is not installed. The last line is JSON.
"""

import argparse
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from time import perf_counter

import numpy as np
import numpy.typing as npt

from firmware_sim.readings import Fleet, make_fleet, read
from firmware_sim.stations import SimStation, make_references, make_stations
from firmware_sim.truth import reference_hours
from validation.features import features, fill
from validation.flags import FAIL, Flag
from validation.network import Calibrations, Network, fit, validate
from validation.watch import steady

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

END = datetime(2026, 11, 22, tzinfo=UTC)
HOUR_S = 3600
INTERVAL_S = 600
PER_HOUR = HOUR_S // INTERVAL_S
REFERENCES = 5
PROPERTIES = ("pm2_5", "temperature", "relative_humidity")
JUDGED_HOURS = 168
LEAST_READINGS = 4  # of an hour, as in raw_hours.sql
KINDS = ("stuck", "condensation", "spike", "sentinel")
MOVED_BY = (3.0, 0.2)  # [µg/m³] and share: less is within what an hour varies
MOST_FALSE_TITANLIB = 0.01
RADIUS_M, LEAST_BUDDIES, LEAST_SD = 5000.0, 3, 0.1
THRESHOLDS = np.arange(1.5, 5.01, 0.25)


@dataclass(frozen=True, slots=True)
class Scene:
    """A network of H hours, which of them are contaminated or clean (H,S), and the share of each kind of fault."""

    network: Network
    contaminated: Bools
    clean: Bools
    shares: dict[str, Floats]


def main() -> None:
    """Make the scene, judge it by both methods and print what they found."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--stations", type=int, default=300)
    parser.add_argument("--weeks", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    scene = make_scene(options.stations, options.weeks, options.seed)
    result = judge(scene)
    judged = slice(-JUDGED_HOURS, None)
    result |= {
        "contaminated_hours": int(scene.contaminated[judged].sum()),
        "clean_hours": int(scene.clean[judged].sum()),
    }
    print(json.dumps({name: round(value, 4) for name, value in result.items()} | vars(options)))


def judge(scene: Scene) -> dict[str, float]:
    """Fit on all but the last week, and give recall and false flags in it: all checks, the screening alone, the
    peer."""
    begin, end = scene.network.hours[-JUDGED_HOURS], scene.network.hours[-1] + np.timedelta64(1, "h")
    calibrations = fit(scene.network, at=begin)
    started = perf_counter()
    flags = validate(scene.network, calibrations, begin=begin, end=end).flags
    seconds = perf_counter() - started
    result = {"ms_per_hour": 1000 * seconds / JUDGED_HOURS}
    for name, bits in (("", FAIL | Flag.NEIGHBOUR), ("_screening", FAIL)):
        flagged = (flags & bits) != 0
        result |= {f"recall{name}": recall(scene, flagged), f"false_flags{name}": false_flags(scene, flagged)}
    _print_kinds(scene, (flags & (FAIL | Flag.NEIGHBOUR)) != 0)
    return result | judge_titanlib(scene, calibrations, (flags & (Flag.STUCK | Flag.RANGE)) != 0)


def make_scene(stations: int, weeks: int, seed: int) -> Scene:
    """Simulate the stations with and without faults, and lay hours of both beside the references."""
    made = tuple(make_stations(stations, seed=seed))
    begin = END - timedelta(weeks=weeks)
    spoiled, shares, order = _hours(made, begin, level=1.0)
    healthy, _, _ = _hours(made, begin, level=0.0)
    ordered = [made[number] for number in order]
    network = _network(ordered, spoiled, begin, seed)
    moved = np.abs(spoiled["pm2_5"] - healthy["pm2_5"])
    far = (moved > MOVED_BY[0]) & (moved > MOVED_BY[1] * healthy["pm2_5"])
    share = np.clip(np.sum(list(shares.values()), axis=0), 0.0, 1.0)
    known = np.isfinite(network.raw)
    return Scene(network, known & ((share >= 0.5) | far), known & (share == 0), shares)


def recall(scene: Scene, flagged: Bools) -> float:
    """Share of the contaminated hours judged that were flagged."""
    return float(flagged[scene.contaminated[-JUDGED_HOURS:]].mean())


def false_flags(scene: Scene, flagged: Bools) -> float:
    """Share of the clean hours judged that were flagged."""
    return float(flagged[scene.clean[-JUDGED_HOURS:]].mean())


def judge_titanlib(scene: Scene, calibrations: Calibrations, certain: Bools) -> dict[str, float]:
    """Give recall and false flags of the buddy check on the logarithm of calibrated hours, with the range and stuck
    tests; at the lowest threshold with at most 1 % of false flags."""
    if find_spec("titanlib") is None:
        return {"recall_titanlib": float("nan"), "false_flags_titanlib": float("nan")}
    logs = np.log(np.maximum(calibrated(scene.network, calibrations)[-JUDGED_HOURS:], 0.5))
    best = {"recall_titanlib": 0.0, "false_flags_titanlib": 0.0, "threshold_titanlib": float("inf")}
    for threshold in THRESHOLDS[::-1]:
        flagged = certain | _buddy_check(scene.network, np.where(certain, np.nan, logs), float(threshold))
        false = false_flags(scene, flagged)
        if false > MOST_FALSE_TITANLIB:
            break
        best = {
            "recall_titanlib": recall(scene, flagged),
            "false_flags_titanlib": false,
            "threshold_titanlib": float(threshold),
        }
    return best


def calibrated(network: Network, calibrations: Calibrations) -> Floats:
    """Apply the calibrations to each hour by itself (H,S), whatever its flags: the values that our own check judges."""
    stack = features(network.raw, (network.raw,) * 3, network.relative_humidity, network.temperature)
    x = fill(stack, calibrations.centre).swapaxes(0, 1)
    return steady(x, calibrations.coefficients, network.raw)


def _buddy_check(network: Network, logs: Floats, threshold: float) -> Bools:
    import titanlib  # type: ignore[import-untyped]  # a peer of this benchmark alone, and no dependency

    flagged = np.zeros(logs.shape, bool)
    for hour, values in enumerate(logs):
        there = np.flatnonzero(np.isfinite(values))  # its NaN test looks at the first value only
        points = titanlib.Points(network.latitude[there], network.longitude[there], np.zeros(len(there)))
        radius, least = np.full(len(there), RADIUS_M), np.full(len(there), LEAST_BUDDIES, dtype=int)
        found = titanlib.buddy_check(points, values[there], radius, least, threshold, 1000.0, 0.0, LEAST_SD, 2)
        flagged[hour, there] = np.asarray(found) == 1
    return flagged


def _hours(
    stations: tuple[SimStation, ...], begin: datetime, *, level: float
) -> tuple[dict[str, Floats], dict[str, Floats], list[int]]:
    """Means of hours (H,S) by property, the shares of each fault in them, and the order of the columns."""
    fleet = make_fleet(stations, INTERVAL_S, level=level)
    first, last = (int(time.timestamp()) // INTERVAL_S for time in (begin, END))
    weeks = [_means(fleet, at, min(at + 168 * PER_HOUR, last)) for at in range(first, last, 168 * PER_HOUR)]
    means = {name: np.concatenate([week[name] for week in weeks]) for name in weeks[0]}
    shares = {name: np.nan_to_num(means.pop(name)) for name in KINDS}
    means["pm2_5"] = np.round(means["pm2_5"], 3)
    place = {station.station_id: index for index, station in enumerate(stations)}
    return means, shares, [place[station.station_id] for station in fleet.stations]


def _means(fleet: Fleet, first: int, last: int) -> dict[str, Floats]:
    """Means of the hours of the steps [first, last); NaN where nothing was sent."""
    seen = read(fleet, np.arange(first, last))
    wanted = {name: seen.values[name] for name in PROPERTIES} | {name: seen.findings[name] * 1.0 for name in KINDS}
    means = {}
    for name, values in wanted.items():
        sent = seen.sent.reshape(-1, PER_HOUR, values.shape[1])
        count = sent.sum(1)
        total = np.where(sent, values.reshape(sent.shape), 0.0).sum(1)
        means[name] = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    hours = np.where(seen.sent, seen.values["pm2_5"], np.nan).reshape(-1, PER_HOUR, seen.sent.shape[1])
    several = np.isfinite(hours).sum(1) >= LEAST_READINGS
    spread = np.fmax.reduce(hours, axis=1) - np.fmin.reduce(hours, axis=1)
    return means | {"spread": np.where(several, spread, np.nan)}


def _network(stations: list[SimStation], means: dict[str, Floats], begin: datetime, seed: int) -> Network:
    references = make_references(REFERENCES, seed=seed)
    hours = np.datetime64(begin.replace(tzinfo=None), "h") + np.arange(len(means["pm2_5"]))
    reference = np.full((len(hours), len(references)), np.nan)
    column = {row.reference_id: index for index, row in enumerate(references)}
    for row in reference_hours(references, begin, END):
        if row.observed_property == "pm2_5":
            reference[int((row.begin - begin).total_seconds()) // HOUR_S, column[row.reference_id]] = row.value
    return Network(
        hours=hours, raw=means["pm2_5"], relative_humidity=means["relative_humidity"], temperature=means["temperature"],
        latitude=np.array([station.latitude for station in stations]),
        longitude=np.array([station.longitude for station in stations]),
        sensor_model=tuple(station.sensor_model for station in stations), reference=reference,
        reference_latitude=np.array([row.latitude for row in references]),
        reference_longitude=np.array([row.longitude for row in references]),
        reference_id=tuple(row.reference_id for row in references), observed_property="pm2_5", spread=means["spread"],
    )  # fmt: skip


def _print_kinds(scene: Scene, flagged: Bools) -> None:
    judged = slice(-JUDGED_HOURS, None)
    for name, share in scene.shares.items():
        mine = scene.contaminated[judged] & (share[judged] > 0)
        print(f"{name:>14} {mine.sum():6d} contaminated hours, found {flagged[mine].mean():.3f}")


if __name__ == "__main__":
    main()
