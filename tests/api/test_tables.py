"""CSV and lines of JSON hold the same rows as the document."""

import csv
import io
import json
from typing import Any

import httpx
import pytest


def rows(answer: httpx.Response) -> list[dict[str, str]]:
    """Read a CSV answer."""
    return list(csv.DictReader(io.StringIO(answer.text)))


@pytest.mark.parametrize("how", ["f", "Accept"])
def test_csv_by_accept_and_by_f(client: httpx.Client, how: str) -> None:
    """Both ways of asking give the same CSV with its header, in snake_case."""
    asked: dict[str, Any] = {"params": {"f": "csv"}} if how == "f" else {"headers": {"Accept": "text/csv"}}
    answer = client.get("/stations", **asked)

    assert answer.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    assert answer.text.split("\r\n")[0] == (
        "station_id,name,latitude,longitude,municipality,project,simulated,created_at,removed_at"
    )
    assert [row["station_id"] for row in rows(answer)] == ["amsterdam-01", "gooi-01", "gooi-02"]
    assert rows(answer)[1]["latitude"] == "52.22"


@pytest.mark.parametrize("kind", ["readings", "hours", "days"])
def test_a_table_is_the_document(client: httpx.Client, gooi: dict[str, int], kind: str) -> None:
    """CSV and NDJSON have the rows, numbers and times of the JSON document, in the same pages."""
    path = f"/series/{gooi['gooi-01']}/{kind}?limit=2"
    document = client.get(path).json()
    lines = client.get(f"{path}&f=ndjson")
    table = client.get(f"{path}&f=csv")

    assert lines.headers["content-type"] == "application/x-ndjson"
    assert [json.loads(line) for line in lines.text.splitlines()] == document["items"]
    assert "next" not in table.links or table.links["next"]["url"].endswith(f"f=csv&after={document['next']}")
    first, item = rows(table)[0], document["items"][0]
    assert len(rows(table)) == len(document["items"])
    assert (float(first["value"]), float(first["lower"])) == (item["value"], item["lower"])
    stamp = "time" if kind == "readings" else "begin"
    assert first[stamp] == item[stamp]


def test_a_table_without_rows_has_its_header(client: httpx.Client, gooi: dict[str, int]) -> None:
    """An empty interval is a header alone, the same as that of a full one."""
    path = f"/series/{gooi['gooi-01']}/hours?f=csv"
    full = client.get(path).text.split("\r\n")
    empty = client.get(f"{path}&begin=2020-01-01T00:00:00Z&end=2020-01-02T00:00:00Z").text.split("\r\n")

    assert empty == [full[0], ""]


def test_missing_values_are_empty_and_flags_are_words(client: httpx.Client, gooi: dict[str, int]) -> None:
    """A null is an empty field, and several flags stand in one field with a space between."""
    [row] = rows(client.get(f"/series/{gooi['gooi-02']}/readings?f=csv"))

    assert (row["raw"], row["value"], row["calibration_id"]) == ("900.0", "", "")
    assert (row["flags"], row["quality"]) == ("range not_calibrated", "4")


def test_series_as_places(client: httpx.Client, gooi: dict[str, int]) -> None:
    """A series as GeoJSON is a feature at its station's public position, with its number as id."""
    answer = client.get("/series?observedProperty=no2&f=geojson")

    [feature] = answer.json()["features"]
    assert answer.headers["content-crs"] == "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>"
    assert (feature["id"], feature["geometry"]["coordinates"]) == (gooi["no2"], [5.18, 52.22])
