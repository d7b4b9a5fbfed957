"""What fit and validation both see of a stretch of history: the field, the flags, the usable readings, their
features.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from validation.channels import channel_disagreement, find_twins
from validation.columns import Columns
from validation.features import FIRST_LAG, LAGS, TEMPERATURE, features, fill, lagged
from validation.field import Field, References, clean_references
from validation.flags import FAIL, Flag
from validation.history import Network
from validation.policy import PropertyPolicy
from validation.screening import Expectation, screen
from validation.surroundings import Surroundings
from validation.target import field_at

Floats = npt.NDArray[np.float64]

CROSS_SENSITIVE = {"no2": ("o3",), "o3": ("no2",)}
"""Electrochemical NO2 cells answer to O3 and the other way round: each is fitted with the other's raw channel."""


@dataclass(frozen=True, slots=True)
class Look:
    """reference (H,R) cleaned; field at the C columns (H,C); flags and good readings (H,S); features (H,S,p)."""

    reference: Floats
    field: Field
    flags: npt.NDArray[np.int32]
    good: Floats
    features: Floats


def others_of(network: Network) -> tuple[str, ...]:
    """Name the cross-sensitive gases whose raw channel the network has."""
    return tuple(name for name in CROSS_SENSITIVE.get(network.observed_property, ()) if name in network.other_raw)


def look(
    network: Network, references: References, columns: Columns, surroundings: Surroundings, expected: Expectation,
    *, limits: PropertyPolicy,
) -> Look:  # fmt: skip
    """Interpolate, screen and make features for every hour of `network`; causal hour by hour."""
    reference = clean_references(network.reference, limits)
    field = field_at(reference, references, columns)
    series = len(network.sensor_model)
    flags = screen(
        network.raw, network.relative_humidity, field.value[:, :series], expected, surroundings.alike,
        limits=limits, spread=network.spread,
    )  # fmt: skip
    apart = channel_disagreement(network.raw, find_twins(network.station_id, network.sensor_model), limits)
    flags[apart] |= Flag.CHANNEL_DISAGREEMENT
    good = np.where((flags & (FAIL | Flag.MISSING)) == 0, network.raw, np.nan)
    others = tuple(network.other_raw[name] for name in others_of(network))
    weather = (_believable(network.relative_humidity, 0.0, 100.5), _believable(network.temperature, -40.0, 60.0))
    return Look(reference, field, flags, good, features(good, lagged(good), *weather, others))


def centres(stack: Floats) -> Floats:
    """Mean (S,p) of the features (H,S,p) over the hours they are known; 0 where they never are."""
    known = np.isfinite(stack)
    mean: Floats = np.where(known, stack, 0.0).sum(0) / np.maximum(known.sum(0), 1)
    return mean


def filled(
    stack: Floats, centre: Floats, columns: Columns, *, weather_used: npt.NDArray[np.bool_], lags: bool
) -> Floats:
    """Arrange features (H,S,p) as (C,H,p) with gaps filled; what a column may not use, temperature or lags, is 0."""
    arranged = fill(stack, centre).swapaxes(0, 1)[columns.series]
    arranged[~weather_used, :, TEMPERATURE] = 0.0
    if not lags:
        arranged[..., FIRST_LAG : FIRST_LAG + LAGS] = 0.0
    return arranged


def _believable(values: Floats, low: float, high: float) -> Floats:
    return np.where((values >= low) & (values <= high), values, np.nan)
