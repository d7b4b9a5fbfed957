"""The bands of the air quality index."""

from pydantic import Field

from api.models.base import Model


class IndexBand(Model):
    """The band of the European Air Quality Index; on one value of one pollutant an indication."""

    band: int = Field(ge=1, le=6)
    name: str
    colour: str


class IndexEdges(Model):
    """Upper bounds, inclusive, of bands 1 to 5 of one pollutant [µg/m³]."""

    observed_property: str
    unit: str = "ug/m3"
    upper_bounds: list[float]


class IndexTable(Model):
    """The bands of the index and their bounds."""

    name: str
    source: str
    bands: list[IndexBand]
    properties: list[IndexEdges]
