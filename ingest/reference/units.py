"""Turns what networks report into µg/m³; never guesses a unit.

Gases: at 293 K and 101.3 kPa, as Directive 2008/50/EC Annex VI section C wants concentrations stated. The factors are
those in use for it (Defra, "Conversion factors between ppb and µg/m³ and ppm and mg/m³", 20 °C and 1013 mb); they are
within 0.2 % of molar mass / 24.055 l/mol, which a test recomputes. A mixing ratio has no temperature, so the conversion
is the same in any weather. Particles are mass at ambient conditions and have no mixing ratio.
"""

from ingest.reference.errors import UnitUnknownError

MICROGRAM_PER_PPB = {"no2": 1.9125, "o3": 1.9957, "no": 1.2473, "so2": 2.6609, "co": 1.1642}
"""[µg/m³] for one ppb at 20 °C and 1013 hPa, by observed property."""

_MASS = {"µg/m³": 1.0, "ug/m3": 1.0, "ug.m-3": 1.0, "mg/m³": 1000.0, "mg/m3": 1000.0}
_RATIO = {"ppb": 1.0, "[ppb]": 1.0, "ppm": 1000.0, "[ppm]": 1000.0}


WEATHER_UNITS = {
    "temperature": {"Cel": 1.0, "°C": 1.0, "degC": 1.0},
    "relative_humidity": {"%": 1.0},
    "air_pressure": {"hPa": 1.0, "mbar": 1.0, "Pa": 0.01},
}
"""Weather, in the units of docs/payload.md; a KNMI file in tenths has to be divided before."""


def factor(observed_property: str, unit: str) -> float:
    """Give what one `unit` of a property is in the unit that we keep: µg/m³, or that of the weather.

    Any other unit is an UnitUnknownError.
    """
    known = WEATHER_UNITS.get(observed_property)
    if known is None:
        return microgram_factor(observed_property, unit)
    if unit.strip() not in known:
        raise UnitUnknownError(f"expected a unit of {observed_property} among {list(known)}, found {unit!r}")
    return known[unit.strip()]


def microgram_factor(observed_property: str, unit: str) -> float:
    """Give the [µg/m³] that one `unit` of a property is.

    The Greek letter mu (U+03BC) is read as the micro sign (U+00B5): OpenAQ and EEA use either.
    A unit that is neither mass nor, for a gas of :data:`MICROGRAM_PER_PPB`, a mixing ratio is an UnitUnknownError.
    """
    plain = unit.strip().replace("\u03bc", "µ")
    if plain in _MASS:
        return _MASS[plain]
    if plain in _RATIO and observed_property in MICROGRAM_PER_PPB:
        return _RATIO[plain] * MICROGRAM_PER_PPB[observed_property]
    known = [*_MASS, *(_RATIO if observed_property in MICROGRAM_PER_PPB else ())]
    raise UnitUnknownError(f"expected a unit of {observed_property} among {known}, found {unit!r}")
