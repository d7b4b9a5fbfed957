"""Fetching into a real PostgreSQL: revisions, what is kept of a broken fetch, and news that comes once."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import numpy as np
import psycopg
import pytest

from ingest.reference import luchtmeetnet
from ingest.reference.client import Timing
from ingest.reference.errors import ReferenceAwayError
from ingest.reference.fetch import FetchResult, fetch
from ingest.reference.hours import columns, reference_value
from ingest.reference.luchtmeetnet import Luchtmeetnet
from ingest.reference.network import ReferenceNetwork
from storage import events, references
from storage.connection import connect
from storage.rows import ReferenceHours, ReferenceStation
from tests.ingest.reference.server import Answer, Network, as_json

BEGIN = datetime(2026, 11, 21, tzinfo=UTC)
NOW = datetime(2026, 11, 22, 12, 40, tzinfo=UTC)


@dataclass
class Script:
    """A reference network that gives one page an item, and fails where the item is an error."""

    pages: list[list[float] | ReferenceAwayError]
    name: str = "script"
    asked: list[tuple[datetime, datetime]] = field(default_factory=list)

    def stations(self) -> Iterator[ReferenceStation]:
        """Give one station."""
        yield ReferenceStation("script:1", self.name, "Somewhere", 52.2, 5.2)

    def hours(self, begin: datetime, end: datetime) -> Iterator[ReferenceHours]:
        """Give the pages: consecutive hours from BEGIN on."""
        self.asked.append((begin, end))
        hour = BEGIN
        for page in self.pages:
            if isinstance(page, ReferenceAwayError):
                raise page
            values = []
            for sent in page:
                values.append(reference_value("script:1", "pm2_5", hour, sent=sent, unit="ug/m3"))
                hour += timedelta(hours=1)
            yield columns(values)


AWAY = ReferenceAwayError("stations: expected status 200, found 503")


def run(conn: psycopg.Connection, network: ReferenceNetwork, *, hours_later: int = 0) -> FetchResult:
    """Fetch a day."""
    now = NOW + timedelta(hours=hours_later)
    return fetch(conn, network, begin=BEGIN, end=BEGIN + timedelta(days=1), now=now)


def stored(conn: psycopg.Connection) -> list[float]:
    """The stored values, newest revision."""
    return [float(value) for value in references.hours(conn, "pm2_5", BEGIN, BEGIN + timedelta(days=2)).value]


def news(conn: psycopg.Connection) -> list[tuple[str, str]]:
    """Kind and network of the events, oldest first."""
    return [(event.kind, event.detail["network"]) for event in reversed(events.list_events(conn))]


def test_hours_are_stored_once(connection: psycopg.Connection) -> None:
    """A second fetch of the same hours stores nothing new."""
    assert run(connection, Script([[1.0, 2.0], [3.0]])) == FetchResult(stations=1, hours_read=3, hours_new=3)
    assert run(connection, Script([[1.0, 2.0], [3.0]])) == FetchResult(stations=1, hours_read=3, hours_new=0)
    assert stored(connection) == [1.0, 2.0, 3.0]
    assert news(connection) == []


def test_a_correction_is_a_new_revision(connection: psycopg.Connection) -> None:
    """What the network corrects later counts as new and is what is read from then on."""
    run(connection, Script([[1.0, 2.0]]))
    assert run(connection, Script([[1.0, 2.5]]), hours_later=1).hours_new == 1
    assert stored(connection) == [1.0, 2.5]


def test_the_running_hour_is_not_asked_for(connection: psycopg.Connection) -> None:
    """At 12:40 the interval ends at 12:00, whatever was asked for."""
    script = Script([])
    fetch(connection, script, begin=BEGIN, end=NOW + timedelta(days=1), now=NOW)
    assert script.asked == [(BEGIN, NOW.replace(minute=0))]


def test_a_broken_fetch_keeps_what_came_before(connection: psycopg.Connection, database_url: str) -> None:
    """The page before the failure is committed, for everybody to see."""
    result = run(connection, Script([[1.0, 2.0], AWAY]))
    assert (result.hours_new, result.lost) == (2, f"ReferenceAwayError: {AWAY}")
    with connect(database_url) as other:
        assert stored(other) == [1.0, 2.0]
        assert news(other) == [("reference_lost", "script")]


def test_lost_and_back_are_recorded_once(connection: psycopg.Connection) -> None:
    """Three failures and two successes are one loss and one return, and a later failure is a new loss."""
    pages: list[list[float] | ReferenceAwayError] = [AWAY, AWAY, AWAY, [1.0], [1.0], AWAY]
    for hours_later, page in enumerate(pages):
        run(connection, Script([page]), hours_later=hours_later)
    expected = ["reference_lost", "reference_back", "reference_lost"]
    assert news(connection) == [(kind, "script") for kind in expected]


def test_each_network_has_its_own_news(connection: psycopg.Connection) -> None:
    """One network's return is not another's."""
    run(connection, Script([AWAY], name="a"))
    run(connection, Script([AWAY], name="b"))
    run(connection, Script([[1.0]], name="b"), hours_later=1)
    run(connection, Script([AWAY], name="a"), hours_later=2)
    assert news(connection) == [("reference_lost", "a"), ("reference_lost", "b"), ("reference_back", "b")]


def test_a_network_without_stations_is_not_lost(connection: psycopg.Connection) -> None:
    """An empty box is an answer: nothing is stored and nothing recorded."""

    class Empty(Script):
        def stations(self) -> Iterator[ReferenceStation]:
            """Give none."""
            return iter(())

    assert run(connection, Empty([])) == FetchResult()
    assert news(connection) == []


def test_a_time_without_offset_is_refused(connection: psycopg.Connection) -> None:
    """An interval in unknown time is a mistake of the caller."""
    with pytest.raises(ValueError, match="offset from UTC"):
        fetch(connection, Script([]), begin=BEGIN.replace(tzinfo=None), end=NOW, now=NOW)


def test_luchtmeetnet_is_stored_over_http(connection: psycopg.Connection, network: Network, timing: Timing) -> None:
    """A value stamped 11:00 over HTTP is stored as the hour from 10:00, with its station, null as withdrawn."""
    data = {"type": "Traffic", "location": "Hilversum", "geometry": {"type": "point", "coordinates": [5.17, 52.23]}}
    network.routes["stations/NL10641"] = lambda _: as_json({"data": data})
    rows = [
        {
            "station_number": "NL10641",
            "formula": "PM25",
            "value": value,
            "timestamp_measured": f"2026-11-21T{stamp}:00:00+00:00",
        }
        for stamp, value in ((11, 8.1), (12, None))
    ]
    pages = {"current_page": 1, "last_page": 1}
    network.routes["measurements"] = lambda _: as_json({"pagination": pages, "data": rows})
    network.faults.append(Answer(status=500))
    with luchtmeetnet.connect(timing, base_url=network.base_url) as client:
        result = run(connection, Luchtmeetnet(client, numbers=["NL10641"]))
    assert result == FetchResult(stations=1, hours_read=2, hours_new=2)
    found = references.hours(connection, "pm2_5", BEGIN, NOW)
    assert found.begin.astype("datetime64[h]").astype(str).tolist() == ["2026-11-21T10", "2026-11-21T11"]
    np.testing.assert_allclose(found.value, [8.1, np.nan], rtol=1e-6)
    assert found.validity.tolist() == [1, -1]
    [station] = references.list_stations(connection)
    assert replace(station, name="") == ReferenceStation("NL10641", "luchtmeetnet", "", 52.23, 5.17, "traffic")
