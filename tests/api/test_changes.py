"""What was published when, and what replaced it."""

from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest

from api.cursors import encode_cursor
from storage.hours import aggregate, store_validated

from .conftest import CALIBRATION_ID, NOW, World, validated_hours
from .test_openapi import check

BEGIN = NOW - timedelta(hours=3)
Publish = Callable[..., None]


@pytest.fixture
def publish(world: World) -> Publish:
    """Build a station with three hours of readings, and lend a function that publishes the first `count` of them."""
    world.station("gooi-01")
    key = world.series("gooi-01")
    calibration = world.calibration(key)
    world.readings(key, [BEGIN + timedelta(minutes=60 * i + 30) for i in range(3)])
    world.hours(key, BEGIN, 3, value=10.0, calibration_key=calibration)
    world.conn.execute("UPDATE hour SET published_at = %s", (NOW - timedelta(minutes=50),))

    def validate(value: float, minutes_ago: int, count: int) -> None:
        rows = validated_hours(key, BEGIN, count, value=value, flags=4, calibration_key=calibration)
        store_validated(world.conn, rows, published_at=NOW - timedelta(minutes=minutes_ago))
        world.conn.commit()

    return validate


def test_every_outcome_of_an_hour_is_listed(own_client: httpx.Client, publish: Publish) -> None:
    """Each has its number, its interval, its flags by name, its calibration, and the time in which it was said."""
    publish(11.0, 40, 1)
    answer = own_client.get("/series/1/revisions").raise_for_status().json()
    old, new, second, third = answer["items"]

    assert (old["revision"], old["value"], old["publishedAt"], old["supersededAt"]) == (
        0,
        10.0,
        "2026-05-17T11:10:00Z",
        "2026-05-17T11:20:00Z",
    )
    assert (new["revision"], new["value"], new["lower"], new["supersededAt"]) == (1, 11.0, 9.0, None)
    assert (new["flags"], new["flagMask"], new["calibrationId"]) == (["stuck"], 4, CALIBRATION_ID)
    assert old["begin"] == new["begin"] < second["begin"] < third["begin"]
    assert answer["next"] is None


@pytest.mark.parametrize(
    ("as_of", "values"),
    [("2026-05-17T11:09:59Z", []), ("2026-05-17T11:10:00Z", [10, 10, 10]), ("2026-05-17T11:20:00Z", [11, 10, 10])],
)
def test_as_of_is_what_was_said_then(
    own_client: httpx.Client, publish: Publish, as_of: str, values: list[float]
) -> None:
    """One outcome an hour at most: that of the moment asked for."""
    publish(11.0, 40, 1)
    items = own_client.get("/series/1/revisions", params={"asOf": as_of}).raise_for_status().json()["items"]

    assert [one["value"] for one in items] == values


def test_outcomes_come_in_pages(own_client: httpx.Client, publish: Publish) -> None:
    """The page after the first goes on where it ended, also between two outcomes of one hour."""
    publish(11.0, 40, 2)
    whole = own_client.get("/series/1/revisions").json()["items"]
    first = own_client.get("/series/1/revisions", params={"limit": 3}).json()
    rest = own_client.get("/series/1/revisions", params={"limit": 3, "after": first["next"]}).json()

    assert len(whole) == 5
    assert first["items"] + rest["items"] == whole
    assert rest["next"] is None


def test_the_feed_says_what_was_and_what_is(own_client: httpx.Client, publish: Publish) -> None:
    """A change names hour and series, and gives raw, value, estimate, flags and calibration of before and after."""
    publish(11.0, 40, 1)
    (change,) = own_client.get("/changes").raise_for_status().json()["items"]

    assert change == {
        "changedAt": "2026-05-17T11:20:00Z",
        "stationId": "gooi-01",
        "seriesId": 1,
        "observedProperty": "pm2_5",
        "begin": "2026-05-17T09:00:00Z",
        "end": "2026-05-17T10:00:00Z",
        "revision": 1,
        "before": {"raw": 20, "value": 10, "estimate": 9, "flags": [], "calibrationId": CALIBRATION_ID},
        "after": {"raw": 20, "value": 11, "estimate": 10, "flags": ["stuck"], "calibrationId": CALIBRATION_ID},
    }


def test_a_reader_of_the_feed_sees_each_change_once(own_client: httpx.Client, publish: Publish) -> None:
    """Page after page with `next`, and at any later time with `resume`; nothing new leaves `resume` as it is."""
    publish(11.0, 40, 3)
    first = own_client.get("/changes", params={"limit": 2}).json()
    second = own_client.get("/changes", params={"limit": 2, "after": first["next"]}).json()
    idle = own_client.get("/changes", params={"after": second["resume"]}).json()
    publish(12.0, 30, 1)
    later = own_client.get("/changes", params={"after": idle["resume"]}).json()

    assert [one["begin"][11:13] for one in first["items"] + second["items"]] == ["09", "10", "11"]
    assert (second["next"], idle["items"], idle["resume"]) == (None, [], second["resume"])
    assert [(one["begin"][11:13], one["revision"]) for one in later["items"]] == [("09", 2)]


def test_since_leaves_out_what_changed_before(own_client: httpx.Client, publish: Publish) -> None:
    """A change at the very moment is in, one before it is not, and an empty feed has nothing to resume."""
    publish(11.0, 40, 1)
    times = ("2026-05-17T11:20:00Z", "2026-05-17T11:20:01Z")
    counts = [own_client.get("/changes", params={"since": since}).json() for since in times]

    assert [len(page["items"]) for page in counts] == [1, 0]
    assert counts[1]["resume"] is None


@pytest.mark.parametrize("path", ["/changes", "/series/1/revisions"])
@pytest.mark.parametrize("key", ["x", "2026-05-17T11:20:00+00:00", "yesterday 1", "a b c d", "9 9 9 9"])
def test_a_cursor_of_another_path_is_refused(own_client: httpx.Client, publish: Publish, path: str, key: str) -> None:
    """A cursor that is well formed and not of this path is a problem that names `after`."""
    publish(11.0, 40, 1)
    answer = own_client.get(path, params={"after": encode_cursor(key)})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["name"] == "after"


def test_filled_answers_are_what_the_document_says(own_client: httpx.Client, publish: Publish) -> None:
    """A page of changes and one of revisions fit their schemas, with no field undescribed."""
    publish(11.0, 40, 1)
    document = own_client.get("/openapi.json").json()

    check(document, "/changes", own_client.get("/changes"))
    check(document, "/series/{seriesId}/revisions", own_client.get("/series/1/revisions"))


def test_hours_as_of_a_time_are_what_was_published_then(own_client: httpx.Client, publish: Publish) -> None:
    """`asOf` on a series' hours gives the outcomes of that time, in every format; before the first there are none."""
    publish(11.0, 40, 2)
    publish(12.0, 20, 1)

    def values(at: str, **more: str) -> list[float]:
        answer = own_client.get("/series/1/hours", params={"asOf": f"2026-05-17T{at}:00Z", **more}).raise_for_status()
        return [item["value"] for item in answer.json()["items"]]

    assert [values(at) for at in ("11:05", "11:15", "11:25", "11:45")] == [
        [],
        [10.0, 10.0, 10.0],
        [11.0, 11.0, 10.0],
        [12.0, 11.0, 10.0],
    ]
    assert values("11:25", withoutFlag="stuck") == [10.0]
    now = own_client.get("/series/1/hours").json()["items"]
    assert values("11:45") == [item["value"] for item in now]
    table = own_client.get("/series/1/hours?asOf=2026-05-17T11:25:00Z&limit=2&f=csv").text.splitlines()
    assert [line.split(",")[3] for line in table[1:]] == ["11.0", "11.0"]


def test_the_spread_of_an_earlier_outcome_is_not_made_up(
    own_client: httpx.Client, publish: Publish, world: World
) -> None:
    """Spread and capture are given while the hour's readings are those of then, and are null once others came."""
    world.conn.execute("UPDATE hour SET computed_at = %s", (NOW - timedelta(minutes=60),))
    world.conn.commit()
    asked = "/series/1/hours?asOf=2026-05-17T11:45:00Z&limit=1"
    [before] = own_client.get(asked).json()["items"]
    world.readings(1, [BEGIN + timedelta(minutes=20)], raw=40.0)
    aggregate(world.conn, BEGIN, BEGIN + timedelta(hours=1), now=NOW)
    world.conn.commit()
    [after] = own_client.get(asked).json()["items"]

    assert (before["raw"], before["rawMin"], before["dataCapture"]) == (20.0, 20.0, pytest.approx(1 / 12))
    assert (after["raw"], after["value"]) == (20.0, 10.0)
    assert (after["rawMin"], after["rawMax"], after["dataCapture"]) == (None, None, None)
    assert own_client.get("/series/1/hours?limit=1").json()["items"][0]["rawMax"] == 40.0
