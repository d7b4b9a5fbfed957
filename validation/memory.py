"""How long a fit remembers: cells age, and each at its own pace, so the past of the series itself decides.

Judged forward in time only: learn from the first blocks, predict all later ones. A tie goes to the longer memory, which
has seen more weather.
"""

import numpy as np
import numpy.typing as npt

from validation.fit import predict
from validation.robust import mm_regression, normal_equations
from validation.starts import solve

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_BLOCKS = 6
_FIRST_BLOCKS = 2  # that a prediction learns from at least
_LEAST_HOURS = 504  # three weeks: less says nothing of ageing
_GROSS = 12.0  # residuals beyond so many scales are faults and not ageing


def choose_half_life(
    x: Floats, target: Floats, weight: Floats, half_lives: tuple[float, ...],
    *, tolerance: float, starts: int, start_rows: int, seed: tuple[int, ...],
) -> Floats:  # fmt: skip
    """Half-life (C,) [h] for each column of x (C,H,p), target and weight (C,H): the longest of `half_lives` whose mean
    forward error is within `tolerance` of the best."""
    longest = max(half_lives)
    chosen = np.full(len(x), longest)
    old = (weight > 0).sum(1) >= _LEAST_HOURS
    if len(half_lives) < 2 or not old.any():
        return chosen
    x, target, weight = x[old], target[old], weight[old]
    rng = np.random.default_rng(seed)
    fitted = mm_regression(x, target, weight, rng=rng, tuning=_GROSS, starts=starts, start_rows=start_rows)
    sound = weight * (fitted.weights > 0)
    ordered = sorted(half_lives)
    errors = np.stack([_forward_error(x, target, decayed(sound, np.full(len(x), life))) for life in ordered])
    good = errors <= (1.0 + tolerance) * errors.min(0)
    chosen[old] = np.array(ordered)[len(ordered) - 1 - good[::-1].argmax(0)]
    return chosen


def decayed(weight: Floats, half_life: Floats) -> Floats:
    """Weight (C,H) of hours up to now, halved every half-life (C,) [h] of age; mean 1 over the hours that count."""
    age = np.arange(weight.shape[1], 0.0, -1.0)
    aged = weight * 0.5 ** (age / half_life[:, None])
    count = np.maximum((weight > 0).sum(1), 1)
    mean: Floats = aged / np.maximum(aged.sum(1) / count, 1e-12)[:, None]
    return mean


def _forward_error(x: Floats, target: Floats, weight: Floats) -> Floats:
    """Mean over the cuts of the mean absolute error (C,) on everything after the cut, learnt from everything before."""
    ordinal = np.cumsum(weight > 0, axis=1)
    block: Ints = np.minimum(_BLOCKS * (ordinal - 1) // np.maximum(ordinal[:, -1:], 1), _BLOCKS - 1)
    error = np.zeros(len(x))
    for cut in range(_FIRST_BLOCKS, _BLOCKS):
        learnt = solve(*normal_equations(x, target, weight * (block < cut)))
        later = (block >= cut) & (weight > 0)
        wrong = np.abs(target - np.maximum(predict(x, learnt), 0.0))
        error += np.where(later, wrong, 0.0).sum(1) / np.maximum(later.sum(1), 1)
    return error / (_BLOCKS - _FIRST_BLOCKS)
