"""What owners do with stations, over the API and with the command: keys, codes, moves, and what is left of them."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from structlog.testing import capture_logs
from typer.testing import CliRunner

from luchtbrug.cli import app
from luchtbrug.credentials import hash_code, hash_token, new_code, password_fits
from luchtbrug.register import register
from storage.connection import connect
from storage.events import list_events
from storage.owners import keys_of_station
from storage.stations import password_hash
from tests.luchtbrug.test_doorway import NATIVE, opened
from tests.luchtbrug.test_onboarding import PLACE, bearer, owning, registered, settings

NOW = datetime.now(UTC)


@pytest.fixture
def client(database_url: str, tmp_path: Path) -> Iterator[httpx.Client]:
    """Ask a platform with open registration."""
    with opened(database_url, settings(tmp_path, "open")) as client:
        yield client


@pytest.fixture
def waiting(connection: psycopg.Connection) -> tuple[str, str]:
    """Register a station for somebody else; its id and claim code."""
    new = register(
        connection, station_id="s-school", latitude=52.2, longitude=5.2, position_key="key of a test", now=NOW,
        claimable=True,
    )  # fmt: skip
    connection.commit()
    assert new.owner_token is None
    assert new.claim_code is not None
    return new.station_id, new.claim_code


def sends(client: httpx.Client, station_id: str, token: str) -> bool:
    """Say whether a token is good for sending."""
    answer = client.post(f"/v1/stations/{station_id}/obs", json=NATIVE, headers={"Authorization": f"Bearer {token}"})
    return answer.status_code == 202


def test_secrets_are_kept_as_hashes_only(client: httpx.Client, connection: psycopg.Connection) -> None:
    """Nothing that registration or a transfer showed stands in any row of the restricted schema."""
    made = registered(client)
    code = client.post(f"/v1/stations/{made['stationId']}/transfers", headers=owning(made)).json()["code"]
    kept = repr(
        connection.execute(
            "SELECT * FROM restricted.owner_credential, restricted.station_credential, restricted.station_code"
        ).fetchall()
    )
    assert hash_token(made["ownerToken"]) in kept
    assert hash_code(code) in kept
    shown = (made["ownerToken"], made["httpToken"], made["mqttPassword"], code)
    assert not [secret for secret in shown if secret in kept]


def test_rotation_withdraws_the_old_keys(client: httpx.Client, connection: psycopg.Connection) -> None:
    """After it the old token and password are good for nothing, the new ones send, and the lines hold the new ones."""
    made = registered(client)
    name = made["stationId"]
    assert sends(client, name, made["httpToken"])
    new = client.post(f"/v1/stations/{name}/credentials", headers=owning(made), json={"device": "airrohr"}).json()
    assert [sends(client, name, each["httpToken"]) for each in (made, new)] == [False, True]
    kept = password_hash(connection, name) or ""
    assert [password_fits(each["mqttPassword"], kept) for each in (made, new)] == [False, True]
    assert list(new["setup"]) == ["airrohr"]
    assert new["httpToken"] in new["setup"]["airrohr"][1]


def test_the_owner_s_token_is_renewed_when_asked(client: httpx.Client) -> None:
    """With ownerToken a rotation shows another one, and the old one opens nothing."""
    made = registered(client)
    path = f"/v1/stations/{made['stationId']}/credentials"
    new = client.post(path, headers=owning(made), json={"ownerToken": True}).json()
    assert client.post(path, headers=owning(made)).status_code == 401
    assert client.post(path, headers=owning(new)).status_code == 201


def test_what_a_device_sends_gives_no_station_away(client: httpx.Client) -> None:
    """The station's own token reports a pause, and neither rotates, transfers, nor sees the contact."""
    made = registered(client)
    path = f"/v1/stations/{made['stationId']}"
    assert client.post(f"{path}/events", json={"kind": "paused"}, headers=bearer(made)).status_code == 201
    denied = [client.post(f"{path}/{what}", headers=bearer(made)) for what in ("credentials", "transfers")]
    denied.append(client.get(f"{path}/contact", headers=bearer(made)))
    assert [answer.status_code for answer in denied] == [401] * 3


def test_one_owner_has_several_stations(client: httpx.Client, connection: psycopg.Connection) -> None:
    """Who registers a second station with the owner's token gets no other token; a made-up one is 401."""
    made = registered(client)
    second = client.post("/v1/stations", json=PLACE, headers=owning(made))
    assert second.status_code == 201
    assert "ownerToken" not in second.json()
    keys = [keys_of_station(connection, each["stationId"]) for each in (made, second.json())]
    assert keys[0] is not None
    assert keys[1] is not None
    assert keys[0].owner_key == keys[1].owner_key
    assert client.post("/v1/stations", json=PLACE, headers={"Authorization": "Bearer x"}).status_code == 401


def test_a_transfer_gives_the_station_and_new_keys_once(client: httpx.Client) -> None:
    """Its code makes somebody else the owner; the old owner's token and the old keys are good for nothing then."""
    made = registered(client)
    path = f"/v1/stations/{made['stationId']}"
    code = client.post(f"{path}/transfers", headers=owning(made)).json()["code"]
    taken = client.post("/v1/claims", json={"code": code.upper().replace("-", " ")})
    assert taken.status_code == 201, taken.text
    new = taken.json()
    assert new["stationId"] == made["stationId"]
    assert client.post("/v1/claims", json={"code": code}).status_code == 404
    assert [sends(client, made["stationId"], each["httpToken"]) for each in (made, new)] == [False, True]
    statuses = [client.post(f"{path}/transfers", headers=owning(each)).status_code for each in (made, new)]
    assert statuses == [401, 201]


def test_an_owner_without_a_station_is_forgotten(client: httpx.Client, connection: psycopg.Connection) -> None:
    """After a transfer the old owner's row, token and contact are gone."""
    made = registered(client)
    path = f"/v1/stations/{made['stationId']}"
    client.put(f"{path}/contact/webhook", json={"url": "https://hooks.example.org/x"}, headers=owning(made))
    code = client.post(f"{path}/transfers", headers=owning(made)).json()["code"]
    client.post("/v1/claims", json={"code": code})
    assert connection.execute("SELECT count(*) FROM owner").fetchone() == (1,)
    assert connection.execute("SELECT count(*) FROM restricted.owner_webhook").fetchone() == (0,)


def test_a_station_registered_for_somebody_is_claimed_once(client: httpx.Client, waiting: tuple[str, str]) -> None:
    """Its code makes an owner, once, and the keys that are in the device already stay as they are."""
    name, code = waiting
    claimed = client.post("/v1/claims", json={"code": code})
    assert claimed.status_code == 201, claimed.text
    assert set(claimed.json()) == {"stationId", "ownerToken"}
    assert client.post("/v1/claims", json={"code": code}).status_code == 404
    assert client.delete(f"/v1/stations/{name}", headers=owning(claimed.json())).status_code == 200


def test_a_code_is_over_after_its_time(
    client: httpx.Client, waiting: tuple[str, str], connection: psycopg.Connection
) -> None:
    """A code past its time gives nothing, and is gone."""
    connection.execute("UPDATE restricted.station_code SET expires_at = %s", (NOW - timedelta(seconds=1),))
    connection.commit()
    assert client.post("/v1/claims", json={"code": waiting[1]}).status_code == 404
    assert connection.execute("SELECT count(*) FROM restricted.station_code").fetchone() == (0,)


def test_codes_cannot_be_guessed_at_leisure(client: httpx.Client) -> None:
    """After ten wrong codes an address has to wait."""
    statuses = [client.post("/v1/claims", json={"code": new_code()}).status_code for _ in range(11)]
    assert statuses == [404] * 10 + [429]


def test_nothing_personal_is_left_of_a_station(client: httpx.Client, connection: psycopg.Connection) -> None:
    """After its deletion name, words, position, messages, owner and contact are gone; values stay without an owner."""
    made = registered(client, name="at the Jansens'")
    path = f"/v1/stations/{made['stationId']}"
    assert sends(client, made["stationId"], made["httpToken"])
    client.post(f"{path}/obs", content=b"{latitude: 52.2235}", headers=bearer(made))
    client.post(f"{path}/events", json={"kind": "paused", "text": "party of the Jansens"}, headers=bearer(made))
    assert client.delete(path, headers=owning(made)).status_code == 200
    counts = connection.execute(
        "SELECT (SELECT count(*) FROM owner), (SELECT count(*) FROM restricted.owner_credential),"
        " (SELECT count(*) FROM restricted.station_position), (SELECT count(*) FROM quarantine)"
    )
    assert counts.fetchone() == (0, 0, 0, 0)
    assert "Jansen" not in repr(list_events(connection)) + client.get(path).text
    assert connection.execute("SELECT count(*) FROM reading").fetchone() == (2,)


def test_no_secret_of_an_owner_reaches_the_log(client: httpx.Client, caplog: pytest.LogCaptureFixture) -> None:
    """Neither tokens nor codes are logged, whether they fit or not."""
    made = registered(client)
    path = f"/v1/stations/{made['stationId']}"
    with capture_logs() as logged:
        code = client.post(f"{path}/transfers", headers=owning(made)).json()["code"]
        client.post("/v1/claims", json={"code": "wrong-wrong-wrong"})
        client.post(f"{path}/credentials", headers={"Authorization": "Bearer a-made-up-token"})
        client.post("/v1/claims", json={"code": code})
    ours = [line for line in caplog.messages if "HTTP Request" not in line]  # the test's own client
    text = repr(logged) + repr(ours)
    assert not [each for each in (made["ownerToken"], code, "wrong-wrong", "a-made-up-token") if each in text]


def command(*arguments: str) -> Any:
    """Run `luchtbrug station …` and read its JSON."""
    result = CliRunner().invoke(app, ["station", *arguments, "--json"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def test_the_operator_does_the_same_by_command(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Registered to be claimed, claimed, rotated, given away, moved and withdrawn, each by `luchtbrug station`."""
    monkeypatch.setenv("LUCHTBRUG_DATABASE_URL", database_url)
    monkeypatch.setenv("LUCHTBRUG_DATA_DIR", str(tmp_path))
    added = command("add", "--latitude", "52.2", "--longitude", "5.2", "--id", "s-one", "--claimable")
    claimed = command("claim", added["claim_code"])
    assert (claimed["station_id"], "mqtt_password" in claimed) == ("s-one", False)
    rotated = command("rotate", "s-one")
    taken = command("claim", command("transfer", "s-one")["code"])
    assert len({added["mqtt_password"], rotated["mqtt_password"], taken["mqtt_password"]}) == 3
    moved = ["station", "report", "s-one", "moved", "--latitude", "52.3", "--longitude", "5.3"]
    assert CliRunner().invoke(app, moved).exit_code == 0
    assert CliRunner().invoke(app, moved[:4]).exit_code == 2
    assert command("remove", "s-one", "--yes")["act"] == "delete"
    with connect(database_url) as conn:
        kinds = [event.kind for event in list_events(conn)]
        assert password_hash(conn, "s-one") is None
    assert set(kinds) == {
        "station_removed", "moved", "credentials_rotated", "station_transferred", "station_claimed", "station_added",
    }  # fmt: skip


def test_a_device_is_claimed_once(client: httpx.Client) -> None:
    """The first station has it, another is told so, nonsense is refused, and who lets go leaves it to the next."""
    one, other = registered(client), registered(client)
    device = {"format": "airgradient", "serial": "84:FC:E6:12:F5:B8"}
    first, second = (f"/v1/stations/{made['stationId']}/devices" for made in (one, other))
    assert client.post(first, json=device).status_code == 401
    assert client.post(first, json={**device, "serial": "x"}, headers=owning(one)).status_code == 400
    assert client.post(first, json=device, headers=owning(one)).status_code == 201
    refused = client.post(second, json=device, headers=owning(other))
    assert refused.status_code == 409
    assert one["stationId"] not in refused.text
    assert client.request("DELETE", first, json=device, headers=owning(one)).status_code == 204
    assert client.post(second, json=device, headers=owning(other)).status_code == 201
