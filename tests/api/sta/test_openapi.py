"""The document of the service names what the service gives."""

from typing import Any

import httpx
import pytest

from storage.sensorthings.model import ENTITIES
from tests import patient


@pytest.fixture(scope="module")
def document(sta: httpx.Client) -> dict[str, Any]:
    """Fetch the document."""
    found: dict[str, Any] = sta.get("/openapi.json").raise_for_status().json()
    return found


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: entity.name)
def test_the_document_names_every_member_of_an_entity(sta: httpx.Client, document: dict[str, Any], entity: Any) -> None:
    """An entity with everything expanded and without has the members of its schema, and no other."""
    plain = sta.get(f"/{entity.plural}?$top=1").json()["value"][0]
    expand = ",".join(f"{own.name}($top=1;$count=true)" for own in entity.navigations)
    whole = sta.get(f"/{entity.plural}", params={"$top": "1", "$expand": expand}).json()["value"][0] if expand else {}
    named = document["components"]["schemas"][entity.name]["properties"]
    assert plain.keys() | whole.keys() <= named.keys()
    assert {name for name in named if not name.endswith("nextLink")} <= plain.keys() | whole.keys()


def test_every_path_of_the_document_is_there(sta: httpx.Client, document: dict[str, Any]) -> None:
    """Each path answers, with the first entity and the first property, as the document says it may."""
    for path, operations in document["paths"].items():
        parameters = operations["get"]["parameters"]
        (first,) = [one["schema"]["enum"][0] for one in parameters if one.get("name") == "property"] or [""]
        found = sta.get(f"/{path.split('(')[0].strip('/')}?$top=1").json()["value"] if "{id}" in path else [{}]
        asked = path.replace("{id}", str(found[0].get("@iot.id"))).replace("{property}", first)
        assert str(sta.get(asked).status_code) in operations["get"]["responses"].keys() - {"400", "404", "500"}, asked


def test_the_alias_has_a_document_of_its_own_address(sta_url: str) -> None:
    """Below /sta/v1.0 the paths begin there."""
    alias = sta_url.replace("v1.1", "v1.0")
    assert patient.get(f"{alias}/openapi.json").json()["servers"] == [{"url": "/sta/v1.0"}]
