"""Campaigns over /v1: what is listed, counted, hidden, and how samples come out."""

import csv
from datetime import timedelta
from io import StringIO
from typing import Any

import httpx
import psycopg
import pytest

import storage.campaigns
from luchtbrug.campaigns.taking_part import leave
from tests.api.conftest import NOW, World
from tests.luchtbrug.campaigns.no2 import an_open_campaign


def test_campaigns_are_listed(client: httpx.Client, gooi: dict[str, int]) -> None:
    """Each with its question in two languages, its counts, and the team that answers; in CSV too."""
    (one,) = client.get("/campaigns").json()["items"]
    assert (one["code"], one["stations"], one["samples"], one["joining"]) == ("gooi", 2, 8, "open")
    assert one["questionNl"].startswith("Hoeveel")
    assert client.get("/campaigns", params={"f": "csv"}).text.splitlines()[1].startswith("gooi,")


def test_few_stations_give_no_number(client: httpx.Client, gooi: dict[str, int]) -> None:
    """Of two stations, of which one has hours, only the counts are told; how tubes were adjusted is."""
    found = client.get("/campaigns/gooi").json()
    statistics = found["statistics"]
    assert (statistics["stations"], statistics["measuring"], statistics["hidden"]) == (2, 1, True)
    assert [statistics[name] for name in ("median", "lower", "upper", "coverage")] == [None] * 4
    leaves, tubes = found["batches"]
    assert (leaves["unit"], leaves["factor"]) == ("uA", None)
    assert (tubes["blankCount"], tubes["pairCount"]) == (2, 3)
    assert tubes["factorLower"] < tubes["factor"] < tubes["factorUpper"]


def test_samples_come_with_raw_and_value_in_pages(client: httpx.Client, gooi: dict[str, int]) -> None:
    """All of them once, in pages of five, with public positions; a blank has no place."""
    found: list[dict[str, Any]] = []
    query: dict[str, Any] = {"limit": 5}
    while True:
        page = client.get("/campaigns/gooi/samples", params=query).json()
        found += page["items"]
        if page["next"] is None:
            break
        query["after"] = page["next"]
    by_id = {one["sampleId"]: one for one in found}
    assert len(found) == len(by_id) == 13
    assert by_id["B1"]["geometry"] is None
    assert by_id["A3"]["raw"] == 18.0
    assert by_id["A3"]["lower"] < by_id["A3"]["value"] < by_id["A3"]["upper"]
    assert by_id["L1"]["lower"] is None


def test_samples_are_a_table(client: httpx.Client, gooi: dict[str, int]) -> None:
    """CSV has the position in two columns, and nothing of the exact one."""
    answer = client.get("/campaigns/gooi/samples", headers={"Accept": "text/csv"})
    rows = {row["sample_id"]: row for row in csv.DictReader(StringIO(answer.text))}
    assert rows["A4"]["below_limit"] == "true"
    assert rows["A3"]["adjustment"].endswith("factor of 3 pairs")
    assert "52.2301" not in answer.text
    assert float(rows["A3"]["latitude"]) == pytest.approx(52.2301, abs=0.001)


@pytest.mark.parametrize("path", ["/campaigns/nobody", "/campaigns/nobody/samples", "/campaigns/%F0%9F%98%80"])
def test_an_unknown_campaign_is_not_found(client: httpx.Client, path: str) -> None:
    """The problem says where there are campaigns."""
    answer = client.get(path)
    assert answer.status_code == 404
    assert "/v1/campaigns" in answer.json()["detail"]


def test_a_median_is_that_of_the_stations_until_they_left(world: World, own_client: httpx.Client) -> None:
    """Three stations give a number, hours after leaving do not count, and wholly out is out."""
    conn, begin = world.conn, NOW - timedelta(hours=4)
    for number, value in enumerate((10.0, 12.0, 20.0)):
        world.station(f"s-{number}")
        key = world.series(f"s-{number}")
        world.readings(key, [begin + timedelta(minutes=5 * step) for step in range(1, 49)], raw=value)
        world.hours(key, begin, 4, value=value)
    an_open_campaign(conn, "three", ["s-0", "s-1", "s-2"], NOW)
    conn.commit()
    figures = own_client.get("/campaigns/three").json()["statistics"]
    assert (figures["median"], figures["measuring"], figures["hidden"]) == (12.0, 3, False)
    assert figures["lower"] < 12.0 < figures["upper"]
    assert figures["coverage"] == pytest.approx(4 / (60 * 24))

    drop(conn, "s-2", keep_past=True)
    assert own_client.get("/campaigns/three").json()["statistics"]["coverage"] == pytest.approx((4 + 4 + 2) / 3 / 1440)
    drop(conn, "s-1", keep_past=False)
    assert own_client.get("/campaigns/three").json()["statistics"]["hidden"]


def drop(conn: psycopg.Connection, station_id: str, *, keep_past: bool) -> None:
    """Leave two hours ago."""
    campaign = storage.campaigns.need(conn, "three")
    leave(conn, campaign, station_id, keep_past=keep_past, now=NOW - timedelta(hours=2))
    conn.commit()
