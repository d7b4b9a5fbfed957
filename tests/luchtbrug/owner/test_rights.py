"""What owners may ask of their data: a copy of everything, a correction, an end; each with a receipt that is true."""

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from typer.testing import CliRunner

from luchtbrug.cli import app
from luchtbrug.jobs.lake import write_lake
from luchtbrug.owner.takeout import COVERED, FILES, LISTS, WITHHELD
from storage.connection import open_pool
from storage.hours import aggregate
from storage.lake import Lake
from storage.stations import remove_measurements, remove_station
from tests.luchtbrug.conftest import BEGIN, END, store_network
from tests.luchtbrug.test_doorway import AIRROHR, NATIVE, opened
from tests.luchtbrug.test_onboarding import bearer, owning, registered, settings

KEYS = {"station_key", "station_id", "series_key", "sensor_key", "owner_key", "alert_key"}


@pytest.fixture
def client(database_url: str, tmp_path: Path) -> Iterator[httpx.Client]:
    """Ask a platform with open registration."""
    with opened(database_url, settings(tmp_path, "open")) as client:
        yield client


def lived(client: httpx.Client) -> tuple[dict[str, Any], str]:
    """Register a station that sent something, something wrong too, and was paused; its path."""
    made = registered(client, name="Havenstraat")
    path = f"/v1/stations/{made['stationId']}"
    client.post(f"{path}/obs", json=NATIVE, headers=bearer(made))
    client.post(f"/in/{made['httpToken']}/airrohr", json=AIRROHR)
    client.post(f"{path}/obs", content=b"{broken", headers=bearer(made))
    client.post(f"{path}/events", json={"kind": "paused", "text": "barbecue"}, headers=owning(made))
    return made, path


def test_the_archive_covers_every_table(connection: psycopg.Connection) -> None:
    """Each table with a key of a station, series or owner is in the archive, or withheld for a reason."""
    rows = connection.execute(
        "SELECT table_schema, table_name, column_name FROM information_schema.columns JOIN information_schema.tables"
        " USING (table_schema, table_name) WHERE table_type = 'BASE TABLE' AND table_schema IN ('public', 'restricted')"
    )
    found = {name if schema == "public" else f"{schema}.{name}" for schema, name, column in rows if column in KEYS}
    assert found == COVERED.keys() | WITHHELD.keys()
    assert set(COVERED.values()) <= {"station", "contact", *FILES, *LISTS}


def test_the_archive_holds_everything(client: httpx.Client) -> None:
    """What was sent, what was put aside, the owner's words, exact place and a receipt are all in it; no secret is."""
    made, path = lived(client)
    assert client.get(f"{path}/takeout", headers=bearer(made)).status_code == 401
    answer = client.get(f"{path}/takeout", headers=owning(made))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as files:
        record = json.loads(files.read("station.json"))
        readings = files.read("readings.csv").decode().splitlines()
    assert len(readings) == 4
    assert (record["station"]["exact_latitude"], record["station"]["name"]) == (52.2235, "Havenstraat")
    assert record["quarantine"][0]["payload"] == "{broken"
    assert "barbecue" in [event["detail"].get("text") for event in record["events"]]
    assert record["contact"] == {"email": None, "language": None, "webhook": None, "unconfirmed": None}
    assert record["receipt"]["act"] == "export"
    assert not [name for name in ("httpToken", "mqttPassword", "ownerToken") if made[name] in json.dumps(record)]


def test_what_is_wrong_is_corrected(client: httpx.Client, connection: psycopg.Connection) -> None:
    """Name and time zone change, what is not named stays, a wrong zone is refused; receipt and log say what changed."""
    made, path = lived(client)
    answer = client.patch(path, json={"name": "", "timezone": "Europe/Amsterdam"}, headers=owning(made))
    assert answer.json()["receipt"]["done"][0]["en"] == "Changed: name, timezone."
    assert client.get(path).json()["name"] == ""
    for wrong in ({"timezone": "Mars/Phobos"}, {"timezone": ""}, {}):
        assert client.patch(path, json=wrong, headers=owning(made)).status_code == 400
    assert client.patch(path, json={"name": "x"}, headers=bearer(made)).status_code == 401
    noted = connection.execute(
        "SELECT actor, after FROM restricted.audit WHERE action = 'station.corrected'"
    ).fetchall()
    assert noted == [("owner", {"fields": ["name", "timezone"]})]


def rows_of(conn: psycopg.Connection, station_id: str, table: str) -> int:
    """Count the rows of a table that name a station, by its id or a series of it."""
    found = conn.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 -- names of our own tables
    assert found is not None, station_id
    return int(found[0])


PERSONAL = ("restricted.station_position", "restricted.station_credential", "restricted.owner_credential", "owner",
            "quarantine", "alert", "restricted.device_claim")  # fmt: skip
MEASURED = ("reading", "hour", "latest", "series", "sensor", "station", "event")


def test_a_station_leaves_and_its_measurements_stay(client: httpx.Client, connection: psycopg.Connection) -> None:
    """Personal data are gone at once; readings stay without name and owner; the receipt says so and until when."""
    made, path = lived(client)
    answer = client.delete(path, headers=owning(made))
    receipt = answer.json()["receipt"]
    assert {name: rows_of(connection, made["stationId"], name) for name in PERSONAL} == dict.fromkeys(PERSONAL, 0)
    assert rows_of(connection, made["stationId"], "reading") == 3
    assert connection.execute("SELECT name, owner_key FROM station").fetchone() == ("", None)
    assert connection.execute("SELECT count(*) FROM event WHERE detail ? 'text'").fetchone() == (0,)
    assert [line["what"] for line in receipt["remains"]] == ["measurements", "files", "backups", "receipt"]
    until = datetime.fromisoformat(receipt["remains"][2]["until"])
    assert until - datetime.fromisoformat(receipt["time"]) == timedelta(days=30)
    assert len(receipt["words"]["nl"]) == len(receipt["words"]["en"]) == 6
    kept = connection.execute("SELECT receipt_id, act, detail FROM restricted.receipt").fetchone()
    assert kept == (receipt["receiptId"], "delete", receipt)


def test_a_station_leaves_with_all_that_it_measured(client: httpx.Client, connection: psycopg.Connection) -> None:
    """Where the owner wishes so, no row of it is left but the receipt, which counts what went."""
    made, path = lived(client)
    answer = client.request("DELETE", path, json={"readings": "remove"}, headers=owning(made))
    receipt = answer.json()["receipt"]
    assert receipt["done"][1]["count"] == 3
    assert [line["what"] for line in receipt["remains"]] == ["files", "backups", "receipt"]
    names = PERSONAL + MEASURED
    assert {name: rows_of(connection, made["stationId"], name) for name in names} == dict.fromkeys(names, 0)
    assert client.get(path).status_code == 404
    assert rows_of(connection, made["stationId"], "restricted.receipt") == 1


def test_the_operator_lets_a_station_leave_alike(
    client: httpx.Client, connection: psycopg.Connection, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command leaves no row either, keeps the receipt that it prints, asks first, and the log says who it was."""
    made, path = lived(client)
    monkeypatch.setenv("LUCHTBRUG_DATABASE_URL", database_url)
    leave = ["station", "remove", made["stationId"], "--readings", "remove"]
    assert CliRunner().invoke(app, leave, input="n\n").exit_code == 1
    assert client.get(path).status_code == 200
    receipt = json.loads(CliRunner().invoke(app, [*leave, "--yes", "--json"], catch_exceptions=False).output)
    assert receipt["done"][1]["count"] == 3
    names = PERSONAL + MEASURED
    assert {name: rows_of(connection, made["stationId"], name) for name in names} == dict.fromkeys(names, 0)
    assert connection.execute("SELECT act, detail FROM restricted.receipt").fetchall() == [("delete", receipt)]
    noted = connection.execute("SELECT actor, after FROM restricted.audit WHERE action = 'station.removed'").fetchall()
    assert noted == [("command", {"readings": "remove"})]


def test_a_transfer_has_a_receipt(client: httpx.Client, connection: psycopg.Connection) -> None:
    """The new owner gets it, and the former one's token and record are gone."""
    made, path = lived(client)
    code = client.post(f"{path}/transfers", headers=owning(made)).json()["code"]
    taken = client.post("/v1/claims", json={"code": code}).json()
    assert taken["receipt"]["act"] == "transfer"
    assert client.get(f"{path}/takeout", headers=owning(made)).status_code == 401
    assert rows_of(connection, made["stationId"], "owner") == 1


def test_the_nightly_files_follow(connection: psycopg.Connection, database_url: str, tmp_path: Path) -> None:
    """A month is written anew after measurements of it were removed, the last of it too, and holds none of them."""
    network = store_network(connection, BEGIN)
    aggregate(connection, BEGIN, END, now=END)
    connection.commit()
    lake, rows = Lake.at(str(tmp_path / "lake")), []
    with open_pool(database_url, size=3) as pool:
        for night, leaving in enumerate((("s0",), ("s1", "s2"), ())):
            later = END + timedelta(days=60 + 5 * night)
            write_lake(pool, lake, now=later)
            package = lake.package()
            assert package is not None
            rows += [one.rows for one in package.resources if one.name == "hours-2026-05"]
            for name in leaving:
                remove_station(connection, name, later)
                remove_measurements(connection, name, later)
            connection.commit()
    assert rows == [3 * len(network.wave), 2 * len(network.wave), 0]
