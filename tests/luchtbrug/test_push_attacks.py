"""What a hostile device, or somebody without any, tries at the HTTP door: nothing breaks, nobody learns anything."""

import gzip
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime

import httpx
import pytest

from luchtbrug.credentials import new_token, password_fits
from luchtbrug.register import register
from storage.connection import connect
from tests.luchtbrug.test_doorway import AIRROHR, WU, House, opened

BOMB = gzip.compress(b'{"obs": [' + b" " * 20_000_000 + b"]}")
"""20 MB in 20 kB."""

KEY = "key of a test"
DEEP = b'{"obs":' + b"[" * 30_000 + b"]" * 30_000 + b"}"
LONG_NUMBER = b'{"obs": [{"s": "sps30-0", "v": {"pm2_5": ' + b"9" * 60_000 + b"}}]}"
TWICE = b'{"obs": [{"s": "sps30-0", "v": {"pm2_5": 5.0, "pm2_5": 6.0}}]}'


@pytest.fixture(scope="module")
def house(fresh_database: Callable[[str], AbstractContextManager[str]]) -> Iterator[House]:
    """Run the application on a database of its own; a station may send 1,000 messages at once."""
    with fresh_database("push_attacks") as url:
        with connect(url) as conn:
            one, two = (
                register(conn, station_id=name, latitude=52.2, longitude=5.2, position_key=KEY, now=datetime.now(UTC))
                for name in ("s-one", "s-two")
            )
        with opened(url, burst=1000) as client:
            yield House(client, url, one, two)


@pytest.fixture
def clean(house: House) -> House:
    """Begin with nothing stored and nothing put aside."""
    with connect(house.database_url) as conn:
        conn.execute("TRUNCATE reading, quarantine")
    return house


@pytest.mark.parametrize(
    ("body", "coding"),
    [(BOMB, "gzip"), (zlib.compress(b"[" * 10**6), "deflate"), (b"\x28\xb5\x2f\xfd", "zstd")],
    ids=["gzip", "deflate", "zstd"],
)
def test_what_is_packed_is_not_unpacked(clean: House, body: bytes, coding: str) -> None:
    """A zip bomb stays as small as it came, in quarantine, and its 20 MB are never made."""
    answer = clean.client.post(
        f"/in/{clean.one.http_token}/x", content=body, headers={"Content-Encoding": coding, "Content-Type": "text/json"}
    )
    assert answer.status_code in (200, 413)
    assert sum(len(row[3]) for row in clean.quarantined()) <= 64 * 1024


@pytest.mark.parametrize("body", [DEEP, LONG_NUMBER, DEEP[:40_000]], ids=["deep", "digits", "deep and cut"])
def test_a_json_bomb_is_put_aside(clean: House, body: bytes) -> None:
    """30,000 brackets and a number of 60,000 digits are answered within a second, stored nowhere, and named."""
    begin = time.monotonic()
    answer = clean.obs(body)
    assert time.monotonic() - begin < 1
    assert answer.status_code == 202
    assert clean.stored() == []
    assert len(clean.quarantined()) == 1


def test_a_key_that_stands_twice_is_one_reading(clean: House) -> None:
    """Of two values under one name one is stored, so that no parser sees another message than the next."""
    assert clean.obs(TWICE).json()["readings"] == 1
    assert [value for *_, value in clean.stored()] == [6.0]


@pytest.mark.parametrize("value", [b"NaN", b"-Infinity", b"1e999", b"-1e308", b"true", b'"1"', b"null", b"[]"])
def test_what_is_no_reading_does_not_become_one(clean: House, value: bytes) -> None:
    """What JSON forbids, or a double cannot hold, or is no number, is never a stored value that is not finite."""
    answer = clean.obs(b'{"obs": [{"s": "sps30-0", "v": {"pm2_5": ' + value + b"}}]}")
    assert answer.status_code == 202
    assert clean.stored() == []


def test_a_replayed_message_changes_nothing(clean: House) -> None:
    """The same message with a time, caught and sent twenty times, with another's value too, is one reading."""
    moment = datetime.now(UTC).isoformat()
    body = {"obs": [{"s": "sps30-0", "t": moment, "v": {"pm2_5": 7.5}}]}
    for _ in range(20):
        assert clean.obs(body).status_code == 202
    assert clean.obs({"obs": [{"s": "sps30-0", "t": moment, "v": {"pm2_5": 99.0}}]}).status_code == 202
    assert clean.stored() == [("s-one", "pm2_5", 7.5)]
    assert clean.obs(body, station="s-two").status_code == 401, "one station's token at another's path"


@pytest.mark.parametrize(
    "rest",
    [
        "../s-two/airrohr", "..%2f..%2fs-two/airrohr", "%2e%2e/%2e%2e/etc/passwd", "airrohr/../../v1/stations", "%00",
        "aq/1/s-two/obs", "%2B/%23", "a%0d%0aX-Evil: 1", "'; DROP TABLE station; --", "%ff%fe", "a" * 2000, "//s-two//",
    ],
)  # fmt: skip
def test_a_path_leads_to_no_other_station(clean: House, rest: str) -> None:
    """Dots, slashes, wildcards, line breaks and SQL after the token are at most a name: all stays with its station."""
    answer = clean.client.post(f"/in/{clean.one.http_token}/{rest}", json=AIRROHR)
    assert answer.status_code in (200, 401, 404, 405), answer.text
    assert "x-evil" not in answer.headers
    assert {station for station, *_ in clean.stored()} <= {"s-one"}
    assert {station for _, _, station, _ in clean.quarantined()} <= {"s-one", None}


@pytest.mark.parametrize("token", ["..", ".", "%2e%2e", "%00", "%0a", "a" * 5000, "%", "s-one", "' OR 1=1 --", "*"])
def test_what_is_no_token_is_401_alike(house: House, token: str) -> None:
    """Whatever stands for a token, the answer is the one that a made-up token gets, or there is no such path."""
    made_up = house.client.post(f"/in/{new_token()}/airrohr", json=AIRROHR)
    answer = house.client.post(f"/in/{token}/airrohr", json=AIRROHR)
    assert answer.status_code in (401, 404, 405)
    if answer.status_code == 401:
        assert (answer.text, dict(answer.headers).keys()) == (made_up.text, dict(made_up.headers).keys())


def test_stations_cannot_be_told_apart_by_their_refusals(house: House) -> None:
    """A wrong secret of a station that is there, of one that is not, and of a hostile name: one answer at each path."""
    wrong = {"Authorization": "Bearer wrong"}
    asks: tuple[Callable[[str], httpx.Response], ...] = (
        lambda name: house.client.get(WU, params={"ID": name, "PASSWORD": "wrong"}),
        lambda name: house.client.post(f"/v1/stations/{name}/obs", headers=wrong),
        lambda name: house.client.post(f"/v1/stations/{name}/obs"),
    )
    for ask in asks:
        answers = [ask(name) for name in ("s-one", "s-nobody", "s'; DROP TABLE station")]
        assert {(one.status_code, one.text) for one in answers} == {(401, answers[0].text)}


def test_nor_by_the_time_that_they_take(house: House) -> None:
    """A wrong password takes as long for a name that nobody has: both cost an argon2 (coarse: a factor of 3)."""

    def ask(name: str) -> Callable[[], object]:
        return lambda: house.client.get(WU, params={"ID": name, "PASSWORD": new_token()})

    ask("s-one")()
    assert _least(ask("s-nobody")) > _least(ask("s-one")) / 3
    assert not password_fits("anything", None)
    assert _least(lambda: password_fits(new_token(), None)) > 0.002, "an argon2, not a comparison"


def _least(act: Callable[[], object]) -> float:
    """Give the shortest of nine times [s]: what else the machine does only makes them longer."""
    taken = []
    for _ in range(9):
        begin = time.perf_counter()
        act()
        taken.append(time.perf_counter() - begin)
    return min(taken)


def test_a_body_that_says_it_is_small_is_cut_off(house: House) -> None:
    """Chunks without end are refused at 64 KiB, however much would follow."""
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while sent < 50_000_000:
            sent += 16_384
            yield b"a" * 16_384

    try:
        status = house.client.post(f"/in/{house.one.http_token}/x", content=endless()).status_code
    except httpx.HTTPError:
        status = 413  # hung up on before it had read the answer
    assert status == 413
    assert house.client.get("/v1/health").status_code == 200
