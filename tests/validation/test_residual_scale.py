"""The scale of residuals: what it is of known ones, where it begins, and what a residual weighs at it."""

import numpy as np
import numpy.typing as npt

from validation.residual_scale import bisquare_root, first_scale, weigh_and_rescale

Floats = npt.NDArray[np.float64]


def m_scale(residual: Floats, weight: Floats) -> Floats:
    """Take the steps until they end."""
    scale = first_scale(residual, weight)
    for _ in range(60):
        _, scale = weigh_and_rescale(residual, scale, weight, weight.sum(-1))
    return scale


def test_it_is_consistent_under_normal_errors() -> None:
    """The M-scale of standard normal residuals is one."""
    residual = np.random.default_rng(11).normal(size=(2, 20000))
    np.testing.assert_allclose(m_scale(residual, np.ones_like(residual)), 1.0, atol=0.02)


def test_half_of_the_residuals_cannot_move_it_far() -> None:
    """With 45 % of them a million times as large it is a few times what it was, where a standard deviation explodes."""
    residual = np.random.default_rng(12).normal(size=(1, 2000))
    spoiled = residual.copy()
    spoiled[:, :900] *= 1e6
    assert m_scale(spoiled, np.ones_like(residual))[0] < 8.0


def test_the_bisquare_weights() -> None:
    """The weight, the square of its root, is one at zero, 9/16 halfway and zero from the tuning constant on; residuals
    of single precision stay it."""
    residual = np.array([[0.0, 4.0, 8.0, -18.0]])
    assert np.square(bisquare_root(residual, np.array([2.0]), 4.0)).tolist() == [[1.0, 0.5625, 0.0, 0.0]]
    assert bisquare_root(residual.astype(np.float32), np.array([2.0]), 4.0).dtype == np.float32


def test_of_equal_residuals() -> None:
    """Where all are 1 it is the one with 1 - (1 - 1/(c s)²)³ = 1/2; weights count like repeated rows, whatever their
    sum."""
    exact = 1 / (1.54764 * np.sqrt(1 - 0.5 ** (1 / 3)))
    ones = np.ones((1, 6))
    np.testing.assert_allclose(m_scale(ones, ones), exact, rtol=1e-6)
    np.testing.assert_allclose(m_scale(-ones, 1e-3 * ones), exact, rtol=1e-6)
    residual = np.array([[1.0, -2.0, 3.0, 0.5, 9.0]])
    weighted = m_scale(residual, np.array([[2.0, 1.0, 1.0, 3.0, 0.0]]))
    repeated = m_scale(np.array([[1.0, 1, -2, 3, 0.5, 0.5, 0.5]]), np.ones((1, 7)))
    np.testing.assert_allclose(weighted, repeated, rtol=1e-6)


def test_it_begins_at_the_median() -> None:
    """At 1.4826 times the upper median of the sizes that count, or of 1 where none do; it never is 0."""
    residual, weight = np.array([[1.0, -2.0, 3.0, -4.0, 50.0]]), np.array([[1.0, 1.0, 1.0, 1.0, 0.0]])
    assert first_scale(residual, weight).tolist() == [1.4826 * 3.0]
    assert first_scale(residual, 0 * weight).tolist() == [1.4826]
    mostly_zero = np.array([[0.0, 0.0, 0.0, 0.0, 8.0]])
    np.testing.assert_allclose(first_scale(mostly_zero, np.ones((1, 5))), 1e-12 + 8e-9)
    small, weight = np.array([[0.0, 0.0, 0.0, 1e-3, 70.0]]), np.array([[1.0, 1.0, 1.0, 1.0, 0.0]])
    np.testing.assert_allclose(first_scale(small, weight), 1e-12 + 1e-12)
    assert m_scale(0 * mostly_zero, np.ones((1, 5))).tolist() == [1e-12]


def test_one_step() -> None:
    """A step weighs by bisquare and goes by the root of what mean rho is too large."""
    residual, weight = np.array([[1.0, -2.0, 3.0, -4.0, 50.0]]), np.array([[1.0, 1.0, 1.0, 2.0, 0.0]])
    u = np.clip(1 - (residual / (1.54764 * 4.0)) ** 2, 0, None)
    squared, stepped = weigh_and_rescale(residual, np.array([4.0]), weight, weight.sum(-1))
    np.testing.assert_allclose(squared, u**2 * weight)
    np.testing.assert_allclose(stepped, 4.0 * np.sqrt((1 - (u**3 * weight).sum() / 5) / 0.5))
