"""The stations: list, pages, boxes, circles, GeoJSON, and one in full."""

from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from tests.api.conftest import World


def ids(answer: httpx.Response) -> list[str]:
    """List the ids of a JSON answer."""
    return [item["stationId"] for item in answer.json()["items"]]


def test_active_stations_are_listed_at_their_public_position(client: httpx.Client) -> None:
    """The list has the active stations with their public positions, longitude first, and not the withdrawn one."""
    answer = client.get("/stations")

    assert answer.status_code == 200
    assert ids(answer) == ["amsterdam-01", "gooi-01", "gooi-02"]
    item = answer.json()["items"][1]
    assert item["geometry"] == {"type": "Point", "coordinates": [5.18, 52.22]}
    assert set(item) == {
        "stationId",
        "name",
        "geometry",
        "municipality",
        "project",
        "simulated",
        "createdAt",
        "removedAt",
    }


def test_nothing_restricted_leaves(client: httpx.Client) -> None:
    """No answer about a station holds its exact latitude, its hashes, its owner or its inner key."""
    for path in ("/stations", "/stations?f=geojson", "/stations/gooi-01", "/latest?observedProperty=pm2_5"):
        text = client.get(path).text
        assert "52.221" not in text
        for word in ("hash", "token", "owner", "stationKey", "station_key", "height"):
            assert word not in text


def test_pages_follow_each_other(client: httpx.Client) -> None:
    """Following the next link from page to page gives every station once, and the last page has no next."""
    seen: list[str] = []
    path: str | None = "/v1/stations?limit=2"
    while path:
        answer = client.get(client.base_url.join(path))
        seen += ids(answer)
        path = answer.links.get("next", {}).get("url")
        in_body = {link["rel"]: link["href"] for link in answer.json()["links"]}
        assert in_body.get("next") == path
        assert (answer.json()["next"] is None) == (path is None)

    assert seen == ["amsterdam-01", "gooi-01", "gooi-02"]


def test_next_goes_into_after(client: httpx.Client) -> None:
    """`next` of a page is the `after` of the following one."""
    cursor = client.get("/stations", params={"limit": 1}).json()["next"]

    assert ids(client.get("/stations", params={"limit": 1, "after": cursor})) == ["gooi-01"]


def test_a_box_takes_what_lies_in_it(client: httpx.Client) -> None:
    """Only stations whose public position is in the box are listed."""
    assert ids(client.get("/stations", params={"bbox": "5.1,52.2,5.3,52.3"})) == ["gooi-01", "gooi-02"]


@pytest.mark.parametrize(("radius", "found"), [(None, 2), (1000, 1), (30_000, 3)])
def test_a_circle_takes_what_lies_in_it(client: httpx.Client, radius: int | None, found: int) -> None:
    """`near` alone takes 5 km around; `radius` changes that."""
    params: dict[str, str | int] = {"near": "52.22,5.18"} | ({"radius": radius} if radius else {})

    assert len(ids(client.get("/stations", params=params))) == found


def test_a_radius_around_nothing_is_refused(client: httpx.Client) -> None:
    """A radius without a point is a 400 that says to add one."""
    answer = client.get("/stations", params={"radius": 100})

    assert answer.status_code == 400
    assert "add near=lat,lon" in answer.json()["errors"][0]["detail"]


@pytest.mark.parametrize("how", ["f", "Accept"])
def test_geojson_by_accept_and_by_f(client: httpx.Client, how: str) -> None:
    """Both ways of asking give the same features, in CRS84, as application/geo+json."""
    if how == "f":
        answer = client.get("/stations", params={"f": "geojson"})
    else:
        answer = client.get("/stations", headers={"Accept": "application/geo+json"})

    assert answer.headers["content-type"] == "application/geo+json"
    assert answer.headers["content-crs"] == "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>"
    body = answer.json()
    assert body["type"] == "FeatureCollection"
    assert [(one["type"], one["id"]) for one in body["features"]][1] == ("Feature", "gooi-01")
    assert body["features"][1]["geometry"]["coordinates"] == [5.18, 52.22]


def test_a_station_has_its_series_and_nearest_reference(client: httpx.Client, gooi: dict[str, int]) -> None:
    """A station answers with each series' last reading and the official station closest by, 1,112 m away."""
    body = client.get("/stations/gooi-01").json()

    assert body["name"] == "Dak <b>aan de Gijsbrecht</b>"
    assert body["nearestReference"] == {"referenceStationId": "NL10404", "name": "Hilversum", "distanceM": 1112}
    assert body["interval"] == {"level": 0.95, "k": 1.96}
    series = {one["observedProperty"]: one for one in body["series"]}
    assert set(series) == {"pm2_5", "no2"}
    assert series["pm2_5"]["seriesId"] == gooi["gooi-01"]
    assert series["pm2_5"]["latest"]["value"] == 11.5
    assert set(series["pm2_5"]) == {"seriesId", "sensorName", "sensorModel", "observedProperty", "unit", "latest"}


def test_a_withdrawn_station_is_still_found(client: httpx.Client) -> None:
    """A withdrawn station keeps its address and its series, says when it left, and has no last reading."""
    body = client.get("/stations/oud-01").json()

    assert body["removedAt"] == "2026-05-17T12:00:00Z"
    assert [one["latest"] for one in body["series"]] == [None]


def test_without_official_stations_there_is_no_nearest(world: "World", own_client: httpx.Client) -> None:
    """Where no official station is stored, nearestReference is null."""
    world.station("alleen-01")
    world.conn.commit()

    body = own_client.get("/stations/alleen-01").json()

    assert (body["nearestReference"], body["series"]) == (None, [])


@pytest.mark.parametrize("station_id", ["nowhere", "GOOI-01", "gooi-01'--", "%C3%A9"])
def test_an_unknown_station_is_a_404(client: httpx.Client, station_id: str) -> None:
    """An id that nobody has is a 404 that says where the ids are."""
    answer = client.get(f"/stations/{station_id}")

    assert answer.status_code == 404
    assert "/v1/stations lists what there is" in answer.json()["detail"]


def test_a_nul_in_a_path_is_a_400(client: httpx.Client) -> None:
    """A NUL byte, which no database text can hold, is wrong input and not our failure."""
    assert client.get("/stations/%00").status_code == 400
