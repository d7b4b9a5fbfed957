"""Where a robust regression begins: sums of products, draws, elemental sets and concentration steps, by hand."""

import numpy as np
import numpy.typing as npt
import pytest

from validation.starts import Rows, centred, draw, find_starts, solve, solve_single

Floats = npt.NDArray[np.float64]
Z = np.array([[[1.0, 1, 1, 1], [0, 1, 2, 3], [5, 7, 0, 2]], [[1, 1, 1, 1], [2, 4, 6, 9], [3, 1, 4, 1]]], np.float32)
Y = np.array([[1.0, 3, 5, 8], [2, 7, 1, 8]], np.float32)
WEIGHT = np.array([[1.0, 2, 0, 3], [1, 1, 4, 0.5]], np.float32)


def line(bad: int, rows: int = 50, weight: Floats | None = None) -> Rows:
    """Two series on a line each, 1 + 2 x and 4 - x; the first `bad` rows lie on 30 + 5 x."""
    x = np.random.default_rng(1).normal(size=(2, rows))
    z = np.stack([np.ones_like(x), x], axis=1)
    y = np.array([[1.0], [4.0]]) + np.array([[2.0], [-1.0]]) * x
    y[:, :bad] = 30 + 5 * x[:, :bad]
    return Rows.of(*(part.astype(np.float32) for part in (z, y, np.ones_like(y) if weight is None else weight)))


TRUTH = np.array([[1.0, 2.0], [4.0, -1.0]])


def test_sums_of_products_are_the_normal_equations() -> None:
    """With a weight a row they are Z W Z' and Z W y, of each series and each candidate."""
    weight = np.stack([WEIGHT, 2 * WEIGHT + 1], axis=1)
    gram, moment = Rows.of(Z, Y, WEIGHT).normal(weight)
    np.testing.assert_allclose(gram, np.einsum("bin,bkn,bjn->bkij", Z, weight, Z))
    np.testing.assert_allclose(moment, np.einsum("bin,bkn,bn->bki", Z, weight, Y))


def test_residuals_of_candidates() -> None:
    """Each candidate of each series has its own; the rows are not changed by asking."""
    rows = Rows.of(Z, Y, WEIGHT)
    beta = np.array([[[0.0, 0, 0], [1, 2, 0]], [[1, 0, 0], [0, 0, 1]]])
    found = rows.residual(beta)
    assert found.tolist() == [[[1, 3, 5, 8], [0, 0, 0, 1]], [[1, 6, 0, 7], [-1, 6, -3, 7]]]
    assert rows.y.tolist() == Y.tolist()


def test_a_column_of_zeros_is_solved_to_zero() -> None:
    """The others are solved as if it were not there; equations that are all zero give zeros."""
    gram, moment = np.array([[[4.0, 0], [0, 0]], [[0, 0], [0, 0]]]), np.array([[8.0, 0.0], [0.0, 0.0]])
    np.testing.assert_allclose(solve(gram, moment), [[2.0, 0.0], [0.0, 0.0]], rtol=1e-9)
    np.testing.assert_allclose(solve_single(gram, moment), [[2.0, 0.0], [0.0, 0.0]], rtol=1e-5)


def test_the_ridge_is_a_share_of_the_mean_diagonal() -> None:
    """1e-10 of it is added, or 1e-6 where sums are of single precision."""
    gram, moment = np.diag([2e-12, 4e-12])[None], np.array([[1e-12, 1e-12]])
    for found, ridge in (
        (solve(gram, moment), 1e-10),
        (solve(gram, moment, 0.5), 0.5),
        (solve_single(gram, moment), 1e-6),
    ):
        added = ridge * (3e-12 + 1e-12)
        np.testing.assert_allclose(found[0], [1e-12 / (2e-12 + added), 1e-12 / (4e-12 + added)], rtol=1e-12)


def test_a_draw_takes_the_same_rows_of_every_series() -> None:
    """As many as asked, each once, in their order and with what belongs to them; all where that many are asked."""
    rows, rng = line(0), np.random.default_rng(2)
    assert draw(rows, rng, 50) is rows
    drawn = draw(rows, rng, 49)
    assert drawn.y.shape == (2, 49)
    where = [[int(np.flatnonzero(rows.y[s] == y)[0]) for y in drawn.y[s]] for s in range(2)]
    assert where[0] == where[1] == sorted(where[0])
    np.testing.assert_array_equal(drawn.z[0], rows.z[0][:, where[0]])
    np.testing.assert_array_equal(drawn.products, rows.products[..., where[0]])
    assert len(set(where[0])) == 49


def test_a_draw_takes_rows_with_weight_first() -> None:
    """Rows without weight only fill up what is missing; y, z and weight stay together."""
    weight = np.zeros((2, 50))
    weight[0, 10:20], weight[1, 5:45] = 2.0, 3.0
    rows = line(0, weight=weight)
    drawn = draw(rows, np.random.default_rng(3), 20)
    assert (drawn.weight > 0).sum(1).tolist() == [10, 20]
    assert set(drawn.y[0][drawn.weight[0] > 0].tolist()) == set(rows.y[0, 10:20].tolist())
    assert set(drawn.y[1].tolist()) <= set(rows.y[1, 5:45].tolist())
    assert len(set(drawn.y[1].tolist())) == 20
    np.testing.assert_allclose(drawn.residual(TRUTH[:, None]), 0.0, atol=1e-5)
    again = draw(rows, np.random.default_rng(4), 20)
    assert set(again.y[1].tolist()) != set(drawn.y[1].tolist())


def test_half_the_rows_lie_below_a_centred_start() -> None:
    """The constant is the lower median of what the slopes leave over, of the rows that count; its own does not
    matter, and without rows it is zero."""
    weight = np.array([[1.0, 1, 0, 1], [1, 2, 1, 1], [0, 0, 0, 0]], np.float32)
    rows = Rows.of(np.concatenate([Z, Z[:1]]), np.concatenate([Y, Y[:1]]), weight)
    slopes = np.array([[9.0, 1.0, 0.0], [9.0, 0.0, 1.0], [9.0, 0.0, 0.0]])
    found = centred(rows, slopes)
    assert found.tolist() == [[[2.0, 1.0, 0.0]], [[-1.0, 0.0, 1.0]], [[0.0, 0.0, 0.0]]]  # of 1 2 5; of -3 -1 6 7
    assert slopes[0, 0] == 9.0


@pytest.mark.parametrize("weighted", [False, True])
def test_the_best_starts_are_those_of_the_majority(weighted: bool) -> None:
    """With 40 % of the rows on another line, and with more of them where those do not count, the best two of the
    elemental fits are the line of the rest."""
    weight = np.ones((2, 50))
    if weighted:
        weight[:, :15] = 0.0
    rows = line(29 if weighted else 20, weight=weight)
    found = find_starts(rows, np.empty((2, 0, 2)), rng=np.random.default_rng(5), starts=30, kept=2)
    assert found.shape == (2, 2, 2)
    np.testing.assert_allclose(found, np.stack([TRUTH, TRUTH], axis=1), atol=1e-3)


def test_a_start_that_is_known_is_kept_where_it_is_the_best() -> None:
    """Of the line of the majority, that of the minority and one elemental fit the first is kept, wherever it stands."""
    rows, minority = line(20), np.tile([30.0, 5.0], (2, 1))
    for begun in ([minority, TRUTH], [TRUTH, minority]):
        found = find_starts(rows, np.stack(begun, axis=1), rng=np.random.default_rng(7), starts=1, kept=1)
        np.testing.assert_allclose(found[:, 0], TRUTH, atol=1e-3)


def test_rows_without_weight_are_no_start() -> None:
    """Of 200 rows ten count: their majority is found by starts from these alone, before any step improves them."""
    weight = np.zeros((2, 200))
    weight[:, -10:] = 1.0
    rows = line(194, 200, weight)
    found = find_starts(rows, np.empty((2, 0, 2)), rng=np.random.default_rng(5), starts=60, kept=60)
    assert (np.abs(found - TRUTH[:, None]).max(-1) < 1e-3).any(1).all()


def test_of_few_rows_one_at_least_is_kept() -> None:
    """A series with one row that counts, or with none, gets a finite start."""
    weight = np.zeros((2, 50))
    weight[0, 3] = 1.0
    found = find_starts(line(0, weight=weight), np.empty((2, 0, 2)), rng=np.random.default_rng(8), starts=4, kept=1)
    assert found.shape == (2, 1, 2)
    assert np.isfinite(found).all()
    assert float(line(0).residual(found)[0, 0, 3]) == pytest.approx(0.0, abs=1e-3)
