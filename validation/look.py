"""What fit and validation both see of a stretch of history: the field, the flags, the usable readings, their
features.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from validation.channels import channel_disagreement
from validation.columns import Columns
from validation.features import FIRST_LAG, LAGS, TEMPERATURE, features, fill, lagged
from validation.field import Field, References
from validation.flags import FAIL, Flag
from validation.history import Network
from validation.policy import PropertyPolicy
from validation.screening import Expectation, Screened, screen
from validation.surroundings import Surroundings
from validation.target import field_at

Floats = npt.NDArray[np.float64]

CROSS_SENSITIVE = {"no2": ("o3",), "o3": ("no2",)}
"""Electrochemical NO2 cells answer to O3 and the other way round: each is fitted with the other's raw channel."""


@dataclass(frozen=True, slots=True)
class Look:
    """Of the hours looked at: reference (h,R) cleaned; field at the C columns (h,C); what screening says, and the flags
    with what the channels say (h,S); good readings (K+h,S), those of the K hours before first; features (f,S,p) of the
    last hours, for which they were wanted."""

    reference: Floats
    field: Field
    screened: Screened
    flags: npt.NDArray[np.int32]
    good: Floats
    features: Floats

    def last(self, hours: int) -> "Look":
        """The last hours of it, but of what screening says, which belongs to all."""
        first = len(self.flags) - hours
        field = replace(
            self.field, **{name: getattr(self.field, name)[first:] for name in ("value", "spread", "count")}
        )
        return replace(
            self, reference=self.reference[first:], field=field, flags=self.flags[first:],
            good=self.good[len(self.good) - hours :], features=self.features[len(self.features) - hours :],
        )  # fmt: skip


def others_of(network: Network) -> tuple[str, ...]:
    """Name the cross-sensitive gases whose raw channel the network has."""
    return tuple(name for name in CROSS_SENSITIVE.get(network.observed_property, ()) if name in network.other_raw)


def look(
    network: Network, reference: Floats, references: References, columns: Columns, surroundings: Surroundings,
    expected: Expectation, *, limits: PropertyPolicy, before: Screened | None = None, wanted: int | None = None,
) -> Look:  # fmt: skip
    """Interpolate, screen and make features for every hour of `network`; causal hour by hour.

    reference (H,R) cleaned; `before`: what was said of the first hours of the network, which are then not looked at
    again; features are made of the last `wanted` hours (all).
    """
    known = 0 if before is None else len(before.flags)
    field = field_at(reference[known:], references, columns)
    screened = screen(
        network.raw, network.relative_humidity[known:], field.value[:, : len(network.sensor_model)], expected,
        surroundings.alike, limits=limits, spread=None if network.spread is None else network.spread[known:],
        before=before,
    )  # fmt: skip
    said = screened.flags if before is None else np.concatenate([before.flags, screened.flags])
    apart = channel_disagreement(network.raw, surroundings.twins, limits)
    flags = np.where(apart, said | Flag.CHANNEL_DISAGREEMENT, said)
    good = np.where((flags & (FAIL | Flag.MISSING)) == 0, network.raw, np.nan)
    made = _features(network, good, len(field.value) if wanted is None else wanted)
    return Look(reference[known:], field, screened, flags[known:], good, made)


def _features(network: Network, good: Floats, rows: int) -> Floats:
    """Features (rows,S,p) of the last rows."""
    last = slice(len(good) - rows, None)
    others = tuple(network.other_raw[name][last] for name in others_of(network))
    humidity = _believable(network.relative_humidity[last], 0.0, 100.5)
    temperature = _believable(network.temperature[last], -40.0, 60.0)
    recent = good[max(len(good) - rows - LAGS, 0) :]
    first, second, third = (part[len(part) - rows :] for part in lagged(recent))
    return features(good[last], (first, second, third), humidity, temperature, others)


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
