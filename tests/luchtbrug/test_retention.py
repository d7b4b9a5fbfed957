"""The retention job on a real database: what is old goes, what is young stays, and each figure is said."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

import storage.retention
from api.web.transparency.source import policy
from luchtbrug.jobs.retention import Nights, Step, sweep
from luchtbrug.metrics import of_retention
from luchtbrug.register import register
from luchtbrug.sealing import Seal, SealError
from luchtbrug.settings import Settings

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Keep readings for 90 days, and the files in the test's own folder."""
    return Settings.read(data_dir=tmp_path, retention_days=90)


def fill(conn: psycopg.Connection, settings: Settings, *, days: float, name: str) -> None:
    """Write one row of each class that is so many days old."""
    new = register(conn, station_id=name, latitude=52.2, longitude=5.2, position_key="key of a test", now=NOW)
    assert new.owner_token
    at = NOW - timedelta(days=days)
    for statement in (
        "INSERT INTO reading (time, series_key, raw, flags, received_at) VALUES (%(at)s, 1, 1, 0, %(at)s)",
        "INSERT INTO quarantine (received_at, door, topic, station_id, payload, payload_size, reason, detail)"
        " VALUES (%(at)s, 'mqtt', 't', %(name)s, 'x', 1, 'not_json', '')",
        "INSERT INTO event (time, kind, station_key, detail)"
        " SELECT %(at)s, 'paused', station_key, '{\"text\": \"barbecue\"}' FROM station WHERE station_id = %(name)s",
        'INSERT INTO alert (station_key, kind, begin, "end")'
        " SELECT station_key, 'odd', %(at)s, %(at)s FROM station WHERE station_id = %(name)s",
        "INSERT INTO restricted.receipt VALUES ('r-' || %(name)s, %(at)s, 'export', %(name)s, '{}')",
        "INSERT INTO restricted.address_code (owner_key, email, language, code_hash, expires_at)"
        " SELECT owner_key, 'a@example.org', 'nl', 'x', %(at)s::timestamptz + interval '1 day' FROM station"
        " WHERE station_id = %(name)s",
    ):
        conn.execute(statement, {"at": at, "name": name})
    folder = settings.data_dir / "logs"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.log").touch()
    os.utime(folder / f"{name}.log", times=(at.timestamp(),) * 2)
    conn.commit()


CLASSES = {"readings", "visitors", "removed-series", "contact", *storage.retention.BY_AGE}


def test_each_class_of_the_table_is_carried_out() -> None:
    """The table that the page and the papers show, and what the job does, name the same classes."""
    assert set(policy()) == {*storage.retention.BY_AGE, "visitors"}
    with pytest.raises(KeyError):
        storage.retention.forget(None, "official", NOW)  # type: ignore[arg-type]


@pytest.mark.parametrize("data_class", sorted({*policy(), "readings"}))
def test_a_class_goes_at_its_age_and_not_before(
    connection: psycopg.Connection, settings: Settings, data_class: str
) -> None:
    """A row of an hour over its days goes, one of an hour under stays; a dry run says the same and deletes nothing."""
    days = policy()[data_class].days if data_class in policy() else 90
    fill(connection, settings, days=days + 1 / 24, name="old")
    fill(connection, settings, days=days - 1 / 24, name="young")
    said = {step.data_class: step.removed for step in sweep(connection, settings, now=NOW, dry_run=True)}
    done = {step.data_class: step.removed for step in sweep(connection, settings, now=NOW)}
    again = {step.data_class: step.removed for step in sweep(connection, settings, now=NOW)}
    assert said == done
    assert (done[data_class], again[data_class]) == (1, 0)
    assert set(done) == CLASSES


def test_what_came_in_while_it_was_removed_goes_at_night(connection: psycopg.Connection, settings: Settings) -> None:
    """A reading of a series that its owner had removed, stored a moment later, does not survive the night."""
    connection.execute("INSERT INTO removed_series (series_key, removed_at) VALUES (7, %s)", (NOW,))
    connection.execute(
        "INSERT INTO reading (time, series_key, raw, flags, received_at) VALUES (%s, 7, 1, 0, %s)", (NOW, NOW)
    )
    steps = sweep(connection, settings, now=NOW)
    assert [step.removed for step in steps if step.data_class == "removed-series"] == [1]
    assert connection.execute("SELECT count(*) FROM reading").fetchone() == (0,)


def test_an_owner_of_nothing_is_forgotten(connection: psycopg.Connection, settings: Settings) -> None:
    """An owner left over without a station goes, one with a station stays."""
    connection.execute("INSERT INTO owner (created_at) VALUES (%s)", (NOW - timedelta(hours=2),))
    register(connection, station_id="s-one", latitude=52.2, longitude=5.2, position_key="key of a test", now=NOW)
    steps = sweep(connection, settings, now=NOW)
    assert [step.removed for step in steps if step.data_class == "contact"] == [1]
    assert connection.execute("SELECT count(*) FROM owner").fetchone() == (1,)


def test_addresses_are_sealed_anew_with_the_first_key(connection: psycopg.Connection, tmp_path: Path) -> None:
    """One in clear of an older release, and one of an old key, are both of the new key after a night."""
    old, new = "o" * 40, "n" * 40
    sealed = {"clear": "a@example.org", "old": Seal([old]).seal("b@example.org")}
    for text in sealed.values():
        row = connection.execute("INSERT INTO owner (created_at) VALUES (now()) RETURNING owner_key").fetchone()
        assert row
        connection.execute("INSERT INTO restricted.owner_contact (owner_key, email) VALUES (%s, %s)", (row[0], text))
    sweep(connection, Settings.read(data_dir=tmp_path, contact_key=f"{new},{old}"), now=NOW)
    kept = [row[0] for row in connection.execute("SELECT email FROM restricted.owner_contact ORDER BY owner_key")]
    assert [Seal([new]).unseal(text) for text in kept] == ["a@example.org", "b@example.org"]
    assert not [text for text in kept if "example" in text]
    with pytest.raises(SealError):
        Seal([old]).unseal(kept[0])


def test_the_figures_say_what_went() -> None:
    """A sweep is a line a class, and a figure a class."""
    step = Step("put-aside", NOW, 12)
    assert step.said() == "put-aside             12 gone older than 2026-11-23 03:00 UTC"
    nights = Nights()
    nights.removed.update({"put-aside": 12})
    figures = {metric.name: dict(metric.values) for metric in of_retention(nights)}
    assert figures["luchtbrug_retention_removed"] == {("put-aside",): 12.0}
