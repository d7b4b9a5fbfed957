"""Where a robust regression of many series begins: rows as the steps want them, elemental sets, concentration steps.

Single precision serves here: a start is improved afterwards. Elemental sets and their improvement on a subset follow
Salibian-Barrera and Yohai (2006), doi 10.1198/106186006X113629, and Rousseeuw and Van Driessen (2006), doi
10.1007/s10618-005-0024-4.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]

_C_STEPS, _C_STEPS_BESIDE = 5, 2  # fewer where something is known of the series: measured, no other fits
_KEEP_SHARE = 0.6  # of the hours in a C-step: 40 % may be bad; less costs stability on clean data
_RIDGE = 1e-10  # a column of zeros (no humidity sensor) gets coefficient 0 instead of a singular matrix
_RIDGE_SINGLE = 1e-6  # the same for normal equations that were summed in single precision


@dataclass(frozen=True, slots=True)
class Rows:
    """N rows of B series in single precision: z (B,p,N), y and weight (B,N), products (B,q,N) of the columns of z with
    each other and with y: a sum of products with weights is the normal equations."""

    z: Singles
    y: Singles
    weight: Singles
    products: Singles

    @staticmethod
    def of(z: Singles, y: Singles, weight: Singles) -> "Rows":
        """Multiply the columns out."""
        p = z.shape[1]
        pairs = p * (p + 1) // 2
        products = np.empty((len(z), pairs + p, z.shape[2]), np.float32)
        for i, k in enumerate(_square(p).diagonal()):
            np.multiply(z[:, i:], z[:, i, None], out=products[:, k : k + p - i])
        np.multiply(z, y[:, None], out=products[:, pairs:])
        return Rows(z, y, weight, products)

    def residual(self, beta: Floats) -> Singles:
        """Give y - z · beta (B,K,N) for candidates beta (B,K,p)."""
        fitted: Singles = beta.astype(np.float32) @ self.z
        return np.subtract(self.y[:, None], fitted, out=fitted)

    def normal(self, weight: Singles) -> tuple[Floats, Floats]:
        """Normal equations (B,K,p,p), (B,K,p) with weight (B,K,N)."""
        sums = (weight @ self.products.swapaxes(-1, -2)).astype(np.float64)
        both = _square(self.z.shape[1])
        return sums[..., both], sums[..., both.max() + 1 :]


def solve(gram: Floats, moment: Floats, ridge: float = _RIDGE) -> Floats:
    """Solve gram (...,p,p) · b = moment (...,p); a column that is all zero gets b = 0."""
    p = gram.shape[-1]
    added = ridge * (np.trace(gram, axis1=-2, axis2=-1) / p + 1e-12)
    solved: Floats = np.linalg.solve(gram + added[..., None, None] * np.eye(p), moment[..., None])[..., 0]
    return solved


def solve_single(gram: Floats, moment: Floats) -> Floats:
    """Solve normal equations that were summed in single precision."""
    return solve(gram, moment, _RIDGE_SINGLE)


def draw(rows: Rows, rng: np.random.Generator, count: int) -> Rows:
    """Draw up to `count` rows of each series at random, those with weight first."""
    n = rows.z.shape[-1]
    if count >= n:
        return rows
    if (rows.weight > 0).all():
        chosen = np.sort(rng.permutation(n)[:count])  # the same rows of every series: their data differ
        return Rows.of(*(part.take(chosen, axis=-1) for part in (rows.z, rows.y, rows.weight)))
    keys = np.where(rows.weight > 0, rng.random(rows.weight.shape, np.float32), np.float32(2.0))
    chosen = np.argpartition(keys, count - 1, axis=1)[:, :count]
    y, weight = (np.take_along_axis(part, chosen, 1) for part in (rows.y, rows.weight))
    return Rows.of(np.take_along_axis(rows.z, chosen[:, None], 2), y, weight)


def find_starts(rows: Rows, begun: Floats, *, rng: np.random.Generator, starts: int, kept: int) -> Floats:
    """Find the best `kept` candidates (B,kept,p) among `starts` elemental fits and `begun` (B,K,p), each improved by
    C-steps on these rows."""
    candidates = np.concatenate([begun, _elemental(rows, rng, starts)], axis=1)
    steps = _C_STEPS_BESIDE if begun.shape[1] else _C_STEPS
    return _concentrate(rows, candidates, kept, steps)


def centred(rows: Rows, slopes: Floats) -> Floats:
    """Give the slopes (B,p) the intercept with which half the rows lie above: candidates (B,1,p)."""
    beta = slopes.copy()
    beta[:, 0] = 0.0
    left = np.where(rows.weight > 0, rows.residual(beta[:, None])[:, 0], np.float32(np.inf))
    middle = np.maximum((rows.weight > 0).sum(1) - 1, 0) // 2
    beta[:, 0] = np.nan_to_num(np.take_along_axis(np.sort(left, axis=1), middle[:, None], 1)[:, 0], posinf=0.0)
    return beta[:, None]


def _elemental(rows: Rows, rng: np.random.Generator, starts: int) -> Floats:
    """Fit `starts` random sets of one row more than there are columns: (B,starts,p)."""
    batch, p, n = rows.z.shape
    draws = rng.random(starts * (p + 1))
    if (rows.weight > 0).all():
        chosen = (draws * n).astype(np.int64)
        z, y = rows.z.take(chosen, axis=2), rows.y.take(chosen, axis=1)
    else:
        order = np.argsort(rows.weight <= 0, axis=1, kind="stable")  # the usable rows first
        usable = np.maximum((rows.weight > 0).sum(1), 1)
        picked = np.take_along_axis(order, (draws * usable[:, None]).astype(np.int64), 1)
        z, y = np.take_along_axis(rows.z, picked[:, None], 2), np.take_along_axis(rows.y, picked, 1)
    design = z.reshape(batch, p, starts, p + 1).transpose(0, 2, 3, 1).astype(np.float64)
    y = y.reshape(batch, starts, p + 1, 1)
    across = design.swapaxes(-1, -2)
    return solve(across @ design, (across @ y)[..., 0])


def _concentrate(rows: Rows, beta: Floats, kept: int, steps: int) -> Floats:
    """Improve the starts beta (B,K,p) by least squares on the 60 % of the rows that they fit best, and keep the best
    few."""
    usable = rows.weight > 0
    keep = np.maximum((_KEEP_SHARE * usable.sum(1)).astype(int), 1)
    last = np.broadcast_to((keep - 1)[:, None, None], (*beta.shape[:2], 1))
    out = None if usable.all() else np.broadcast_to(~usable[:, None], (*beta.shape[:2], usable.shape[1]))
    for _ in range(steps):
        size = rows.residual(beta)
        np.abs(size, out=size)
        if out is not None:
            size[out] = np.inf
        inside = (size <= np.take_along_axis(np.sort(size, axis=-1), last, -1)).astype(np.float32)
        beta = solve_single(*rows.normal(inside))
    size[inside == 0] = 0.0
    objective = np.square(size).sum(-1)
    best = np.argsort(objective, axis=1, kind="stable")[:, :kept]
    return np.take_along_axis(beta, best[..., None], 1)


@cache
def _square(p: int) -> npt.NDArray[np.intp]:
    """Where in the list of the pairs i <= j each element (p,p) of a symmetric matrix stands."""
    place = np.zeros((p, p), np.intp)
    first, second = np.triu_indices(p)
    place[first, second] = place[second, first] = np.arange(len(first))
    return place
