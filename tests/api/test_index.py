"""The European index: exact bounds, units, and what has no band."""

import pytest

from api.index import BANDS, band_of


@pytest.mark.parametrize(
    ("observed_property", "value", "band"),
    [
        ("pm2_5", 0.0, 1),
        ("pm2_5", 5.0, 1),
        ("pm2_5", 5.1, 2),
        ("pm2_5", 15.0, 2),
        ("pm2_5", 50.0, 3),
        ("pm2_5", 90.0, 4),
        ("pm2_5", 140.0, 5),
        ("pm2_5", 140.1, 6),
        ("pm10", 45.0, 2),
        ("pm10", 45.1, 3),
        ("no2", 25.0, 2),
        ("no2", 60.1, 4),
        ("o3", 60.0, 1),
        ("o3", 180.1, 6),
    ],
)
def test_the_upper_bound_belongs_to_the_band(observed_property: str, value: float, band: int) -> None:
    """A concentration on a bound is in the better band, one above it in the worse."""
    found = band_of(observed_property, value, "ug/m3")

    assert found is not None
    assert found.band == band


def test_parts_per_billion_become_mass_first() -> None:
    """13 ppb of NO2 are 24.9 µg/m³ and fair, 13.1 ppb are 25.05 µg/m³ and moderate."""
    assert band_of("no2", 13.0, "[ppb]") == BANDS[1]
    assert band_of("no2", 13.1, "[ppb]") == BANDS[2]


@pytest.mark.parametrize(
    ("observed_property", "value", "unit"),
    [("pm2_5", None, "ug/m3"), ("temperature", 20.0, "Cel"), ("pm1", 3.0, "ug/m3"), ("pm2_5", 3.0, "[ppb]")],
)
def test_what_cannot_be_judged_has_no_band(observed_property: str, value: float | None, unit: str) -> None:
    """Without a value, and for properties and units that the index does not know, there is no band."""
    assert band_of(observed_property, value, unit) is None
