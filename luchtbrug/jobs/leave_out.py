"""Leave one official station out and see how well the platform knows the air there: arrays in, numbers out.

The station that is left out is never seen by fit or validation, nor is any other at the same spot. What then stands
beside it is scored against it: the sensors within a kilometre, and the field without any sensor.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from validation.field import clean_references
from validation.history import distance_km
from validation.network import Network, Validated
from validation.policy import DEFAULT, Policy
from validation.weather import fit, validate

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

Product = Literal["value", "estimate", "field"]

BESIDE_KM = 1.0
"""A sensor this near a reference is judged by it [km]."""

BANDS_KM = (0.0, 2.0, 5.0, 10.0, 25.0)
"""Begins of the bands of distance to the nearest reference that was not left out [km]; the last has no end."""

NO_SENSOR = ""
"""Stands for the sensor model where the field alone is scored."""

_ESTIMATE = ("estimate", "estimate_lower", "estimate_upper")
_OF_SENSOR: tuple[Product, ...] = ("value", "estimate")
_FIELD: tuple[Product, ...] = ("field",)
_FIELDS: Mapping[Product, tuple[str, str, str]] = {
    "value": ("value", "lower", "upper"),
    "estimate": _ESTIMATE,
    "field": _ESTIMATE,
}
# where there is no sensor, the estimate is the field

_STATIONS = 60  # the nearest are enough for neighbours and siblings, and bound the work
_LEAST_HOURS = 72
_FIRST, _YOUNG = np.timedelta64(72, "h"), np.timedelta64(28 * 24, "h")
_REFIT_YOUNG, _REFIT = np.timedelta64(72, "h"), np.timedelta64(14 * 24, "h")
# live calibrations are younger than that, so the score rather speaks against us


class Group(NamedTuple):
    """What is scored together."""

    sensor_model: str
    band: int
    product: Product


@dataclass(frozen=True, slots=True)
class Comparison:
    """One column against the truth that was left out: arrays (h,); NaN where a product was not given.

    `asked` marks the hours whose truth is known and whose sensor, if there is one, sent something.
    """

    group: Group
    reference_id: str
    truth: Floats
    predicted: Floats
    lower: Floats
    upper: Floats
    asked: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How comparisons of one group came out; errors in the unit of the property, slope None where truth is constant."""

    references: int
    stations: int
    hours: int
    rmse: float
    bias: float
    slope: float | None
    coverage: float
    half_width: float
    validated_share: float


def compare_all(network: Network, begin: np.datetime64, *, policy: Policy = DEFAULT) -> Iterator[list[Comparison]]:
    """Leave each reference out in turn and compare the hours from `begin` on; a list a reference, of any length.

    The first three days of a young network are only learnt from.
    """
    both = np.atleast_1d(np.isfinite(network.reference).any(1) & np.isfinite(network.raw).any(1))
    first = network.hours[both.argmax()] if both.any() else network.hours[-1]
    begin = max(begin, first + _FIRST)
    truth = clean_references(network.reference, policy.of(network.observed_property))
    between = distance_km(
        network.reference_latitude, network.reference_longitude, network.reference_latitude, network.reference_longitude
    )
    for r in range(len(network.reference_id)):
        others = np.flatnonzero(between[r] >= policy.collocated_km)
        known = np.isfinite(truth[network.hours >= begin, r]).sum()
        if not others.size or known < _LEAST_HOURS:
            yield []
            continue
        left = _without(network, r, others)
        with threadpool_limits(1):  # as live
            found = list(_validate(left, first, begin, policy))
        yield list(_compare(left, found, truth[:, r], network.reference_id[r]))


def agree(comparisons: list[Comparison]) -> Agreement | None:
    """Pool comparisons of one group over their hours; None when nothing was given in any."""
    truth, predicted, lower, upper, asked = (
        np.concatenate([getattr(one, name) for one in comparisons])
        for name in ("truth", "predicted", "lower", "upper", "asked")
    )
    given = asked & np.isfinite(predicted)
    if not given.any():
        return None
    error = (predicted - truth)[given]
    return Agreement(
        references=len({one.reference_id for one in comparisons}),
        stations=len(comparisons),
        hours=int(given.sum()),
        rmse=float(np.sqrt(np.mean(error**2))),
        bias=float(error.mean()),
        slope=_slope(truth[given], predicted[given]),
        coverage=float(((lower <= truth) & (truth <= upper))[given].mean()),
        half_width=float(((upper - lower) / 2)[given].mean()),
        validated_share=float(given.sum() / asked.sum()),
    )


def band_of(distance: float) -> int:
    """Return the number of the band that a distance [km] lies in."""
    return int(np.searchsorted(BANDS_KM, distance, side="right")) - 1


def _without(network: Network, r: int, others: Ints) -> Network:
    """Keep the references `others` and the nearest stations; the last column is the place of r, without a sensor."""
    latitude, longitude = network.reference_latitude[r : r + 1], network.reference_longitude[r : r + 1]
    far = np.nan_to_num(distance_km(network.latitude, network.longitude, latitude, longitude)[:, 0], nan=np.inf)
    kept = np.sort(np.argsort(far, kind="stable")[:_STATIONS])
    empty = np.full((len(network.hours), 1), np.nan)
    return replace(
        network,
        raw=np.hstack([network.raw[:, kept], empty]),
        relative_humidity=np.hstack([network.relative_humidity[:, kept], empty]),
        temperature=np.hstack([network.temperature[:, kept], empty]),
        latitude=np.append(network.latitude[kept], latitude),
        longitude=np.append(network.longitude[kept], longitude),
        sensor_model=(*(network.sensor_model[i] for i in kept), NO_SENSOR),
        station_id=(*(network.station_id[i] for i in kept), NO_SENSOR) if network.station_id else (),
        reference=network.reference[:, others],
        reference_latitude=network.reference_latitude[others],
        reference_longitude=network.reference_longitude[others],
        reference_id=tuple(network.reference_id[i] for i in others),
        spread=None if network.spread is None else np.hstack([network.spread[:, kept], empty]),
        other_raw={name: np.hstack([array[:, kept], empty]) for name, array in network.other_raw.items()},
    )


def _compare(left: Network, found: list[Validated], truth: Floats, reference_id: str) -> Iterator[Comparison]:
    """Compare the place of the left-out reference, and each sensor near it, with that reference."""
    place = len(left.sensor_model) - 1
    apart = distance_km(left.latitude, left.longitude, left.latitude[place:], left.longitude[place:])[:, 0]
    nearest = distance_km(left.latitude, left.longitude, left.reference_latitude, left.reference_longitude).min(1)
    rows = left.hours >= found[0].hours[0]
    for s in np.flatnonzero(apart < BESIDE_KM):
        asked = np.isfinite(truth[rows]) & (np.isfinite(left.raw[rows, s]) | (s == place))
        if asked.sum() < _LEAST_HOURS:
            continue
        for product in _FIELD if s == place else _OF_SENSOR:
            group = Group(left.sensor_model[s], band_of(float(nearest[s])), product)
            predicted, lower, upper = (_column(found, name, int(s)) for name in _FIELDS[product])
            yield Comparison(group, reference_id, truth[rows], predicted, lower, upper, asked)


def _validate(network: Network, first: np.datetime64, begin: np.datetime64, policy: Policy) -> Iterator[Validated]:
    """Walk through the hours from `begin` on, with no look at the future; often fitted anew while the data are young.

    `first` is the first hour that can be learnt from.
    """
    end = network.hours[-1] + np.timedelta64(1, "h")
    at, calibrations = begin, None
    while at < end:
        calibrations = fit(network, at=at, policy=policy, previous=calibrations)
        until = min(at + (_REFIT_YOUNG if at - first < _YOUNG else _REFIT), end)
        yield validate(network, calibrations, begin=at, end=until, policy=policy)
        at = until


def _column(found: list[Validated], name: str, s: int) -> Floats:
    return np.concatenate([getattr(part, name)[:, s] for part in found])


def _slope(truth: Floats, predicted: Floats) -> float | None:
    around = truth - truth.mean()
    spread = float(np.sum(around**2))
    return float(np.sum(around * predicted) / spread) if spread > 1e-12 * len(truth) else None
