"""API keys: made by the command, shown once, good for what they say, for as long as they say."""

import asyncio
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from typer.testing import CliRunner

from api import keys
from api.settings import ApiSettings
from luchtbrug.cli import app
from luchtbrug.commands.keys import Scope
from luchtbrug.settings import Settings
from storage import api_keys
from storage.audit import list_entries
from storage.events import list_events
from tests.luchtbrug.test_doorway import opened
from tests.luchtbrug.test_onboarding import PLACE, settings

Make = Callable[..., dict[str, Any]]
EXPORT = {"station": "s-none", "begin": "2026-05-01T00:00:00Z", "end": "2026-05-02T00:00:00Z"}


@pytest.fixture
def command(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Run `luchtbrug keys …` on the test's database."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LUCHTBRUG_DATABASE_URL", database_url)

    def run(*words: str) -> str:
        result = CliRunner().invoke(app, ["keys", *words])
        assert result.exit_code == 0, result.output
        return result.stdout

    return run


@pytest.fixture
def make(command: Callable[..., str]) -> Make:
    """Make a key for some scopes."""
    return lambda *scopes: json.loads(command("add", "--json", *(f"--scope={each}" for each in scopes)))


@pytest.fixture
def client(database_url: str, tmp_path: Path) -> Iterator[httpx.Client]:
    """Ask a platform where registration is closed, one address has 5 requests, and exports want a key."""
    api = {"requests_per_minute": 5, "key_requests_per_minute": 600, "exports": "keys"}
    with opened(database_url, settings(tmp_path, "closed"), api=api) as client:
        yield client


def test_the_scopes_of_the_command_are_those_of_the_api() -> None:
    """What can be asked for is what the API looks at."""
    assert {each.value for each in Scope} == set(keys.SCOPES)


def test_a_key_is_shown_once(make: Make, command: Callable[..., str], connection: psycopg.Connection) -> None:
    """Its 256 bits stand in no row and no list; a hash does, and the list says what it is good for."""
    made = make("export", "read")
    assert len(made["key"]) == len("lbk_") + 43
    held = connection.execute("SELECT * FROM restricted.api_key").fetchall()
    assert made["key"] not in f"{held} {command('list', '--json')}"
    (listed,) = json.loads(command("list", "--json"))
    assert (listed["key_name"], listed["scopes"], listed["state"]) == (made["key_name"], ["export", "read"], "good")


def test_a_key_is_counted_by_itself(client: httpx.Client, make: Make) -> None:
    """Who has one for reading asks on when the address has nothing left; one for writing alone gives no more."""
    reading = {"X-API-Key": make("read")["key"]}
    assert client.get("/v1/flags", headers=reading).headers["x-ratelimit-limit"] == "600"
    asked = [client.get("/v1/flags").status_code for _ in range(6)]
    assert (asked[0], asked[-1]) == (200, 429)
    again = client.get("/v1/flags", headers=reading)
    assert (again.status_code, again.headers["ratelimit-policy"]) == (200, '"key";q=600;w=60')


def test_an_export_wants_its_scope(client: httpx.Client, make: Make) -> None:
    """Without a key, and with one for something else, 401 says what is missing; with its own, as Bearer too, 200."""
    for headers in ({}, {"X-API-Key": make("read")["key"]}):
        refused = client.get("/v1/exports/hours", params=EXPORT, headers=headers)
        assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert "'export'" in refused.json()["detail"]
    bearer = {"Authorization": f"Bearer {make('export')['key']}"}
    assert client.get("/v1/exports/hours", params=EXPORT, headers=bearer).status_code == 200


def test_registering_wants_its_scope(client: httpx.Client, make: Make) -> None:
    """Where registration is closed a key for it opens it, and the station gets an owner of its own."""
    assert client.post("/v1/stations", json=PLACE, headers={"X-API-Key": make("export")["key"]}).status_code == 403
    for name in ("X-API-Key", "Authorization"):
        key = make("register")["key"]
        made = client.post("/v1/stations", json=PLACE, headers={name: key if name[0] == "X" else f"Bearer {key}"})
        assert (made.status_code, "ownerToken" in made.json()) == (201, True), made.text


def test_what_is_no_good_key_is_refused_alike(
    client: httpx.Client, make: Make, command: Callable[..., str], connection: psycopg.Connection
) -> None:
    """Unknown, revoked and over give one and the same answer, and cost the address a request each."""
    revoked = make("read")
    command("revoke", revoked["key_name"])
    over, now = keys.new_key(), datetime.now(UTC)
    row = api_keys.KnownApiKey("overxxxx", ["read"], "", now - timedelta(days=2), now - timedelta(days=1), None)
    api_keys.add_key(connection, row, secret_hash=keys.hash_key(over))
    connection.commit()
    answers = [client.get("/v1/flags", headers={"X-API-Key": key}) for key in (revoked["key"], over, keys.new_key())]
    assert {(one.status_code, one.text) for one in answers} == {(401, answers[0].text)}
    assert client.get("/v1/flags").headers["x-ratelimit-used"] == "4"


def test_guessing_keys_ends_with_the_allowance(client: httpx.Client) -> None:
    """After as many guesses as an address has requests it is told to wait, and the database is not asked."""
    asked = [client.get("/v1/flags", headers={"X-API-Key": keys.new_key()}).status_code for _ in range(7)]
    assert asked == [401] * 5 + [429] * 2


@pytest.mark.parametrize("headers", [{"X-API-Key": "0" * 64}, {"Authorization": "Basic YTpi"}, {"X-API-Key": ""}])
def test_keys_of_others_are_not_looked_at(client: httpx.Client, headers: dict[str, str]) -> None:
    """What OpenAQ's client always sends, and a login that is none of ours, reads open data as nobody does."""
    assert client.get("/v1/flags", headers=headers).status_code == 200


def test_a_revoked_key_is_forgotten_after_seconds() -> None:
    """A key that was found good is not looked up again for ten seconds, and then it is."""
    now, asked = [0.0], list[str]()

    def find(secret_hash: str) -> api_keys.ApiKey:
        asked.append(secret_hash)
        return api_keys.ApiKey("abcd", ["read"], datetime.now(UTC))

    known = keys.Keys(find, clock=lambda: now[0])
    secret = keys.new_key()
    assert known.remembered(secret) is None
    _in_a_thread(known, secret)
    now[0] = keys.REMEMBERED - 1
    assert known.remembered(secret) is not None
    now[0] = keys.REMEMBERED
    assert (known.remembered(secret), asked) == (None, [keys.hash_key(secret)])


def test_defaults_leave_open_data_open() -> None:
    """As it comes nothing that is read needs a key."""
    assert Settings.model_fields["exports"].default == ApiSettings.model_fields["exports"].default == "open"


def _in_a_thread(known: keys.Keys, secret: str) -> None:
    """Find a key where no other test's event loop runs."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(lambda: asyncio.run(known.find(secret))).result()


def test_making_and_revoking_a_key_is_an_event(
    make: Make, command: Callable[..., str], connection: psycopg.Connection
) -> None:
    """Both are written down with the key's name and scopes, and without its secret."""
    made = make("read")
    command("revoke", made["key_name"])
    found = [row for row in list_events(connection) if row.kind.startswith("api_key")]
    assert {row.kind for row in found} == {"api_key_added", "api_key_revoked"}
    noted = [(row.actor, row.action, row.object) for row in list_entries(connection)]
    assert noted == [("command", f"key.{what}", f"key {made['key_name']}") for what in ("revoked", "added")]
    assert {row.detail["key"] for row in found} == {made["key_name"]}
    assert made["key"] not in repr(found)
