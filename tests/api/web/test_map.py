"""The map's answers over HTTP: columns, cards, search, CSV, and views that an address brings back."""

import csv
import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from api.main import create_app
from api.settings import ApiSettings
from api.web import geocoder
from api.web.indices import Index
from api.web.view import Averaging, Shown, View, parse_view
from tests import patient

Serve = Callable[[FastAPI], AbstractContextManager[str]]


def shown_ids(html: str) -> list[str]:
    """List the stations of the table in their order."""
    return [part.split('"')[0] for part in html.split('data-station="')[1:]]


def table(page: httpx.Client, query: str) -> list[dict[str, str]]:
    """Read the CSV of a view."""
    return list(csv.DictReader(io.StringIO(page.get(f"/map.csv?{query}").text)))


@pytest.mark.parametrize(
    ("query", "view"),
    [
        ({}, View()),
        ({"property": "no2", "show": "raw"}, View(observed_property="no2", shown=Shown.RAW)),
        ({"index": "lki"}, View(index=Index.LKI, averaging=Averaging.DAY)),
        ({"index": "lki", "averaging": "1h"}, View(index=Index.LKI, averaging=Averaging.HOUR)),
        ({"property": "gold", "averaging": "2h", "sort": "x", "page": "-1", "bbox": "1,2"}, View()),
        ({"page": "³", "q": "\0", "station": ""}, View()),
        ({"page": "99999999999999999999", "sort": "-age"}, View(sort="-age")),
    ],
)
def test_a_view_is_read_from_its_address(query: dict[str, str], view: View) -> None:
    """What is offered is taken, anything else is the default; the LKI opens with the 24 hours it is made for."""
    assert parse_view(query) == view


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 11),
        ("averaging=1h", 10),  # one station was silent in that hour
        ("averaging=24h&index=lki", 11),
        ("show=raw&property=pm10", 11),
        ("q=oost", 1),
    ],
)
def test_map_table_and_csv_show_the_same(page: httpx.Client, query: str, count: int) -> None:
    """The columns that are drawn, the rows of the table and the lines of the CSV name the same stations and classes."""
    columns: dict[str, Any] = page.get(f"/map/stations?{query}").json()
    rows = table(page, query)
    assert columns["id"] == [row["station_id"] for row in rows] == shown_ids(page.get(f"/?{query}").text)
    assert list(columns["band"]) == [row["index_class"] for row in rows]
    assert len(rows) == count


def test_a_mean_of_24_hours_needs_18(page: httpx.Client) -> None:
    """The station with a week has a mean and its interval, those with two hours have none."""
    rows = {row["station_id"]: row for row in table(page, "averaging=24h")}
    whole = rows["town-00"]
    assert int(whole["hours"]) >= 18
    assert float(whole["lower"]) < float(whole["value"]) < float(whole["upper"])
    assert rows["town-05"]["value"] == ""
    assert rows["NL10634"]["value"] != "", "official stations are averaged too"


def test_what_is_shown_is_stated(page: httpx.Client) -> None:
    """Property, value, time and index stand above the legend, and what the index is made for below it."""
    text = " ".join(page.get("/?index=lki&property=pm10&show=raw").text.split())
    assert "PM10 in µg/m³, ruw: niet omgerekend," in text
    assert "gemiddelde van 24 uur, tot zo 22 nov 15:00 CET" in text
    assert "Nederlandse luchtkwaliteitsindex (LKI)" in text
    assert "U kijkt nu naar een andere tijd" not in text
    assert "U kijkt nu naar een andere tijd" in page.get("/").text, "a last reading is no hourly mean"


def test_the_table_is_filtered_boxed_and_sorted_by_the_server(page: httpx.Client) -> None:
    """Words in any order, without capitals and accents; a box; the highest value first, who has none last."""
    assert shown_ids(page.get("/?q=MEENT+hilversümse").text) == ["town-05"]
    assert shown_ids(page.get("/?q=officieel&bbox=4.9,51.9,5.0,52.1").text) == ["NL10644"]
    order = shown_ids(page.get("/?sort=-value&property=pm10").text)
    values = {row["station_id"]: row["value"] for row in table(page, "property=pm10")}
    known = [float(values[name]) for name in order if values[name]]
    assert known == sorted(known, reverse=True)
    assert [values[name] for name in order[-2:]] == ["", ""]
    assert "Geen station past bij dit filter." in page.get("/?q=nergens").text


def test_a_card_says_value_interval_age_and_flags_without_a_script(page: httpx.Client) -> None:
    """The card of the address is part of the page, and the same piece comes alone for the map."""
    whole = page.get("/?station=town-03").text
    alone = page.get("/map/cards/town-03").text
    for text in (whole, alone):
        card = text[text.index('id="card-title"') :]
        assert "Trompenberg" in card
        assert "95\u00a0%-interval" in card
        assert "9 uur geleden" in card
        assert "Let op: oud." in card
    assert page.get("/map/cards/nobody").status_code == 404


@pytest.mark.parametrize(
    ("text", "found"),
    [("noord", "station=town-00"), ("NL10641", "station=NL10641"), ("cabauw", "station=NL10644")],
)
def test_a_station_is_found_by_name_or_number(page: httpx.Client, text: str, found: str) -> None:
    """The search leads to the place on the map, with the card open."""
    assert found in page.get("/search", params={"q": text}).text


@pytest.mark.parametrize("text", ["", "  ", "%", "_", "\0", "zzz", "'; DROP TABLE station; --"])
def test_a_search_without_result_says_so(page: httpx.Client, text: str) -> None:
    """Signs that mean something to a database are letters here."""
    answer = page.get("/search", params={"q": text})
    assert answer.status_code == 200
    assert 'class="places"' not in answer.text


def test_an_area_is_found_and_shown_whole(connection: psycopg.Connection, database_url: str, serve: Serve) -> None:
    """A municipality's link carries the box around it; its name comes before stations of that name."""
    connection.execute(
        "INSERT INTO area (code, name, kind, min_lon, min_lat, max_lon, max_lat, geometry, source, loaded_at) "
        "VALUES ('GM0402', 'Hilversum', 'municipality', 5.1, 52.18, 5.26, 52.27, '{}', 'test', now())"
    )
    connection.commit()
    with serve(create_app(ApiSettings(database_url=SecretStr(database_url)))) as url:
        html = patient.get(f"{url}/search?q=hilv").text
    assert "within=5.1000%2C52.1800%2C5.2600%2C52.2700" in html
    assert "gemeente" in html


def test_streets_come_from_the_geocoder_that_was_configured(town_url: str, serve: Serve) -> None:
    """Answers in the Locatieserver's documented shape become places; nothing of the reader is passed on."""
    fake = FastAPI()
    asked: list[dict[str, str]] = []

    @fake.get("/v3_1/free")
    def free(q: str) -> dict[str, Any]:
        asked.append({"q": q})
        street = {"weergavenaam": "Havenstraat, Hilversum", "type": "weg", "centroide_ll": "POINT(5.18 52.22)"}
        return {"response": {"docs": [street, {"weergavenaam": "nowhere", "type": "weg"}]}}

    with serve(fake) as geocoder_url:
        settings = ApiSettings(database_url=SecretStr(town_url), geocoder_url=f"{geocoder_url}/v3_1")
        with serve(create_app(settings)) as url:
            html = patient.get(f"{url}/search?q=havenstraat").text
    assert asked == [{"q": "havenstraat"}]
    assert "Havenstraat, Hilversum" in html
    assert "at=15%2F52.2200%2F5.1800" in html


def test_a_geocoder_that_is_away_or_talks_nonsense_finds_nothing(serve: Serve) -> None:
    """The search then does with stations and areas."""
    fake = FastAPI()

    @fake.get("/free")
    def free() -> list[str]:
        return ["no", "docs"]

    with serve(fake) as url:
        assert geocoder.find(url, "x") == []
    assert geocoder.find("http://127.0.0.1:1", "x") == []
