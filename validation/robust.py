"""Robust linear regression of many series at once (MM estimation); knows nothing of air, stations or hours.

Yohai (1987), Ann. Statist. 15(2), doi 10.1214/aos/1176350366: a start that half the data cannot move (an S-estimate),
then bisquare steps at its scale. The starts follow Salibian-Barrera and Yohai (2006), doi 10.1198/106186006X113629,
and Rousseeuw and Van Driessen (2006), doi 10.1007/s10618-005-0024-4: elemental sets, improved by C-steps on a subset.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_SCALE_TUNING = 1.54764  # breakdown 0.5 with _SCALE_SHARE (Rousseeuw and Yohai 1984)
_SCALE_SHARE = 0.5
_NORMAL_MAD = 1.4826
_MOVED = 1e-4  # scales: a step that moves less is the last
_C_STEPS = 5
_KEPT_STARTS = 2
_SCALE_ROWS = 1000  # the S-scale of a thousand hours is good to 3 %; the bisquare steps use all
_KEEP_SHARE = 0.6  # of the hours in a C-step: 40 % may be bad; less costs stability on clean data
_RIDGE = 1e-10  # a column of zeros (no humidity sensor) gets coefficient 0 instead of a singular matrix


@dataclass(frozen=True, slots=True)
class RobustFit:
    """Fits of B series with p columns: coefficients (B,p), scale (B,), weights (B,N) in 0..1, covariance (B,p,p)."""

    coefficients: Floats
    scale: Floats
    weights: Floats
    covariance: Floats


def mm_regression(
    x: Floats,
    y: Floats,
    weight: Floats,
    *,
    rng: np.random.Generator,
    tuning: float = 4.685,
    starts: int = 60,
    start_rows: int = 250,
    steps: int = 40,
) -> RobustFit:
    """Fit y ~ x for every series of a batch, unmoved by up to 40 % of bad rows.

    x (B,N,p) and y (B,N) must be finite where weight (B,N) > 0; rows of weight 0 do not count. A large `tuning` gives
    weighted least squares. Series with fewer rows than columns get coefficients of a minimum-norm kind: check before.
    """
    batch, rows, p = x.shape
    if not rows or not batch:
        return RobustFit(np.zeros((batch, p)), np.ones(batch), np.zeros((batch, rows)), np.zeros((batch, p, p)))
    x = np.where(weight[..., None] > 0, x, 0.0)
    y = np.where(weight > 0, y, 0.0)
    centre, size = _standardise(x, weight)
    z = (x - centre[:, None, :]) / size[:, None, :] * (weight[..., None] > 0)
    candidates = _starts(z, y, weight, rng=rng, starts=starts, rows=start_rows)
    beta, scale = _s_estimate(*_sample(z, y, weight, rng, _SCALE_ROWS), candidates)
    beta, robust = _m_steps(z, y, weight, beta, scale, tuning=tuning, steps=steps)
    covariance = _covariance(z, y, weight, beta, scale, tuning)
    return RobustFit(*_unstandardise(beta, centre, size), scale, robust, _rescale(covariance, centre, size))


def bisquare_weight(u: Floats, tuning: float) -> Floats:
    """Give (1-(u/c)²)² inside ±c and 0 outside: the weight of a scaled residual u."""
    inside = np.clip(1.0 - (u / tuning) ** 2, 0.0, None)
    squared: Floats = inside * inside
    return squared


def m_scale(residual: Floats, weight: Floats, *, iterations: int = 25) -> Floats:
    """Solve mean rho(r/(c0 s)) = 0.5 for the scale s of each row set (..., N); rows of weight 0 do not count."""
    total = np.maximum(weight.sum(-1), 1e-300)
    scale: Floats = _NORMAL_MAD * _weighted_median(np.abs(residual), weight)
    scale = np.maximum(scale, 1e-12 + 1e-9 * np.abs(residual).max(-1))
    for _ in range(iterations):
        u = np.clip((residual / (_SCALE_TUNING * scale[..., None])) ** 2, 0.0, 1.0)
        rho = 1.0 - (1.0 - u) ** 3
        scale = scale * np.sqrt(np.maximum((weight * rho).sum(-1) / (total * _SCALE_SHARE), 1e-12))
        scale = np.maximum(scale, 1e-12)
    return scale


def solve(gram: Floats, moment: Floats) -> Floats:
    """Solve gram (...,p,p) · b = moment (...,p); a column that is all zero gets b = 0."""
    p = gram.shape[-1]
    ridge = _RIDGE * (np.trace(gram, axis1=-2, axis2=-1) / p + 1e-12)
    solved: Floats = np.linalg.solve(gram + ridge[..., None, None] * np.eye(p), moment[..., None])[..., 0]
    return solved


def normal_equations(x: Floats, y: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Form X'WX (B,p,p) and X'Wy (B,p)."""
    weighted = (x * weight[..., None]).swapaxes(-1, -2)
    return weighted @ x, (weighted @ y[..., None])[..., 0]


def _standardise(x: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Weighted centre (B,p) and size (B,p) of the columns; a constant column keeps centre 0."""
    total = np.maximum(weight.sum(-1), 1e-300)[:, None]
    centre = (x * weight[..., None]).sum(1) / total
    spread = np.sqrt((((x - centre[:, None]) ** 2) * weight[..., None]).sum(1) / total)
    constant = spread <= 1e-9 * (np.abs(centre) + 1e-9)
    return np.where(constant, 0.0, centre), np.where(constant, np.where(centre == 0, 1.0, np.abs(centre)), spread)


def _unstandardise(beta: Floats, centre: Floats, size: Floats) -> tuple[Floats]:
    slopes = beta / size
    slopes[:, 0] -= (slopes * centre).sum(-1)  # column 0 is the constant: it takes up the centres
    return (slopes,)


def _rescale(covariance: Floats, centre: Floats, size: Floats) -> Floats:
    p = centre.shape[-1]
    change = np.zeros((*centre.shape, p))
    change[:, range(p), range(p)] = 1.0 / size
    change[:, 0, :] -= np.where(np.arange(p) == 0, 0.0, centre / size)
    return change @ covariance @ change.swapaxes(-1, -2)


def _starts(z: Floats, y: Floats, weight: Floats, *, rng: np.random.Generator, starts: int, rows: int) -> Floats:
    """Find the best few candidates (B, kept, p) of `starts` elemental fits, improved on a random subset of rows."""
    batch, _, p = z.shape
    zs, ys, sampled = _sample(z, y, weight, rng, rows)
    ws = sampled > 0
    usable = np.maximum(ws.sum(1), 1)
    order = np.argsort(~ws, axis=1, kind="stable")  # the usable rows first: elemental sets are drawn among them
    pick = (rng.random((batch, starts, p + 1)) * usable[:, None, None]).astype(np.int64)
    elements = np.take_along_axis(order, pick.reshape(batch, -1), 1).reshape(pick.shape)
    index = np.arange(batch)[:, None, None]
    xe, ye = zs[index, elements], ys[index, elements]
    xt = xe.swapaxes(-1, -2)
    beta = solve(xt @ xe, (xt @ ye[..., None])[..., 0])
    return _concentrate(zs, ys, ws, beta)


def _sample(z: Floats, y: Floats, weight: Floats, rng: np.random.Generator, rows: int) -> tuple[Floats, Floats, Floats]:
    """Draw up to `rows` rows of each series at random, those with weight first."""
    batch, n, _ = z.shape
    if rows >= n:
        return z, y, weight
    keys = np.where(weight > 0, rng.random((batch, n)), 2.0)
    chosen = np.argpartition(keys, rows - 1, axis=1)[:, :rows]
    return (
        np.take_along_axis(z, chosen[..., None], 1),
        np.take_along_axis(y, chosen, 1),
        np.take_along_axis(weight, chosen, 1),
    )


def _concentrate(zs: Floats, ys: Floats, usable: npt.NDArray[np.bool_], beta: Floats) -> Floats:
    """Improve the starts beta (B,K,p) by C-steps on the subset and keep the best few."""
    batch, rows, p = zs.shape
    products = (zs[..., :, None] * zs[..., None, :]).reshape(batch, rows, p * p)
    moments = zs * ys[..., None]
    keep = np.maximum((_KEEP_SHARE * usable.sum(1)).astype(int), 1)
    objective = np.zeros(beta.shape[:2])
    for _ in range(_C_STEPS):
        squared = (ys[:, None, :] - beta @ zs.swapaxes(-1, -2)) ** 2
        squared = np.where(usable[:, None, :], squared, np.inf)
        limit = np.take_along_axis(np.sort(squared, axis=-1), (keep - 1)[:, None, None], axis=-1)
        inside = (squared <= limit) & usable[:, None, :]
        objective = np.where(inside, squared, 0.0).sum(-1)
        w = inside.astype(np.float64)
        beta = solve((w @ products).reshape(*beta.shape[:2], p, p), w @ moments)
    best = np.argsort(objective, axis=1)[:, :_KEPT_STARTS]
    kept: Floats = np.take_along_axis(beta, best[..., None], 1)
    return kept


def _s_estimate(z: Floats, y: Floats, weight: Floats, candidates: Floats) -> tuple[Floats, Floats]:
    """Improve each candidate and return the one with the smallest M-scale: beta (B,p), scale (B,)."""
    best = candidates[:, 0]
    best_scale = np.full(len(z), np.inf)
    for k in range(candidates.shape[1]):
        beta = candidates[:, k]
        scale = m_scale(_residual(z, y, beta), weight, iterations=8)
        for _ in range(8):
            w = weight * bisquare_weight(_residual(z, y, beta) / scale[:, None], _SCALE_TUNING)
            beta = solve(*normal_equations(z, y, w))
            scale = m_scale(_residual(z, y, beta), weight, iterations=2)
        scale = m_scale(_residual(z, y, beta), weight)
        better = scale < best_scale
        best = np.where(better[:, None], beta, best)
        best_scale = np.where(better, scale, best_scale)
    return best, best_scale


def _m_steps(
    z: Floats, y: Floats, weight: Floats, beta: Floats, scale: Floats, *, tuning: float, steps: int
) -> tuple[Floats, Floats]:
    """Iterate bisquare weighted least squares at the fixed scale until no fitted coefficient moves."""
    robust = np.ones_like(y)
    for _ in range(steps):
        robust = bisquare_weight(_residual(z, y, beta) / scale[:, None], tuning)
        moved = solve(*normal_equations(z, y, weight * robust))
        change = np.abs(moved - beta).max(-1)
        beta = moved
        if (change <= _MOVED * scale).all():
            break
    return beta, robust * (weight > 0)


def _covariance(z: Floats, y: Floats, weight: Floats, beta: Floats, scale: Floats, tuning: float) -> Floats:
    """Give scale² · E psi² / (E psi')² · (X'WX)⁻¹, for independent rows (Huber and Ronchetti 2009, section 7.6)."""
    u = _residual(z, y, beta) / scale[:, None]
    inside = (np.abs(u) < tuning) * weight
    total = np.maximum(weight.sum(-1), 1e-300)
    t = (u / tuning) ** 2
    psi_squared = (inside * (u * (1 - t) ** 2) ** 2).sum(-1) / total
    slope = np.clip((inside * (1 - t) * (1 - 5 * t)).sum(-1) / total, 0.05, 1.0)
    gram, _ = normal_equations(z, y, weight)
    p = z.shape[-1]
    ridge = 1e-8 * (np.trace(gram, axis1=-2, axis2=-1) / p + 1e-12)
    inverse = np.linalg.inv(gram + ridge[:, None, None] * np.eye(p))
    covariance: Floats = inverse * (scale**2 * psi_squared / slope**2)[:, None, None]
    return covariance


def _residual(z: Floats, y: Floats, beta: Floats) -> Floats:
    residual: Floats = y - (z @ beta[..., None])[..., 0]
    return residual


def _weighted_median(values: Floats, weight: Floats) -> Floats:
    """Median over the last axis of the rows with weight > 0 (the weights themselves do not matter for a start)."""
    counted = np.where(weight > 0, values, np.inf)
    count = (weight > 0).sum(-1)
    ordered = np.sort(counted, axis=-1)
    middle = np.clip(count // 2, 0, values.shape[-1] - 1)
    median = np.take_along_axis(ordered, middle[..., None], -1)[..., 0]
    return np.where(np.isfinite(median), median, 1.0)
