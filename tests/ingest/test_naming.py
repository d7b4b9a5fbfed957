"""What a name of a sensor's value says that it is."""

import re

import pytest

from ingest.naming import apart, property_of, sensor, unit_of


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("particulate_matter_10m_concentration", "pm1"),  # the slug of "<1.0µm"
        ("particulate_matter_25m_concentration", "pm2_5"),
        ("particulate_matter_100m_concentration", "pm10"),
        ("pm25_10m_average", None),  # a mean of ten minutes
        ("battery_temperature", None),
    ],
)
def test_a_name_says_a_property_or_nothing(name: str, meant: str | None) -> None:
    """ESPHome's slugs have lost the point of their number; a mean over minutes is no reading."""
    assert property_of(name) == meant


@pytest.mark.parametrize(
    ("name", "unit"),
    [("temp_f", "f"), ("Temperature (°F)", "f"), ("TempFahrenheit", "f"), ("windSpeedKmh", "km/h"),
     ("wind_gust_mph", "mph"), ("rain_rate_in_h", "in/h"), ("pm25_mg_m3", "mg/m3"),
     ("temp_c", None), ("wind_speed", None), ("temp_front", None)],
)  # fmt: skip
def test_a_name_that_ends_in_a_unit_tells_it(name: str, unit: str | None) -> None:
    """70 under `temp_f` is no 70 °C; where the name tells no unit it is the canonical one."""
    assert unit_of(name, property_of(name) or "") == unit


@pytest.mark.parametrize(
    ("name", "rest"),
    [("temperature", ""), ("air_temperature_c", ""), ("pm10_0_ug_m3", ""), ("barometric_pressure_hpa", ""),
     ("temperature_0", ""), ("temperature_2", "2"), ("humidity2", "2"), ("temp_dht22", "dht22"),
     ("externalTemperature2", "external_2"), ("pm2_5_1", "1")],
)  # fmt: skip
def test_what_sets_two_values_of_a_property_apart_is_found(name: str, rest: str) -> None:
    """Two thermometers of one message are two sensors; a unit or `air` makes none."""
    assert apart(name, property_of(name) or "") == rest


def test_names_in_other_letters_are_different_sensors() -> None:
    """Kitchen and bedroom in Ukrainian or Greek would both be `sensor-0`; a name of Latin letters stays as it is."""
    names = ["Кухня", "Спальня", "Кухня 2", "Спальня 2", "κουζίνα", "厨房"]
    found = [sensor(name) for name in names]
    assert len(set(found)) == len(names)
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9_.-]{0,62}", name) for name in found)
    assert [sensor("Küche"), sensor("BME280"), sensor("???")] == ["k_che-0", "bme280-0", "sensor-0"]
