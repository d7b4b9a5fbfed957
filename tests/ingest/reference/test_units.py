"""Units: the factors, and the refusal to guess."""

import pytest

from ingest.reference.errors import UnitUnknownError
from ingest.reference.units import MICROGRAM_PER_PPB, factor

MOLAR_MASS = {"no2": 46.0055, "o3": 47.9982, "no": 30.0061, "so2": 64.066, "co": 28.0101}  # [g/mol]


@pytest.mark.parametrize("gas", sorted(MICROGRAM_PER_PPB))
def test_each_factor_is_the_ideal_gas_at_20_degrees(gas: str) -> None:
    """The factor of a gas is its molar mass over the molar volume at 293.15 K and 101.325 kPa, within 0.2 %."""
    molar_volume = 8.314462618 * (273.15 + 20.0) / 101.325  # [l/mol]
    assert MICROGRAM_PER_PPB[gas] == pytest.approx(MOLAR_MASS[gas] / molar_volume, rel=2e-3)


@pytest.mark.parametrize(
    ("observed_property", "unit", "expected"),
    [
        ("pm2_5", "µg/m³", 1.0),
        ("pm2_5", "\u03bcg/m\u00b3", 1.0),
        ("pm10", "mg/m3", 1000.0),
        ("no2", "ppb", 1.9125),
        ("no2", "ppm", 1912.5),
        ("o3", "[ppb]", 1.9957),
        ("o3", "ug/m3", 1.0),
        ("temperature", " °C", 1.0),
        ("relative_humidity", "%", 1.0),
        ("air_pressure", "Pa", 0.01),
    ],
)
def test_a_known_unit_has_its_factor(observed_property: str, unit: str, expected: float) -> None:
    """Mass stays mass, a mixing ratio becomes mass, with either letter for micro; weather has units of its own."""
    assert factor(observed_property, unit) == expected


@pytest.mark.parametrize(
    ("observed_property", "unit"),
    [("pm2_5", "ppb"), ("no2", "iaq"), ("no2", ""), ("temperature", "°F"), ("air_pressure", "µg/m³")],
)
def test_an_unknown_unit_is_refused(observed_property: str, unit: str) -> None:
    """A unit that means nothing for a property is refused with the unit in the message."""
    with pytest.raises(UnitUnknownError, match=f"found '{unit}'"):
        factor(observed_property, unit)
