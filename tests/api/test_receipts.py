"""Delivery receipts: counts, gaps and causes of days made by hand."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from api.receipts import FIXES
from ingest import errors
from storage.events import record
from storage.quarantine import store as put_aside
from storage.rows import Quarantined
from tests.api.conftest import NOW, World
from validation.flags import Flag

MIDNIGHT = NOW.replace(hour=0)
MINUTE = timedelta(minutes=1)


def every(minutes: int, begin: datetime, end: datetime) -> Sequence[datetime]:
    """List times in (begin, end]."""
    count = int((end - begin) / MINUTE) // minutes
    return [begin + (i + 1) * minutes * MINUTE for i in range(count)]


def receipt(client: httpx.Client, query: str = "") -> dict[str, Any]:
    """Ask for the receipt of st-1."""
    found: dict[str, Any] = client.get(f"/stations/st-1/receipt{query}").raise_for_status().json()
    return found


@pytest.fixture
def key(world: World) -> int:
    """Register st-1 with one sensor, and st-2 that sends every 5 minutes all day; give the series of st-1."""
    world.station("st-1")
    world.station("st-2")
    world.readings(world.series("st-2"), every(5, MIDNIGHT, NOW))
    return world.series("st-1")


def test_a_whole_half_day_is_a_share_of_one(world: World, key: int, own_client: httpx.Client) -> None:
    """Twelve hours with a reading every 5 minutes are 144 of 144, and have no gap."""
    world.readings(key, every(5, MIDNIGHT - timedelta(hours=1), NOW))
    world.conn.commit()
    found = receipt(own_client)
    ((day, sensors),) = [(day, day.pop("sensors")) for day in found["days"]]
    assert day == {"begin": "2026-05-17T00:00:00Z", "end": "2026-05-17T12:00:00Z", "share": 1.0}
    assert sensors == [
        {"sensorName": "sps30-0", "intervalS": 300.0, "received": 144, "expected": 144, "share": 1.0}
        | {"late": 0, "withoutTime": 0}
    ]
    assert (found["gaps"], found["quarantine"]) == ([], [])


def test_a_gap_has_its_begin_end_and_cause(world: World, key: int, own_client: httpx.Client) -> None:
    """Two hours missing of twelve are a share of 0.84; without a word of the station the cause is not known."""
    gone, back = MIDNIGHT + timedelta(hours=4), MIDNIGHT + timedelta(hours=6)
    world.readings(key, [*every(5, MIDNIGHT - timedelta(hours=1), gone), *every(5, back - 5 * MINUTE, NOW)])
    world.conn.commit()
    found = receipt(own_client)
    assert found["days"][0]["share"] == round((144 - 23) / 144, 4)
    ((gap,),) = [found["gaps"]]
    assert (gap["begin"], gap["end"], gap["cause"]) == ("2026-05-17T04:00:00Z", "2026-05-17T06:00:00Z", "unknown")
    record(world.conn, "station_offline", time=gone + MINUTE, station_id="st-1")
    world.conn.commit()
    assert receipt(own_client)["gaps"][0]["cause"] == "station"


def test_when_nobody_was_heard_the_fault_is_ours(world: World, own_client: httpx.Client) -> None:
    """A gap in which no station's reading stands is the platform's, whatever the station said."""
    for name in ("st-1", "st-2"):
        world.station(name)
        series = world.series(name)
        world.readings(series, every(5, MIDNIGHT, MIDNIGHT + timedelta(hours=2)))
        world.readings(series, every(5, MIDNIGHT + timedelta(hours=5), NOW))
    record(world.conn, "station_offline", time=MIDNIGHT + timedelta(hours=3), station_id="st-1")
    world.conn.commit()
    assert [gap["cause"] for gap in receipt(own_client)["gaps"]] == ["platform"]


def test_a_sensor_that_fell_silent_is_missed(world: World, key: int, own_client: httpx.Client) -> None:
    """A day without any reading has a share of 0 and one gap, from the last reading of the day before to now."""
    world.readings(key, every(5, MIDNIGHT - timedelta(hours=6), MIDNIGHT - timedelta(hours=2)))
    world.conn.commit()
    found = receipt(own_client)
    (sensor,) = found["days"][0]["sensors"]
    assert (sensor["received"], sensor["expected"], sensor["share"]) == (0, 144, 0.0)
    assert [(gap["begin"], gap["end"]) for gap in found["gaps"]] == [("2026-05-16T22:00:00Z", "2026-05-17T12:00:00Z")]


def test_days_and_late_and_clockless_readings_are_counted_apart(
    world: World, key: int, own_client: httpx.Client
) -> None:
    """Two days are two rows, UTC; what came late or without a time of its own is counted in its day."""
    day_before = MIDNIGHT - timedelta(days=1)
    world.readings(key, every(10, day_before, day_before + timedelta(hours=12)), flags=int(Flag.LATE))
    world.readings(key, every(10, day_before + timedelta(hours=12), MIDNIGHT), flags=int(Flag.TIME_RECEIVED))
    world.readings(key, every(10, MIDNIGHT, NOW))
    world.conn.commit()
    rows = [day["sensors"][0] for day in receipt(own_client, "?days=2&date=2026-05-17")["days"]]
    assert [(row["received"], row["late"], row["withoutTime"]) for row in rows] == [(144, 72, 72), (72, 0, 0)]


def test_what_was_put_aside_comes_with_its_fix(world: World, key: int, own_client: httpx.Client) -> None:
    """Reasons are counted within the days asked for, for this station alone, each with what to do."""
    times = (NOW - MINUTE, NOW - 2 * MINUTE, NOW - timedelta(days=2))
    rows = [Quarantined(time, "mqtt", "aq/1/st-1/obs", "st-1", b"x", 1, "not_json", "") for time in times]
    rows.append(Quarantined(NOW - MINUTE, "http", "in/st-2/x", "st-2", b"x", 1, "unknown_format", ""))
    put_aside(world.conn, rows)
    world.conn.commit()
    assert receipt(own_client)["quarantine"] == [
        {"reason": "not_json", "messages": 2, "lastReceivedAt": "2026-05-17T11:59:00Z"}
        | {"fix": "Send JSON as docs/payload.md shows."}
    ]


def test_what_was_read_again_is_put_aside_no_more(world: World, key: int, own_client: httpx.Client) -> None:
    """A message that staff had read again is not counted; where it failed again, it lies there anew."""
    rows = [Quarantined(NOW - MINUTE, "mqtt", "aq/1/st-1/obs", "st-1", b"x", 1, "not_json", "") for _ in range(2)]
    put_aside(world.conn, rows)
    world.conn.execute(
        "UPDATE quarantine SET requeued_at = %s WHERE quarantine_key = (SELECT max(quarantine_key) FROM quarantine)",
        [NOW],
    )
    world.conn.commit()
    assert [row["messages"] for row in receipt(own_client)["quarantine"]] == [1]


def test_every_reason_of_quarantine_has_a_fix() -> None:
    """What ingest can put a message aside for, the receipt has an advice for, and for nothing else."""
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.IngestError)]
    assert {kind.reason for kind in kinds if kind is not errors.IngestError} == set(FIXES)


@pytest.mark.parametrize(
    ("query", "name", "said"),
    [
        ("?date=2026-05-18", "date", "has not begun"),
        ("?date=yesterday", "date", "not a date"),
        ("?date=0", "date", "not a date"),
        ("?days=32", "days", "less than or equal to 31"),
        ("?since=2026", "since", "no parameter 'since'"),
    ],
)
def test_wrong_input_is_named(client: httpx.Client, query: str, name: str, said: str) -> None:
    """A wrong day or parameter is a 400 that says which and why."""
    answer = client.get(f"/stations/gooi-01/receipt{query}")
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["name"] == name
    assert said in error["detail"]


def test_there_is_no_receipt_of_nobody(client: httpx.Client) -> None:
    """An unknown station is 404."""
    assert client.get("/stations/nobody/receipt").status_code == 404
