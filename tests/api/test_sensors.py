"""Sensors: which instruments there are, where, and what they measure."""

from typing import Any

import httpx
import pytest


def listed(client: httpx.Client, **wanted: Any) -> list[dict[str, Any]]:
    """Return the sensors that fit."""
    found: list[dict[str, Any]] = client.get("/sensors", params=wanted).raise_for_status().json()["items"]
    return found


def test_a_sensor_names_its_series(client: httpx.Client, gooi: dict[str, int]) -> None:
    """A sensor has station, model and position, and its series are those that the list of series has."""
    (sensor,) = listed(client, station="gooi-01")
    series = client.get("/series", params={"station": "gooi-01"}).json()["items"]

    assert (sensor["sensorName"], sensor["sensorModel"], sensor["latitude"]) == ("sps30-0", "SPS30", 52.22)
    assert sensor["seriesIds"] == [one["seriesId"] for one in series]
    assert sensor["observedProperties"] == [one["observedProperty"] for one in series]
    assert gooi["gooi-01"] in sensor["seriesIds"]


@pytest.mark.parametrize(
    ("wanted", "stations"),
    [
        ({"area": "GM0363"}, ["amsterdam-01"]),
        ({"near": "52.22,5.18", "radius": 100}, ["gooi-01"]),
        ({"sensorModel": "none"}, []),
        ({"observedProperty": "no2"}, ["gooi-01"]),
    ],
)
def test_sensors_are_found_by_place_model_and_property(
    client: httpx.Client, wanted: dict[str, Any], stations: list[str]
) -> None:
    """The filters of series choose sensors too; withdrawn stations have none."""
    assert [sensor["stationId"] for sensor in listed(client, **wanted)] == stations


def test_pages_of_sensors_follow_each_other(client: httpx.Client) -> None:
    """Following `next` gives every sensor once."""
    after: str | None = None
    found: list[dict[str, Any]] = []
    while after or not found:
        page = client.get("/sensors", params={"limit": 1} | ({"after": after} if after else {})).json()
        found += page["items"]
        after = page["next"]
    assert found == listed(client)
    assert len({(sensor["stationId"], sensor["sensorName"]) for sensor in found}) == len(found) > 1
