"""Quality control in the whole: what reaches the flags of an hour, and what a night does to the calibration."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from validation.flags import Flag
from validation.network import Calibrations, Network, fit, validate

Floats = npt.NDArray[np.float64]
HOUR = np.timedelta64(1, "h")
NIGHT = slice(1200, 1205)


@pytest.fixture(scope="module")
def network() -> Network:
    """Nine weeks of eight healthy stations that breathe the same air as four references."""
    rng = np.random.default_rng(7)
    hours, series, references = 63 * 24, 8, 4
    wave = np.zeros(hours)
    for h in range(1, hours):
        wave[h] = 0.9 * wave[h - 1] + 0.2 * rng.normal()
    truth = 12 * np.exp(wave)[:, None]
    gain = 1.6 * np.exp(0.2 * rng.normal(size=series))
    return Network(
        hours=np.datetime64("2026-03-01T00", "h") + np.arange(hours),
        raw=2 + gain * truth * np.exp(0.07 * rng.normal(size=(hours, series))),
        relative_humidity=np.full((hours, series), 60.0) + rng.normal(size=(hours, series)),
        temperature=12 + rng.normal(size=(hours, series)),
        latitude=52.2 + 0.03 * rng.normal(size=series),
        longitude=5.2 + 0.04 * rng.normal(size=series),
        sensor_model=("SPS30",) * series,
        reference=truth * np.exp(0.04 * rng.normal(size=(hours, references))),
        reference_latitude=52.25 + 0.02 * rng.normal(size=references),
        reference_longitude=5.25 + 0.02 * rng.normal(size=references),
        reference_id=tuple(f"NL{r:05d}" for r in range(references)),
        observed_property="pm2_5",
    )


def judged(network: Network, calibrations: Calibrations) -> npt.NDArray[np.int32]:
    """Validate the last day."""
    return validate(network, calibrations, begin=network.hours[-24], end=network.hours[-1] + HOUR).flags


def with_night(network: Network, *, who: slice = slice(None), field: float = 1.0) -> Network:
    """Let stations see 10 to 20 times as much in the five hours of the night, and references `field` as much of it."""
    rng = np.random.default_rng(5)
    rise = np.array([0.5, 1.0, 0.7, 0.4, 0.2])[:, None]
    raw, reference, humidity = network.raw.copy(), network.reference.copy(), network.relative_humidity.copy()
    raw[NIGHT, who] *= 1 + rise * rng.uniform(9, 19, raw[NIGHT, who].shape)
    reference[NIGHT] *= 1 + field * rise * rng.uniform(6, 12, reference[NIGHT].shape)
    humidity[NIGHT] = 60.0
    return replace(network, raw=raw, reference=reference, relative_humidity=humidity)


def test_a_fireworks_night_moves_no_calibration(network: Network) -> None:
    """Five hours at ten to twenty times the level, unlike at every garden and reference, change no value by 1 %."""
    night = with_night(network)
    at = network.hours[-1] + HOUR
    before, after = fit(network, at=at), fit(night, at=at)
    assert after.status == before.status
    np.testing.assert_allclose(after.coefficients[:, 1], before.coefficients[:, 1], rtol=0.01)
    window = {"begin": network.hours[-168], "end": at}
    usual, moved = validate(network, before, **window).value, validate(network, after, **window).value
    assert np.nanmax(np.abs(moved / usual - 1.0)) < 0.01


def test_a_fireworks_night_is_an_episode_and_keeps_its_values(network: Network) -> None:
    """From the second hour on most hours of the night are episodes, none is a disagreement upwards; values are given
    where the spike test lets them."""
    calibrations = fit(network, at=network.hours[NIGHT.start - 12])
    hours = network.hours[NIGHT]
    found = validate(with_night(network), calibrations, begin=hours[0], end=hours[-1] + HOUR)
    seen = (found.flags & Flag.EPISODE) != 0
    assert seen[:4].mean() > 0.9
    assert not (found.flags[seen] & (Flag.NEIGHBOUR | Flag.LOCAL_EVENT)).any()
    assert np.isfinite(found.value[seen]).mean() > 0.9


def test_a_barbecue_is_flagged_at_one_garden_alone(network: Network) -> None:
    """Three hours at nearly twice the level in one garden: local from the second hour on, and only there."""
    raw, humidity = network.raw.copy(), network.relative_humidity.copy()
    raw[-10:-7, 2] *= 1.9
    humidity[-24:] = 60.0
    calibrations = fit(network, at=network.hours[-24])
    flags = judged(replace(network, raw=raw, relative_humidity=humidity), calibrations)
    local = (flags & Flag.LOCAL_EVENT) != 0
    assert np.argwhere(local).tolist() == [[15, 2], [16, 2]]
    assert ((flags[14:17, 2] & Flag.NEIGHBOUR) != 0).all()


def test_barbecues_are_left_out_of_the_fit(network: Network) -> None:
    """Two hours of smoke every other evening at one garden leave its slope where it was."""
    raw = network.raw.copy()
    evenings = np.arange(len(raw)) % 48
    raw[(evenings == 19) | (evenings == 20), 2] *= 2.5
    dry = replace(network, relative_humidity=np.full(raw.shape, 60.0))
    at = network.hours[-1] + HOUR
    before, after = (fit(made, at=at).coefficients[2, 1] for made in (dry, replace(dry, raw=raw)))
    assert after == pytest.approx(before, rel=0.03)


def test_a_wrong_clock_drift_and_a_step_reach_the_flags(network: Network) -> None:
    """A clock three hours ahead, 1 % a day lost for 26 days, and half as much again since 8 days are flagged at the
    series that have them; raw is what came, and values are still given."""
    raw = network.raw.copy()
    raw[3:, 0] = network.raw[:-3, 0]
    days = np.arange(len(raw)) / 24
    raw[:, 1] *= np.exp(-0.014 * np.maximum(days - (63 - 26), 0))
    raw[-8 * 24 :, 2] *= 1.8
    spoiled = replace(network, raw=raw)
    calibrations = fit(spoiled, at=network.hours[-24])
    flags = judged(spoiled, calibrations)
    for flag, series in ((Flag.CLOCK_OFFSET, 0), (Flag.DRIFT, 1), (Flag.MOVED, 2)):
        marked = (flags & flag) != 0
        assert marked[:, series].all(), flag.name
        assert not np.delete(marked, series, axis=1).any(), flag.name
    assert calibrations.scores["clock_offset"].tolist() == [3.0] + [0.0] * 7
    assert calibrations.record(0)["scores"]["clock_offset"] == 3.0


def test_what_was_learnt_survives_the_record(network: Network) -> None:
    """The flags are the same with the calibrations read back from their records."""
    calibrations = fit(network, at=network.hours[-24])
    again = Calibrations.from_records([calibrations.record(i) for i in range(8)])
    np.testing.assert_array_equal(judged(network, again), judged(network, calibrations))


def test_older_records_are_read(network: Network) -> None:
    """A calibration from before these scores gives values and no neighbour flag."""
    calibrations = fit(network, at=network.hours[-24])
    older = replace(calibrations, scores={name: calibrations.scores[name] for name in ("skill", "slope")})
    assert not (judged(network, older) & (Flag.NEIGHBOUR | Flag.DRIFT | Flag.MOVED | Flag.CLOCK_OFFSET)).any()


def test_two_channels_that_disagree_get_no_value(network: Network) -> None:
    """Two sensors of one station: where one reads three times the other both fail; elsewhere none does."""
    raw = network.raw.copy()
    raw[:, 1] = raw[:, 0] * 1.02 + 0.01
    raw[-5, 1] = 3.0 * raw[-5, 0] + 6.0
    paired = replace(network, raw=raw, station_id=("a", "a", "b", "c", "d", "e", "f", "g"))
    calibrations = fit(paired, at=network.hours[-24])
    found = validate(paired, calibrations, begin=network.hours[-24], end=network.hours[-1] + HOUR)
    assert np.argwhere(found.flags & Flag.CHANNEL_DISAGREEMENT).tolist() == [[19, 0], [19, 1]]
    assert np.isnan(found.value[19, :2]).all()


def test_flags_depend_on_no_later_hour(network: Network) -> None:
    """What an hour is flagged with does not change when the hours after it are not there."""
    calibrations = fit(network, at=network.hours[-48])
    spoiled = replace(network, raw=np.where(np.random.default_rng(1).random(network.raw.shape) < 0.1, 40, network.raw))
    begin, middle, end = network.hours[-48], network.hours[-20], network.hours[-1] + HOUR
    whole = validate(spoiled, calibrations, begin=begin, end=end).flags
    part = validate(spoiled.between(network.hours[0], middle), calibrations, begin=begin, end=middle).flags
    assert (whole & Flag.NEIGHBOUR).any()
    np.testing.assert_array_equal(part, whole[: len(part)])
