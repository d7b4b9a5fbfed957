"""The last readings: exactly what the map needs."""

import httpx
import pytest

FIELDS = {
    "stationId",
    "name",
    "seriesId",
    "observedProperty",
    "unit",
    "sensorModel",
    "time",
    "raw",
    "value",
    "lower",
    "upper",
    "flags",
    "flagMask",
    "quality",
    "calibrationId",
    "simulated",
    "index",
}


def by_station(answer: httpx.Response) -> dict[str, dict[str, object]]:
    """Give the properties of each feature."""
    return {feature["id"]: feature["properties"] for feature in answer.json()["features"]}


def test_a_feature_has_exactly_the_agreed_fields(client: httpx.Client, gooi: dict[str, int]) -> None:
    """A validated reading has raw, value, interval, calibration and band; times end in Z."""
    answer = client.get("/latest", params={"observedProperty": "pm2_5"})

    assert answer.headers["content-type"] == "application/geo+json"
    assert answer.json()["interval"] == {"level": 0.95, "k": 1.96}
    found = by_station(answer)["gooi-01"]
    assert set(found) == FIELDS
    assert found["seriesId"] == gooi["gooi-01"]
    assert found["time"] == "2026-05-17T12:00:00Z"
    assert (found["raw"], found["value"], found["lower"], found["upper"]) == (20.0, 11.5, 8.5, 14.5)
    assert found["index"] == {"band": 2, "name": "Fair", "colour": "#50CCAA"}
    assert (found["calibrationId"], found["flags"], found["quality"]) == ("c0ffee01", [], 1)


def test_a_failed_reading_keeps_its_raw_and_says_why(client: httpx.Client) -> None:
    """A reading out of range has its raw value, no validated one, no band, and its flags by name and as a mask."""
    found = by_station(client.get("/latest", params={"observedProperty": "pm2_5"}))["gooi-02"]

    assert (found["raw"], found["value"], found["lower"], found["index"]) == (900.0, None, None, None)
    assert found["flags"] == ["range", "not_calibrated"]
    assert found["flagMask"] == (1 << 1) | (1 << 17)
    assert found["quality"] == 4


def test_only_the_asked_property_and_active_stations(client: httpx.Client) -> None:
    """Other properties and withdrawn stations stay away."""
    assert set(by_station(client.get("/latest?observedProperty=pm2_5"))) == {"gooi-01", "gooi-02", "amsterdam-01"}
    assert set(by_station(client.get("/latest?observedProperty=no2"))) == {"gooi-01"}
    assert client.get("/latest?observedProperty=pm10").json()["features"] == []


@pytest.mark.parametrize("form", ["json", "arrow"])
def test_a_property_that_nothing_measures_is_refused_with_those_that_are(client: httpx.Client, form: str) -> None:
    """A slip of the pen gets a 400 that names what there is; ozone, which nobody measures here yet, an empty answer."""
    answer = client.get("/latest", params={"observedProperty": "pm25", "f": form})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["name"] == "observedProperty"
    assert "pm10, pm2_5" in answer.json()["detail"]
    assert client.get("/latest?observedProperty=o3").json()["features"] == []


def test_a_box_limits_the_map(client: httpx.Client) -> None:
    """Only stations inside the box are answered."""
    answer = client.get("/latest", params={"observedProperty": "pm2_5", "bbox": "4.8,52.3,5.0,52.4"})

    assert set(by_station(answer)) == {"amsterdam-01"}


def test_gas_in_ppb_gets_the_band_of_its_mass(client: httpx.Client) -> None:
    """10 ppb of NO2 are 19 µg/m³: the second band."""
    found = by_station(client.get("/latest?observedProperty=no2"))["gooi-01"]

    assert found["unit"] == "[ppb]"
    assert found["index"] == {"band": 2, "name": "Fair", "colour": "#50CCAA"}


def test_plain_json_is_the_same_document(client: httpx.Client) -> None:
    """Who accepts only application/json gets the same GeoJSON under that name."""
    answer = client.get("/latest?observedProperty=pm2_5", headers={"Accept": "application/json"})

    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["type"] == "FeatureCollection"


def test_without_a_property_it_is_refused(client: httpx.Client) -> None:
    """observedProperty is required, and its absence is a 400 that names it as the caller writes it."""
    answer = client.get("/latest")

    assert answer.status_code == 400
    assert [error["name"] for error in answer.json()["errors"]] == ["observedProperty"]


def test_what_is_kept_is_for_who_asks_the_same(client: httpx.Client) -> None:
    """A wish that comes in several lines is one wish: who asks with its last line alone gets an answer of its own."""
    address, parquet = "/latest?observedProperty=pm2_5&bbox=5.0,52.0,5.5,52.5", "application/vnd.apache.parquet"
    lines = client.get(address, headers=[("Accept", parquet), ("Accept", "application/json;q=0.5")])
    alone = client.get(address, headers={"Accept": "application/json;q=0.5"})

    assert (lines.headers["content-type"], alone.headers["content-type"]) == (parquet, "application/json")
