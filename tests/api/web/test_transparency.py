"""What we measure and why: the page, the same for machines, and the sensor register."""

import csv
import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape

import httpx
import psycopg
from fastapi import FastAPI
from pydantic import SecretStr

from api.main import create_app
from api.settings import ApiSettings
from api.web.transparency.register import COLUMNS, as_csv
from api.web.transparency.source import read
from storage import scores
from storage.scores import Score
from tests import patient


def test_page_and_file_say_the_same(page: httpx.Client) -> None:
    """Each class of data stands on the page with purpose, ground, term and readers, as the JSON has it."""
    found = page.get("/transparency.json").json()
    for language in ("nl", "en"):
        text = unescape(page.get(f"/transparency?lang={language}").text)
        for one in found["data"]:
            assert all(one[part][language] in text for part in ("name", "what", "purpose", "ground", "retention"))
        assert found["algorithm"]["goal"][language] in text
    personal = [one["id"] for one in found["data"] if one["personal"]]
    assert personal == [
        "exact-position", "contact", "campaigns", "sample-position", "unconfirmed", "put-aside", "owner-words",
        "alerts", "receipts", "staff",
    ]  # fmt: skip


def test_a_term_that_the_operator_set_is_said() -> None:
    """With a retention of 90 days the readings' term is no longer without an end."""
    readings = {one.id: one.retention.en for one in read(90).data}
    assert readings["readings"] == "Single readings: 90 days. Hourly means: without an end."
    assert read(None).data[0].retention.en == "Without an end"


def test_the_algorithm_carries_its_public_score(
    connection: psycopg.Connection, database_url: str, serve: Callable[[FastAPI], AbstractContextManager[str]]
) -> None:
    """The score of the newest day stands in the register entry; without one the page says so."""
    now = datetime(2026, 11, 22, tzinfo=UTC)
    score = Score(
        day=now.date(), version="1", observed_property="pm2_5", sensor_model="SPS30", band_begin_km=0.0,
        band_end_km=5.0, product="estimate", scored_begin=now, scored_end=now, reference_count=7, station_count=21,
        hours=4321, rmse=2.34, bias=0.12, slope=1.0, coverage=0.951, half_width=4.5, validated_share=0.99,
        computed_at=now,
    )  # fmt: skip
    with serve(create_app(ApiSettings(database_url=SecretStr(database_url)))) as url:
        assert "Er is nog geen score." in patient.get(f"{url}/transparency").text
        scores.store(connection, [score, replace(score, observed_property="no2", rmse=4.56)])
        connection.commit()
        text = " ".join(patient.get(f"{url}/transparency").text.split())
        found = patient.get(f"{url}/transparency.json").json()["algorithm"]["scores"]
    assert "0–5 km" in text
    assert "2,3 µg/m³" in text
    assert "4,6 ppb" in text
    assert "95 %" in text
    assert {(one["sensor_model"], one["rmse"], one["unit"]) for one in found} == {
        ("SPS30", 2.34, "ug/m3"),
        ("SPS30", 4.56, "[ppb]"),
    }


def test_the_sensor_register_lists_each_station_at_its_public_place(page: httpx.Client) -> None:
    """CSV and JSON have the register's columns, one line a station, no owner and no exact place."""
    lines = list(csv.DictReader(io.StringIO(page.get("/transparency/sensors.csv").text)))
    assert tuple(lines[0]) == COLUMNS
    assert [line["Referentie"] for line in lines] == [f"town-{number:02}" for number in range(8)]
    assert lines[0]["Wat meet de sensor?"] == "pm10, pm2_5, temperature"
    assert page.get("/transparency/sensors.json").json() == lines
    public = page.get("/v1/stations/town-00").json()["geometry"]["coordinates"]
    assert [float(lines[0][name]) for name in ("Longitude", "Latitude")] == [round(one, 5) for one in public]


def test_a_project_that_looks_like_a_formula_stays_text() -> None:
    """A spreadsheet that opens the register calculates nothing."""
    assert "'=1+1" in as_csv([{"Project": "=1+1"}])
