"""What every reference network offers; all that the rest of luchtbrug knows of them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from storage.rows import ReferenceHours, ReferenceStation

BoundingBox = tuple[float, float, float, float]
"""min longitude, min latitude, max longitude, max latitude [degrees, WGS 84]"""


class ReferenceNetwork(Protocol):
    """A source of official hourly values. Both methods raise the errors of :mod:`ingest.reference.errors`."""

    @property
    def name(self) -> str:
        """The short name under which stations and events of this network are stored."""
        ...

    def stations(self) -> Iterator[ReferenceStation]:
        """Give the stations whose position is known."""
        ...

    def hours(self, begin: datetime, end: datetime) -> Iterator[ReferenceHours]:
        """Give the hours that begin in [begin, end), both aware, page by page, of stations that `stations` gives."""
        ...


def inside(bbox: BoundingBox | None, longitude: float, latitude: float) -> bool:
    """Say whether a position lies in a box, edges included; None is everywhere."""
    return bbox is None or (bbox[0] <= longitude <= bbox[2] and bbox[1] <= latitude <= bbox[3])
