"""Is a station's clock out by whole hours? Found by the lag at which it follows the field best; told, never corrected.

Of fifteen public paired datasets four were one to five hours out (docs/calibration.md).
"""

import numpy as np
import numpy.typing as npt

from validation.median import median

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MOST_HOURS = 6  # farther is a broken clock, and ingest puts the time of receipt in its place
_SPAN = 6  # hours: longer swings correlate at any lag
_LEAST_HOURS = 168
_LEAST_CORRELATION = 0.25
_LEAST_GAIN = 0.05  # over the correlation without a lag; healthy stations of the simulator stay below 0.01 [M]
_CLIP = 4.0  # median sizes: a spike must not decide


def clock_offset(level: Floats, field: Floats) -> Ints:
    """Find by how many hours the clock of each series is ahead (negative: behind), 0 where it is right or unknown.

    level, field (H,S): logarithms, or other scales on which both vary alike. What lasts longer than six hours is taken
    off, so that fronts and rush hours decide. The lag must win clearly, and be the best one in both halves of the
    hours.
    """
    own, air = _fast(level), _fast(field)
    half = len(level) // 2
    first, second = _products(own[:half], air[:half]), _products(own[half:], air[half:])
    table = first + second
    size = np.sqrt(np.maximum((own**2).sum(0) * (air**2).sum(0), 1e-300))
    best = table.argmax(0)
    top = np.take_along_axis(table, best[None], 0)[0] / size
    enough = ((own != 0) & (air != 0)).sum(0) >= _LEAST_HOURS
    clear = enough & (top >= _LEAST_CORRELATION) & (top - table[MOST_HOURS] / size >= _LEAST_GAIN)
    agreed = clear & (first.argmax(0) == best) & (second.argmax(0) == best)
    return np.where(agreed, best - MOST_HOURS, 0)


def _products(own: Floats, air: Floats) -> Floats:
    """Sums (13,S) of what a series states for an hour times the air `lag` hours before, for lags from -6 to 6."""
    table = np.zeros((2 * MOST_HOURS + 1, own.shape[1]))
    for lag in range(-MOST_HOURS, MOST_HOURS + 1):
        later, earlier = (own, air) if lag > 0 else (air, own)
        table[lag + MOST_HOURS] = np.einsum("hs,hs->s", later[abs(lag) :], earlier[: max(len(own) - abs(lag), 0)])
    return table


def _fast(level: Floats) -> Floats:
    """What is left of a level (H,S) without its mean of the six hours to it, clipped to four median sizes; 0 where
    unknown."""
    known = np.isfinite(level)
    count, total = _running(known.astype(np.float64)), _running(np.where(known, level, 0.0))
    np.maximum(count, 1.0, out=count)
    np.divide(total, count, out=total)
    rest = np.where(known & (count >= _SPAN // 2), level - total, np.nan)
    usable = np.isfinite(rest)
    size = np.nan_to_num(median(np.abs(rest).T))
    fast: Floats = np.clip(np.where(usable, rest, 0.0), -_CLIP * size, _CLIP * size)
    return fast


def _running(values: Floats) -> Floats:
    """Sum of the six hours to each hour (H,S)."""
    total = values.copy()
    for lag in range(1, min(_SPAN, len(values))):  # six hours, not hours nor stations
        total[lag:] += values[:-lag]
    return total
