"""Official stations and the revisions of their hours."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import numpy as np
import psycopg
import pytest

from storage.errors import StationUnknownError
from storage.references import hours, list_hours, list_stations, revised_hours, store_hours, store_stations
from storage.rows import ReferenceHours, ReferenceStation

At = Callable[[str], datetime]
NOW = datetime(2026, 5, 18, tzinfo=UTC)
HILVERSUM = ReferenceStation("NL10404", "luchtmeetnet", "Hilversum", 52.22, 5.17, "urban background")
LAREN = ReferenceStation("NL10236", "luchtmeetnet", "Laren", 52.26, 5.23)


def _reference_hours(
    rows: Sequence[tuple[str, str, float]], *, validity: int = 1, verification: int = 3, name: str = "pm2_5"
) -> ReferenceHours:
    return ReferenceHours(
        reference_station_id=tuple(row[0] for row in rows),
        observed_property=(name,) * len(rows),
        begin=np.array([row[1] for row in rows], "datetime64[us]"),
        value=np.array([row[2] for row in rows]),
        validity=np.full(len(rows), validity),
        verification=np.full(len(rows), verification),
    )


@pytest.fixture
def stored(connection: psycopg.Connection) -> psycopg.Connection:
    """Store two official stations."""
    store_stations(connection, [HILVERSUM, LAREN])
    return connection


def test_official_stations_are_stored_and_renamed(stored: psycopg.Connection) -> None:
    """A station that is stored again takes the new name, and a box chooses by position."""
    renamed = ReferenceStation("NL10404", "luchtmeetnet", "Hilversum-J. van Ruusbroeclaan", 52.22, 5.17, "traffic")
    store_stations(stored, [renamed])
    store_stations(stored, [])
    assert list_stations(stored) == [LAREN, renamed]
    assert list_stations(stored, (5.2, 52.0, 5.3, 53.0)) == [LAREN]


def test_only_what_differs_is_a_new_revision(stored: psycopg.Connection, at: At) -> None:
    """The same hour again is no row; another value, verification or validity each is the next revision."""
    row = ("NL10404", "2026-05-17T12:00", 8.1)
    assert store_hours(stored, _reference_hours([row]), received_at=NOW) == 1
    assert store_hours(stored, _reference_hours([row]), received_at=NOW) == 0
    assert store_hours(stored, _reference_hours([(*row[:2], 8.4)]), received_at=NOW) == 1
    assert store_hours(stored, _reference_hours([(*row[:2], 8.4)], verification=1), received_at=NOW) == 1
    assert store_hours(stored, _reference_hours([(*row[:2], np.nan)], validity=-1), received_at=NOW) == 1
    assert store_hours(stored, _reference_hours([(*row[:2], np.nan)], validity=-1), received_at=NOW) == 0
    kept = stored.execute("SELECT revision, value, validity, verification FROM reference_hour ORDER BY revision")
    assert kept.fetchall() == [(0, 8.1, 1, 3), (1, 8.4, 1, 3), (2, 8.4, 1, 1), (3, None, -1, 3)]
    (newest,) = list_hours(stored, "NL10404", "pm2_5", at("2026-05-17 00:00"), at("2026-05-18 00:00"), 10)
    assert (newest.revision, newest.value, newest.validity) == (3, None, -1)
    assert (newest.begin, newest.end) == (at("2026-05-17 12:00"), at("2026-05-17 13:00"))


def test_a_revision_back_to_the_first_value_is_kept(stored: psycopg.Connection) -> None:
    """A network that takes a correction back makes a third revision: only the newest one is compared."""
    for value, new in ((8.1, 1), (8.4, 1), (8.1, 1), (8.1, 0)):
        assert store_hours(stored, _reference_hours([("NL10404", "2026-05-17T12:00", value)]), received_at=NOW) == new


def test_the_last_of_equal_hours_in_a_batch_counts(stored: psycopg.Connection, at: At) -> None:
    """Two rows for one hour in one batch are one revision with the later value."""
    rows = [("NL10404", "2026-05-17T12:00", 8.1), ("NL10404", "2026-05-17T12:00", 9.9)]
    assert store_hours(stored, _reference_hours(rows), received_at=NOW) == 1
    found = hours(stored, "pm2_5", at("2026-05-17 00:00"), at("2026-05-18 00:00"))
    assert found.value == pytest.approx([9.9])


def test_an_unknown_station_is_named(stored: psycopg.Connection) -> None:
    """Hours of a station that is not stored are refused with its id, and none of the batch is stored."""
    rows = [("NL10404", "2026-05-17T12:00", 8.1), ("NL99999", "2026-05-17T12:00", 8.1)]
    with pytest.raises(StationUnknownError) as caught:
        store_hours(stored, _reference_hours(rows), received_at=NOW)
    assert str(caught.value) == "no reference station 'NL99999' is stored"
    assert stored.execute("SELECT count(*) FROM reference_hour").fetchone() == (0,)


def test_the_field_is_the_newest_revision_of_every_station(stored: psycopg.Connection, at: At) -> None:
    """Validation gets one row an hour and station of the asked property, with NaN for what was withdrawn."""
    rows = [
        ("NL10404", "2026-05-17T12:00", 8.0),
        ("NL10236", "2026-05-17T12:00", 7.0),
        ("NL10404", "2026-05-17T13:00", 9.0),
    ]
    store_hours(stored, _reference_hours(rows), received_at=NOW)
    store_hours(stored, _reference_hours([("NL10236", "2026-05-17T12:00", np.nan)], validity=-99), received_at=NOW)
    store_hours(stored, _reference_hours([("NL10404", "2026-05-17T12:00", 30.0)], name="no2"), received_at=NOW)
    found = hours(stored, "pm2_5", at("2026-05-17 12:00"), at("2026-05-17 14:00"))
    assert found.reference_station_id == ("NL10236", "NL10404", "NL10404")
    assert found.observed_property == ("pm2_5",) * 3
    np.testing.assert_array_equal(found.value, [np.nan, 8.0, 9.0])
    assert found.validity.tolist() == [-99, 1, 1]
    assert found.begin.astype("datetime64[h]").astype(str).tolist()[1:] == ["2026-05-17T12", "2026-05-17T13"]


def test_hours_of_a_station_come_in_pages(stored: psycopg.Connection, at: At) -> None:
    """Pages go on after the last begin."""
    rows = [("NL10404", f"2026-05-17T{hour:02}:00", float(hour)) for hour in range(4)]
    store_hours(stored, _reference_hours(rows), received_at=NOW)
    begin, end = at("2026-05-17 00:00"), at("2026-05-17 03:00")
    first = list_hours(stored, "NL10404", "pm2_5", begin, end, 2)
    second = list_hours(stored, "NL10404", "pm2_5", begin, end, 2, after=first[-1].begin)
    assert [hour.value for hour in first + second] == [0.0, 1.0, 2.0]


def test_hours_with_later_official_values_are_listed(stored: psycopg.Connection, at: At) -> None:
    """Corrected and late hours since a time are listed once, those of another property or before our first hour not."""
    stored.execute(
        "INSERT INTO hour (begin, series_key, raw, raw_min, raw_max, observed_count, data_capture, computed_at)"
        " VALUES (%s, 1, 1, 1, 1, 1, 1, now())",
        (at("2026-05-17 10:00"),),
    )
    early = [("NL10404", f"2026-05-17T{hour:02}:00", 8.0) for hour in (9, 10, 11, 12)]
    store_hours(stored, _reference_hours(early), received_at=at("2026-05-17 13:00"))
    later = [("NL10404", f"2026-05-17T{hour:02}:00", 8.5) for hour in (9, 11, 13)]
    store_hours(stored, _reference_hours(later), received_at=at("2026-05-18 09:00"))
    store_hours(stored, _reference_hours([("NL10236", "2026-05-17T11:00", 9.0)]), received_at=at("2026-05-18 09:00"))
    store_hours(stored, _reference_hours(later, name="no2"), received_at=at("2026-05-18 10:00"))

    def since(when: str) -> list[int]:
        found = revised_hours(stored, "pm2_5", since=at(when), before=at("2026-05-17 13:00"))
        return [begin.hour for begin in found]

    assert since("2026-05-17 13:00") == [10, 11, 12]
    assert since("2026-05-18 09:00") == [11]
    assert since("2026-05-18 09:01") == []
