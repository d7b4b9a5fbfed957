"""Which series stand around which: known from positions and models alone, so found once and kept between hours.

Everything is found in a tree of positions and kept as short lists: ten thousand stations have a hundred million pairs.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from validation.channels import find_twins
from validation.history import Network
from validation.policy import Policy

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_EARTH_KM = 6371.0


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Of S series: `alike` (S,K) the nearest of the same model, `around` (S,L) the nearest of any, -1 where there are
    fewer; `close` (S,S) 1 for two at the same spot, sparse; `twins` (S,) the other channel of the instrument, or -1."""

    alike: Ints
    around: Ints
    close: csr_array
    twins: Ints


def find_surroundings(network: Network, policy: Policy) -> Surroundings:
    """Find all of it from the positions and models of a network."""
    where = network.latitude, network.longitude
    return Surroundings(
        find_alike(*where, network.sensor_model, policy),
        find_around(*where, policy),
        find_close(*where, policy),
        find_twins(network.station_id, network.sensor_model),
    )


def find_alike(latitude: Floats, longitude: Floats, sensor_model: tuple[str, ...], policy: Policy) -> Ints:
    """Find the nearest series of the same model for each series: (S,K) indices, -1 where there are fewer."""
    models, model = np.unique(np.array(sensor_model, dtype=np.str_), return_inverse=True)
    found = np.full((len(latitude), min(policy.neighbours, max(len(latitude) - 1, 0))), -1, np.int64)
    for m in range(len(models)):
        members = np.flatnonzero(model == m)
        nearest = _nearest(latitude[members], longitude[members], policy.neighbours, policy.neighbour_km)
        found[members, : nearest.shape[1]] = np.where(nearest >= 0, members[np.maximum(nearest, 0)], -1)
    return found


def find_around(latitude: Floats, longitude: Floats, policy: Policy) -> Ints:
    """Find the nearest series of any model: (S,K) indices, -1 where there are fewer within `neighbour_km`.

    Calibrated values of all models are comparable, and other models do not share a model's faults [M]. A series without
    position has no neighbours.
    """
    return _nearest(latitude, longitude, policy.around, policy.neighbour_km)


def find_close(latitude: Floats, longitude: Floats, policy: Policy) -> csr_array:
    """Mark the pairs (S,S) of different series within `same_spot_km`."""
    placed = np.flatnonzero(np.isfinite(latitude) & np.isfinite(longitude))
    pairs = np.zeros((0, 2), np.int64)
    if len(placed) > 1:
        spots = _on_sphere(latitude[placed], longitude[placed])
        pairs = placed[np.asarray(cKDTree(spots).query_pairs(policy.same_spot_km, output_type="ndarray"))]
    both = np.concatenate([pairs, pairs[:, ::-1]])
    return csr_array((np.ones(len(both)), (both[:, 0], both[:, 1])), shape=(len(latitude), len(latitude)))


def _nearest(latitude: Floats, longitude: Floats, most: int, limit_km: float) -> Ints:
    """The nearest others (S,K) within `limit_km`, -1 where there are fewer."""
    found = np.full((len(latitude), min(most, max(len(latitude) - 1, 0))), -1, np.int64)
    placed = np.flatnonzero(np.isfinite(latitude) & np.isfinite(longitude))
    if not found.shape[1] or len(placed) < 2:
        return found
    spots = _on_sphere(latitude[placed], longitude[placed])
    count = min(found.shape[1] + 1, len(placed))
    distance, index = (np.asarray(part) for part in cKDTree(spots).query(spots, k=count))
    distance[index == np.arange(len(placed))[:, None]] = -1.0  # itself first, also among several at one spot
    order = np.argsort(distance, axis=1, kind="stable")[:, 1:]
    near = np.take_along_axis(distance, order, 1) <= limit_km
    found[placed, : count - 1] = np.where(near, placed[np.take_along_axis(index, order, 1)], -1)
    return found


def _on_sphere(latitude: Floats, longitude: Floats) -> Floats:
    """Points (S,3) [km] whose straight distance is, at this reach, the distance."""
    north, east = np.radians(latitude), np.radians(longitude)
    return _EARTH_KM * np.column_stack([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)])
