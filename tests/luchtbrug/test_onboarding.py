"""Stations that register, report and leave over the API, on a real server and database."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from luchtbrug.credentials import password_fits
from luchtbrug.displacement import METRES_PER_DEGREE
from luchtbrug.settings import Settings
from storage.connection import connect
from storage.events import list_events
from storage.stations import find_station, password_hash
from tests.luchtbrug.test_doorway import AIRROHR, NATIVE, opened

PLACE = {"latitude": 52.2235, "longitude": 5.1764}


def settings(folder: Path, registration: str, **more: Any) -> Settings:
    """Read settings whose files are the test's own."""
    return Settings.read(data_dir=folder, registration=registration, base_url="https://lucht.example.org", **more)


@pytest.fixture
def client(database_url: str, tmp_path: Path) -> Iterator[httpx.Client]:
    """Ask a platform with open registration."""
    with opened(database_url, settings(tmp_path, "open")) as client:
        yield client


def registered(client: httpx.Client, **more: Any) -> dict[str, Any]:
    """Register a station."""
    answer = client.post("/v1/stations", json={**PLACE, **more})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def bearer(made: dict[str, Any]) -> dict[str, str]:
    """Give the header of a station's device."""
    return {"Authorization": f"Bearer {made['httpToken']}"}


def owning(made: dict[str, Any]) -> dict[str, str]:
    """Give the header of a station's owner."""
    return {"Authorization": f"Bearer {made['ownerToken']}"}


def test_registration_is_closed_unless_opened(database_url: str, tmp_path: Path) -> None:
    """As it comes, nobody registers over the API; the answer says whom to ask."""
    assert Settings.model_fields["registration"].default == "closed"
    with opened(database_url, settings(tmp_path, "closed")) as client:
        answer = client.post("/v1/stations", json=PLACE)
        assert (answer.status_code, answer.headers["Content-Type"]) == (403, "application/problem+json")
        assert client.get("/v1/stations").json()["items"] == []


def test_a_new_station_sends_at_once(client: httpx.Client, connection: psycopg.Connection) -> None:
    """What registration answers is enough to push a reading, and the station stands in the list."""
    made = registered(client, name="Havenstraat", heightM=2.5)
    answer = client.post(f"/v1/stations/{made['stationId']}/obs", json=NATIVE, headers=bearer(made))
    assert answer.status_code == 202
    assert client.post(f"/in/{made['httpToken']}/airrohr", json=AIRROHR).status_code == 200
    assert client.get(f"/v1/stations/{made['stationId']}").json()["name"] == "Havenstraat"
    kept = password_hash(connection, made["stationId"])
    assert kept is not None
    assert password_fits(made["mqttPassword"], kept)


def test_the_exact_position_is_never_shown(client: httpx.Client) -> None:
    """Registration and list give the displaced position, within 100 m of the exact one and not it."""
    made = registered(client)
    north = (made["latitude"] - PLACE["latitude"]) * METRES_PER_DEGREE
    east = (made["longitude"] - PLACE["longitude"]) * METRES_PER_DEGREE * 0.6126  # cos 52.22°
    assert 0.5 < (north**2 + east**2) ** 0.5 <= 101
    shown = client.get(f"/v1/stations/{made['stationId']}").json()["geometry"]["coordinates"]
    assert shown == [made["longitude"], made["latitude"]]


def test_setup_lines_hold_what_the_owner_enters(client: httpx.Client) -> None:
    """Each device's lines name the public host and the station's own secrets, and leave nothing to fill in."""
    made = registered(client)
    text = {device: "\n".join(lines) for device, lines in made["setup"].items()}
    assert f"lucht.example.org, Path /in/{made['httpToken']}/airrohr, Port 443" in text["airrohr"]
    assert made["mqttPassword"] in text["weather_underground"]
    assert all("lucht.example.org" in lines for lines in text.values())
    assert not [device for device, lines in text.items() if "`" in lines or "{user" in lines or "{token" in lines]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"latitude": 52.2}, "longitude"),
        ({**PLACE, "latitude": 91}, "$.latitude"),
        ({**PLACE, "longitude": "5.1"}, "$.longitude"),
        ({**PLACE, "email": "a@example.org"}, "email"),
        ({**PLACE, "name": "x" * 81}, "$.name"),
        ({**PLACE, "name": "x\x00"}, "$.name"),
        ({**PLACE, "format": "fax"}, "format 'fax'"),
        ({**PLACE, "timezone": "Mars/Phobos"}, "Mars/Phobos"),
        ({**PLACE, "timezone": "../etc/passwd"}, "timezone"),
        ({**PLACE, "timezone": ""}, "timezone"),
        ({**PLACE, "timezone": "localtime"}, "timezone"),
        ({**PLACE, "name": "Havenstraat\n"}, "name"),
        ({**PLACE, "sensors": [{"model": "SDS012"}]}, "did you mean SDS011"),
        (
            {**PLACE, "sensors": [{"model": "SDS011", "observedProperties": ["co2"]}]},
            "SDS011 measures pm2_5, pm10, not co2",
        ),
        ({**PLACE, "sensors": ["SDS011"]}, "$.sensors[0]"),
        ([], "object"),
    ],
)
def test_a_wrong_registration_is_named(client: httpx.Client, body: Any, said: str) -> None:
    """A field that is missing, unknown or out of bounds is a 400 that names it, and no station is made."""
    answer = client.post("/v1/stations", json=body)
    assert answer.status_code == 400
    assert said in answer.json()["detail"]
    assert client.get("/v1/stations").json()["items"] == []


def test_all_that_is_wrong_is_said_at_once(client: httpx.Client) -> None:
    """Format, device, time zone and each sensor that nobody knows stand in one answer."""
    wrong = {"format": "fax", "device": "toaster", "timezone": "Mars", "sensors": [{"model": "X1"}, {"model": "Y2"}]}
    detail = client.post("/v1/stations", json={**PLACE, **wrong}).json()["detail"]
    assert [each for each in ("'fax'", "'toaster'", "'Mars'", "'X1'", "'Y2'") if each not in detail] == []


def test_a_sensor_told_of_is_the_one_that_a_message_names(client: httpx.Client, database_url: str) -> None:
    """Sensors told of stand under their model; one that messages name is no second, and keeps its series and model."""
    told = [{"model": "sps30", "observedProperties": ["pm2_5"]}, {"model": "BME280"}, {"model": "SDS011"}]
    made = registered(client, sensors=told)
    with connect(database_url) as conn:
        sensors = "SELECT sensor_name, sensor_model FROM sensor ORDER BY sensor_model DESC"
        assert conn.execute(sensors).fetchall() == [("SPS30", "SPS30"), ("SDS011", "SDS011"), ("BME280", "BME280")]
        before = client.get(f"/v1/stations/{made['stationId']}").json()["series"]
        obs = [{"s": "sps30-1", "v": {"pm2_5": 8.1}}, {"s": "garden", "v": {"temperature": 21.5}}]
        assert client.post(f"/v1/stations/{made['stationId']}/obs", json={"obs": obs}, headers=bearer(made)).is_success
        conn.rollback()
        assert conn.execute(sensors).fetchall() == [("sps30-1", "SPS30"), ("SDS011", "SDS011"), ("garden", "BME280")]
        after = client.get(f"/v1/stations/{made['stationId']}").json()["series"]
    assert [each["seriesId"] for each in before] == [
        each["seriesId"] for each in after if each["sensorModel"] == "SPS30"
    ]


def test_the_models_to_choose_from_are_listed(client: httpx.Client) -> None:
    """Each model is listed with what it measures."""
    items = {
        each["sensorModel"]: each["observedProperties"] for each in client.get("/v1/sensor-models").json()["items"]
    }
    assert items["SDS011"] == ["pm2_5", "pm10"]
    assert len(items) > 40


def test_a_giant_registration_is_refused(client: httpx.Client) -> None:
    """More than 4 KiB is 413."""
    assert client.post("/v1/stations", content=b" " * 5000).status_code == 413


def test_a_name_that_turns_words_about_is_refused(client: httpx.Client) -> None:
    """Direction marks, invisible and control characters are 400; other scripts and joined signs are a name."""
    for mark in ("\u202e", "\u2066", "\u2028", "\u200b", "\x85"):
        assert client.post("/v1/stations", json={**PLACE, "name": f"Haven{mark}straat"}).status_code == 400, mark
    for name in ("Ĳmuiden, ’t Háven", "شارع", "👩\u200d🔬"):
        assert client.post("/v1/stations", json={**PLACE, "name": name}).status_code == 201, name


def test_one_address_registers_only_so_many(client: httpx.Client) -> None:
    """Ten stations at once pass, the eleventh has to wait."""
    answers = [client.post("/v1/stations", json=PLACE) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [201] * 10 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_a_station_leaves_by_its_owner_s_token_only(client: httpx.Client, connection: psycopg.Connection) -> None:
    """None, another's, and what its device sends are 401; after its owner's the keys are gone and the readings stay."""
    made, other = registered(client), registered(client)
    path = f"/v1/stations/{made['stationId']}"
    client.post(f"{path}/obs", json=NATIVE, headers=bearer(made))
    assert [client.delete(path, headers=each).status_code for each in ({}, owning(other), bearer(made))] == [401] * 3
    assert client.delete(path, headers=owning(made)).status_code == 200
    assert client.post(f"{path}/obs", json=NATIVE, headers=bearer(made)).status_code == 401
    assert client.delete(path, headers=owning(made)).status_code == 401
    assert client.get(path).json()["removedAt"]
    assert len(client.get(path).json()["series"]) == 2
    assert connection.execute("SELECT count(*) FROM restricted.station_position").fetchone() == (1,)


def test_what_an_owner_reports_is_an_event(client: httpx.Client, database_url: str) -> None:
    """A pause, its end and another sensor are events of the station, with the owner's words."""
    made = registered(client)
    path = f"/v1/stations/{made['stationId']}/events"
    reports: list[dict[str, Any]] = [
        {"kind": "paused", "text": "barbecue"},
        {"kind": "resumed"},
        {"kind": "hardware_changed", "text": "new fan", "sensor": "sps30-0"},
    ]
    for report in reports:
        answer = client.post(path, json=report, headers=bearer(made))
        assert (answer.status_code, answer.json()["kind"]) == (201, report["kind"])
    with connect(database_url) as conn:
        found = [(event.kind, dict(event.detail)) for event in list_events(conn, station_id=made["stationId"])]
    assert found == [
        ("hardware_changed", {"sensor": "sps30-0", "text": "new fan"}),
        ("resumed", {"sensor": None, "text": None}),
        ("paused", {"sensor": None, "text": "barbecue"}),
        ("station_added", {}),
    ]


def test_a_move_gives_another_position(client: httpx.Client, database_url: str) -> None:
    """A move is an event without the place in it, and the public position follows the new exact one."""
    made = registered(client)
    path = f"/v1/stations/{made['stationId']}/events"
    moved = {"kind": "moved", "latitude": 52.3, "longitude": 5.2}
    assert client.post(path, json=moved, headers=bearer(made)).status_code == 401
    assert client.post(path, json=moved, headers=owning(made)).status_code == 201
    with connect(database_url) as conn:
        station = find_station(conn, made["stationId"])
        (event,) = list_events(conn, kind="moved")
        exact = conn.execute("SELECT latitude, longitude FROM restricted.station_position").fetchone()
    assert station is not None
    assert exact == (52.3, 5.2)
    assert 0 < abs(station.latitude - 52.3) + abs(station.longitude - 5.2) < 0.003
    assert dict(event.detail) == {"sensor": None, "text": None}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"kind": "eaten"}, "$.kind"),
        ({"kind": "moved"}, "latitude and longitude"),
        ({"kind": "moved", "latitude": 52.0}, "latitude and longitude"),
        ({"kind": "paused", "latitude": 52.0, "longitude": 5.0}, "latitude and longitude"),
        ({}, "kind"),
    ],
)
def test_a_wrong_report_is_named_and_changes_nothing(
    client: httpx.Client, database_url: str, body: Any, said: str
) -> None:
    """A kind that is none, and a position that belongs to no move, are a 400, and no event is written."""
    made = registered(client)
    answer = client.post(f"/v1/stations/{made['stationId']}/events", json=body, headers=bearer(made))
    assert answer.status_code == 400
    assert said in answer.json()["detail"]
    with connect(database_url) as conn:
        assert [event.kind for event in list_events(conn)] == ["station_added"]
