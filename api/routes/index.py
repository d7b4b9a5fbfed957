"""The bands of the European Air Quality Index, so that nobody has to copy them."""

from typing import Annotated

import fastapi
from fastapi import APIRouter

from api.index import EDGES, SOURCE
from api.models.index import IndexEdges, IndexTable
from api.negotiation import ONLY_JSON
from api.parameters import Query
from api.representations import INDEX_BANDS

router = APIRouter(prefix="/index", tags=["service"], dependencies=[ONLY_JSON])


@router.get("")
def get_index(_query: Annotated[Query, fastapi.Query()]) -> IndexTable:
    """Get the bands, their colours and their bounds."""
    return IndexTable(
        name="European Air Quality Index",
        source=SOURCE,
        bands=list(INDEX_BANDS.values()),
        properties=[IndexEdges(observed_property=name, upper_bounds=list(edges)) for name, edges in EDGES.items()],
    )
