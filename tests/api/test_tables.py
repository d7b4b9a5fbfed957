"""CSV and lines of JSON hold the same rows as the document."""

import csv
import io
import json
from typing import Any

import httpx
import pytest

from .conftest import read_columns


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


@pytest.mark.parametrize("form", ["parquet", "arrow"])
@pytest.mark.parametrize("path", ["/series/{key}/readings", "/series/{key}/hours", "/series/{key}/days"])
def test_columns_are_the_table(client: httpx.Client, gooi: dict[str, int], path: str, form: str) -> None:
    """Parquet and Arrow have the names, the order and the values of the CSV, and the same pages."""
    url = f"{path.format(key=gooi['gooi-01'])}?limit=2"
    table = client.get(f"{url}&f=csv")
    answer = client.get(f"{url}&f={form}")
    found = read_columns(answer)

    assert found.column_names == next(csv.reader(io.StringIO(table.text)))
    assert [as_text(item) for item in found.to_pylist()] == rows(table)
    assert ("next" in answer.links) == ("next" in table.links)
    if "next" in table.links:
        assert answer.links["next"]["url"] == table.links["next"]["url"].replace("f=csv", f"f={form}")


def as_text(item: dict[str, Any]) -> dict[str, str]:
    """Write values as the CSV has them."""
    found = {}
    for name, value in item.items():
        if hasattr(value, "isoformat"):
            value = value.isoformat().replace("+00:00", "Z")
        found[name] = "" if value is None else str(value)
    return found


def test_the_last_readings_as_columns(client: httpx.Client, gooi: dict[str, int]) -> None:
    """/v1/latest as Parquet has a row a station, with its position and the words of its flags."""
    found = read_columns(client.get("/latest?observedProperty=pm2_5&f=parquet")).to_pylist()
    features = client.get("/latest?observedProperty=pm2_5").json()["features"]

    assert [row["station_id"] for row in found] == [feature["id"] for feature in features]
    for row, feature in zip(found, features, strict=True):
        assert [row["longitude"], row["latitude"]] == feature["geometry"]["coordinates"]
        assert row["series_id"] == feature["properties"]["seriesId"]
        assert row["flags"].split() == feature["properties"]["flags"]
        assert (row["value"], row["quality"]) == (feature["properties"]["value"], feature["properties"]["quality"])


def test_columns_without_rows(client: httpx.Client, gooi: dict[str, int]) -> None:
    """An empty interval has the columns and types of a full one."""
    path = f"/series/{gooi['gooi-01']}/hours?f=parquet"
    empty = read_columns(client.get(f"{path}&begin=2020-01-01T00:00:00Z&end=2020-01-02T00:00:00Z"))

    assert empty.num_rows == 0
    assert empty.schema == read_columns(client.get(path)).schema
