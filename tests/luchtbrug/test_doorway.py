"""The HTTP door as `luchtbrug api` opens it: real server, real database, real credentials."""

import json
import logging
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import psycopg
import pytest
import uvicorn
from pydantic import SecretStr
from structlog.testing import capture_logs

from api.main import create_app
from api.settings import ApiSettings
from api.surface import HEADERS
from luchtbrug.doorway import hang, open_door
from luchtbrug.onboarding import Onboarding
from luchtbrug.register import Registered, register
from luchtbrug.settings import Settings
from luchtbrug.staff.room import Staff
from storage.connection import connect
from storage.migrate import migrate
from storage.quarantine import list_quarantined
from storage.stations import remove_station
from tests.own_server import crash, own_server

NATIVE = {"obs": [{"s": "sps30-0", "v": {"pm2_5": 8.1}}, {"s": "bme280-0", "v": {"temperature": 21.4}}]}
AIRROHR = {"esp8266id": "1", "sensordatavalues": [{"value_type": "SDS_P2", "value": "4.02"}]}
WU = "/weatherstation/updateweatherstation.php"


@dataclass(frozen=True, slots=True)
class House:
    """The application on a free port, with two registered stations."""

    client: httpx.Client
    database_url: str
    one: Registered
    two: Registered

    def obs(self, body: Any, *, station: str = "s-one", token: str | None = None) -> httpx.Response:
        """Post a native message with the token of s-one, or another."""
        payload = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.one.http_token if token is None else token}"}
        return self.client.post(f"/v1/stations/{station}/obs", content=payload, headers=headers)

    def stored(self) -> list[tuple[str, str, float]]:
        """List what is stored: station, property, raw value."""
        with connect(self.database_url) as conn:
            return conn.execute(
                "SELECT station_id, observed_property, raw FROM reading JOIN series USING (series_key)"
                " JOIN station USING (station_key) ORDER BY 1, 2, 3"
            ).fetchall()

    def quarantined(self) -> list[tuple[str, str, str | None, bytes]]:
        """List what was put aside: reason, topic, station, payload."""
        with connect(self.database_url) as conn:
            return [(row.reason, row.topic, row.station_id, row.payload) for row in list_quarantined(conn)]


@contextmanager
def opened(
    database_url: str, settings: Settings | None = None, *, api: Mapping[str, Any] | None = None, **limits: float
) -> Iterator[httpx.Client]:
    """Serve the API with the door, and with settings also what changes stations, on a free port."""
    with ExitStack() as stack:
        door = stack.enter_context(open_door(database_url, **limits))  # type: ignore[arg-type]
        given = {"lake_url": settings.lake_url if settings else None, **(api or {})}
        app = create_app(ApiSettings(database_url=SecretStr(database_url), **given))
        if settings is None:
            hang(app, door)
        else:
            hang(app, door, Onboarding(settings, database_url, HEADERS), Staff(settings, database_url))
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", ws="none", access_log=False))
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive(), "the server ended at its start"
                time.sleep(0.005)
            address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
            yield stack.enter_context(httpx.Client(base_url=address, timeout=30))
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def registered(connection: psycopg.Connection) -> list[Registered]:
    """Register s-one and s-two."""
    place = {"latitude": 52.2, "longitude": 5.2, "position_key": "key of a test", "now": datetime.now(UTC)}
    made = [register(connection, station_id=name, **place) for name in ("s-one", "s-two")]  # type: ignore[arg-type]
    connection.commit()
    return made


@pytest.fixture
def house(database_url: str, registered: list[Registered]) -> Iterator[House]:
    """Run the application."""
    with opened(database_url) as client:
        yield House(client, database_url, *registered)


def test_an_airrohr_message_is_stored_before_its_answer(house: House) -> None:
    """A device that posts to /in/<token>/airrohr gets 200, and its reading stands in the database by then."""
    answer = house.client.post(f"/in/{house.one.http_token}/airrohr", json=AIRROHR)
    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert house.stored() == [("s-one", "pm2_5", 4.02)]


def test_a_native_message_is_accepted_with_what_was_read(house: House) -> None:
    """The API's path answers 202 with the count of readings, and carries the version of the API."""
    answer = house.obs(NATIVE)
    assert answer.status_code == 202
    assert answer.json() == {"readings": 2, "refused": [], "quarantined": None}
    assert answer.headers["API-Version"]
    assert house.stored() == [("s-one", "pm2_5", 8.1), ("s-one", "temperature", 21.4)]


def test_what_was_refused_is_named(house: House) -> None:
    """A value that is no reading is answered with its name, its spelling and the reason; the rest is stored."""
    answer = house.obs({"obs": [{"s": "sps30-0", "v": {"pm2_5": 8.1, "pm10": -999}}]})
    assert answer.json()["refused"] == [
        {"sensorName": "sps30-0", "observedProperty": "pm10", "value": "-999", "reason": "sentinel"}
    ]
    assert house.stored() == [("s-one", "pm2_5", 8.1)]


def test_what_cannot_be_read_is_taken_and_put_aside(house: House) -> None:
    """A body that is no JSON is answered 202 with the reason, and lies in quarantine under its station."""
    answer = house.obs(b"pm2_5=8.1")
    assert (answer.status_code, answer.json()["quarantined"]["reason"]) == (202, "not_json")
    assert house.quarantined() == [("not_json", "aq/1/s-one/obs", "s-one", b"pm2_5=8.1")]


def test_the_same_message_twice_is_stored_once(house: House) -> None:
    """A message with times that is pushed again changes nothing."""
    now = datetime.now(UTC).isoformat()
    body = {"obs": [{"t": now, "s": "sps30-0", "v": {"pm2_5": 8.1}}]}
    assert [house.obs(body).status_code for _ in range(2)] == [202, 202]
    assert len(house.stored()) == 1


@pytest.mark.parametrize("secret", ["mqtt_password", "http_token"])
def test_a_weather_underground_console_is_let_in(house: House, secret: str) -> None:
    """ID and the MQTT password (or the token) let a console in; `success` is its answer, and no password is kept."""
    key = getattr(house.one, secret)
    for _ in range(2):
        answer = house.client.get(WU, params={"ID": "s-one", "PASSWORD": key, "wronglyNamed": "1"})
        assert (answer.status_code, answer.text) == (200, "success\n")
    kept = b"".join(payload for *_, payload in house.quarantined())
    assert key.encode() not in kept


def test_wrong_keys_are_refused_in_the_device_s_own_words(house: House) -> None:
    """A made-up token, another station's password, another station's token and none at all are 401."""
    made_up = house.client.post("/in/made-up/airrohr", json=AIRROHR)
    console = house.client.get(WU, params={"ID": "s-one", "PASSWORD": house.two.mqtt_password})
    other = house.obs(NATIVE, token=house.two.http_token)
    bare = house.client.post("/v1/stations/s-one/obs", json=NATIVE)
    assert [each.status_code for each in (made_up, console, other, bare)] == [401] * 4
    assert console.text.startswith("INVALIDPASSWORDID|")
    assert other.headers["WWW-Authenticate"] == "Bearer"
    assert other.headers["Content-Type"] == "application/problem+json"
    assert house.stored() == []


def test_a_withdrawn_station_is_locked_out(house: House) -> None:
    """Its token is refused from the moment of its removal."""
    assert house.obs(NATIVE).status_code == 202
    with connect(house.database_url) as conn:
        remove_station(conn, "s-one", datetime.now(UTC))
    assert house.obs(NATIVE).status_code == 401


def test_a_token_cannot_speak_for_another_station(house: House) -> None:
    """What the path says after the token names the device, never the station."""
    house.client.post(f"/in/{house.one.http_token}/aq/1/s-two/obs", json=NATIVE)
    assert {station for station, *_ in house.stored()} == {"s-one"}


def test_more_than_64_kib_is_refused(house: House) -> None:
    """One byte too many is 413 with a problem, whether the length is declared or not; 64 KiB are read."""
    assert house.obs(b" " * 65_537).status_code == 413
    chunked = house.client.post(f"/in/{house.one.http_token}/x", content=iter([b" " * 40_000] * 2))
    assert chunked.status_code == 413
    assert house.obs(json.dumps(NATIVE).encode().ljust(65_536)).status_code == 202


def test_looking_stores_nothing(house: House) -> None:
    """HEAD and other methods than a device uses are refused and put nothing aside."""
    paths = (f"/in/{house.one.http_token}/airrohr", WU)
    answers = [house.client.request(method, path) for path in paths for method in ("HEAD", "PUT", "DELETE")]
    assert {answer.status_code for answer in answers} == {405}
    assert house.quarantined() == []


def test_a_request_line_is_the_message_of_a_device_without_a_body(house: House) -> None:
    """What a console appends to the path, encoded or not, reaches quarantine without token and passkey."""
    line = "stationtype=AMBWeather&PASSKEY=1A2B&dateutc=now"
    for appended in (f"ambient?{line}", f"ambient&{line}", f"ambient%3F{line.replace('=', '%3D')}"):
        assert house.client.get(f"/in/{house.one.http_token}/{appended}").status_code == 200
    kept = house.quarantined()
    assert [topic for _, topic, *_ in kept] == ["in/s-one/ambient"] * 3
    for *_, payload in kept:
        assert payload.startswith(b"GET /in/ambient")
        assert b"1A2B" not in payload
        assert house.one.http_token.encode() not in payload


def test_who_sends_too_often_is_told_when_to_try_again(database_url: str, registered: list[Registered]) -> None:
    """After its burst a station gets 429 with Retry-After, the others do not."""
    with opened(database_url, interval_s=60, burst=3) as client:
        house = House(client, database_url, *registered)
        answers = [house.obs(NATIVE) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [202, 202, 202, 429]
        assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
        assert house.obs(NATIVE, station="s-two", token=registered[1].http_token).status_code == 202


def test_many_devices_at_once_are_all_stored(house: House) -> None:
    """Forty requests at the same time are forty readings, each under its station."""
    answers: list[int] = []

    def send(number: int) -> None:
        of = house.one if number % 2 else house.two
        body = {"obs": [{"s": f"x-{number}", "v": {"pm2_5": number}}]}
        answers.append(house.obs(body, station=of.station_id, token=of.http_token).status_code)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [202] * 40
    assert house.stored() == sorted(("s-one" if n % 2 else "s-two", "pm2_5", float(n)) for n in range(40))


def test_no_secret_reaches_the_log(house: House, caplog: pytest.LogCaptureFixture) -> None:
    """Neither what is taken nor what is refused leaves a token or password in a log line."""
    secrets = (house.one.http_token, house.one.mqtt_password, "a-made-up-token")
    with capture_logs() as logged, caplog.at_level(logging.DEBUG):
        house.client.post(f"/in/{secrets[0]}/airrohr", json=AIRROHR)
        house.client.get(WU, params={"ID": "s-one", "PASSWORD": secrets[1]})
        house.client.put(f"/in/{secrets[0]}/airrohr", json=AIRROHR)
        refused = house.client.post(f"/in/{secrets[2]}/airrohr", content=b"\xff")
    ours = [line for line in caplog.messages if "HTTP Request" not in line]  # the test's own client
    text = repr(logged) + repr(ours) + refused.text
    assert not [secret for secret in secrets if secret in text]


def test_a_database_that_is_away_is_503_until_it_is_back() -> None:
    """While the server is down nothing is taken, and Retry-After says so; after its return the door works again."""
    with own_server() as server:
        url = server.get_uri()
        with connect(url) as conn:
            migrate(conn)
            one = register(
                conn, station_id="s-one", latitude=52, longitude=5, position_key="key of a test", now=datetime.now(UTC)
            )
        with opened(url) as client:
            house = House(client, url, one, one)
            assert house.obs(NATIVE).status_code == 202
            crash(server)
            away = house.obs(NATIVE)
            assert away.status_code == 503
            assert int(away.headers["Retry-After"]) > 0
            server.ensure_postgres_running()
            assert house.obs(NATIVE).status_code == 202


def test_the_api_behind_the_door_is_as_it_was(house: House) -> None:
    """Reading a station works, and writing to any other path of /v1 is still refused."""
    assert house.client.get("/v1/stations/s-one").status_code == 200
    assert house.client.get("/v1/stations/s-one/obs").status_code == 404
    assert house.client.post("/v1/stations").status_code == 405
