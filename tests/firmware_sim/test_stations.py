"""Where the stations stand and what they are called."""

import re
from collections import Counter

import numpy as np
import pytest

from firmware_sim.air import CENTRE, KM_PER_DEGREE
from firmware_sim.stations import make_references, make_stations


def test_stations_do_not_depend_on_how_many_there_are() -> None:
    """The first ten of forty stations are the ten stations."""
    assert make_stations(40, 1)[:10] == make_stations(10, 1)
    assert make_stations(10, 2) != make_stations(10, 1)


def test_ids_fit_the_platform() -> None:
    """Station ids are those that the platform takes, also beyond 999."""
    ids = [station.station_id for station in make_stations(1001, 1)]
    assert ids[0] == "sim-001"
    assert ids[-1] == "sim-1001"
    assert len(set(ids)) == 1001
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9-]{1,39}", station_id) for station_id in ids)


def test_three_models_in_equal_parts() -> None:
    """Each third station has the same sensor model."""
    models = Counter(station.sensor_model for station in make_stations(40, 1))
    assert models == {"SPS30": 14, "SDS011": 13, "PMS5003": 13}


def test_stations_stand_around_hilversum() -> None:
    """All stations lie within 10 km east and north of the centre, and the references are kilometres apart."""
    places = np.array([(station.latitude, station.longitude) for station in make_stations(200, 3)])
    assert np.abs(places[:, 0] - CENTRE[0]).max() * KM_PER_DEGREE <= 10.01
    assert np.abs(places[:, 1] - CENTRE[1]).max() * KM_PER_DEGREE * np.cos(np.deg2rad(52.2)) <= 10.1
    references = np.array([(r.latitude, r.longitude * np.cos(np.deg2rad(52.2))) for r in make_references(seed=3)])
    distances = np.hypot(*(references[:, None] - references[None]).transpose(2, 0, 1)) * KM_PER_DEGREE
    assert distances[np.triu_indices(5, 1)].min() > 3


@pytest.mark.parametrize("count", [0, 20_001])
def test_impossible_counts_are_refused(count: int) -> None:
    """A count out of bounds names the value and the bound."""
    with pytest.raises(ValueError, match=rf"stations is {count}: between 1 and 20000"):
        make_stations(count, 1)
