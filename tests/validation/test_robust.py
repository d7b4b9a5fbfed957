"""Properties that a robust regression has to have, and agreement with a solver that shares no code with it."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import least_squares
from scipy.signal import lfilter
from scipy.stats import t

from validation.robust import mm_regression

Floats = npt.NDArray[np.float64]

TRUTH = np.array([2.0, 1.5, -0.7])


def draw(seed: int, batch: int = 3, rows: int = 240) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    x = np.concatenate([np.ones((batch, rows, 1)), rng.normal(size=(batch, rows, 2)) * [10.0, 1.0]], axis=-1)
    return x, x @ TRUTH + rng.normal(size=(batch, rows))


def fit(x: Floats, y: Floats, weight: Floats | None = None, tuning: float = 4.685, seed: int = 0) -> Floats:
    weight = np.ones_like(y) if weight is None else weight
    return mm_regression(x, y, weight, rng=np.random.default_rng(seed), tuning=tuning).coefficients


def test_a_large_tuning_constant_gives_least_squares() -> None:
    """With nothing downweighted the fit is ordinary least squares."""
    x, y = draw(1)
    ols = np.array([np.linalg.lstsq(a, b, rcond=None)[0] for a, b in zip(x, y, strict=True)])
    np.testing.assert_allclose(fit(x, y, tuning=1e6), ols, rtol=1e-6, atol=1e-6)


def test_it_agrees_with_a_general_solver() -> None:
    """The bisquare minimum of scipy's trust region method, at the same scale, is the same to 0.002 scales."""
    x, y = draw(2, batch=1)
    y[0, ::9] += 40.0
    found = mm_regression(x, y, np.ones_like(y), rng=np.random.default_rng(0))
    c, s = 4.685, found.scale[0]

    def root_rho(beta: Floats) -> Floats:
        u = np.clip(((y[0] - x[0] @ beta) / (c * s)) ** 2, 0.0, 1.0)
        root: Floats = np.sqrt(1.0 - (1.0 - u) ** 3)
        return root

    other = least_squares(root_rho, found.coefficients[0] + 0.01, xtol=1e-14, ftol=1e-14, gtol=1e-14).x
    np.testing.assert_allclose(found.coefficients[0], other, atol=2e-3 * s)


@pytest.mark.parametrize("share", [0.2, 0.3, 0.4])
def test_faults_cost_nothing(share: float) -> None:
    """With a fifth to two fifths of the rows far off, the coefficients stay where the clean rows put them."""
    x, y = draw(3)
    bad = np.random.default_rng(4).random(y.shape) < share
    spoiled_x, spoiled_y = x.copy(), np.where(bad, y + 60.0, y)
    spoiled_x[..., 1] = np.where(bad, 5 * x[..., 1] + 50, x[..., 1])
    clean = fit(x, y, weight=np.where(bad, 0.0, 1.0))
    np.testing.assert_allclose(fit(spoiled_x, spoiled_y), clean, atol=0.35)


def test_a_gross_error_counts_for_nothing() -> None:
    """Moving an outlier from far to farther changes nothing at all."""
    x, y = draw(5)
    y[:, 0] = 1e4
    first = fit(x, y)
    y[:, 0] = 1e6
    np.testing.assert_allclose(fit(x, y), first, rtol=1e-7)


@settings(max_examples=15, deadline=None)
@given(shift=st.floats(-50, 50), scale=st.floats(0.1, 20), slope=st.floats(-5, 5))
def test_equivariance(shift: float, scale: float, slope: float) -> None:
    """Rescaling, shifting and tilting the target does the same to the coefficients."""
    x, y = draw(6, batch=1, rows=120)
    moved = fit(x, scale * y + shift + slope * x[..., 1])
    expected = scale * fit(x, y) + np.array([shift, slope, 0.0])
    np.testing.assert_allclose(moved, expected, rtol=1e-3, atol=1e-3 * scale)


@settings(max_examples=10, deadline=None)
@given(order=st.permutations(range(4)))
def test_series_do_not_see_each_other(order: list[int]) -> None:
    """At full sampling each series of a batch is fitted as if it were alone, wherever it stands."""
    x, y = draw(7, batch=4, rows=120)
    np.testing.assert_allclose(fit(x[order], y[order]), fit(x, y)[order], atol=2e-3)


def test_rows_of_weight_zero_do_not_count() -> None:
    """Whatever stands in a row of weight zero, NaN too, the fit is that of the other rows."""
    x, y = draw(8)
    weight = np.ones_like(y)
    weight[:, 100:] = 0.0
    spoiled_x, spoiled_y = x.copy(), y.copy()
    spoiled_x[:, 100:], spoiled_y[:, 100:] = np.nan, np.nan
    np.testing.assert_allclose(fit(spoiled_x, spoiled_y, weight), fit(x[:, :100], y[:, :100]), atol=5e-3)


def test_a_column_of_zeros_gets_no_coefficient() -> None:
    """A station without a humidity sensor is fitted without humidity."""
    x, y = draw(9)
    x[..., 2] = 0.0
    assert np.abs(fit(x, y)[:, 2]).max() < 1e-6


def test_the_same_seed_gives_the_same_bits() -> None:
    """The fit is a function of its input and the generator's seed."""
    x, y = draw(10, rows=600)
    assert (fit(x, y, seed=5) == fit(x, y, seed=5)).all()


def test_the_covariance_matches_least_squares_under_normal_errors() -> None:
    """On clean data the covariance is that of least squares within the loss of efficiency."""
    x, y = draw(12, batch=1, rows=2000)
    found = mm_regression(x, y, np.ones_like(y), rng=np.random.default_rng(0))
    exact = np.diag(np.linalg.inv(x[0].T @ x[0]))
    np.testing.assert_allclose(np.diag(found.covariance[0]), exact, rtol=0.2)


def test_it_agrees_with_lmrob() -> None:
    """With a quarter of the rows far off, the coefficients are those of R's `lmrob` (robustbase 0.95, defaults, run on
    these rows) to a hundredth of their standard error."""
    x, y = draw(21, batch=1)
    y[0, :60] += 60.0
    x[0, :30, 1] += 30.0
    np.testing.assert_allclose(fit(x, y)[0], [2.03677, 1.49868, -0.79479], atol=2e-3)


def test_a_start_that_is_known_leads_to_the_same_fit() -> None:
    """Begun at the slopes of siblings, with few starts of its own, a fit ends where sixty starts lead."""
    x, y = draw(13, batch=20)
    y[:, ::5] += 60.0
    many = fit(x, y)
    slopes = np.tile(TRUTH * [0.0, 1.3, 0.5], (20, 1))
    few = mm_regression(
        x, y, np.ones_like(y), rng=np.random.default_rng(1), starts=3, start_rows=128, slopes=slopes
    ).coefficients
    np.testing.assert_allclose(few, many, atol=0.02)
    alone = mm_regression(x, y, np.ones_like(y), rng=np.random.default_rng(1), starts=0, slopes=slopes)
    np.testing.assert_allclose(alone.coefficients, many, atol=0.02)


def test_the_steps_end_where_nothing_pulls() -> None:
    """With a third of the rows five scales off, where steps are small, the weighted residuals add up to nothing along
    every column: to a ten-thousandth of a scale."""
    x, y = draw(40)
    y[:, ::3] += 5.0 + 0.2 * x[:, ::3, 1]
    found = mm_regression(x, y, np.ones_like(y), rng=np.random.default_rng(0))
    residual = y - (x @ found.coefficients[..., None])[..., 0]
    pull = ((found.weights * residual)[..., None] * x).sum(1) / found.weights.sum(1)[:, None]
    assert (np.abs(pull) < 1e-4 * found.scale[:, None] * np.abs(x).mean(1)).all()


def test_only_ratios_of_weights_count() -> None:
    """With all weights a ten-thousandth of what they were, everything stays, the covariance too."""
    x, y = draw(24)
    y[:, ::5] += 40.0
    weight = np.random.default_rng(3).uniform(0.5, 1.5, y.shape)
    one, less = (mm_regression(x, y, part, rng=np.random.default_rng(0)) for part in (weight, 1e-4 * weight))
    for name in ("coefficients", "scale", "weights", "covariance"):
        np.testing.assert_allclose(getattr(less, name), getattr(one, name), rtol=1e-4, atol=1e-6)


def test_the_covariance_allows_for_errors_that_last() -> None:
    """With errors that know each other for hours (AR 0.8), 95 % intervals of the line cover it in 93 to 97 %, where
    those that take each hour for new cover two thirds."""
    rng = np.random.default_rng(14)
    batch, rows = 120, 672
    x, _ = draw(15, batch=batch, rows=rows)
    x[..., 1:] = np.cumsum(x[..., 1:], axis=1) / 10  # weather lasts too
    noise = lfilter([0.6], [1.0, -0.8], rng.normal(size=(batch, rows)), axis=1)
    y = x @ TRUTH + noise
    covered = {}
    for cluster in (1, 48):
        found = mm_regression(x, y, np.ones_like(y), rng=rng, starts=10, cluster=cluster)
        width = t.ppf(0.975, rows // cluster - 3) * np.sqrt(((x @ found.covariance) * x).sum(-1))
        covered[cluster] = float((np.abs(((found.coefficients - TRUTH)[:, None] * x).sum(-1)) <= width).mean())
    assert 0.91 < covered[48] < 0.97
    assert covered[1] < 0.75


@pytest.mark.parametrize("cluster", [1, 7, 38, 50])
def test_the_covariance_is_the_sandwich_of_what_the_fit_ends_with(cluster: int) -> None:
    """(X'WX)⁻¹ · Σ s s' · (X'WX)⁻¹, with the scores s summed over each cluster, the slope of psi in the outer parts and
    n / (n - p) of the n clusters, or n where no more than p are left."""
    x, y = draw(16, batch=2, rows=150)
    y[:, ::6] += 4.0
    weight = np.random.default_rng(17).uniform(0.5, 1.5, y.shape)
    weight[0, :30], y[0, :30] = 0.0, np.nan
    found = mm_regression(x, y, weight, rng=np.random.default_rng(0), cluster=cluster)
    y = np.nan_to_num(y)
    for a, b, w, k in zip(x, y, weight, range(2), strict=True):
        robust = w * found.weights[k]
        slope = (5 * robust - 4 * w * np.sqrt(found.weights[k])).sum() / robust.sum()
        bread = np.linalg.inv((a * robust[:, None]).T @ a * slope)
        scores = a * (robust * (b - a @ found.coefficients[k]))[:, None]
        sums = np.add.reduceat(scores, np.arange(0, 150, cluster))
        expected = bread @ (sums.T @ sums) @ bread * len(sums) / max(len(sums) - 3, 1)
        np.testing.assert_allclose(found.covariance[k], expected, rtol=2e-3, atol=1e-3 * np.abs(expected).max())


def test_the_weights_are_those_of_the_residuals() -> None:
    """Each is the bisquare weight of the residual in scales, and 0 where the row does not count."""
    x, y = draw(18)
    y[:, ::7] += 30.0
    weight = np.ones_like(y)
    weight[:, 5] = 0.0
    found = mm_regression(x, y, weight, rng=np.random.default_rng(0))
    residual = y - (x @ found.coefficients[..., None])[..., 0]
    inside = np.clip(1.0 - (residual / (4.685 * found.scale[:, None])) ** 2, 0.0, None)
    np.testing.assert_allclose(found.weights, inside**2 * weight, atol=1e-6)


def test_the_scale_has_mean_rho_of_a_half() -> None:
    """The scale of the fit solves the equation that defines it, to what a thousand rows allow."""
    x, y = draw(18)
    y[:, ::7] += 30.0
    found = mm_regression(x, y, np.ones_like(y), rng=np.random.default_rng(0))
    residual = y - (x @ found.coefficients[..., None])[..., 0]
    inside = np.clip(1.0 - (residual / (1.54764 * found.scale[:, None])) ** 2, 0.0, None)
    np.testing.assert_allclose((1.0 - inside**3).mean(-1), 0.5, atol=0.03)


def test_the_fit_does_not_know_the_units_of_its_columns() -> None:
    """With a column a million times as large and far from zero, coefficients and covariance follow."""
    x, y = draw(20)
    other = x.copy()
    other[..., 1] = 1e6 * x[..., 1] + 3e7
    change = np.array([[1.0, -30.0, 0.0], [0.0, 1e-6, 0.0], [0.0, 0.0, 1.0]])
    one, two = (mm_regression(part, y, np.ones_like(y), rng=np.random.default_rng(0)) for part in (x, other))
    np.testing.assert_allclose(two.coefficients, one.coefficients @ change.T, rtol=1e-3, atol=1e-9)
    np.testing.assert_allclose(two.covariance, change @ one.covariance @ change.T, rtol=2e-3, atol=1e-12)


def test_weights_count_like_repeated_rows() -> None:
    """A row of weight 2 is two rows of weight 1, where nothing is drawn at random."""
    x, y = draw(22, rows=60)
    twice = [np.concatenate([part, part[:, :20]], axis=1) for part in (x, y)]
    weight = np.where(np.arange(60) < 20, 2.0, 1.0) * np.ones_like(y)
    one, two = (
        mm_regression(*part, rng=np.random.default_rng(0), tuning=1e6)
        for part in ((x, y, weight), (*twice, np.ones_like(twice[1])))
    )
    np.testing.assert_allclose(one.coefficients, two.coefficients, atol=1e-6)


def test_many_series_go_through_in_blocks() -> None:
    """Of seventy series, more than go through at once, each comes out in its place, with its weight and its start."""
    x, y = draw(23, batch=70, rows=120)
    y += np.arange(70)[:, None]
    weight = np.ones_like(y)
    weight[:, 0] = np.arange(70) % 2
    slopes = np.tile(TRUTH, (70, 1))
    for begun in (None, slopes):
        found = mm_regression(x, y, weight, rng=np.random.default_rng(0), slopes=begun)
        np.testing.assert_allclose(found.coefficients[:, 0] - np.arange(70), 2.0, atol=0.6)
        assert ((found.weights[:, 0] > 0) == (np.arange(70) % 2 > 0)).all()
        assert (found.scale.shape, found.covariance.shape) == ((70,), (70, 3, 3))


@pytest.mark.parametrize(("batch", "rows"), [(0, 5), (2, 0)])
def test_nothing_to_fit_is_no_error(batch: int, rows: int) -> None:
    """Without series, or without rows, coefficients and covariance are zeros and the scale is one."""
    found = mm_regression(
        np.ones((batch, rows, 3)), np.ones((batch, rows)), np.ones((batch, rows)), rng=np.random.default_rng(0)
    )
    assert found.coefficients.tolist() == np.zeros((batch, 3)).tolist()
    assert found.scale.tolist() == [1.0] * batch
    assert found.weights.shape == (batch, rows)
    assert found.covariance.tolist() == np.zeros((batch, 3, 3)).tolist()
