"""Every series as it stands, and once more for each sensor beside a reference with that reference left out.

The second kind are pseudo-stations: their truth is known and was not used, so they show what the calibration is worth
at places without a reference. Both kinds go through the same code, as columns of the same arrays.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from validation.field import (
    References,
    nearest_within,
    reference_distance,
    reference_weights,
)
from validation.history import Network
from validation.policy import Policy, PropertyPolicy

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Columns:
    """C columns: series (C,) into the network, near (C,) the reference beside it or -1, without (C,) the reference left
    out or -1, weight (C,R) of the references, nearest_km (C,) of those used, distance_km (C,R), between_km (R,R)."""

    series: Ints
    near: Ints
    without: Ints
    weight: Floats
    nearest_km: Floats
    distance_km: Floats
    between_km: Floats

    @property
    def pseudo(self) -> npt.NDArray[np.bool_]:
        """Mark the pseudo-stations (C,)."""
        return self.without >= 0


def make_columns(
    network: Network, references: References, limits: PropertyPolicy, policy: Policy, *, pseudo: bool
) -> Columns:
    """Lay the columns out: the S series, then (if `pseudo`) one for each that stands beside one of several
    references.
    """
    distance = reference_distance(
        network.latitude, network.longitude, network.reference_latitude, network.reference_longitude
    )
    usable = np.where(references.usable, distance, np.inf)
    near = nearest_within(usable, policy.collocated_km)
    series, without = np.arange(len(near)), np.full(len(near), -1)
    if pseudo and references.usable.sum() > 1:
        series = np.concatenate([series, np.flatnonzero(near >= 0)])
        without = np.concatenate([without, near[near >= 0]])
    beside = np.where(without >= 0, -1, near[series])
    weight = reference_weights(references, distance[series], beside, limits, policy)
    between = between_references(network)
    _forget(weight, between, without, policy)
    reach = np.where(weight > 0, distance[series], np.inf)
    nearest = reach.min(1) if reach.shape[1] else np.full(len(series), np.inf)
    return Columns(series, beside, without, weight, nearest, distance[series], between)


def between_references(network: Network) -> Floats:
    """Distances (R,R) [km] between the references; an unknown position counts as far away from all
    but itself."""
    latitude, longitude = network.reference_latitude, network.reference_longitude
    between = reference_distance(latitude, longitude, latitude, longitude)
    np.fill_diagonal(between, 0.0)
    return between


def _forget(weight: Floats, between: Floats, without: Ints, policy: Policy) -> None:
    """Take the left-out reference, and any other at the same spot, out of the weights."""
    pseudo = without >= 0
    weight[pseudo] *= between[without[pseudo]] >= policy.collocated_km
