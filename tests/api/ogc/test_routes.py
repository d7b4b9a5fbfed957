"""OGC API Features, core, GeoJSON and reference systems (OGC 17-069r4, 18-058r1)."""

from typing import Any

import httpx
import pyproj
import pytest

from tests import patient

EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"


def ids(answer: httpx.Response) -> list[str]:
    """Give the ids of the features of a good answer."""
    return [feature["id"] for feature in answer.raise_for_status().json()["features"]]


def links(document: dict[str, Any]) -> dict[str, str]:
    """Give the addresses of a document by their relation."""
    return {link["rel"]: link["href"] for link in document["links"]}


def test_the_links_of_the_landing_page_lead_somewhere(features: httpx.Client) -> None:
    """Description, conformance and data are there, each in the media type that was said."""
    document = features.get("/").raise_for_status().json()

    assert set(links(document)) == {"self", "service-desc", "conformance", "data"}
    for link in document["links"]:
        answer = patient.get(link["href"])
        assert answer.status_code == 200
        assert link["type"].split(";")[0] == answer.headers["content-type"].split(";")[0]


def test_every_collection_leads_to_its_items(features: httpx.Client) -> None:
    """Each collection has its own address, the systems with that of GeoJSON first, and features behind its link."""
    for collection in features.get("/collections").json()["collections"]:
        alone = patient.get(links(collection)["self"]).json()
        items = patient.get(links(collection)["items"])
        assert alone == collection
        assert (collection["crs"][0], collection["storageCrs"]) == (CRS84, CRS84)
        assert items.headers["content-type"] == "application/geo+json"
        assert items.headers["content-crs"] == f"<{CRS84}>"
        first = items.json()["features"][0]
        one = patient.get(f"{links(collection)['items']}/{first['id']}").json()
        assert {**one, "links": None} == {**first, "links": None}


def test_the_extent_is_around_the_active_stations(features: httpx.Client) -> None:
    """The box of the stations is that of their public positions."""
    extent = features.get("/collections/stations").json()["extent"]

    assert extent["spatial"]["bbox"] == [[4.9, 52.22, 5.2, 52.37]]


def test_pages_follow_one_another(features: httpx.Client) -> None:
    """The link `next` leads through all features, each once, and ends."""
    address, found = "/collections/stations/items?limit=2", []
    while address:
        page = features.get(address).raise_for_status().json()
        assert page["numberReturned"] == len(page["features"])
        found += [feature["id"] for feature in page["features"]]
        address = links(page).get("next", "")

    assert found == ["amsterdam-01", "gooi-01", "gooi-02"]


@pytest.mark.parametrize(("name", "digits"), [("28992", 0.01), ("4258", 1e-6), ("4326", 1e-6), ("3857", 0.01)])
def test_coordinates_come_in_another_system(features: httpx.Client, name: str, digits: float) -> None:
    """Points and outlines are those that PROJ gives, in the order of the system's axes, and the header says so."""
    expected = pyproj.Transformer.from_crs("OGC:CRS84", f"EPSG:{name}").transform(5.18, 52.22)
    answer = features.get("/collections/stations/items/gooi-01", params={"crs": EPSG + name})
    outline = features.get("/collections/areas/items/GM0402", params={"crs": EPSG + name}).json()["geometry"]
    corner = pyproj.Transformer.from_crs("OGC:CRS84", f"EPSG:{name}").transform(5.10, 52.20)

    assert answer.headers["content-crs"] == f"<{EPSG}{name}>"
    assert answer.json()["geometry"]["coordinates"] == pytest.approx(expected, abs=digits)
    assert outline["coordinates"][0][0][0] == pytest.approx(corner, abs=digits)


def test_only_systems_of_metres_are_named_in_the_document(features: httpx.Client) -> None:
    """A document in RD names it, one of features and one feature; a document in degrees is plain RFC 7946."""
    for path in ("/collections/stations/items", "/collections/stations/items/gooi-01"):
        named = features.get(path, params={"crs": EPSG + "28992"}).json()["crs"]["properties"]["name"]
        assert named == "urn:ogc:def:crs:EPSG::28992"
        for system in (CRS84, EPSG + "4258"):
            assert "crs" not in features.get(path, params={"crs": system}).json()


def test_hilversum_in_rd_is_where_the_land_registry_has_it(features: httpx.Client) -> None:
    """RD of the station is within half a metre of the series of Schreutelkamp and Strang van Hees (NCG, 2001)."""
    answer = features.get("/collections/stations/items/gooi-01", params={"crs": EPSG + "28992"})

    # 52.22 N, 5.18 E by that series, which is itself within 0.25 m of RDNAPTRANS
    assert answer.json()["geometry"]["coordinates"] == pytest.approx(schreutelkamp(52.22, 5.18), abs=0.5)


def schreutelkamp(latitude: float, longitude: float) -> tuple[float, float]:
    """Give RD [m] by the published power series of F.H. Schreutelkamp and G.L. Strang van Hees."""
    p, q = 0.36 * (latitude - 52.15517440), 0.36 * (longitude - 5.38720621)
    x = {(0, 1): 190094.945, (1, 1): -11832.228, (2, 1): -114.221, (0, 3): -32.391, (1, 0): -0.705, (3, 1): -2.340,
         (1, 3): -0.608, (0, 2): -0.008, (2, 3): 0.148}  # fmt: skip
    y = {(1, 0): 309056.544, (0, 2): 3638.893, (2, 0): 73.077, (1, 2): -157.984, (3, 0): 59.788, (0, 1): 0.433,
         (2, 2): -6.439, (1, 1): -0.032, (0, 4): 0.092, (1, 4): -0.054}  # fmt: skip
    east = 155000 + sum(factor * p**i * q**j for (i, j), factor in x.items())
    north = 463000 + sum(factor * p**i * q**j for (i, j), factor in y.items())
    return east, north


def test_a_box_may_be_in_rd(features: httpx.Client) -> None:
    """A box of metres finds what lies in it, a box of degrees the same, and one elsewhere nothing."""
    items = "/collections/stations/items"
    found = [
        ids(features.get(items, params={"bbox": "140000,469000,143000,475000", "bbox-crs": EPSG + "28992"})),
        ids(features.get(items, params={"bbox": "5.1,52.2,5.3,52.3"})),
        ids(features.get(items, params={"bbox": "52.2,5.1,52.3,5.3", "bbox-crs": EPSG + "4326"})),
        ids(features.get(items, params={"bbox": "5.1,52.2,-10,5.3,52.3,100"})),
        ids(features.get(items, params={"bbox": "6.1,52.2,6.3,52.3"})),
    ]

    assert found == [["gooi-01", "gooi-02"]] * 4 + [[]]


def test_a_time_chooses_stations_that_were_there(features: httpx.Client) -> None:
    """Stations registered after the time, and all in a future time, are left out; places have no time."""
    for wanted, count in (("2000-01-01", 0), ("2000-01-01/..", 3), ("../2001-01-01T00:00:00Z", 0), ("2150-01-01", 0)):
        assert len(ids(features.get("/collections/stations/items", params={"datetime": wanted}))) == count
    for wanted in ("2000-01-01", "2150-01-01/.."):
        assert len(ids(features.get("/collections/areas/items", params={"datetime": wanted}))) == 2


def test_a_day_lasts_until_its_end(features: httpx.Client) -> None:
    """A station that was registered in the course of a day was there on that day."""
    since = features.get("/collections/stations/items").json()["features"][0]["properties"]["createdAt"][:10]
    for wanted in (since, f"2000-01-01/{since}", f"../{since}"):
        assert len(ids(features.get("/collections/stations/items", params={"datetime": wanted}))) == 3


def test_more_than_a_page_holds_is_no_error(features: httpx.Client) -> None:
    """A limit above the most is that (OGC 17-069r4, fc-limit-definition)."""
    assert len(ids(features.get("/collections/stations/items?limit=50000"))) == 3


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"crs": "EPSG:28992"}, 400),
        ({"bbox": "1,2,3"}, 400),
        ({"bbox": "5,53,6,52"}, 400),
        ({"bbox": "nan,nan,nan,nan"}, 400),
        ({"bbox": "1e7,1e7,2e7,2e7", "bbox-crs": EPSG + "28992"}, 400),
        ({"bbox": "143000,469000,140000,475000", "bbox-crs": EPSG + "28992"}, 400),
        ({"bbox": "140000,475000,143000,469000", "bbox-crs": EPSG + "28992"}, 400),
        ({"bbox": "52.3,5.1,52.2,5.3", "bbox-crs": EPSG + "4326"}, 400),
        ({"datetime": "2026-02-30"}, 400),
        ({"datetime": "yesterday"}, 400),
        ({"datetime": "2026-01-02/2026-01-01"}, 400),
        ({"limit": 0}, 400),
        ({"colour": "red"}, 400),
        ({"after": "??"}, 400),
    ],
)
def test_wrong_questions_are_problems(features: httpx.Client, query: dict[str, Any], status: int) -> None:
    """What is wrong or unknown is a 400 that names the parameter."""
    answer = features.get("/collections/stations/items", params=query)

    assert answer.status_code == status
    assert answer.json()["errors"][0]["name"] in query


def test_what_is_not_there_is_a_404(features: httpx.Client) -> None:
    """A withdrawn station and an unknown collection are not found."""
    for path in ("/stations/items/oud-01", "/areas/items/GM9999", "/nothing", "/nothing/items"):
        answer = features.get(f"/collections{path}")
        assert answer.status_code == 404
        assert "/v1" not in answer.json()["detail"]
