"""The middle of what is known: medians of arrays with gaps, and what makes a standard deviation of one."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

TO_SIGMA = 1.4826
"""Times the median absolute deviation, this is the standard deviation of normal errors."""


def median(values: Floats, axis: int = -1) -> Floats:
    """Median over an axis ignoring NaN; NaN where there is nothing, and no warning of it."""
    if not values.shape[axis]:
        return np.full(np.delete(values.shape, axis), np.nan)
    ordered = np.sort(values, axis=axis)  # NaN last
    count = np.expand_dims(np.isfinite(values).sum(axis), axis)
    low = np.take_along_axis(ordered, np.maximum(count - 1, 0) // 2, axis)
    high = np.take_along_axis(ordered, count // 2, axis)
    middle: Floats = np.where(count > 0, (low + high) / 2, np.nan).squeeze(axis)
    return middle
