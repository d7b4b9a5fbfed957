"""Areas, who is inside, and what was measured there together."""

from datetime import UTC, datetime, timedelta
from math import sqrt
from typing import TYPE_CHECKING, Any

import httpx
import pyarrow as pa
import pyarrow.ipc
import pytest

if TYPE_CHECKING:
    from tests.api.conftest import World

BEGIN = datetime(2026, 5, 17, 6, tzinfo=UTC)
QUERY = {"observedProperty": "pm2_5", "begin": "2026-05-17T09:00:00Z", "end": "2026-05-17T12:00:00Z"}


def test_areas_are_listed_by_place(client: httpx.Client) -> None:
    """All, those that meet a box, and those that hold a point."""
    codes = [
        [area["code"] for area in client.get("/areas", params=wanted).json()["items"]]
        for wanted in ({}, {"bbox": "5.2,52.2,5.3,52.3"}, {"near": "52.37,4.90"}, {"near": "50,4"})
    ]

    assert codes == [["GM0363", "GM0402"], ["GM0402"], ["GM0363"], []]


def test_an_area_has_its_outline(client: httpx.Client) -> None:
    """One area comes with a GeoJSON outline, and so does each in GeoJSON."""
    one = client.get("/areas/GM0402").json()
    collection = client.get("/areas", params={"f": "geojson"}).json()

    assert one["geometry"]["type"] == "MultiPolygon"
    assert [feature["id"] for feature in collection["features"]] == ["GM0363", "GM0402"]
    assert collection["features"][1]["geometry"] == one["geometry"]


def test_stations_are_filtered_by_area(client: httpx.Client) -> None:
    """Only stations inside are listed; an area that nobody loaded holds none."""
    for code, expected in (("GM0402", ["gooi-01", "gooi-02"]), ("GM0363", ["amsterdam-01"]), ("XX", [])):
        found = client.get("/stations", params={"area": code}).json()["items"]
        assert [station["stationId"] for station in found] == expected


def test_last_readings_are_filtered_by_area_and_municipality(client: httpx.Client) -> None:
    """As GeoJSON and as columns only stations inside come; what nobody knows holds none."""
    for place in ({"area": "GM0402"}, {"area": "GM9999"}, {"municipality": "Hilversum"}, {"municipality": "Nergens"}):
        listed = {row["stationId"] for row in client.get("/stations", params=place).json()["items"]}
        query = {"observedProperty": "pm2_5", **place}
        features = client.get("/latest", params=query).json()["features"]
        assert {feature["id"] for feature in features} <= listed
        assert bool(features) == bool(listed)
        lines = client.get("/latest", params={**query, "f": "arrow"})
        assert pa.ipc.open_stream(lines.content).read_all().num_rows == len(features)


def test_series_and_exports_are_filtered_by_area(client: httpx.Client) -> None:
    """Series are those of the stations inside, and an export of an area is the hours of these."""
    for code, expected in (("GM0402", {"gooi-01", "gooi-02"}), ("GM0363", {"amsterdam-01"}), ("XX", set())):
        found = client.get("/series", params={"area": code}).json()["items"]
        assert {series["stationId"] for series in found} == expected
    span = {"begin": QUERY["begin"], "end": QUERY["end"], "f": "csv"}
    inside, outside = (
        client.get("/exports/hours", params={"area": code, **span}).text for code in ("GM0402", "GM0363")
    )
    assert {line.split(",")[0] for line in inside.splitlines()[1:]} == {"gooi-01", "oud-01"}  # a withdrawn one too
    assert "gooi" not in outside


def test_fewer_than_three_stations_are_hidden(client: httpx.Client) -> None:
    """With one measuring station of two, the counts are given and no number."""
    found = client.get("/areas/GM0402/statistics", params=QUERY).json()

    assert (found["stations"], found["measuring"], found["hidden"]) == (2, 1, True)
    assert {found[name] for name in ("median", "mean", "lower", "upper", "min", "max", "sd", "coverage")} == {None}


@pytest.fixture
def four(world: "World", own_client: httpx.Client) -> dict[str, Any]:
    """Give the statistics of three stations in an area at 8, 10 and 15, and one outside at 100."""
    world.area("GM0402", (5.10, 52.20, 5.25, 52.30))
    for number, (value, longitude) in enumerate([(8.0, 5.15), (10.0, 5.16), (15.0, 5.17), (100.0, 6.0)]):
        world.station(f"s-{number}", longitude=longitude)
        key = world.series(f"s-{number}")
        hours = 4 if number else 2
        world.readings(
            key, [BEGIN + timedelta(minutes=60 * hour + 5 * slot) for hour in range(hours) for slot in range(1, 13)]
        )
        world.hours(key, BEGIN, hours, value=value)
    world.conn.commit()
    span = {"begin": BEGIN.isoformat(), "end": (BEGIN + timedelta(hours=4)).isoformat()}
    found: dict[str, Any] = own_client.get("/areas/GM0402/statistics", params={**QUERY, **span}).json()
    return found


def test_each_station_counts_once(four: dict[str, Any]) -> None:
    """The median and mean are of the stations inside, however many hours each has; coverage says how many."""
    assert (four["stations"], four["measuring"], four["hidden"], four["unit"]) == (3, 3, False, "ug/m3")
    assert (four["median"], four["mean"], four["min"], four["max"]) == (10, 11, 8, 15)
    assert four["coverage"] == pytest.approx(10 / 12)


def test_the_interval_joins_scatter_and_common_error(four: dict[str, Any]) -> None:
    """The half width is that of the scatter of the median and the stations' own ± 2, in squares."""
    half = sqrt((1.96 * 1.2533 * sqrt(13) / sqrt(3)) ** 2 + 2**2)

    assert four["sd"] == pytest.approx(sqrt(13))
    assert (four["lower"], four["upper"]) == (pytest.approx(10 - half), pytest.approx(10 + half))


def test_too_long_a_time_is_refused(client: httpx.Client) -> None:
    """More than a year is a 400 that says the limit."""
    answer = client.get("/areas/GM0402/statistics", params={**QUERY, "begin": "2020-01-01T00:00:00Z"})

    assert answer.status_code == 400
    assert "366 days" in answer.json()["detail"]
