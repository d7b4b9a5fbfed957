"""Calibrate air and weather alike: the calls `fit`, `validate` and `nowcast`, for every observed property.

Concentrations go straight through. A temperature may be below zero, which a concentration never is, and its error does
not grow with it: weather is calibrated on a lifted scale, with intervals in its own unit, and comes back on its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

import validation.network
import validation.nowcast
from validation.calibrations import Calibrations
from validation.history import Network, Validated
from validation.nowcast import Nowcast
from validation.policy import DEFAULT, Policy, PropertyPolicy

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Weather:
    """How one property of the weather is calibrated; all in its own unit.

    lift: added, so that nothing is below zero; usual: a level in the middle; above, below: how far a place may
    persistently be from what the references see; noise: of an hour; beside: features that are the property itself.
    """

    lift: float
    usual: float
    above: float
    below: float
    noise: float
    beside: tuple[str, ...] = ()


WEATHER: Mapping[str, Weather] = MappingProxyType(
    {
        # [C] a sunlit wall, a screen without ventilation: KNMI stations stand free, gardens do not
        "temperature": Weather(100.0, 10.0, above=1.5, below=0.75, noise=1.0, beside=("temperature",)),
        "relative_humidity": Weather(0.0, 80.0, above=5.0, below=5.0, noise=5.0, beside=("relative_humidity",)),
        "air_pressure": Weather(0.0, 1013.0, above=1.0, below=1.0, noise=0.5),  # [D] BME280: ±1 hPa, height is constant
    }
)


def fit(
    network: Network, *, at: np.datetime64, policy: Policy = DEFAULT, previous: Calibrations | None = None
) -> Calibrations:
    """Calibrate every series, as :func:`validation.network.fit` does."""
    kind = WEATHER.get(network.observed_property)
    if kind is None:
        return validation.network.fit(network, at=at, policy=policy, previous=previous)
    held = None if previous is None else _lift(previous, kind.lift)
    own = _policy(network.observed_property, kind, policy)
    return _lift(validation.network.fit(_lifted(network, kind), at=at, policy=own, previous=held), -kind.lift)


def validate(
    network: Network, calibrations: Calibrations, *, begin: np.datetime64, end: np.datetime64, policy: Policy = DEFAULT
) -> Validated:
    """Validate the hours of [begin, end), as :func:`validation.network.validate` does; never outside what can be."""
    kind = WEATHER.get(network.observed_property)
    if kind is None:
        return validation.network.validate(network, calibrations, begin=begin, end=end, policy=policy)
    own = _policy(network.observed_property, kind, policy)
    lifted = _lift(calibrations, kind.lift)
    found = validation.network.validate(_lifted(network, kind), lifted, begin=begin, end=end, policy=own)
    names = ("value", "lower", "upper", "estimate", "estimate_lower", "estimate_upper")
    return replace(found, **_lowered(found, names, kind, policy.of(network.observed_property)))


def nowcast(
    calibrations: Calibrations, row: Ints, raw: Floats, relative_humidity: Floats, temperature: Floats,
    time: npt.NDArray[np.datetime64],
    *, observed_property: str, others: Floats | None = None, policy: Policy = DEFAULT,
) -> Nowcast:  # fmt: skip
    """Calibrate single readings, as :func:`validation.nowcast.nowcast` does; never outside what can be."""
    kind = WEATHER.get(observed_property)
    if kind is None:
        return validation.nowcast.nowcast(
            calibrations, row, raw, relative_humidity, temperature, time,
            observed_property=observed_property, others=others, policy=policy,
        )  # fmt: skip
    unknown = np.full(len(raw), np.nan)
    found = validation.nowcast.nowcast(
        _lift(calibrations, kind.lift) if kind.lift else calibrations, row, raw + kind.lift,
        unknown if "relative_humidity" in kind.beside else relative_humidity,
        unknown if "temperature" in kind.beside else temperature, time,
        observed_property=observed_property, others=others, policy=policy,
    )  # fmt: skip
    return replace(found, **_lowered(found, ("value", "lower", "upper"), kind, policy.of(observed_property)))


def _lowered(found: Validated | Nowcast, names: Sequence[str], kind: Weather, limits: PropertyPolicy) -> dict[str, Any]:
    """Bring lifted numbers back to the property's own scale, cut off at what can be."""
    return {name: np.clip(getattr(found, name) - kind.lift, limits.low, limits.high) for name in names}


def _policy(name: str, kind: Weather, policy: Policy) -> Policy:
    """Say the sizes of errors as the shares of a lifted level that the interval takes, and lift what is believable."""
    level, limits = kind.lift + kind.usual, policy.of(name)
    lifted = replace(limits, low=limits.low + kind.lift, high=limits.high + kind.lift)
    return replace(
        policy,
        increment_up=kind.above / level,
        increment_down=kind.below / level,
        noise=kind.noise / level,
        properties={**policy.properties, name: lifted},
    )


def _lifted(network: Network, kind: Weather) -> Network:
    """Lift readings and references; a property does not explain itself."""
    beside = {name: np.full_like(getattr(network, name), np.nan) for name in kind.beside}
    return replace(network, raw=network.raw + kind.lift, reference=network.reference + kind.lift, **beside)


def _lift(known: Calibrations, by: float) -> Calibrations:
    """The same calibrations for readings and values that are `by` higher."""
    coefficients, centre = known.coefficients.copy(), known.centre.copy()
    coefficients[:, 0] += by * (1.0 - coefficients[:, 1])
    centre[:, 1] += by
    moved = np.eye(known.covariance.shape[1])  # no covariance, where nobody needs it
    moved[:1, 1:2] = -by  # the constant takes up what the slope makes of the lift
    expected, scores = known.expectation, dict(known.scores)
    for name in {"lowest_raw", "highest_raw"} & scores.keys():
        scores[name] = scores[name] + by
    return replace(
        known,
        coefficients=coefficients,
        covariance=moved @ known.covariance @ moved.T,
        centre=centre,
        expectation=replace(expected, offset=expected.offset + by * (1.0 - expected.gain)),
        interval=replace(known.interval, median=known.interval.median + by),
        scores=scores,
    )
