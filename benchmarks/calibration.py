"""What a fit costs beside the robust regressions of others, and how right it is where the truth is known.

    python -m benchmarks.calibration [--stations 10000] [--denver FOLDER]

One thread; processor time, the best of three; ratios are of one run. scikit-learn, statsmodels (extra `bench`, with
threadpoolctl) and R's robustbase (Debian: r-cran-robustbase) are left out where they are not installed: their fields
are null then. The last line is JSON.
"""

import argparse
import json
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from benchmarks.city import KINDS, City, make_city, multiplied, spoil
from benchmarks.denver import daily_slopes, walk_denver
from benchmarks.peers import best_seconds, huber_ms, lmrob, one_thread, rlm_ms
from validation.fit import robust_fit
from validation.network import Calibrations, Network, fit, follow, validate
from validation.nowcast import nowcast
from validation.policy import DEFAULT
from validation.robust import RobustFit
from validation.training import prepare

Floats = npt.NDArray[np.float64]

HOURS, COLUMNS = 672, 4
PEER_STATIONS, OUR_STATIONS = 20, 4096
CITY_STATIONS, CITY_WEEKS, CITY_SEEDS = 40, 6, (7, 8)
LIMITS = DEFAULT.of("pm2_5")
_BLOCK = 64  # stations whose rows fit the processor's cache, as in the fit


def main() -> None:
    """Measure all, and print each part when it is there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stations", type=int, default=10_000)
    parser.add_argument("--denver", type=Path, default=Path("../shared/data/denver_lovemyair"))
    options = parser.parse_args()
    result: dict[str, float | int | None] = {"stations": options.stations}
    with one_thread():
        for part in (
            speed, lambda: refit(options.stations), autocorrelated, contaminated, city, production,
            lambda: hourly(options.stations), lambda: denver(options.denver),
        ):  # fmt: skip
            began = perf_counter()
            found = part()
            print(f"{perf_counter() - began:6.1f} s  {json.dumps(found)}", flush=True)
            result |= found
    print(json.dumps(result))


def speed() -> dict[str, float | None]:
    """Milliseconds a station, ours and others', on the same kind of rows; a fifth of them spoiled."""
    x, y = made_up(OUR_STATIONS, seed=1)
    ours = 1000 * best_seconds(lambda: fitted(x, y)) / OUR_STATIONS
    x, y = x[:PEER_STATIONS], y[:PEER_STATIONS]
    peers = {"sklearn_huber": huber_ms(x, y), "rlm": rlm_ms(x, y)}
    in_r = lmrob(x, y)
    peers["lmrob"] = in_r[1] if in_r is not None else None
    if in_r is None:
        print("lmrob is left out: no Rscript with robustbase (apt-get install r-cran-robustbase)")
    result: dict[str, float | None] = {"ms_per_station": round(ours, 4)}
    for name, milliseconds in peers.items():
        result[f"ms_{name}"] = None if milliseconds is None else round(milliseconds, 3)
        result[f"times_faster_than_{name}"] = None if milliseconds is None else round(milliseconds / ours, 1)
    return result


def refit(stations: int) -> dict[str, float]:
    """Seconds for a full refit of all stations, with the interval of the line at each hour."""
    x, y = made_up(stations, seed=2)
    seconds = best_seconds(lambda: line(x, fitted(x, y)), repeats=2)
    return {"seconds_10k_refit": round(seconds * 10_000 / stations, 2)}


def autocorrelated(stations: int = 300) -> dict[str, float]:
    """Share of hours in which the 95 % interval of the line covers it, with errors that last (AR 0.8) and without."""
    result = {}
    for name, memory in (("ar08", 0.8), ("iid", 0.0)):
        x, y = made_up(stations, seed=3, spoiled=0.0, memory=memory)
        truth = x @ TRUTH
        for kind, cluster in (("", DEFAULT.error_memory), ("_independent_rows", 1)):
            value, half_width = line(x, fitted(x, y, cluster), cluster)
            result[f"coverage_{name}{kind}"] = round(float((np.abs(value - truth) <= half_width).mean()), 3)
    return result


def contaminated() -> dict[str, float | None]:
    """Error on clean hours with 40 % of the sensor hours spoiled: our checks and fit, and lmrob on the same rows."""
    whole = make_city(CITY_STATIONS, 4, seed=5)
    result: dict[str, float | None] = {}
    for kind in (None, *KINDS):
        ours, theirs = _clean_errors(whole, kind)
        name = kind or "no_faults"
        result |= {f"error_{name}": round(ours, 3), f"error_{name}_lmrob": theirs and round(theirs, 3)}
        result[f"error_ratio_{name}"] = None if theirs is None else round(ours / theirs, 3)
    return result


def city() -> dict[str, float]:
    """Error, coverage, half-width and slope of daily means in two simulated cities, one of them in fog."""
    found = [judge_city(make_city(CITY_STATIONS, CITY_WEEKS, seed=seed)) for seed in CITY_SEEDS]
    return {name: round(float(np.mean([one[name] for one in found])), 3) for name in found[0]}


def judge_city(whole: City) -> dict[str, float]:
    """Fit on all but the last two weeks, judge those."""
    network, begin = whole.network, whole.network.hours[-336]
    calibrations = fit(network, at=begin)
    found = validate(network, calibrations, begin=begin, end=network.hours[-1] + np.timedelta64(1, "h"))
    truth = whole.truth[-336:]
    result = {}
    for name, value, low, high in (
        ("value", found.value, found.lower, found.upper),
        ("estimate", found.estimate, found.estimate_lower, found.estimate_upper),
    ):
        known = np.isfinite(value)
        result[f"rmse_{name}_simulator"] = float(np.sqrt(np.mean((value - truth)[known] ** 2)))
        result[f"coverage_{name}_simulator"] = float(((low <= truth) & (truth <= high))[known].mean())
        result[f"half_width_{name}_simulator"] = float(np.median(((high - low) / 2)[known]))
        result[f"slope_24h_{name}_simulator"] = daily_slopes(value, truth)
    return result


def production() -> dict[str, float]:
    """What the calls of production cost: eight weeks of 300 stations, place factors, checks and all."""
    network = make_city(300, 8, seed=9).network
    end = network.hours[-1] + np.timedelta64(1, "h")
    calibrations = fit(network, at=network.hours[-1])
    seconds = best_seconds(lambda: fit(network, at=network.hours[-1]), repeats=2)
    hour = best_seconds(lambda: validate(network, calibrations, begin=network.hours[-1], end=end))
    return {
        "ms_per_station_8_weeks_production": round(1000 * seconds / 300, 2),
        "ms_per_station_hour_production": round(1000 * hour / 300, 3),
    }


def hourly(stations: int) -> dict[str, float]:
    """Milliseconds for one new hour of every station: the whole validation on the trail of the hour before, the same
    from four days of look-back, and `nowcast` alone: one reading of each to value, interval and flags."""
    network = make_city(60, 2, seed=11).network
    calibrations = fit(network, at=network.hours[-1])
    whole, known = multiplied(network, calibrations, stations)
    last, end = whole.hours[-1], whole.hours[-1] + np.timedelta64(1, "h")
    _, trail = follow(whole, known, begin=last - 1, end=last)
    step = best_seconds(lambda: follow(whole, known, begin=last, end=end, trail=trail))
    without = best_seconds(lambda: follow(whole, known, begin=last, end=end), repeats=2)
    per = 1e3 * 10_000 / stations
    found = {"hourly_10k_ms": round(per * step, 1), "hourly_10k_ms_without_trail": round(per * without, 1)}
    return found | _readings(network, calibrations, stations)


def _readings(network: Network, calibrations: Calibrations, stations: int) -> dict[str, float]:
    row = np.arange(stations) % 60
    last, time = np.nan_to_num(network.raw[-1])[row], np.full(stations, network.hours[-1])
    weather = (network.relative_humidity[-1][row], network.temperature[-1][row])
    seconds = best_seconds(lambda: nowcast(calibrations, row, last, *weather, time, observed_property="pm2_5"))
    return {"ms_10k_readings": round(1e3 * seconds * 10_000 / stations, 2)}


def denver(folder: Path) -> dict[str, float | None]:
    """Slope of daily means against the reference that was left out, on real data; null where they are not there."""
    if not folder.is_dir():
        return {"slope_24h_value_denver": None, "slope_24h_estimate_denver": None}
    return {name: round(number, 3) for name, number in walk_denver(folder).items()}


TRUTH = np.array([3.0, 0.6, -2.0, 1.0])


def made_up(stations: int, *, seed: int, spoiled: float = 0.2, memory: float = 0.0) -> tuple[Floats, Floats]:
    """Draw features (S,H,4) of raw, humidity, temperature and a target (S,H) with noise of 2 that may last; a share of
    the rows is spoiled in the target or in raw."""
    rng = np.random.default_rng(seed)
    shape = (stations, HOURS)
    raw = rng.lognormal(2.3, 0.6, shape)
    x = np.stack([np.ones(shape), raw, rng.normal(1.0, 0.75, shape), rng.normal(0.0, 0.5, shape)], axis=-1)
    noise = rng.normal(size=shape)
    for hour in range(1, HOURS if memory else 0):
        noise[:, hour] = memory * noise[:, hour - 1] + np.sqrt(1 - memory**2) * noise[:, hour]
    y = x @ TRUTH + 2.0 * noise
    bad = rng.random(shape)
    y = np.where(bad < spoiled / 2, y + rng.uniform(10, 60, shape), y)
    x[..., 1] = np.where((bad >= spoiled / 2) & (bad < spoiled), raw * rng.uniform(3, 10, shape), raw)
    return x, y


def fitted(x: Floats, y: Floats, cluster: int = DEFAULT.error_memory) -> RobustFit:
    """Fit all stations as siblings."""
    policy = replace(DEFAULT, error_memory=cluster)
    return robust_fit(x, y, np.ones(y.shape), policy=policy, seed=(1,), group=np.zeros(len(x), np.int64))


def line(x: Floats, found: RobustFit, cluster: int = DEFAULT.error_memory) -> tuple[Floats, Floats]:
    """The fitted line (S,H) and half the width of its 95 % interval (S,H)."""
    clusters = -(-x.shape[1] // cluster)
    quantile = student.ppf(0.975, max(clusters - x.shape[2], 1))
    value = (x @ found.coefficients[..., None])[..., 0]
    half_width = np.empty(value.shape)
    for first in range(0, len(x), _BLOCK):
        part = slice(first, first + _BLOCK)
        variance = np.einsum("bnp,bnp->bn", x[part] @ found.covariance[part], x[part])
        half_width[part] = quantile * np.sqrt(np.maximum(variance, 0.0))
    return value, half_width


def _clean_errors(whole: City, kind: str | None) -> tuple[float, float | None]:
    """Root mean square error on the clean hours, of our values and of lmrob on field ~ raw + humidity + temperature."""
    network, bad = (
        (whole.network, np.zeros(whole.truth.shape, bool)) if kind is None else spoil(whole.network, kind, 0.4, seed=6)
    )
    end = network.hours[-1] + np.timedelta64(1, "h")
    found = validate(network, fit(network, at=end), begin=network.hours[0], end=end)
    training = prepare(network, end, LIMITS, DEFAULT)
    stations = bad.shape[1]
    target = training.seen.field.value[:, :stations].T
    weather = (network.relative_humidity.T / 20 - 2.5, network.temperature.T / 10 - 1)
    x = np.stack([np.ones(target.shape), network.raw.T, *weather], axis=-1)
    judged = ~bad & np.isfinite(found.value)
    in_r = lmrob(x, target)
    theirs = None
    if in_r is not None:
        value = np.maximum((x @ in_r[0][..., None])[..., 0].T, 0.0)
        theirs = _rmse(value - whole.truth, judged & np.isfinite(value))
    return _rmse(found.value - whole.truth, judged), theirs


def _rmse(error: Floats, judged: npt.NDArray[np.bool_]) -> float:
    return float(np.sqrt(np.mean(error[judged] ** 2)))


if __name__ == "__main__":
    main()
