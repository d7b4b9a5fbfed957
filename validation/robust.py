"""Robust linear regression of many series at once (MM estimation); knows nothing of air, stations or hours.

Yohai (1987), Ann. Statist. 15(2), doi 10.1214/aos/1176350366: a start that half the data cannot move (an S-estimate),
then bisquare steps at its scale. The starts stand in :mod:`validation.starts`, the scale in
:mod:`validation.residual_scale`. Series go through in blocks that fit the processor's cache, in single precision until
the last steps, whose gradient is in double precision: so the solution is.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from validation.residual_scale import bisquare_root, first_scale, weigh_and_rescale
from validation.starts import Rows, centred, draw, find_starts, solve_single

Floats = npt.NDArray[np.float64]

_MOVED = 1e-4  # scales: a step that moves less is the last
_KEPT_STARTS = 2
_SEVERAL_STEPS, _SUBSET_STEPS, _SCALE_STEPS, _LAST_SCALE_STEPS, _SINGLE_STEPS = 10, 5, 2, 3, 3
_SCALE_ROWS = 1000  # the S-scale of a thousand hours is good to 3 %; the bisquare steps use all
_BLOCK_BYTES = 4_000_000  # of the products of a block's columns: more falls out of the cache
_LEAST_BLOCK, _MOST_BLOCK = 8, 64


@dataclass(frozen=True, slots=True)
class RobustFit:
    """Fits of B series with p columns: coefficients (B,p), scale (B,), weights (B,N) in 0..1, covariance (B,p,p)."""

    coefficients: Floats
    scale: Floats
    weights: Floats
    covariance: Floats


def mm_regression(
    x: Floats, y: Floats, weight: Floats, *, rng: np.random.Generator, tuning: float = 4.685, starts: int = 60,
    start_rows: int = 250, steps: int = 40, slopes: Floats | None = None, cluster: int = 1,
) -> RobustFit:  # fmt: skip
    """Fit y ~ x for every series of a batch, unmoved by up to 40 % of bad rows.

    x (B,N,p) and y (B,N) must be finite where weight (B,N) > 0; rows of weight 0 do not count. A large `tuning` gives
    weighted least squares. Series with fewer rows than columns get coefficients of a minimum-norm kind: check before.
    `slopes` (B,p) is one more start, where something is known of the series; its constant does not matter. The
    covariance allows for errors that know each other within `cluster` neighbouring rows.
    """
    batch, rows, p = x.shape
    if not rows or not batch:
        return RobustFit(np.zeros((batch, p)), np.ones(batch), np.zeros((batch, rows)), np.zeros((batch, p, p)))
    block = int(np.clip(_BLOCK_BYTES // (2 * rows * p * (p + 3)), _LEAST_BLOCK, _MOST_BLOCK))
    parts = [
        _fit_block(x[part], y[part], weight[part], None if slopes is None else slopes[part], rng, tuning, starts,
                   start_rows, steps, cluster)
        for part in (slice(first, first + block) for first in range(0, batch, block))
    ]  # fmt: skip
    return RobustFit(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


def _fit_block(
    x: Floats, y: Floats, weight: Floats, slopes: Floats | None, rng: np.random.Generator, tuning: float, starts: int,
    start_rows: int, steps: int, cluster: int,
) -> tuple[Floats, Floats, Floats, Floats]:  # fmt: skip
    z, y, centre, size = _standardise(x, y, weight)
    rows = Rows.of(z.astype(np.float32), y.astype(np.float32), weight.astype(np.float32))
    subset = draw(rows, rng, start_rows)
    begun = np.empty((len(z), 0, z.shape[1])) if slopes is None else centred(subset, slopes * size)
    kept = _KEPT_STARTS if slopes is None else 1
    candidates = find_starts(subset, begun, rng=rng, starts=starts, kept=kept)
    beta, scale = _s_estimate(rows, subset, candidates, rng)
    beta = _m_steps(rows, z, y, weight, beta, scale, tuning, steps)
    robust, covariance = _conclude(rows, z, y, weight, beta, scale, tuning, cluster)
    return _unstandardise(beta, centre, size), scale, robust, _rescale(covariance, centre, size)


def _standardise(x: Floats, y: Floats, weight: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Columns (B,p,N) with weighted mean 0 and size 1, y without the rows that do not count, centre and size (B,p).

    A constant column keeps centre 0.
    """
    out = weight <= 0
    if out.any():
        x, y = np.where(out[..., None], 0.0, x), np.where(out, 0.0, y)
    total = np.maximum(weight.sum(-1), 1e-300)[:, None]
    centre = (weight[:, None] @ x)[:, 0] / total
    z = np.empty((len(x), x.shape[2], x.shape[1]))
    np.subtract(x.swapaxes(1, 2), centre[..., None], out=z)
    spread = np.sqrt((np.square(z) @ weight[..., None])[..., 0] / total)
    constant = spread <= 1e-9 * (np.abs(centre) + 1e-9)
    if constant.any():
        z += np.where(constant, centre, 0.0)[..., None]
    size = np.where(constant, np.where(centre == 0, 1.0, np.abs(centre)), spread)
    z *= (1.0 / size)[..., None]
    if out.any():
        np.copyto(z, 0.0, where=out[:, None])
    return z, y, np.where(constant, 0.0, centre), size


def _s_estimate(rows: Rows, subset: Rows, candidates: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Improve the candidates (B,K,p) and take the one of the smallest M-scale: beta (B,p), scale (B,).

    Several are compared on all rows, a thousand at most; a single one has most of its steps on the subset.
    """
    wide, several = draw(rows, rng, _SCALE_ROWS), candidates.shape[1] > 1
    first = wide if several else subset
    size = np.abs(first.residual(candidates))
    scale = first_scale(size, np.broadcast_to(first.weight[:, None], size.shape))
    candidates, scale = _s_steps(first, candidates, scale, _SEVERAL_STEPS if several else _SUBSET_STEPS)
    best = scale.argmin(1)[:, None]
    beta, scale = np.take_along_axis(candidates, best[..., None], 1), np.take_along_axis(scale, best, 1)
    beta, scale = _s_steps(wide, beta, scale, _SCALE_STEPS)
    return beta[:, 0], scale[:, 0]


def _s_steps(rows: Rows, beta: Floats, scale: Floats, steps: int) -> tuple[Floats, Floats]:
    """Move beta (B,K,p) and scale (B,K) together towards the nearest minimum of the M-scale."""
    weight = rows.weight[:, None]
    total = np.maximum(weight.sum(-1, dtype=np.float64), 1e-300)
    for _ in range(steps):
        squared, scale = weigh_and_rescale(rows.residual(beta), scale, weight, total)
        beta = solve_single(*rows.normal(squared))
    residual = rows.residual(beta)
    for _ in range(_LAST_SCALE_STEPS):
        _, scale = weigh_and_rescale(residual, scale, weight, total)
    return beta, scale


def _m_steps(
    rows: Rows, z: Floats, y: Floats, weight: Floats, beta: Floats, scale: Floats, tuning: float, steps: int
) -> Floats:
    """Iterate bisquare weighted least squares at the fixed scale until no fitted coefficient moves.

    The last steps have the gradient in double precision and the matrix of the step in single: they end where steps in
    double precision would.
    """
    gram = np.empty(0)
    for _ in range(_SINGLE_STEPS):
        robust = np.square(bisquare_root(rows.residual(beta[:, None]), scale[:, None], tuning))
        robust *= rows.weight[:, None]
        gram, moment = (part[:, 0] for part in rows.normal(robust))
        beta = solve_single(gram, moment)
    found, active = beta, np.arange(len(z))
    for _ in range(steps):
        residual = y - (beta[:, None] @ z)[:, 0]
        pull = np.square(bisquare_root(residual, scale, tuning)) * residual
        pull *= weight
        moved = solve_single(gram, (z @ pull[..., None])[..., 0])
        beta = beta + moved
        found[active] = beta
        on = np.abs(moved).max(-1) > _MOVED * scale
        if not on.any():
            break
        if on.sum() <= len(on) // 2:
            active, z, y, weight, beta, gram, scale = (part[on] for part in (active, z, y, weight, beta, gram, scale))
    return found


def _conclude(
    rows: Rows, z: Floats, y: Floats, weight: Floats, beta: Floats, scale: Floats, tuning: float, cluster: int
) -> tuple[Floats, Floats]:
    """The weights (B,N) that the fit ends with, and the covariance A⁻¹ B A⁻¹ (B,p,p), where B sums the products of the
    scores of each cluster of neighbouring rows.

    One row a cluster: Huber and Ronchetti (2009), section 7.6; more: Liang and Zeger (1986), Biometrika 73, 13-22.
    """
    residual = y - (beta[:, None] @ z)[:, 0]
    inside = bisquare_root(residual, scale, tuning)
    robust = np.square(inside)
    counted = robust * weight
    total = counted.sum(-1)
    slope = 5.0 * total - 4.0 * np.einsum("bn,bn->b", inside, weight)  # psi' = (1-t)(1-5t), t = 1 - inside
    gram = rows.normal(counted.astype(np.float32)[:, None])[0][:, 0]
    bread = gram * np.clip(slope / np.maximum(total, 1e-300), 0.2, 1.0)[:, None, None]
    score = rows.z * (counted * residual).astype(np.float32)[:, None]
    first = np.arange(0, z.shape[-1], cluster)
    sums = np.add.reduceat(score, first, axis=-1).astype(np.float64)
    p = z.shape[1]
    ridge = 1e-6 * (np.trace(bread, axis1=-2, axis2=-1) / p + 1e-12)
    inverse = np.linalg.inv(bread + ridge[:, None, None] * np.eye(p))
    covariance: Floats = inverse @ (sums @ sums.swapaxes(-1, -2)) @ inverse * (len(first) / max(len(first) - p, 1))
    return np.where(weight > 0, robust, 0.0), covariance


def normal_equations(x: Floats, y: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Form X'WX (B,p,p) and X'Wy (B,p)."""
    weighted = (x * weight[..., None]).swapaxes(-1, -2)
    return weighted @ x, (weighted @ y[..., None])[..., 0]


def _unstandardise(beta: Floats, centre: Floats, size: Floats) -> Floats:
    slopes = beta / size
    slopes[:, 0] -= (slopes * centre).sum(-1)  # column 0 is the constant: it takes up the centres
    return slopes


def _rescale(covariance: Floats, centre: Floats, size: Floats) -> Floats:
    p = centre.shape[-1]
    change = np.zeros((*centre.shape, p))
    change[:, range(p), range(p)] = 1.0 / size
    change[:, 0, :] -= np.where(np.arange(p) == 0, 0.0, centre / size)
    return change @ covariance @ change.swapaxes(-1, -2)
