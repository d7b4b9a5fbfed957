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

from firmware_sim.readings import make_fleet, read
from firmware_sim.stations import make_references, make_stations
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
JUDGED_HOURS = 168
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
    begin = scene.network.hours[-JUDGED_HOURS]
    calibrations = fit(scene.network, at=begin)
    started = perf_counter()
    found = validate(scene.network, calibrations, begin=begin, end=scene.network.hours[-1] + np.timedelta64(1, "h"))
    seconds = perf_counter() - started
    flagged = (found.flags & (FAIL | Flag.NEIGHBOUR)) != 0
    result = {"recall": recall(scene, flagged), "false_flags": false_flags(scene, flagged)}
    before = (found.flags & FAIL) != 0
    result |= {"recall_screening": recall(scene, before), "false_flags_screening": false_flags(scene, before)}
    _print_kinds(scene, flagged)
    result |= judge_titanlib(scene, calibrations, (found.flags & (Flag.STUCK | Flag.RANGE)) != 0)
    judged = slice(-JUDGED_HOURS, None)
    result |= {
        "contaminated_hours": int(scene.contaminated[judged].sum()),
        "clean_hours": int(scene.clean[judged].sum()),
        "ms_per_hour": 1000 * seconds / JUDGED_HOURS,
    }
    print(json.dumps({name: round(value, 4) for name, value in result.items()} | vars(options)))


def make_scene(stations: int, weeks: int, seed: int) -> Scene:
    """Simulate the stations with and without faults, and lay hours of both beside the references."""
    fleet = make_stations(stations, seed=seed)
    begin = END - timedelta(weeks=weeks)
    spoiled, shares, order = _hours(fleet, begin, level=1.0)
    healthy, _, _ = _hours(fleet, begin, level=0.0)
    ordered = [fleet[number] for number in order]
    network = _network(ordered, spoiled, begin, seed)
    moved = np.abs(spoiled["pm2_5"] - healthy["pm2_5"])
    far = (moved > MOVED_BY[0]) & (moved > MOVED_BY[1] * healthy["pm2_5"])
    share = np.clip(sum(shares.values()), 0.0, 1.0)
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
    import titanlib  # a peer of this benchmark alone, and no dependency

    flagged = np.zeros(logs.shape, bool)
    for hour, values in enumerate(logs):
        there = np.flatnonzero(np.isfinite(values))  # its NaN test looks at the first value only
        points = titanlib.Points(network.latitude[there], network.longitude[there], np.zeros(len(there)))
        radius, least = np.full(len(there), RADIUS_M), np.full(len(there), LEAST_BUDDIES, dtype=int)
        found = titanlib.buddy_check(points, values[there], radius, least, threshold, 1000.0, 0.0, LEAST_SD, 2)
        flagged[hour, there] = np.asarray(found) == 1
    return flagged


def _hours(stations, begin, *, level):
    fleet = make_fleet(stations, INTERVAL_S, level=level)
    first, last = int(begin.timestamp()) // INTERVAL_S, int(END.timestamp()) // INTERVAL_S
    per_hour = HOUR_S // INTERVAL_S
    sums = {}
    for at in range(first, last, per_hour * 168):
        seen = read(fleet, np.arange(at, min(at + per_hour * 168, last)))
        sent = seen.sent
        pieces = {
            name: np.where(sent, value, np.nan)
            for name, value in seen.values.items()
            if name in ("pm2_5", "temperature", "relative_humidity")
        }
        pieces |= {name: np.where(sent, seen.findings[name], np.nan) for name in KINDS}
        for name, piece in pieces.items():
            sums.setdefault(name, []).append(_mean(piece.reshape(-1, per_hour, piece.shape[1])))
    means = {name: np.concatenate(parts) for name, parts in sums.items()}
    means["pm2_5"] = np.round(means["pm2_5"], 3)
    order = [stations.index(s) for s in fleet.stations]
    return means, {name: np.nan_to_num(means.pop(name)) for name in KINDS}, order


def _mean(piece):
    there = np.isfinite(piece)
    count = there.sum(1)
    with np.errstate(invalid="ignore"):
        return np.where(count > 0, np.where(there, piece, 0.0).sum(1) / count, np.nan)


def _network(stations, means, begin, seed):
    references = make_references(5, seed=seed)
    hours = np.datetime64(begin.replace(tzinfo=None), "h") + np.arange(len(means["pm2_5"]))
    reference = np.full((len(hours), len(references)), np.nan)
    column = {r.reference_id: i for i, r in enumerate(references)}
    for row in reference_hours(references, begin, END):
        if row.observed_property == "pm2_5":
            reference[int((row.begin - begin).total_seconds()) // HOUR_S, column[row.reference_id]] = row.value
    return Network(
        hours=hours, raw=means["pm2_5"], relative_humidity=means["relative_humidity"], temperature=means["temperature"],
        latitude=np.array([s.latitude for s in stations]), longitude=np.array([s.longitude for s in stations]),
        sensor_model=tuple(s.sensor_model for s in stations), reference=reference,
        reference_latitude=np.array([r.latitude for r in references]),
        reference_longitude=np.array([r.longitude for r in references]),
        reference_id=tuple(r.reference_id for r in references), observed_property="pm2_5",
    )  # fmt: skip


def _print_kinds(scene, flagged):
    judged = slice(-JUDGED_HOURS, None)
    for name, share in scene.shares.items():
        mine = scene.contaminated[judged] & (share[judged] > 0)
        print(f"{name:>14} {mine.sum():6d} contaminated hours, found {flagged[mine].mean():.3f}")


if __name__ == "__main__":
    main()
