"""What staff see and decide at the desk, as it is kept."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from storage import alerts, events, quarantine, staff_desk
from storage.alerts import NewAlert
from storage.errors import StationUnknownError
from storage.rows import NewStation, Quarantined, SeriesName
from storage.series import claim_series
from storage.staff_desk import Page
from storage.stations import add_station, remove_station

NOW = datetime(2026, 5, 17, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FAIL, SUSPECT, OTHER = 1 << 2, 1 << 4, 1 << 9


@pytest.fixture
def house(connection: psycopg.Connection, new_station: Callable[..., NewStation]) -> dict[str, int]:
    """Register three stations; return their keys."""
    names = {"s-one": "Havenstraat", "s-two": "", "s-three": ""}
    return {one: add_station(connection, new_station(one, name=name)) for one, name in names.items()}


def put_aside(conn: psycopg.Connection, reason: str, station_id: str | None, *ages: timedelta, size: int = 1) -> None:
    """Put messages aside that came so long before NOW."""
    some = [Quarantined(NOW - age, "mqtt", "topic", station_id, b"{", size, reason, "why") for age in ages]
    quarantine.store(conn, some)


def last(conn: psycopg.Connection, station_id: str, sensor: str, flags: int) -> None:
    """Keep the last reading of a sensor, with flags."""
    (series,) = claim_series(conn, [SeriesName(station_id, sensor, "SPS30", "pm2_5", "ug/m3")])
    conn.execute("INSERT INTO latest VALUES (%s, %s, 8, NULL, NULL, NULL, %s, NULL)", (series.series_key, NOW, flags))


def seen(conn: psycopg.Connection, words: str | None = None, *, everything: bool = False) -> list[str]:
    """List the ids of the stations to look at."""
    mask = FAIL | SUSPECT
    found = staff_desk.stations(conn, NOW, Page(), words=words, everything=everything, fail=FAIL, mask=mask)
    return [one.station_id for one in found]


def test_quarantine_is_counted_by_reason_and_station(connection: psycopg.Connection) -> None:
    """Also what no station is known of; `rows` counts the whole list, of which a page shows a part."""
    put_aside(connection, "not_json", "s-one", HOUR, 2 * HOUR, 9 * DAY)
    put_aside(connection, "unknown_station", None, 3 * HOUR)
    put_aside(connection, "not_json", "s-two", 4 * HOUR)
    first, second, third = staff_desk.put_aside(connection, NOW - DAY, Page())
    assert first == ("not_json", "s-one", 2, NOW - 2 * HOUR, NOW - HOUR, 3)
    assert (second.station_id, third.station_id) == (None, "s-two")
    assert staff_desk.put_aside(connection, NOW - DAY, Page(1, 1)) == [second]
    assert staff_desk.put_aside(connection, NOW - DAY, Page(), reason="not_json", station_id="s-two") == [
        third._replace(rows=1)
    ]


def test_messages_are_taken_once_in_the_order_they_came(connection: psycopg.Connection) -> None:
    """Those that were cut short stay, those without a station are their own, and what is taken waits no longer."""
    put_aside(connection, "not_json", "s-one", 3 * HOUR, HOUR, 2 * HOUR)
    put_aside(connection, "not_json", "s-one", HOUR, size=quarantine.MAX_PAYLOAD_BYTES + 1)
    put_aside(connection, "not_json", None, HOUR)
    batches = [staff_desk.take_messages(connection, "not_json", "s-one", NOW, limit=2) for _ in range(3)]
    assert [[NOW - one.received_at for one in batch] for batch in batches] == [[3 * HOUR, HOUR], [2 * HOUR], []]
    (cut,) = staff_desk.messages(connection, NOW - DAY, "not_json", "s-one", limit=9)
    assert cut.payload_size > quarantine.MAX_PAYLOAD_BYTES
    assert len(staff_desk.messages(connection, NOW - DAY, "not_json", None, limit=9)) == 1


def test_stations_to_look_at(connection: psycopg.Connection, house: dict[str, int]) -> None:
    """Flags of the mask, an open alert or an exclusion; failing ones first, and all of them where that is asked."""
    last(connection, "s-one", "sps30-0", OTHER)
    assert seen(connection) == []
    last(connection, "s-three", "sps30-0", SUSPECT)
    alerts.begin(connection, [NewAlert(house["s-two"], "odd", NOW, {})], NOW)
    assert seen(connection) == ["s-two", "s-three"]
    last(connection, "s-three", "sps30-1", FAIL | OTHER)
    assert seen(connection) == ["s-three", "s-two"]
    page, mask = Page(limit=1), FAIL | SUSPECT
    (row,) = staff_desk.stations(connection, NOW, page, words=None, everything=False, fail=FAIL, mask=mask)
    assert (row.flags, row.failing, row.series, row.alerts, row.excluded, row.rows) == (mask, 1, 2, [], False, 2)
    assert seen(connection, everything=True) == ["s-three", "s-two", "s-one"]
    assert seen(connection, "haven", everything=True) == ["s-one"]
    remove_station(connection, "s-three", NOW)
    assert seen(connection) == ["s-two"]


def test_an_exclusion_is_shown_while_it_lasts(connection: psycopg.Connection, house: dict[str, int]) -> None:
    """From its begin, up to its end; one for good goes on until somebody ends it, once."""
    key = staff_desk.exclude(connection, "s-one", NOW, None, "beside a grill", NOW)
    staff_desk.exclude(connection, "s-two", NOW - DAY, NOW, "paint", NOW)
    staff_desk.exclude(connection, "s-three", NOW + HOUR, None, "later", NOW)
    assert seen(connection) == ["s-one"]
    assert [staff_desk.end_exclusion(connection, key, NOW + HOUR) for _ in range(2)] == ["s-one", None]
    (ended,) = staff_desk.exclusions(connection, "s-one")
    assert (ended.begin, ended.end, ended.reason) == (NOW, NOW + HOUR, "beside a grill")
    with pytest.raises(StationUnknownError):
        staff_desk.exclude(connection, "nobody", NOW, None, "x", NOW)


def test_an_exclusion_that_is_taken_back_leaves_no_hour_out(
    connection: psycopg.Connection, house: dict[str, int]
) -> None:
    """Ended before it begins, at a full hour, it holds the begin of no hour, can be read, and is ended once."""
    key = staff_desk.exclude(connection, "s-one", NOW, NOW + 9 * DAY, "a mistake", NOW - DAY)
    assert [staff_desk.end_exclusion(connection, key, NOW - HOUR) for _ in range(2)] == ["s-one", None]
    (left,) = staff_desk.exclusions(connection, "s-one")
    assert NOW < left.begin < left.end  # type: ignore[operator] # it has one
    assert left.end - NOW < timedelta(milliseconds=1)  # type: ignore[operator]
    assert left.reason == "a mistake"


def test_alerts_that_nobody_looked_at_come_first(connection: psycopg.Connection, house: dict[str, int]) -> None:
    """A note takes one out of what is open, and stays beside it when it is written anew; ended ones are last."""
    new = [NewAlert(key, "odd", NOW - number * HOUR, {}) for number, key in enumerate(house.values())]
    alerts.begin(connection, new, NOW)
    one, two, three = (row.alert_key for row in staff_desk.alerts(connection, Page(), open_only=True))
    alerts.end(connection, [one], NOW)
    assert staff_desk.note_alert(connection, two, "asked", NOW) == "s-two"
    assert staff_desk.note_alert(connection, two, "answered", NOW + HOUR) == "s-two"
    assert staff_desk.note_alert(connection, three + 1, "nothing", NOW) is None
    assert [row.alert_key for row in staff_desk.alerts(connection, Page(), open_only=False)] == [three, two, one]
    assert [row.alert_key for row in staff_desk.alerts(connection, Page(), open_only=True)] == [three]
    (noted,) = staff_desk.alerts(connection, Page(), kind="odd", station_id="s-two", open_only=False)
    assert (noted.note, noted.noted_at, noted.rows) == ("answered", NOW + HOUR, 1)


def test_a_network_is_lost_until_it_is_back(connection: psycopg.Connection) -> None:
    """Its last word counts, of each network for itself."""
    for hour, kind, network in ((1, "lost", "luchtmeetnet"), (1, "lost", "openaq"), (2, "back", "openaq")):
        detail = {"network": network, "error": "timeout"}
        events.record(connection, f"reference_{kind}", time=NOW + hour * HOUR, detail=detail)
    assert staff_desk.lost_references(connection) == [("luchtmeetnet", NOW + HOUR, "timeout")]
