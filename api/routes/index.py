"""The bands of the European Air Quality Index, so that nobody has to copy them."""

from typing import Annotated

import fastapi
from fastapi import APIRouter

from api.index import BANDS, EDGES, SOURCE
from api.models import IndexBand, IndexEdges, IndexTable
from api.negotiation import ONLY_JSON
from api.parameters import Query

router = APIRouter(prefix="/index", tags=["service"], dependencies=[ONLY_JSON])


@router.get("")
def get_index(_query: Annotated[Query, fastapi.Query()]) -> IndexTable:
    """Get the bands, their colours and their bounds."""
    return IndexTable(
        name="European Air Quality Index",
        source=SOURCE,
        bands=[IndexBand(band=band.band, name=band.name, colour=band.colour) for band in BANDS],
        properties=[IndexEdges(observed_property=name, upper_bounds=list(edges)) for name, edges in EDGES.items()],
    )
