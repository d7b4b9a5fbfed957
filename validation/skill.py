"""What a fit is worth, and so what its series may give: a value, or none and the reason."""

import numpy as np
import numpy.typing as npt

from validation.calibrations import FULL, NO_SKILL, NONE, PRIOR, SHORT
from validation.columns import Columns
from validation.features import BASE, WEATHER
from validation.fit import Regression, predict
from validation.policy import Policy, PropertyPolicy

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


def measure(
    regression: Regression, target: Floats, coefficients: Floats, hours: Ints, siblings: Floats
) -> dict[str, Floats]:
    """How good each fit is (C,): mean errors with the hour's block left out, against the mean and against weather
    alone; hours used and `siblings` (C,), the others of its sensor model that have a fit, are handed through.
    """
    used = regression.weight > 0
    count = np.maximum(used.sum(1), 1)
    total = np.where(used, target, 0.0)
    centre = total.sum(1) / count
    around = np.where(used, np.abs(target - centre[:, None]), 0.0).sum(1) / count
    error = np.nan_to_num(np.abs(regression.left_out)).sum(1) / count
    weather = np.nan_to_num(np.abs(regression.left_out_weather)).sum(1) / count
    return {
        "hours": hours.astype(np.float64),
        "share_used": used.sum(1) / np.maximum(hours, 1),
        "mean_error": error,
        "skill": 1.0 - error / np.maximum(around, 1e-9),
        "skill_over_weather": 1.0 - error / np.maximum(weather, 1e-9),
        "slope": coefficients[:, 1],
        "siblings": siblings,
    }


def information_share(x: Floats, coefficients: Floats, weight: Floats) -> Floats:
    """Share (C,) of the value's variation that comes from the sensor's own raw readings and not from the weather.

    cov(raw part, value) / var(value) over the hours (C,H) that count, in [0, 1]; NaN where the value does not vary.
    The raw part is everything but the constant, humidity and temperature.
    """
    raw = np.ones(x.shape[-1])
    raw[[0, *range(len(BASE), len(BASE) + len(WEATHER))]] = 0.0
    used = weight > 0
    count = np.maximum(used.sum(1), 1)[:, None]
    value = np.where(used, predict(x, coefficients), 0.0)
    part = np.where(used, predict(x, coefficients * raw), 0.0)
    value, part = (np.where(used, z - z.sum(1, keepdims=True) / count, 0.0) for z in (value, part))
    variance = (value**2).sum(1)
    share: Floats = np.clip((part * value).sum(1) / np.maximum(variance, 1e-12), 0.0, 1.0)
    return np.where(variance > 1e-9, share, np.nan)


def decide(
    scores: dict[str, Floats], prior: Bools, columns: Columns, limits: PropertyPolicy, policy: Policy
) -> list[str]:
    """Decide what each column (C,) may give; the first rule that holds decides."""
    least_skill = np.where(columns.nearest_km > policy.far_km, policy.least_skill_far, policy.least_skill)
    useless = (scores["skill"] < least_skill) | (scores["skill_over_weather"] < policy.least_skill_over_weather)
    if not limits.signed:
        useless |= scores["slope"] <= 0
    own_least = np.where(scores["siblings"] >= 1, policy.least_hours_with_siblings, policy.least_hours)
    few = scores["hours"] < (own_least if limits.transfers else policy.least_hours)
    short = scores["hours"] < policy.full_hours
    choice = np.select([prior & few, few, useless, short], [PRIOR, NONE, NO_SKILL, SHORT], FULL)
    return [str(status) for status in choice]
