"""Answers as clients of SensorThings and of Samen Meten expect them: the link to the next page stands first."""

import json
from itertools import groupby

from fastapi import Response

from api.headers import CACHE_SHORT
from storage.sensorthings.documents import link_options
from storage.sensorthings.fetch import Page, Rows
from storage.sensorthings.model import DATASTREAM, Property
from storage.sensorthings.tree import Query

MEDIA_TYPE = "application/json"


def answer(body: str, media_type: str = MEDIA_TYPE) -> Response:
    """Send text that may be cached for a minute."""
    return Response(body, media_type=media_type, headers={"Cache-Control": CACHE_SHORT})


def no_content() -> Response:
    """Say that a property is there and has no value."""
    return Response(status_code=204, headers={"Cache-Control": CACHE_SHORT})


def collection(page: Page, query: Query, address: str) -> Response:
    """Send a page of entities."""
    return answer(_envelope(page, page.documents, query, address))


def data_arrays(rows: Rows, components: tuple[Property, ...], query: Query, address: str, root: str) -> Response:
    """Send Observations as arrays, one group for each run of the same Datastream."""
    names = json.dumps(["id" if found.name == "@iot.id" else found.name for found in components])
    groups = []
    for datastream, group in groupby(rows.arrays, key=lambda row: row[0]):
        arrays = [row[1] for row in group]
        link = json.dumps(f"{root}/{DATASTREAM.plural}({datastream})")
        groups.append(
            f'{{"Datastream@iot.navigationLink":{link},"components":{names},'
            f'"dataArray@iot.count":{len(arrays)},"dataArray":[{",".join(arrays)}]}}'
        )
    return answer(_envelope(rows, ",".join(groups), query, address))


def _envelope(page: Page | Rows, inside: str, query: Query, address: str) -> str:
    """Write what stands around the entities; on the last page, and without $count, `value` stands alone."""
    members = []
    if page.more and query.top:  # after none of them, the next page would be this one for ever
        link = f"{address}?{link_options(query, query.skip + query.top)}"
        members.append(f'"@iot.nextLink":{json.dumps(link)}')
    if page.count is not None:
        members.append(f'"@iot.count":{page.count}')
    return "{" + ",".join([*members, f'"value":[{inside}]']) + "}"
