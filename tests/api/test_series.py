"""Readings and hours of a series: fields, bounds, pages."""

import httpx
import pytest

BASE = {"raw", "value", "lower", "upper", "flags", "flagMask", "quality", "calibrationId"}


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

    assert set(items[0]) == BASE | {"begin", "end", "estimate", "estimateLower", "estimateUpper", "dataCapture"}
    assert [(one["begin"], one["end"]) for one in items] == [
        ("2026-05-17T09:00:00Z", "2026-05-17T10:00:00Z"),
        ("2026-05-17T10:00:00Z", "2026-05-17T11:00:00Z"),
        ("2026-05-17T11:00:00Z", "2026-05-17T12:00:00Z"),
    ]
    assert (items[0]["raw"], items[0]["value"], items[0]["estimate"], items[0]["dataCapture"]) == (20, 10, 9, 1)
    assert items[0]["calibrationId"] == "c0ffee01"


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
