"""How long a fit remembers, on a sensor that stays as it is and on one that ages."""

import numpy as np
import numpy.typing as npt
import pytest

from validation.memory import choose_half_life, decayed

Floats = npt.NDArray[np.float64]
INF = float("inf")
LIVES = (672.0, 1344.0, INF)


def choose(gain: Floats, seed: int = 1) -> float:
    """Choose for one column whose sensor has that gain hour by hour."""
    rng = np.random.default_rng(seed)
    truth = 20 + 8 * rng.normal(size=len(gain))
    raw = gain * truth + rng.normal(size=len(gain))
    x = np.stack([np.ones_like(raw), raw], axis=-1)[None]
    return float(
        choose_half_life(
            x, truth[None], np.ones((1, len(raw))), LIVES, tolerance=0.05, starts=30, start_rows=200, seed=(1,)
        )[0]
    )


def test_a_steady_sensor_remembers_everything() -> None:
    """Where all memories are as good, the longest is taken."""
    assert choose(np.ones(3000)) == INF


def test_an_ageing_sensor_forgets() -> None:
    """Where the gain halves in four months, the shortest memory predicts best."""
    assert choose(np.linspace(1.0, 0.5, 3000)) == 672.0


def test_a_short_past_says_nothing_of_ageing() -> None:
    """Below three weeks the longest memory stands, whatever the hours look like."""
    assert choose(np.linspace(1.0, 0.5, 400)) == INF


def test_weights_halve_and_keep_their_mean() -> None:
    """An hour one half-life older counts half; the hours that count have mean one, the others stay zero."""
    weight = np.array([[1.0, 0.0, 1.0, 1.0]])
    found = decayed(weight, np.array([1.0]))[0]
    assert found[2] / found[3] == pytest.approx(0.5)
    assert found[1] == 0.0
    assert found.sum() == pytest.approx(3.0)
    assert decayed(weight, np.array([INF]))[0] == pytest.approx(weight[0])


def test_broken_hours_are_no_ageing() -> None:
    """A steady sensor that reads fifty times too much now and then remembers everything as before."""
    gain = np.ones(3000)
    gain[::40] = 50.0
    assert choose(gain) == INF
