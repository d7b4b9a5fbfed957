"""Readings and hours of a series: fields, bounds, pages."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import httpx
import pytest

from api.database import request_time

from .conftest import NOW, PATIENCE, make_app, serving

if TYPE_CHECKING:
    from tests.api.conftest import World

BASE = {"raw", "value", "lower", "upper", "flags", "flagMask", "quality", "calibrationId"}


SPREAD = {"rawMin", "rawMax", "rawSd"}


def path(gooi: dict[str, int], kind: str) -> str:
    """Give the path of the first station's PM2.5."""
    return f"/series/{gooi['gooi-01']}/{kind}"


def test_a_reading_has_exactly_the_agreed_fields(client: httpx.Client, gooi: dict[str, int]) -> None:
    """Readings of the last week come oldest first, with raw, value, interval, flags and calibration."""
    body = client.get(path(gooi, "readings")).json()

    assert set(body["items"][0]) == BASE | {"time"}
    assert len(body["items"]) == 35  # the 36th has the time of the request, which is the end and not in
    assert body["items"][0]["time"] == "2026-05-17T09:05:00Z"
    assert body["items"][-1]["time"] == "2026-05-17T11:55:00Z"
    assert body["next"] is None
    assert body["interval"] == {"level": 0.95, "k": 1.96}


def test_an_hour_has_exactly_the_agreed_fields(client: httpx.Client, gooi: dict[str, int]) -> None:
    """Validated hours have value and estimate with their intervals, and the share of slots that were filled."""
    items = client.get(path(gooi, "hours")).json()["items"]

    assert (
        set(items[0]) == BASE | {"begin", "end", "estimate", "estimateLower", "estimateUpper", "dataCapture"} | SPREAD
    )
    assert [(one["begin"], one["end"]) for one in items] == [
        ("2026-05-17T09:00:00Z", "2026-05-17T10:00:00Z"),
        ("2026-05-17T10:00:00Z", "2026-05-17T11:00:00Z"),
        ("2026-05-17T11:00:00Z", "2026-05-17T12:00:00Z"),
    ]
    assert (items[0]["raw"], items[0]["value"], items[0]["estimate"], items[0]["dataCapture"]) == (20, 10, 9, 1)
    assert items[0]["calibrationId"] == "c0ffee01"


def test_a_page_that_is_asked_for_late_leaves_nothing_out(gooi_url: str, gooi: dict[str, int]) -> None:
    """Without `begin` the seven days before now are given: a week later the next page goes on where the first ended."""
    app, now = make_app(gooi_url), [NOW]
    app.state.v1.dependency_overrides[request_time] = lambda: now[0]
    reference = "/reference-stations/NL10404/hours?observedProperty=pm2_5&"
    paths = (reference, *(f"{path(gooi, kind)}?" for kind in ("readings", "hours", "revisions")))
    with serving(app) as url, httpx.Client(base_url=f"{url}/v1", timeout=PATIENCE) as client:
        for each in paths:
            now[0] = NOW
            whole = client.get(each).json()["items"]
            first = client.get(f"{each}limit=1").json()
            now[0] = NOW + timedelta(days=8)
            second = client.get(f"{each}limit=1&after={first['next']}").json()
            assert [*first["items"], *second["items"]] == whole[:2], each


@pytest.mark.parametrize(
    ("kind", "begin", "end", "count"),
    [
        ("readings", "2026-05-17T09:05:00Z", "2026-05-17T09:10:00Z", 1),
        ("readings", "2026-05-17T11:05:00%2B02:00", "2026-05-17T11:10:01%2B02:00", 2),
        ("hours", "2026-05-17T09:00:00Z", "2026-05-17T11:00:00Z", 2),
        ("hours", "2026-05-17T09:00:01Z", "2026-05-17T11:00:00Z", 1),
    ],
)
def test_begin_is_in_and_end_is_out(
    client: httpx.Client, gooi: dict[str, int], kind: str, begin: str, end: str, count: int
) -> None:
    """An interval holds its begin and not its end, with any offset."""
    assert len(client.get(f"{path(gooi, kind)}?begin={begin}&end={end}").json()["items"]) == count


@pytest.mark.parametrize(("kind", "column", "total"), [("readings", "time", 36), ("hours", "begin", 3)])
def test_pages_hold_every_row_once(
    client: httpx.Client, gooi: dict[str, int], kind: str, column: str, total: int
) -> None:
    """Going from `next` to `next` gives every row once, in order, and ends."""
    span = {"begin": "2026-05-17T00:00:00Z", "end": "2026-05-18T00:00:00Z", "limit": str((total + 1) // 2)}
    first = client.get(path(gooi, kind), params=span).json()
    second = client.get(path(gooi, kind), params={**span, "after": first["next"]}).json()

    assert second["next"] is None
    times = [one[column] for one in first["items"] + second["items"]]
    assert len(set(times)) == total
    assert times == sorted(times)


def test_the_bounds_of_limit(client: httpx.Client, gooi: dict[str, int]) -> None:
    """limit goes from 1 to 10,000; what is outside is a 400 that says the bound."""
    assert client.get(path(gooi, "readings"), params={"limit": 10_000}).status_code == 200
    for limit, bound in ((0, "greater than or equal to 1"), (10_001, "less than or equal to 10000")):
        answer = client.get(path(gooi, "readings"), params={"limit": limit})
        assert answer.status_code == 400
        assert bound in answer.json()["errors"][0]["detail"]


def test_an_unvalidated_series_says_so(client: httpx.Client, gooi: dict[str, int]) -> None:
    """A reading that no calibration was there for is flagged and has no value."""
    item = client.get(f"/series/{gooi['gooi-02']}/readings").json()["items"][0]

    assert (item["value"], item["calibrationId"]) == (None, None)
    assert "not_calibrated" in item["flags"]


@pytest.mark.parametrize("kind", ["readings", "hours"])
@pytest.mark.parametrize(("series_id", "status"), [("999999", 404), ("0", 400), ("abc", 400), ("9999999999", 400)])
def test_an_unknown_series(client: httpx.Client, kind: str, series_id: str, status: int) -> None:
    """A series that is not there is a 404, an id that cannot be one a 400 that names seriesId."""
    answer = client.get(f"/series/{series_id}/{kind}")

    assert answer.status_code == status
    if status == 400:
        assert (answer.json()["errors"][0]["in"], answer.json()["errors"][0]["name"]) == ("path", "seriesId")


def test_a_withdrawn_stations_readings_stay(client: httpx.Client, gooi: dict[str, int]) -> None:
    """The readings of a station that left can still be read."""
    assert client.get(f"/series/{gooi['oud-01']}/readings?end=2026-05-18T00:00:00Z").json()["items"]


def test_series_are_found_by_property_model_station_and_place(client: httpx.Client, gooi: dict[str, int]) -> None:
    """Filters of /series are joined with and; the withdrawn station's series is not listed."""

    def found(**params: str) -> set[int]:
        return {one["seriesId"] for one in client.get("/series", params=params).json()["items"]}

    pm = {gooi["gooi-01"], gooi["gooi-02"], gooi["amsterdam-01"]}
    assert found() == pm | {gooi["no2"]}
    assert found(observedProperty="pm2_5") == pm
    assert found(station="gooi-01") == {gooi["gooi-01"], gooi["no2"]}
    assert found(sensorModel="SPS30", observedProperty="no2") == {gooi["no2"]}
    assert found(bbox="4.8,52.3,5.0,52.4") == {gooi["amsterdam-01"]}
    assert found(near="52.22,5.18", radius="1000") == {gooi["gooi-01"], gooi["no2"]}
    assert found(municipality="Nergens") == found(project="geen") == set()
    assert found(project="meet mee", municipality="Hilversum") == pm | {gooi["no2"]}


def test_pages_of_series_follow_each_other(client: httpx.Client, gooi: dict[str, int]) -> None:
    """`next` leads from page to page, and a cursor of another kind of page is refused."""
    first = client.get("/series?limit=3").json()
    second = client.get("/series", params={"limit": 3, "after": first["next"]}).json()

    assert len(first["items"]) == 3
    assert [one["seriesId"] for one in second["items"]] == [gooi["no2"]]
    assert client.get(f"/series?after={client.get('/stations?limit=1').json()['next']}").status_code == 400


def test_rows_are_chosen_by_flags(client: httpx.Client, gooi: dict[str, int]) -> None:
    """`flag` keeps rows with any of the flags, `withoutFlag` those with none, and an unknown name is a 400."""
    failed = f"/series/{gooi['gooi-02']}/readings"

    def count(query: str) -> int:
        return len(client.get(f"{failed}?{query}").json()["items"])

    assert (count("flag=range"), count("flag=spike"), count("flag=spike,range")) == (1, 0, 1)
    assert (count("withoutFlag=spike"), count("withoutFlag=spike,not_calibrated")) == (1, 0)
    refused = client.get(f"{failed}?flag=bogus")
    assert refused.status_code == 400
    assert "'bogus' is no flag: /v1/flags lists them" in refused.json()["errors"][0]["detail"]


def test_a_day_is_made_of_its_hours(world: "World", own_client: httpx.Client) -> None:
    """A day has mean, extremes, sd, quantiles and coverage of the hours with a value; below 75 % it is flagged."""
    world.station("dag-01")
    key = world.series("dag-01")
    begin = datetime(2026, 5, 16, tzinfo=UTC)
    ends = [begin + timedelta(minutes=60 * hour + 30) for hour in range(12)]
    world.readings(key, ends)
    for hour in range(12):
        world.hours(key, begin + timedelta(hours=hour), 1, value=float(hour))
    world.conn.commit()

    [item] = own_client.get(f"/series/{key}/days").json()["items"]

    assert (item["begin"], item["end"]) == ("2026-05-16T00:00:00Z", "2026-05-17T00:00:00Z")
    assert (item["raw"], item["value"], item["lower"], item["upper"]) == (20, 5.5, 3.5, 7.5)
    assert (item["min"], item["p25"], item["p50"], item["max"]) == (0, 2.75, 5.5, 11)
    assert item["sd"] == pytest.approx(3.60555, abs=1e-5)
    assert (item["hours"], item["coverage"]) == (12, 0.5)
    assert (item["flags"], item["quality"]) == (["low_capture"], 3)


def test_a_day_is_as_long_as_its_time_zone_has_it(world: "World", own_client: httpx.Client) -> None:
    """The day on which Dutch summer time begins has 23 hours, from 23:00 UTC the day before."""
    world.station("dag-02")
    key = world.series("dag-02")
    begin = datetime(2026, 3, 28, 23, tzinfo=UTC)
    world.readings(key, [begin + timedelta(minutes=60 * hour + 30) for hour in range(23)])
    world.hours(key, begin, 23, value=8.0)
    world.conn.commit()
    query = {"begin": "2026-03-28T00:00:00Z", "end": "2026-03-31T00:00:00Z", "timeZone": "Europe/Amsterdam"}

    [item] = own_client.get(f"/series/{key}/days", params=query).json()["items"]

    assert (item["begin"], item["end"]) == ("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z")
    assert (item["hours"], item["coverage"], item["flags"]) == (23, 1.0, [])
    refused = own_client.get(f"/series/{key}/days?timeZone=Mars/Olympus")
    assert "'Mars/Olympus' is no time zone" in refused.json()["errors"][0]["detail"]
    assert own_client.get(f"/series/{key}/days?timeZone=localtime").status_code == 400  # a link, of no place
