"""The air is made, but it must be air: level, memory, distance, season, feast days."""

import numpy as np
import pytest

from firmware_sim.air import CENTRE, Field
from firmware_sim.draws import Floats
from firmware_sim.episodes import fireworks

YEAR = np.arange(np.datetime64("2025-11-01T00", "h"), np.datetime64("2026-11-01T00", "h"))
LONGITUDE = CENTRE[1] + np.array([0.0, 0.01, 0.05, 0.14])  # 0, 0.7, 3.4 and 9.5 km east
LATITUDE = np.full(4, CENTRE[0])


@pytest.fixture(scope="module")
def field() -> Field:
    """A field of air."""
    return Field(11)


@pytest.fixture(scope="module")
def pm2_5(field: Field) -> Floats:
    """A year of hours at four places."""
    return field.at("pm2_5", LATITUDE, LONGITUDE, YEAR)


def test_same_seed_same_air(field: Field, pm2_5: Floats) -> None:
    """Two fields of one seed agree, also when only some of the hours are asked."""
    again = Field(11).at("pm2_5", LATITUDE[1:2], LONGITUDE[1:2], YEAR[500:510])
    np.testing.assert_allclose(again[:, 0], pm2_5[500:510, 1], rtol=1e-9)
    assert not np.allclose(Field(12).at("pm2_5", LATITUDE, LONGITUDE, YEAR[:10]), pm2_5[:10])


def test_level_is_that_of_the_netherlands(pm2_5: Floats) -> None:
    """The yearly mean lies around 11 µg/m³ and hours are skewed upwards."""
    assert 8.5 < pm2_5.mean() < 13.5
    assert pm2_5.min() > 0.3
    assert np.median(pm2_5) < 0.95 * pm2_5.mean()


def test_air_remembers_the_last_hour(pm2_5: Floats) -> None:
    """The hourly autocorrelation is about 0.95, and fades within a week."""
    logs = np.log(pm2_5[:, 0])
    assert 0.9 < np.corrcoef(logs[1:], logs[:-1])[0, 1] < 0.985
    assert abs(np.corrcoef(logs[168:], logs[:-168])[0, 1]) < 0.35


def test_neighbours_are_alike(pm2_5: Floats) -> None:
    """The correlation falls with distance but stays high within the region."""
    correlation = np.corrcoef(np.log(pm2_5).T)[0]
    assert correlation[0] > correlation[1] > correlation[2] > correlation[3] > 0.8


def test_places_have_lasting_increments(field: Field) -> None:
    """Means over a year differ between places by about a tenth."""
    rng = np.random.default_rng(0)
    latitude, longitude = CENTRE[0] + rng.uniform(-0.08, 0.08, 30), CENTRE[1] + rng.uniform(-0.12, 0.12, 30)
    means = np.log(field.at("pm2_5", latitude, longitude, YEAR[::3])).mean(axis=0)
    assert 0.06 < means.std() < 0.2


def test_pm10_holds_pm2_5(field: Field, pm2_5: Floats) -> None:
    """PM10 is PM2.5 and a coarse part."""
    coarse = field.at("pm10", LATITUDE, LONGITUDE, YEAR) - pm2_5
    assert coarse.min() > 0
    assert 4 < coarse.mean() < 10


def test_weather_has_seasons_wet_nights_and_dry_afternoons(field: Field) -> None:
    """Humidity is often above 90 % but never above 100, and opposed to temperature; July is warmer than January."""
    humidity = field.at("relative_humidity", LATITUDE[:1], LONGITUDE[:1], YEAR)[:, 0]
    temperature = field.at("temperature", LATITUDE[:1], LONGITUDE[:1], YEAR)[:, 0]
    assert 20 < humidity.min() < humidity.max() < 100
    assert 0.03 < (humidity > 90).mean() < 0.3
    assert np.corrcoef(humidity, temperature)[0, 1] < -0.3
    hour = YEAR.astype(int) % 24
    assert humidity[hour == 3].mean() > humidity[hour == 13].mean() + 8
    month = YEAR.astype("datetime64[M]").astype(int) % 12
    assert temperature[month == 6].mean() > temperature[month == 0].mean() + 10


def test_pressure_is_that_of_the_sea_side(field: Field) -> None:
    """Air pressure stays within what is measured in the Netherlands."""
    pressure = field.at("air_pressure", LATITUDE[:1], LONGITUDE[:1], YEAR)
    assert 965 < pressure.min() < 1005 < 1025 < pressure.max() < 1055


def test_new_year_is_loud(pm2_5: Floats) -> None:
    """The first hour of the year in local time is the worst of the year, and over by noon."""
    midnight = int(np.flatnonzero(np.datetime64("2025-12-31T23", "h") == YEAR)[0])
    assert pm2_5[midnight + 1 : midnight + 3].max() > 60
    assert abs(int(np.argmax(pm2_5.max(axis=1))) - midnight) <= 2
    assert fireworks(np.array([24.0 * 365 * 3 + 12])).tolist() == [pytest.approx(0.0, abs=1.0)]


def test_unknown_property_is_refused(field: Field) -> None:
    """Asking for a gas that is not simulated names what there is."""
    with pytest.raises(ValueError, match=r"no truth of 'no2': there is pm2_5, pm10"):
        field.at("no2", LATITUDE, LONGITUDE, YEAR[:1])
