"""Which series a caller means: by the parameters that the list of series and the exports share, or by its id."""

from psycopg import Connection
from pydantic import Field

from api.errors import NotFoundError
from api.parameters import PlaceQuery, PropertyName, TextParameter
from storage.rows import Series
from storage.selection import SeriesFilter
from storage.series import find_series


class SeriesChoice(PlaceQuery):
    """Series of a place, a station, a property and a model."""

    station: TextParameter | None = Field(default=None, description="A stationId.")
    observed_property: PropertyName | None = None
    sensor_model: TextParameter | None = Field(default=None, description="As SPS30.")

    def wanted(self, *, include_removed: bool = False) -> SeriesFilter:
        """Give the filter as storage takes it; BadParameterError for a radius around nothing."""
        near, radius = self.circle()
        return SeriesFilter(
            station_id=self.station,
            municipality=self.municipality,
            area=self.area,
            project=self.project,
            observed_property=self.observed_property,
            sensor_model=self.sensor_model,
            bbox=self.corners,
            near=near,
            radius_m=radius,
            include_removed=include_removed,
        )


def known_series(conn: Connection, series_id: int) -> Series:
    """Find a series by its id; NotFoundError where there is none."""
    series = find_series(conn, series_id)
    if series is None:
        raise NotFoundError("series", series_id, "/v1/series")
    return series
