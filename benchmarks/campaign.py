"""Write a simulated campaign as the files that `luchtbrug replay` reads, with the truth beside them.

    python -m benchmarks.campaign FOLDER [--stations 40] [--weeks 6] [--seed 1]

Then `luchtbrug replay FOLDER --out FOLDER/validated.csv` and
`luchtbrug pictures FOLDER/validated.csv FOLDER/truth.csv --out docs/pictures` make the pictures of docs/calibration.md.
"""

import argparse
import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.quality import END, make_scene
from firmware_sim.stations import make_stations
from firmware_sim.truth import truth_hours
from validation.network import Network

Floats = npt.NDArray[np.float64]


def main() -> None:
    """Make the scene and write it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--stations", type=int, default=40)
    parser.add_argument("--weeks", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    network = make_scene(options.stations, options.weeks, options.seed).network
    write(network, options.folder, options.seed, options.stations)
    print(f"{len(network.hours)} hours of {options.stations} stations up to {END:%Y-%m-%d} in {options.folder}")


def write(network: Network, folder: Path, seed: int, count: int) -> None:
    """Write the five files; readings are hourly means."""
    folder.mkdir(parents=True, exist_ok=True)
    place = {(one.latitude, one.longitude): one for one in make_stations(count, seed=seed)}
    stations = [place[where] for where in zip(network.latitude.tolist(), network.longitude.tolist(), strict=True)]
    names = [station.station_id for station in stations]
    rows = zip(names, network.latitude, network.longitude, network.sensor_model, strict=True)
    _csv(folder / "stations.csv", ("station", "lat", "lon", "sensor_model"), rows)
    references = zip(network.reference_id, network.reference_latitude, network.reference_longitude, strict=True)
    _csv(folder / "reference_stations.csv", ("reference_station", "lat", "lon"), references)
    header = ("time", "station", "observed_property", "value")
    means = {"pm2_5": network.raw, "temperature": network.temperature, "relative_humidity": network.relative_humidity}
    readings = [row for name, values in means.items() for row in _long(network, names, name, values)]
    _csv(folder / "readings.csv", header, readings)
    official = _long(network, network.reference_id, "pm2_5", network.reference)
    units = ("time", "reference_station", "observed_property", "value", "unit")
    _csv(folder / "reference.csv", units, [(*row, "ug/m3") for row in official])
    truth = truth_hours(stations, "pm2_5", network.hours)
    _csv(folder / "truth.csv", header, _long(network, names, "pm2_5", truth))


def _long(network: Network, names: Sequence[str], observed_property: str, values: Floats) -> list[tuple[object, ...]]:
    times = np.char.add(np.datetime_as_string(network.hours, "s"), "Z")
    return [(times[h], names[s], observed_property, f"{values[h, s]:.3f}") for h, s in np.argwhere(np.isfinite(values))]


def _csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


if __name__ == "__main__":
    main()
