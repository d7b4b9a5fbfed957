"""The scale of residuals that half of them cannot move (an M-scale), and what each residual then weighs.

Rousseeuw and Yohai (1984), doi 10.1007/978-1-4615-7821-5_15. Residuals (...,N) are of single or double precision and
stay what they are; scales (...) are double.
"""

from typing import TypeVar

import numpy as np
import numpy.typing as npt

from validation.median import TO_SIGMA

Floats = npt.NDArray[np.float64]
Real = TypeVar("Real", np.float32, np.float64)

_TUNING, _SHARE = 1.54764, 0.5  # together: half the residuals may be anything, and normal errors have their own scale


def bisquare_root(residual: npt.NDArray[Real], scale: Floats, tuning: float) -> npt.NDArray[Real]:
    """Give 1-(r/(c s))² inside ±c scales and 0 outside: the root of the bisquare weight of residuals (...,N)."""
    per: npt.NDArray[Real] = (1.0 / (tuning * scale)).astype(residual.dtype)[..., None]
    inside: npt.NDArray[Real] = residual * per
    np.square(inside, out=inside)
    np.subtract(1.0, inside, out=inside)
    np.maximum(inside, 0.0, out=inside)
    return inside


def weigh_and_rescale(
    residual: npt.NDArray[Real], scale: Floats, weight: npt.NDArray[Real], total: Floats
) -> tuple[npt.NDArray[Real], Floats]:
    """Weigh residuals by bisquare at the scale given, and take one step towards the scale whose mean rho is 0.5.

    rho is 1 - root³; `total` (...) is the sum of `weight` (...,N).
    """
    inside = bisquare_root(residual, scale, _TUNING)
    squared = np.square(inside)
    squared *= weight
    left = np.einsum("...n,...n->...", inside, squared) / total
    stepped: Floats = scale * np.sqrt(np.maximum((1.0 - left) / _SHARE, 1e-12))
    return squared, np.maximum(stepped, 1e-12)


def first_scale(residual: npt.NDArray[Real], weight: npt.NDArray[Real]) -> Floats:
    """Give 1.4826 times the upper median of |r| over the rows that count (their weights do not matter for a start)."""
    size = np.where(weight > 0, np.abs(residual), np.inf).astype(residual.dtype)
    middle = (weight > 0).sum(-1) // 2
    median = np.take_along_axis(np.sort(size, axis=-1), middle[..., None], -1)[..., 0].astype(np.float64)
    median = np.where(np.isfinite(median), median, 1.0)
    largest = np.where(weight > 0, size, 0.0).max(-1)
    first: Floats = np.maximum(TO_SIGMA * median, 1e-12 + 1e-9 * largest)
    return first
