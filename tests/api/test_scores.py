"""The public score."""

from dataclasses import replace
from datetime import date, timedelta

import httpx
import pytest

from storage.scores import Score, store

from .conftest import NOW, World
from .test_openapi import check


@pytest.fixture
def scored(world: World) -> None:
    """Store the scores of two days: the field and a sensor's value, and a gas on the older one."""
    base = Score(
        day=date(2026, 5, 17), version="v1", observed_property="pm2_5", sensor_model="SPS30",
        band_begin_km=2.0, band_end_km=5.0, product="value",
        scored_begin=NOW - timedelta(weeks=8), scored_end=NOW,
        reference_count=2, station_count=3, hours=4000, rmse=2.5, bias=-0.25, slope=0.75, coverage=0.9375,
        half_width=5.0, validated_share=0.5, computed_at=NOW,
    )  # fmt: skip
    field = {"sensor_model": "", "product": "field", "slope": None, "band_begin_km": 25.0, "band_end_km": None}
    old = {"day": date(2026, 5, 16), "observed_property": "no2"}
    store(world.conn, [base, replace(base, **field), replace(base, **old)])  # type: ignore[arg-type] # fields by name
    world.conn.commit()


@pytest.mark.usefixtures("scored")
def test_the_newest_scores_say_what_was_compared_and_how_it_came_out(own_client: httpx.Client) -> None:
    """Without a day it is the newest; the field without a sensor has no model, an open band no end."""
    field, value = own_client.get("/scores").raise_for_status().json()["items"]

    assert value == {
        "day": "2026-05-17",
        "version": "v1",
        "observedProperty": "pm2_5",
        "unit": "ug/m3",
        "sensorModel": "SPS30",
        "product": "value",
        "distanceBegin": 2.0,
        "distanceEnd": 5.0,
        "scoredBegin": "2026-03-22T12:00:00Z",
        "scoredEnd": "2026-05-17T12:00:00Z",
        "referenceStations": 2,
        "stations": 3,
        "hours": 4000,
        "rmse": 2.5,
        "bias": -0.25,
        "slope": 0.75,
        "coverage": 0.9375,
        "halfWidth": 5.0,
        "validatedShare": 0.5,
        "computedAt": "2026-05-17T12:00:00Z",
    }
    assert (field["sensorModel"], field["product"], field["slope"], field["distanceEnd"]) == (None, "field", None, None)


@pytest.mark.usefixtures("scored")
def test_a_day_and_a_property_can_be_asked_for(own_client: httpx.Client) -> None:
    """The newest day of a property is its own; gases are in ppb; a day without scores is an empty list."""
    gas = own_client.get("/scores", params={"observedProperty": "no2"}).json()["items"]

    assert [(one["day"], one["unit"]) for one in gas] == [("2026-05-16", "[ppb]")]
    assert own_client.get("/scores", params={"day": "2026-05-16"}).json()["items"] == gas
    assert own_client.get("/scores", params={"day": "2020-01-01"}).json()["items"] == []


def test_a_day_that_is_none_is_refused(client: httpx.Client) -> None:
    """The problem names the parameter."""
    answer = client.get("/scores", params={"day": "yesterday"})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["name"] == "day"


@pytest.mark.usefixtures("scored")
def test_filled_answers_are_what_the_document_says(own_client: httpx.Client) -> None:
    """A table of scores fits its schema, with no field undescribed."""
    check(own_client.get("/openapi.json").json(), "/scores", own_client.get("/scores"))
