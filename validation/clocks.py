"""Is a station's clock out by whole hours? Found by the lag at which it follows the field best; told, never corrected.

Of fifteen public paired datasets four were one to five hours out (docs/calibration.md).
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

MOST_HOURS = 6  # farther is a broken clock, and ingest puts the time of receipt in its place
_SPAN = 6  # hours: longer swings correlate at any lag
_LEAST_HOURS = 168
_LEAST_CORRELATION = 0.25
_LEAST_GAIN = 0.05  # over the correlation without a lag; healthy stations of the simulator stay below 0.01 [M]
_CLIP = 3.0  # robust scales: a spike must not decide


def clock_offset(level: Floats, field: Floats) -> Ints:
    """Find by how many hours the clock of each series is ahead (negative: behind), 0 where it is right or unknown.

    level, field (H,S): logarithms, or other scales on which both vary alike. What lasts longer than six hours is taken
    off, so that fronts and rush hours decide. The lag must win clearly, and be the best one in both halves of the
    hours.
    """
    own, air = _fast(level), _fast(field)
    half = len(level) // 2
    lag, clear = _best(own, air)
    first, _ = _best(own[:half], air[:half])
    second, _ = _best(own[half:], air[half:])
    return np.where(clear & (first == lag) & (second == lag), lag, 0)


def _best(own: Floats, air: Floats) -> tuple[Ints, Bools]:
    """The best lag (S,) and whether it is clear."""
    lags = np.arange(-MOST_HOURS, MOST_HOURS + 1)
    table = np.stack([_correlation(own, air, int(lag)) for lag in lags])
    best = table.argmax(0)
    top = np.take_along_axis(table, best[None], 0)[0]
    clear = (top >= _LEAST_CORRELATION) & (top - table[MOST_HOURS] >= _LEAST_GAIN)
    return lags[best], clear


def _correlation(own: Floats, air: Floats, lag: int) -> Floats:
    """Correlation (S,) of what a series states for an hour with the air `lag` hours before; -1 where little is
    known."""
    shift = abs(lag)
    if shift >= len(own):
        return np.full(own.shape[1], -1.0)
    cut = slice(None, len(own) - shift), slice(shift, None)
    a, b = (own[cut[1]], air[cut[0]]) if lag > 0 else (own[cut[0]], air[cut[1]])
    there = np.isfinite(a) & np.isfinite(b)
    count = there.sum(0)
    a, b = (np.where(there, part, 0.0) for part in (a, b))
    a, b = (np.where(there, part - part.sum(0) / np.maximum(count, 1), 0.0) for part in (a, b))
    product = (a * b).sum(0) / np.sqrt(np.maximum((a**2).sum(0) * (b**2).sum(0), 1e-300))
    correlation: Floats = np.where(count >= _LEAST_HOURS, product, -1.0)
    return correlation


def _fast(level: Floats) -> Floats:
    """What is left of a level (H,S) without its mean of the six hours to it, clipped to three robust scales."""
    known = np.isfinite(level)
    count, total = (_running(part) for part in (known.astype(float), np.where(known, level, 0.0)))
    rest = np.where(known & (count >= _SPAN // 2), level - total / np.maximum(count, 1.0), np.nan)
    usable = np.isfinite(rest)
    size = np.where(usable, np.abs(rest), 0.0).sum(0) / np.maximum(usable.sum(0), 1)
    fast: Floats = np.clip(rest, -_CLIP * size, _CLIP * size)
    return fast


def _running(values: Floats) -> Floats:
    total = np.cumsum(values, axis=0)
    total[_SPAN:] = total[_SPAN:] - total[:-_SPAN]
    return total
