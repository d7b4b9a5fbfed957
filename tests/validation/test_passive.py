"""What tubes and leaves say: blanks, bias, limits, and an interval that covers."""

import numpy as np
import pytest

from validation.passive import METHODS, PAIRS_MIN, Adjusted, adjust, bias, place_means, repeatability

PALMES = METHODS["no2-palmes"]
NONE = float("nan")


def adjusted(*rows: tuple[float, str, float], below: int = -1, **other: float | bool) -> Adjusted:
    """Adjust rows of raw, kind and reference; `below` is the one that was written with <."""
    raw, kind, reference = zip(*rows, strict=True)
    wanted = {"method": PALMES, "subtract_blanks": True} | other
    marks = np.arange(len(rows)) == below
    return adjust(np.array(raw), marks, np.array(kind), np.array(reference), **wanted)  # type: ignore[arg-type]


def test_blanks_are_subtracted_and_have_no_value() -> None:
    """The mean of two blanks goes off the sample, and the blanks themselves have neither value nor interval."""
    found = adjusted((20.5, "sample", NONE), (0.4, "blank", NONE), (0.6, "blank", NONE))
    assert found.value[0] == pytest.approx(20.0)
    assert found.blank_count == 2
    assert found.blank_mean == pytest.approx(0.5)
    assert np.isnan([found.value[1:], found.lower[1:], found.upper[1:]]).all()


def test_two_blanks_say_how_far_a_blank_is_off_and_one_does_not() -> None:
    """The interval widens by the error of one more of two blanks; one alone leaves it as stated."""
    rows, stated = ((20.5, "sample", NONE), (0.4, "blank", NONE), (0.6, "blank", NONE)), 20 * 0.25 * 1.96 / 2
    error = np.std([0.4, 0.6], ddof=1) * np.sqrt(1 + 1 / 2)
    assert adjusted(*rows).upper[0] == pytest.approx(20 + np.hypot(stated, 1.96 * error))
    assert adjusted((20.5, "sample", NONE), (0.5, "blank", NONE)).upper[0] == pytest.approx(20 + stated)


def test_what_the_laboratory_subtracted_is_not_subtracted_again() -> None:
    """With blanks of the laboratory the value is the raw one."""
    found = adjusted((20.5, "sample", NONE), (0.5, "blank", NONE), subtract_blanks=False)
    assert found.value[0] == 20.5
    assert found.blank_mean is None


def test_an_interval_is_what_was_stated_or_nothing() -> None:
    """25 % for a tube that nobody stated, the laboratory's own where it did, and none for a leaf."""
    rows = ((20.0, "sample", NONE),)
    assert adjusted(*rows).upper[0] == pytest.approx(20 + 20 * 0.25 * 1.96 / 2)
    assert adjusted(*rows, uncertainty=0.1).upper[0] == pytest.approx(20 + 20 * 0.1 * 1.96 / 2)
    leaf = adjusted(*rows, method=METHODS["leaf-sirm"])  # type: ignore[arg-type]
    assert np.isnan([leaf.lower[0], leaf.upper[0]]).all()
    assert leaf.value[0] == 20.0


def test_below_the_limit_is_half_of_it() -> None:
    """`< 2` is 1 with an interval from 0 to at least 2; a value under the limit is half of that limit."""
    found = adjusted((2.0, "sample", NONE), (0.3, "sample", NONE), below=0)
    assert found.value.tolist() == [1.0, 0.5]
    assert found.lower.tolist() == [0.0, 0.0]
    assert (found.upper >= [2.0, 1.0]).all()
    assert found.limited.all()


def test_a_limit_is_multiplied_as_values_are() -> None:
    """With tubes that read a quarter too much, `< 2` is 0.8 and reaches up to 1.6."""
    pairs = [(level * 1.25, "reference", level) for level in (16.0, 20.0, 32.0)]
    found = adjusted((2.0, "sample", NONE), *pairs, below=0)
    assert (found.value[0], found.upper[0]) == pytest.approx((0.8, 1.6))


def test_an_empty_tube_beside_a_reference_tells_no_bias() -> None:
    """Where no limit of detection is known, a tube that reads nothing is no pair: what it is off by has no ratio."""
    pairs = [(level, "reference", level) for level in (16.0, 20.0, 32.0)]
    found = adjusted((0.0, "reference", 10.0), *pairs, method=METHODS["leaf-sirm"])  # type: ignore[arg-type]
    assert found.factor is not None
    assert found.factor.pairs == 3


def test_two_pairs_are_no_factor() -> None:
    """With fewer than three samples beside references nothing is multiplied."""
    assert adjusted((30.0, "reference", 24.0), (20.0, "reference", 16.0)).factor is None
    assert bias(np.full(PAIRS_MIN - 1, 10.0), np.full(PAIRS_MIN - 1, 8.0), repeatability=0.05) is None


def test_a_bias_is_taken_away() -> None:
    """Tubes that read a quarter too much beside three references are all multiplied by 0.8."""
    pairs = [(level * 1.25, "reference", level) for level in (16.0, 20.0, 32.0)]
    found = adjusted((25.0, "sample", NONE), *pairs)
    assert found.factor is not None
    assert found.factor.value == pytest.approx(0.8)
    assert found.factor.lower < 0.8 < found.factor.upper
    assert found.value[0] == pytest.approx(20.0)
    assert found.lower[0] < 20.0 < found.upper[0]


def test_perfect_pairs_are_not_believed_wholly() -> None:
    """Three pairs that agree exactly still leave the scatter that tubes are known to have."""
    factor = bias(np.array([10.0, 20.0, 30.0]), np.array([10.0, 20.0, 30.0]), repeatability=0.05)
    assert factor is not None
    assert factor.scatter == 0.05
    half = 4.302653 * 0.05 / np.sqrt(3)  # Student's t of two degrees of freedom
    assert np.log([factor.lower, factor.value, factor.upper]) == pytest.approx([-half, 0.0, half], abs=1e-6)


@pytest.mark.parametrize("pairs", [3, 6])
def test_the_interval_covers(pairs: int) -> None:
    """Of 400 simulated batches with much scatter and a bias, 92 to 98 % of new tubes lie in their interval."""
    generator = np.random.default_rng(pairs)
    inside = 0
    for _ in range(400):
        truth = generator.uniform(10, 40, pairs + 1)
        raw = truth * np.exp(generator.normal(0.2, 0.3, pairs + 1))
        kind, reference = np.array(["sample"] + ["reference"] * pairs), np.where(np.arange(pairs + 1), truth, np.nan)
        found = adjust(raw, np.zeros(pairs + 1, bool), kind, reference, method=PALMES, subtract_blanks=False)
        inside += bool(found.lower[0] <= truth[0] <= found.upper[0])
    assert 0.92 <= inside / 400 <= 0.98


def test_samples_side_by_side_are_one_place() -> None:
    """Two tubes at one place are their mean with their mean interval, and tell how well tubes agree."""
    group, value = np.array([0, 0, 1]), np.array([24.0, 26.0, 18.0])
    mean, lower, upper = place_means(group, value, value - 5, value + 6)
    assert mean.tolist() == [25.0, 18.0]
    assert (lower.tolist(), upper.tolist()) == ([20.0, 13.0], [31.0, 24.0])
    assert repeatability(group, value) == pytest.approx(np.sqrt(2) / 25)
    assert repeatability(np.array([0, 1]), np.array([1.0, 2.0])) is None


@pytest.mark.parametrize("name", METHODS)
def test_a_method_names_its_source(name: str) -> None:
    """No number of ours stands without saying where it is from."""
    assert METHODS[name].source.endswith(".")
