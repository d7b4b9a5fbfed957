"""Numbers without state."""

import numpy as np
import pytest

from firmware_sim.draws import normal, stream, uniform


def test_number_depends_on_its_index_only() -> None:
    """A number is the same whether it is drawn alone or among others, in any order."""
    name = stream(1, "a")
    many = uniform(name, np.arange(100))
    assert uniform(name, np.arange(99, -1, -1)).tolist() == many[::-1].tolist()
    assert float(uniform(name, 42)) == many[42]


def test_numbers_never_change() -> None:
    """The numbers are the same in every release: a simulation that runs would jump otherwise."""
    assert int(stream(1, "a")) == 951889089193931511
    assert float(uniform(stream(1, "a"), 7)) == pytest.approx(0.38038120707194095, abs=1e-15)


def test_streams_are_uniform_and_unrelated() -> None:
    """Numbers of a stream are uniform, and those of neighbouring indices or other streams do not correlate."""
    first, second = uniform(stream(1, "a"), np.arange(50_000)), uniform(stream(1, "b"), np.arange(50_000))
    assert abs(first.mean() - 0.5) < 0.006
    assert abs(first.std() - 12**-0.5) < 0.003
    assert abs(np.corrcoef(first[1:], first[:-1])[0, 1]) < 0.02
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.02
    assert 0.0 < first.min() < first.max() < 1.0


def test_normal_has_unit_spread() -> None:
    """Normal numbers have mean 0 and sd 1."""
    drawn = normal(stream("n"), np.arange(50_000))
    assert abs(drawn.mean()) < 0.02
    assert abs(drawn.std() - 1) < 0.02
