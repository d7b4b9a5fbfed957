"""The catalogue can be harvested, and the well-known addresses say what they must."""

import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pyshacl
import pytest
import sectxt
from fastapi import FastAPI
from pydantic import SecretStr
from rdflib import DCAT, DCTERMS, RDF, Graph, URIRef
from rdflib.compare import isomorphic

from api.main import create_app
from api.settings import ApiSettings
from tests import patient

# rdflib and pyshacl still use classes that rdflib 7.6 calls deprecated
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

SHAPES = Path(__file__).parent / "shapes.ttl"


@pytest.fixture(scope="module")
def root(client: httpx.Client) -> str:
    """Give the address of the platform."""
    return str(client.base_url).removesuffix("/v1/")


@pytest.fixture(scope="module")
def turtle(root: str) -> Graph:
    """Parse the catalogue as Turtle."""
    answer = patient.get(f"{root}/catalog", headers={"Accept": "text/turtle"})
    assert answer.headers["content-type"] == "text/turtle; charset=utf-8"
    return Graph().parse(data=answer.text, format="turtle")


def test_the_catalogue_has_what_is_mandatory(turtle: Graph) -> None:
    """Every property that DCAT-AP-NL 3.0 makes mandatory is there, of the right kind."""
    conforms, _, report = pyshacl.validate(turtle, shacl_graph=str(SHAPES), inference="none")
    assert conforms, report


def test_the_shapes_find_what_is_missing(turtle: Graph) -> None:
    """Without the creators of the data sets the same check fails: it cannot pass by looking at nothing."""
    broken = Graph() + turtle
    for dataset in turtle.subjects(RDF.type, DCAT.Dataset):
        broken.remove((dataset, DCTERMS.creator, None))
    conforms, _, _ = pyshacl.validate(broken, shacl_graph=str(SHAPES), inference="none")
    assert not conforms


def test_both_formats_are_one_graph(root: str, turtle: Graph) -> None:
    """JSON-LD says the same as Turtle, and what else is asked for is refused."""
    json_ld = patient.get(f"{root}/catalog", params={"f": "jsonld"})

    assert json_ld.headers["content-type"].startswith("application/ld+json")
    assert isomorphic(Graph().parse(data=json_ld.text, format="json-ld"), turtle)
    assert patient.get(f"{root}/catalog", headers={"Accept": "image/png"}).status_code == 406


def test_every_address_of_the_catalogue_answers(root: str, turtle: Graph) -> None:
    """What is said to be behind an address of ours is there; an export wants its parameters first."""
    predicates = (DCAT.accessURL, DCAT.downloadURL, DCAT.endpointURL, DCAT.endpointDescription, DCAT.landingPage)
    addresses = {str(found) for predicate in predicates for found in turtle.objects(None, predicate)}
    addresses |= {str(subject) for subject in turtle.subjects(RDF.type, DCAT.Dataset) if isinstance(subject, URIRef)}
    for address in addresses:
        assert address.startswith(root)
        answer = patient.get(address, follow_redirects=True)
        assert answer.status_code == (400 if "exports" in address else 404 if address.endswith("/openaq/v3") else 200)


def test_the_nightly_files_are_listed_once_they_are_there(
    turtle: Graph, gooi_url: str, tmp_path: Path, serve: Callable[[FastAPI], AbstractContextManager[str]]
) -> None:
    """Parquet and GeoParquet are distributions with a file to fetch; before the first night nobody is sent there."""
    with serve(create_app(ApiSettings(database_url=SecretStr(gooi_url), lake_url=str(tmp_path)))) as url:
        before = Graph().parse(data=httpx.get(f"{url}/catalog", timeout=30).text, format="turtle")

    parquet = URIRef("https://www.iana.org/assignments/media-types/application/vnd.apache.parquet")
    found = set(turtle.subjects(DCAT.mediaType, parquet))
    assert {str(one).rsplit("/", 1)[1] for one in found} == {"measurements-parquet", "stations-geoparquet"}
    (file,) = [str(url) for one in found for url in turtle.objects(one, DCAT.downloadURL)]
    assert patient.get(file).content[:4] == b"PAR1"
    assert not set(before.subjects(DCAT.mediaType, parquet))


def test_security_txt_says_where_and_until_when(root: str) -> None:
    """Contact and an end within a year are there (RFC 9116)."""
    lines = patient.get(f"{root}/.well-known/security.txt").raise_for_status().text.splitlines()
    fields = dict(line.split(": ", 1) for line in lines)

    assert re.match("https://|mailto:", fields["Contact"])
    left = datetime.fromisoformat(fields["Expires"]) - datetime.now(UTC)
    assert timedelta(days=30) < left < timedelta(days=365)


def test_the_checker_of_internet_nl_takes_security_txt(root: str) -> None:
    """sectxt, which checks the files of Dutch public bodies, finds no error; that it is not signed it may say."""
    found = sectxt.Parser(patient.get(f"{root}/.well-known/security.txt").content)

    assert found.errors == []
    assert {one["code"] for one in found.recommendations} <= {"not_signed"}
    assert sectxt.Parser(b"Contact: mail me\n").errors


def test_the_api_catalog_leads_to_valid_descriptions(root: str) -> None:
    """Each interface has a description behind its link (RFC 9727)."""
    answer = patient.get(f"{root}/.well-known/api-catalog")

    assert answer.headers["content-type"].startswith("application/linkset+json")
    for entry in answer.json()["linkset"]:
        assert patient.get(entry["service-desc"][0]["href"]).status_code == 200


def test_the_page_describes_the_data_sets(root: str) -> None:
    """The map holds schema.org's words for each data set, as JSON that a page may hold."""
    page = patient.get(f"{root}/").text
    found: dict[str, Any] = json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)[0])

    assert [one["@type"] for one in found["@graph"]] == ["Dataset", "Dataset"]
    assert all(one["license"].startswith("https://creativecommons.org/") for one in found["@graph"])


def test_the_data_sheet_is_given_out(root: str) -> None:
    """Lineage, quality, lead times, privacy and licence are there."""
    text = patient.get(f"{root}/catalog/data-sheet").raise_for_status().text

    for heading in ("Lineage", "Quality", "Lead times", "Privacy", "Licence"):
        assert f"\n## {heading}" in text
