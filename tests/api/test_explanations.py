"""Why is this value what it is."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import httpx
import numpy as np
import pytest

from api import moment
from api.flag_words import WORDS
from validation.features import features, names
from validation.flags import Flag

if TYPE_CHECKING:
    from tests.api.conftest import World


def test_a_reading_is_worked_out_step_by_step(client: httpx.Client, gooi: dict[str, int]) -> None:
    """Raw, terms in the order of the calibration, official stations by weight, value and interval."""
    body = client.get(f"/series/{gooi['gooi-01']}/readings/2026-05-17T12:00:00Z/explanation").json()

    assert (body["raw"], body["value"], body["lower"], body["upper"]) == (20.0, 11.5, 8.5, 14.5)
    assert (body["begin"], body["time"], body["findings"]) == (None, "2026-05-17T12:00:00Z", [])
    assert [(term["feature"], term["input"], term["product"]) for term in body["terms"]] == [
        ("constant", 1.0, 2.0),
        ("raw", 20.0, 10.0),
        ("raw_lag_1", 0.0, 0.0),
        ("relative_humidity", None, None),
    ]
    assert body["sum"] is None
    assert [(one["referenceStationId"], one["weight"]) for one in body["references"]] == [
        ("NL10404", 0.75),
        ("NL10538", 0.25),
    ]
    assert [one["distanceM"] for one in body["references"]] == [1100, 15100]
    assert body["calibrationStatus"] == "full"


def test_findings_are_in_words(client: httpx.Client, gooi: dict[str, int]) -> None:
    """A reading that failed says why in English and Dutch, and has no terms without a calibration."""
    body = client.get(f"/series/{gooi['gooi-02']}/readings/2026-05-17T11:59:00Z/explanation").json()

    assert [(one["flag"], one["quality"]) for one in body["findings"]] == [("range", 4), ("not_calibrated", 2)]
    assert body["findings"][0]["nl"] == "De sensor meldt een waarde die hij niet kan meten."
    assert (body["quality"], body["terms"], body["references"], body["sum"]) == (4, [], [], None)


def test_an_hour_knows_the_hours_before(world: "World", own_client: httpx.Client) -> None:
    """The inputs of an hour are its raw mean, the change since the hour before, and the station's own humidity."""
    world.station("uur-01")
    key, humidity = world.series("uur-01"), world.series("uur-01", "relative_humidity")
    calibration = world.calibration(key, "feed01")
    begin = datetime(2026, 5, 17, 8, tzinfo=UTC)
    for hour, raw in enumerate((10.0, 16.0)):
        world.readings(key, [begin + timedelta(hours=hour, minutes=30)], raw=raw)
    world.readings(humidity, [begin + timedelta(hours=1, minutes=30)], raw=90.0)
    world.hours(key, begin, 2, value=7.0, calibration_key=calibration)
    world.conn.commit()

    body = own_client.get(f"/series/{key}/hours/2026-05-17T09:00:00Z/explanation").json()

    assert (body["begin"], body["time"]) == ("2026-05-17T09:00:00Z", "2026-05-17T10:00:00Z")
    inputs = {term["feature"]: term["input"] for term in body["terms"]}
    assert inputs == {"constant": 1.0, "raw": 16.0, "raw_lag_1": -6.0, "relative_humidity": 2.0}
    assert body["sum"] == pytest.approx(2.0 + 0.5 * 16 + 0.1 * -6 + -1.25 * 2)


def test_an_hour_that_failed_is_none_of_those_before(world: "World", own_client: httpx.Client) -> None:
    """A calibration does not look at what failed a check: the gap is filled halfway, as it was for the value."""
    world.station("uur-02")
    key = world.series("uur-02")
    calibration = world.calibration(key, "feed02")
    begin = datetime(2026, 5, 17, 7, tzinfo=UTC)
    for hour, (raw, flags) in enumerate(((10.0, 0), (900.0, int(Flag.RANGE)), (16.0, 0))):
        world.readings(key, [begin + timedelta(hours=hour, minutes=30)], raw=raw, flags=flags)
    world.hours(key, begin, 3, value=7.0, calibration_key=calibration)
    world.conn.execute("UPDATE hour SET flags = %s WHERE raw > 800", (int(Flag.RANGE),))
    world.conn.commit()

    body = own_client.get(f"/series/{key}/hours/2026-05-17T09:00:00Z/explanation").json()

    inputs = {term["feature"]: term["input"] for term in body["terms"]}
    assert inputs["raw_lag_1"] == -3.0


def test_inputs_are_those_of_validation() -> None:
    """The inputs shown are the features that the calibration was fitted on."""
    raw, first, second, third, humidity, temperature, ozone = (
        np.array([number]) for number in (20.0, 18.0, 15.0, 11.0, 80.0, 5.0, 3.0)
    )
    stack = features(raw, (first, second, third), humidity, temperature, (ozone,))
    shown = moment.inputs(20.0, {"relative_humidity": 80.0, "temperature": 5.0, "o3": 3.0}, {1: 18.0, 2: 15.0, 3: 11.0})

    assert [shown[name] for name in names(("o3",))] == pytest.approx(stack[0].tolist())


def test_every_flag_has_words(client: httpx.Client) -> None:
    """/flags lists every flag once, in the order of the bits, each with a sentence in both languages."""
    items = client.get("/flags").json()["items"]

    assert [one["mask"] for one in items] == [int(flag) for flag in Flag]
    assert [one["flag"] for one in items] == list(WORDS)
    assert all(one["en"].endswith(".") and one["nl"].endswith(".") and one["en"] != one["nl"] for one in items)


@pytest.mark.parametrize(
    ("kind", "time", "status"),
    [
        ("readings", "2026-05-17T12:00:01Z", 404),
        ("hours", "2026-05-17T09:30:00Z", 404),
        ("hours", "yesterday", 400),
        ("readings", "2026-05-17", 400),
    ],
)
def test_what_was_not_measured_is_not_explained(
    client: httpx.Client, gooi: dict[str, int], kind: str, time: str, status: int
) -> None:
    """A moment without a row is a 404 that says where the rows are; what is no time is a 400."""
    answer = client.get(f"/series/{gooi['gooi-01']}/{kind}/{time}/explanation")

    assert answer.status_code == status
    assert f"/v1/series/{gooi['gooi-01']}/{kind} lists" in answer.text or status == 400
