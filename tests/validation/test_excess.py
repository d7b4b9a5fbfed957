"""What is too high to learn from: by hand, and what a fit is worth without it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from validation.excess import shortest_half, too_high
from validation.network import Network, fit, validate
from validation.policy import PROPERTIES

Floats = npt.NDArray[np.float64]
PM = PROPERTIES["pm2_5"]
HOURS = 400


def scene(humidity: float = 60.0) -> tuple[Floats, Floats, Floats]:
    """Raw that follows the field but for a tenth, the field, and the humidity, each (H,2)."""
    rng = np.random.default_rng(4)
    field = 10 * np.exp(0.5 * rng.normal(size=(HOURS, 2)))
    return 1.5 * field * np.exp(0.1 * rng.normal(size=field.shape)), field, np.full(field.shape, humidity)


def test_the_shortest_half_is_that_of_the_majority() -> None:
    """Of 96 even numbers around 5 and 60 far above, middle and width are those of the numbers around 5."""
    column = np.concatenate([np.linspace(4.0, 6.0, 96), np.linspace(40.0, 90.0, 60), [np.nan] * 9])[:, None]
    middle, scale = shortest_half(column)
    assert 4.7 < middle[0] < 5.3
    assert scale[0] == pytest.approx(78 * 2 / 95 / 2 / 0.6745)
    assert np.isnan(shortest_half(column[:47])[0]).all()
    assert np.isnan(shortest_half(column[:0])[0]).all()


def test_the_shortest_half_may_be_the_last() -> None:
    """Where the higher numbers stand close together, the half of the 48 that ends with the highest is taken."""
    column = np.concatenate([10.0 * np.arange(23), np.linspace(300.0, 301.0, 25)])[:, None]
    middle, scale = shortest_half(column)
    assert (middle[0], scale[0]) == pytest.approx((300.5, 1 / 2 / 0.6745))


def test_a_wet_block_is_left_out_until_it_is_over() -> None:
    """Droplets begin in a wet hour and are left out while they last, dry hours included; the hours after them count."""
    raw, field, humidity = scene()
    humidity[100:104], raw[100:110] = 95.0, 3.0 * raw[100:110]
    assert np.flatnonzero(too_high(raw, field, humidity, PM).any(1)).tolist() == list(range(100, 110))


def test_wet_air_alone_is_no_reason() -> None:
    """Of wet hours that read as the dry ones do, or a little more by growth, nineteen of twenty are learnt from."""
    raw, field, humidity = scene()
    humidity[50:150], raw[50:150] = 92.0, 1.1 * raw[50:150]
    assert too_high(raw, field, humidity, PM)[50:150].mean() < 0.05


def test_a_dry_hour_is_left_out_only_far_above() -> None:
    """A reading times three in dry air is left out, one times 1.4 is not, nor is what lies below."""
    raw, field, humidity = scene()
    raw[10] *= 3.0
    raw[20] *= 1.4
    raw[30] *= 0.2
    found = too_high(raw, field, humidity, PM)
    assert np.flatnonzero(found.any(1)).tolist() == [10]


def test_without_humidity_all_hours_are_dry_ones() -> None:
    """A station without a humidity sensor loses no hour but those far above."""
    raw, field, humidity = scene(np.nan)
    raw[10] *= 3.0
    assert np.flatnonzero(too_high(raw, field, humidity, PM).any(1)).tolist() == [10]


def test_droplets_in_two_hours_of_five_leave_the_calibration_right(build: Callable[..., Any]) -> None:
    """With all sensors reading two to four times too much in the wettest hours, clean hours keep their values."""
    world = build()
    clean = world.network
    rng = np.random.default_rng(2)
    wet = clean.relative_humidity > np.quantile(clean.relative_humidity, 0.6)
    humidity = np.where(wet, clean.relative_humidity + 12.0, clean.relative_humidity)
    raw = np.where(wet, clean.raw * rng.uniform(2, 4, wet.shape), clean.raw)
    clean, foggy = replace(clean, relative_humidity=humidity), replace(clean, raw=raw, relative_humidity=humidity)

    def error(network: Network) -> float:
        at = network.hours[-1] + np.timedelta64(1, "h")
        found = validate(network, fit(network, at=at), begin=network.hours[0], end=at).value
        judged = ~wet & np.isfinite(found)
        assert judged.sum() > 0.9 * (~wet).sum()
        return float(np.sqrt(np.mean((found - world.truth)[judged] ** 2)))

    assert error(foggy) < 1.3 * error(clean)
