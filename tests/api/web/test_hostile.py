"""Markup, SQL and nonsense, in names and in every parameter of every page: text, or nothing at all."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from html.parser import HTMLParser

import httpx
import psycopg
import pytest
from fastapi import FastAPI

from storage import areas
from storage.connection import connect
from tests.api.web.conftest import HOSTILE, NOW, build_town, make_app

MARK = "zq9"
VALUES = (
    f"'><img src=x onerror={MARK}()><script>{MARK}()</script>",
    f"javascript:{MARK}()",
    "'; DROP TABLE station; --\r\nX-Evil: 1",
    "\x00{{7*7}}../../../etc/passwd",
    "9" * 500,
)
PARAMETERS = (
    "property", "show", "series", "lang", "area", "q", "at", "layer", "bbox", "zoom", "hour", "days", "level", "year",
    "begin", "end", "sort", "figure", "stations", "width", "from", "to", "time", "f",
)  # fmt: skip
PAGES = (
    "/", "/map.csv", "/map/stations", "/map/cards/town-00", "/transparency/sensors.csv", "/stations/town-00", "/areas",
    "/areas/GM0402", "/areas/GM0402/report", "/about", "/transparency", "/search",
    "/embed/map", "/embed/station/town-00", "/embed/area/GM0402", "/calibrations/cal-town-1",
)  # fmt: skip
TABLES = (
    "/map.csv", "/v1/stations?f=csv",
    "/v1/exports/hours?station=town-00&layout=openair&begin=2026-11-20T00:00:00Z&end=2026-11-22T00:00:00Z&f=csv",
    "/v1/exports/hours?station=town-00&layout=excel&begin=2026-11-20T00:00:00Z&end=2026-11-22T00:00:00Z&f=csv",
)  # fmt: skip
FORMULA = re.compile(r"[=@]|[-+](?![\d.,e-]+$)|[-+]1$")
ATTRIBUTES = re.compile(r"^(?:on\w+|srcdoc|formaction)$")


class Active(HTMLParser):
    """What of a page would run: handlers, scripts without a source, addresses that are scripts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what runs."""
        told = dict(attrs)
        if (
            tag == "script"
            and "src" not in told
            and told.get("type") not in ("application/json", "application/ld+json")
        ):
            self.found.append("inline script")
        self.found += [f"{tag} {name}" for name, value in attrs if ATTRIBUTES.match(name)]
        addresses = [told.get(name) or "" for name in ("href", "src", "action", "xlink:href", "data")]
        self.found += [f"{tag} {each}" for each in addresses if each.strip().lower().startswith("javascript:")]
        if tag in ("iframe", "object", "embed", "base"):
            self.found.append(tag)


@pytest.fixture(scope="module")
def hostile_url(fresh_database: Callable[[str], AbstractContextManager[str]]) -> Iterator[str]:
    """Make a town where every name is an attack."""
    with fresh_database("hostile_town") as url:
        with connect(url) as conn:
            build_town(conn, station_count=5, now=NOW)
            _name(conn, HOSTILE)
        yield url


@pytest.fixture(scope="module")
def page(hostile_url: str, serve: Callable[[FastAPI], AbstractContextManager[str]]) -> Iterator[httpx.Client]:
    """Ask pages of it."""
    app = make_app(hostile_url, requests_per_minute=10**6)
    with serve(app) as address, httpx.Client(base_url=address, timeout=30) as client:
        yield client


def _name(conn: psycopg.Connection, name: str) -> None:
    """Give everything that has a name this one."""
    conn.execute("UPDATE station SET name = %s, municipality = %s, project = %s", [name] * 3)
    conn.execute("UPDATE reference_station SET name = %s", [name])
    ring = ((5.0, 52.0), (6.0, 52.0), (6.0, 53.0), (5.0, 53.0), (5.0, 52.0))
    outline = json.dumps({"type": "MultiPolygon", "coordinates": [[ring]]})
    area = areas.NewArea("GM0402", name, "municipality", (5.0, 52.0, 6.0, 53.0), outline, (ring,))
    areas.store(conn, [area], source=name, at=NOW)


@pytest.mark.parametrize("path", [each for each in PAGES if "csv" not in each and each != "/map/stations"])
def test_a_hostile_name_runs_nowhere(page: httpx.Client, path: str) -> None:
    """Where every station, project, municipality and area is called a script, no page holds one that runs."""
    answer = page.get(path)
    assert answer.status_code == 200, answer.text[:300]
    assert "<script>alert" not in answer.text
    assert Active(answer.text).found == []


@pytest.mark.parametrize("question", ["/stations/town-00?series=", "/areas/GM0402?days=", "/?page="])
def test_a_number_without_end_is_none(page: httpx.Client, question: str) -> None:
    """More digits than Python reads as a number are what is not offered: the default."""
    assert page.get(question + "9" * 5000).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_a_hostile_parameter_runs_nowhere(page: httpx.Client, path: str) -> None:
    """Each value in all parameters at once: never our fault, never markup, never a header."""
    for value in VALUES:
        answer = page.get(path, params=dict.fromkeys(PARAMETERS, value))
        assert answer.status_code < 500, (value, answer.text[:300])
        assert "x-evil" not in answer.headers
        if answer.headers["content-type"].startswith("text/html"):
            assert Active(answer.text).found == [], value
            assert f"<script>{MARK}" not in answer.text


def test_no_cell_of_a_table_is_a_formula(
    hostile_url: str, serve: Callable[[FastAPI], AbstractContextManager[str]]
) -> None:
    """A name that a spreadsheet would calculate has an apostrophe before it in each CSV; negative numbers have none."""
    with connect(hostile_url) as conn:
        conn.execute("UPDATE station SET name = (ARRAY['=1', '+1', '-1', '@1'])[1 + station_key %% 4]", [])
    with serve(make_app(hostile_url)) as address, httpx.Client(base_url=address, timeout=30) as client:
        for path in TABLES:
            text = client.get(path).text.lstrip("\ufeff")
            rows = csv.reader(io.StringIO(text), delimiter=";" if "excel" in path else ",")
            cells = {cell for row in rows for cell in row}
            assert not [cell for cell in cells if FORMULA.match(cell)], path
            assert len(cells & {"'=1", "'+1", "'-1", "'@1"}) == (1 if "exports" in path else 4), path
    with connect(hostile_url) as conn:
        _name(conn, HOSTILE)
