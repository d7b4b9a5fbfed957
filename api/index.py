"""The European Air Quality Index, revised: the band, name and colour of one concentration.

The bands are made for hourly
means; on a single reading, and on one pollutant alone, they are an indication.
"""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass

SOURCE = "ETC HE Report 2024/17, revised bands, shown by the European Environment Agency since 2025"

EDGES: Mapping[str, tuple[float, ...]] = {
    "pm2_5": (5, 15, 50, 90, 140),
    "pm10": (15, 45, 120, 195, 270),
    "no2": (10, 25, 60, 100, 150),
    "o3": (60, 100, 120, 160, 180),
}
"""Upper bounds, inclusive, of bands 1 to 5 [µg/m³]; above the last is band 6."""


@dataclass(frozen=True, slots=True)
class Band:
    """One band of the index: 1 is the best, 6 the worst."""

    band: int
    name: str
    colour: str


BANDS = (
    Band(1, "Good", "#50F0E6"),
    Band(2, "Fair", "#50CCAA"),
    Band(3, "Moderate", "#F0E641"),
    Band(4, "Poor", "#FF5050"),
    Band(5, "Very poor", "#960032"),
    Band(6, "Extremely poor", "#7D2181"),
)

MASS_PER_PPB: Mapping[str, float] = {"no2": 1.9125, "o3": 1.9957}
"""[µg/m³ per ppb] at 20 °C and 101.3 kPa, the state of Directive 2008/50/EC, Annex VI."""


def unit_of(observed_property: str) -> str:
    """Give the UCUM unit in which a pollutant is calibrated, and scored."""
    return "[ppb]" if observed_property in MASS_PER_PPB else "ug/m3"


def band_of(observed_property: str, value: float | None, unit: str) -> Band | None:
    """Give the band of a concentration; None without a value, and for properties and units that have no bands."""
    edges, factor = EDGES.get(observed_property), mass_of(observed_property, unit)
    if value is None or edges is None or factor is None:
        return None
    return BANDS[bisect_left(edges, value * factor)]


def mass_of(observed_property: str, unit: str) -> float | None:
    """Give the [µg/m³] of one of a unit; None for a unit that is no concentration of this property."""
    return {"ug/m3": 1.0, "[ppb]": MASS_PER_PPB.get(observed_property)}.get(unit)
