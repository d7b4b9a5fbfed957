"""What does calibration lose by knowing stations at their public positions only?

    python -m benchmarks.positions [--keys 2]        # two simulated cities; the last line is JSON

The same simulated cities are judged as in `benchmarks.calibration`: once with the positions that the truth was made at,
and once with what `luchtbrug.displacement` makes of them, by several keys.
"""

import argparse
import json
from dataclasses import replace

import numpy as np

from benchmarks.calibration import CITY_SEEDS, CITY_STATIONS, CITY_WEEKS, judge_city
from benchmarks.city import City, make_city
from benchmarks.peers import one_thread
from luchtbrug.displacement import METRES_PER_DEGREE, displaced


def main() -> None:
    """Judge each city at exact and at public positions, and print the means."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=2)
    keys = [f"position key {number}" for number in range(parser.parse_args().keys)]
    exact, public, moved = [], [], []
    with one_thread():
        for seed in CITY_SEEDS:
            whole = make_city(CITY_STATIONS, CITY_WEEKS, seed=seed)
            exact.append(judge_city(whole))
            for key in keys:
                shown = _shown(whole, key)
                moved.append(_metres(whole, shown))
                public.append(judge_city(shown))
    result = {"metres": round(float(np.mean(moved)), 1)}
    for name in exact[0]:
        for said, found in (("exact", exact), ("public", public)):
            result[f"{name}_{said}"] = round(float(np.mean([one[name] for one in found])), 4)
    print(json.dumps(result))


def _shown(whole: City, key: str) -> City:
    """Put every station where everybody sees it."""
    old = whole.network
    places = [
        displaced((float(latitude), float(longitude)), station_id=f"s{number}", key=key)
        for number, (latitude, longitude) in enumerate(zip(old.latitude, old.longitude, strict=True))
    ]
    latitude, longitude = np.array(places).T
    return replace(whole, network=replace(old, latitude=latitude, longitude=longitude))


def _metres(whole: City, shown: City) -> float:
    north = (shown.network.latitude - whole.network.latitude) * METRES_PER_DEGREE
    per_degree = METRES_PER_DEGREE * np.cos(np.radians(whole.network.latitude))
    east = (shown.network.longitude - whole.network.longitude) * per_degree
    return float(np.hypot(north, east).mean())


if __name__ == "__main__":
    main()
