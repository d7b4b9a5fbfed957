"""Walk through recorded history hour by hour, with no knowledge of later hours, through the same functions as live.

IN_DIR holds stations.csv (station,lat,lon,sensor_model), reference_stations.csv (reference_station,lat,lon),
readings.csv (time,station,observed_property,value) and reference.csv
(time,reference_station,observed_property,value,unit); the result is
time,station,observed_property,raw,value,lower,upper,flags,calibration,estimate,estimate_lower,estimate_upper.
"""

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from luchtbrug.jobs.replay_files import ReplayInputError, ValidatedWriter, read_history
from validation.network import Network, Validated, fit, validate
from validation.policy import DEFAULT, Policy

Progress = Callable[[str, int, int], None]
"""Called with the observed property, the hours done and the hours in all."""

_HOUR = np.timedelta64(1, "h")
_FIRST = 72  # hours: nothing can be fitted on less
_EARLY, _DAILY, _WEEKLY = 28 * 24, 24, 168  # refit daily in the first four weeks, weekly after (measured: a tie)


def replay(in_dir: Path, out: Path, *, progress: Progress | None = None, policy: Policy = DEFAULT) -> None:
    """Validate the history in `in_dir` causally and write it to `out`; raise ReplayInputError for files that cannot
    be used.
    """
    history = read_history(in_dir)
    # as live: two threads add in another order, and on a short window the last bit may choose another calibration
    with threadpool_limits(1), ValidatedWriter(out) as writer:
        for observed_property in history.calibratable:
            network = history.network(observed_property)
            for validated, calibration in walk(network, policy=policy, progress=progress):
                writer.write(network, history.stations, validated, calibration)


def walk(
    network: Network, *, policy: Policy = DEFAULT, progress: Progress | None = None
) -> Iterator[tuple[Validated, str]]:
    """Go through the hours of a network: calibrate from what is past, validate until the next calibration is due."""
    hours = network.hours
    begin, calibrations = 0, None
    while begin < len(hours):
        step = _FIRST if begin == 0 else _DAILY if begin < _EARLY else _WEEKLY
        end = min(begin + step, len(hours))
        at = hours[begin]
        if np.isfinite(network.raw[begin:end]).any():
            calibrations = fit(network, at=at, policy=policy, previous=calibrations)
            yield validate(network, calibrations, begin=at, end=hours[end - 1] + _HOUR, policy=policy), f"{at}:00Z"
        if progress is not None:
            progress(network.observed_property, end, len(hours))
        begin = end


def main(arguments: list[str] | None = None) -> None:
    """Run a replay as the command does: IN_DIR --out FILE."""
    parser = argparse.ArgumentParser(prog="replay", description=__doc__)
    parser.add_argument("in_dir", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    try:
        replay(options.in_dir, options.out)
    except ReplayInputError as error:
        raise SystemExit(f"replay: {error}") from error
