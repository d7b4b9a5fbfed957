"""Official stations and their hours."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin

import httpx

if TYPE_CHECKING:
    from tests.api.conftest import World

HOURS = "/reference-stations/NL10404/hours"


def test_official_stations_are_listed(client: httpx.Client) -> None:
    """The list has id, network, name, kind of site and position."""
    items = client.get("/reference-stations").json()["items"]

    assert items[0] == {
        "referenceStationId": "NL10404",
        "network": "luchtmeetnet",
        "name": "Hilversum",
        "siteType": "urban",
        "geometry": {"type": "Point", "coordinates": [5.18, 52.23]},
    }
    assert len(items) == 2


def test_official_stations_as_geojson_in_a_box(client: httpx.Client) -> None:
    """The same as GeoJSON, limited to a box."""
    answer = client.get("/reference-stations", params={"bbox": "5.1,52.2,5.3,52.3", "f": "geojson"})

    assert answer.headers["content-type"] == "application/geo+json"
    assert [one["id"] for one in answer.json()["features"]] == ["NL10404"]


def test_an_hour_is_given_in_its_newest_revision(client: httpx.Client) -> None:
    """A corrected hour has the correction and its number, a withdrawn one has null."""
    items = client.get(HOURS, params={"observedProperty": "pm2_5"}).json()["items"]

    assert [(one["value"], one["revision"]) for one in items] == [(8.0, 0), (9.5, 1), (None, 0)]
    assert set(items[0]) == {"begin", "end", "value", "validity", "verification", "revision"}
    assert (items[0]["begin"], items[0]["end"]) == ("2026-05-17T09:00:00Z", "2026-05-17T10:00:00Z")


def test_official_hours_come_in_pages(client: httpx.Client) -> None:
    """The page after the first goes on where it ended."""
    params = {"observedProperty": "pm2_5", "limit": "2"}
    cursor = client.get(HOURS, params=params).json()["next"]
    rest = client.get(HOURS, params={**params, "after": cursor}).json()

    assert [one["begin"] for one in rest["items"]] == ["2026-05-17T11:00:00Z"]
    assert rest["next"] is None


def test_the_next_page_is_found_whatever_the_id_of_a_station(world: "World", own_client: httpx.Client) -> None:
    """A network may call its stations as it likes: the link is an address all the same, and leads on."""
    name = "Süd 50 % € #1?"
    world.reference(name)
    world.reference_hours(name, datetime(2026, 5, 17, 8, tzinfo=UTC), [1.0, 2.0, 3.0])
    world.conn.commit()
    first = own_client.get(f"/reference-stations/{quote(name)}/hours?observedProperty=pm2_5&limit=2")

    assert first.status_code == 200
    following = own_client.get(urljoin(str(own_client.base_url), first.links["next"]["url"]))
    assert [one["value"] for one in following.raise_for_status().json()["items"]] == [3.0]


def test_an_unknown_official_station_is_a_404(client: httpx.Client) -> None:
    """An id that no network has is a 404, and not an empty list."""
    answer = client.get("/reference-stations/NL0/hours", params={"observedProperty": "pm2_5"})

    assert answer.status_code == 404
    assert answer.json()["detail"] == (
        "There is no reference station 'NL0'. /v1/reference-stations lists what there is."
    )
