"""The calibrate service's turn, with an official network in files."""

from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

import psycopg

from luchtbrug.jobs.loop import OVERLAP, turn
from luchtbrug.settings import Settings
from storage.jobs import find
from storage.revisions import list_changes, list_revisions
from validation.flags import Flag

from .conftest import END, HOUR, SmallNetwork

YESTERDAY = END - timedelta(hours=20)


def _official(folder: Path, begin: datetime, value: float) -> None:
    """Write the one official hour that the network gives out."""
    folder.mkdir(exist_ok=True)
    (folder / "reference_stations.csv").write_text("reference_station,lat,lon\nNL001,52.23,5.19\n", encoding="utf-8")
    row = f"{begin.isoformat()},NL001,pm2_5,{value},ug/m3"
    header = "time,reference_station,observed_property,value,unit"
    (folder / "reference.csv").write_text(f"{header}\n{row}\n", encoding="utf-8")


def _turn(conn: psycopg.Connection, folder: Path, now: datetime) -> int:
    settings = Settings.read(reference_network="csv", reference_csv=folder)
    return turn(conn, settings, Event(), now=now).validated


def test_an_official_correction_of_yesterday_is_a_new_revision_at_the_next_turn(
    connection: psycopg.Connection, validated: SmallNetwork, tmp_path: Path
) -> None:
    """A turn with nothing new publishes nothing; one that fetches a corrected hour revises what depends on it."""
    now = END + timedelta(minutes=7)
    _official(tmp_path, YESTERDAY, 11.0)
    _turn(connection, tmp_path, now)
    settled = len(list_changes(connection, since=END - timedelta(days=30)))
    assert _turn(connection, tmp_path, now + OVERLAP) == 0
    _official(tmp_path, YESTERDAY, 31.0)
    assert _turn(connection, tmp_path, now + 2 * OVERLAP) >= 3
    changes = list_changes(connection, since=END - timedelta(days=30))[settled:]
    assert {row.begin for row in changes if row.estimate != row.old_estimate} >= {YESTERDAY}
    assert all(row.begin >= YESTERDAY for row in changes)
    assert _turn(connection, tmp_path, now + 4 * OVERLAP) == 0


def test_what_arrived_while_the_service_was_away_is_looked_at(
    connection: psycopg.Connection, validated: SmallNetwork, tmp_path: Path
) -> None:
    """A late reading that came three days before the next turn still changes its hour, for the last turn is known."""
    _official(tmp_path, YESTERDAY, 11.0)
    _turn(connection, tmp_path, END + timedelta(minutes=7))
    job = find(connection, "look")
    assert job is not None
    assert (job.reached, job.ended_at) == (END + timedelta(minutes=7), None)
    key = validated.series_keys[2]
    arrived = END + HOUR
    validated.readings(key, YESTERDAY - timedelta(minutes=30), [90.0], flags=int(Flag.LATE), received=arrived)
    connection.commit()
    _turn(connection, tmp_path, END + timedelta(days=3))
    rows = list_revisions(connection, key, YESTERDAY, YESTERDAY + HOUR)
    assert len({row.raw for row in rows}) == 2
