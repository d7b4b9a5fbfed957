"""Accounts on a real Mosquitto that differ from the station table, and are put right."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest
from typer.testing import CliRunner, Result

from ingest.fixed_topics import Device
from luchtbrug.broker.mosquitto import control, removal_commands, station_commands
from luchtbrug.broker.resync import Account, Difference, Held, corrections, difference, held_by, removals
from luchtbrug.cli import app
from luchtbrug.register import register
from storage.claims import claim_device
from tests.luchtbrug.broker.servers import PLATFORM, Login, mosquitto

pytestmark = pytest.mark.mosquitto

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
NOTHING = Difference((), (), ())
STATIONS: dict[str, list[Device]] = {"s-one": [], "s-two": []}


@pytest.fixture(scope="module")
def admin_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run Mosquitto with its plugin."""
    with mosquitto(tmp_path_factory.mktemp("mosquitto")) as (url, _):
        yield url


@pytest.fixture
def passwords(admin_url: str, connection: psycopg.Connection) -> Iterator[dict[str, str]]:
    """Register two stations with accounts; whatever has an account afterwards loses it."""
    made = {}
    for name in ("s-one", "s-two"):
        new = register(connection, station_id=name, latitude=52.2, longitude=5.2, position_key="key of a test", now=NOW)
        control(admin_url, station_commands(name, new.mqtt_password))
        made[name] = new.mqtt_password
    connection.commit()
    yield made
    control(admin_url, removals(difference(held_by(admin_url), {}).strangers))


def run(database_url: str, admin_url: str, *options: str) -> Result:
    """Run the command as an operator does."""
    env = {"LUCHTBRUG_DATABASE_URL": database_url, "LUCHTBRUG_MQTT_ADMIN_URL": admin_url}
    return CliRunner().invoke(app, ["resync", "--json", *options], env=env, catch_exceptions=False)


def answer(admin_url: str, user: str, password: str) -> str:
    """Say what the broker answers to a login."""
    with Login(int(admin_url.rpartition(":")[2]), user, password) as login:
        return login.answer


def test_where_both_agree_nothing_is_done(database_url: str, admin_url: str, passwords: dict[str, str]) -> None:
    """Where table and broker agree the command changes nothing and succeeds."""
    result = run(database_url, admin_url)
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "removed": [], "corrected": [], "without_account": [], "new_passwords": {},
    }  # fmt: skip
    assert answer(admin_url, "s-one", passwords["s-one"]) == "Success"


@pytest.mark.usefixtures("passwords")
def test_an_account_of_no_station_is_removed(database_url: str, admin_url: str) -> None:
    """An account that the table does not know is let in before and refused after; so goes a role without an account."""
    control(admin_url, station_commands("s-ghost", "pw-ghost"))
    control(admin_url, station_commands("s-shell", "x") + removal_commands("s-shell")[:1])
    assert answer(admin_url, "s-ghost", "pw-ghost") == "Success"
    result = run(database_url, admin_url)
    assert json.loads(result.stdout)["removed"] == ["s-ghost", "s-shell"]
    assert answer(admin_url, "s-ghost", "pw-ghost") == "Not authorized"
    assert difference(held_by(admin_url), STATIONS) == NOTHING


def test_a_lost_account_is_named_and_made_anew_when_asked(
    database_url: str, admin_url: str, passwords: dict[str, str]
) -> None:
    """A station without an account is named, with exit code 2; with --new-passwords it gets in with the new one."""
    control(admin_url, removal_commands("s-two"))
    named = run(database_url, admin_url)
    assert (named.exit_code, json.loads(named.stdout)["without_account"]) == (2, ["s-two"])
    mended = run(database_url, admin_url, "--new-passwords")
    new = json.loads(mended.stdout)["new_passwords"]
    assert (mended.exit_code, list(new)) == (0, ["s-two"])
    assert answer(admin_url, "s-two", new["s-two"]) == "Success"
    assert answer(admin_url, "s-two", passwords["s-two"]) == "Not authorized"
    assert answer(admin_url, "s-one", passwords["s-one"]) == "Success"


def test_altered_rights_are_put_right(database_url: str, admin_url: str, passwords: dict[str, str]) -> None:
    """A right too many, a foreign role and a disabled account are found; afterwards all is as for a new station."""
    control(admin_url, [
        {"command": "addRoleACL", "rolename": "station-s-one", "acltype": "subscribePattern", "topic": "#",
         "allow": True},
        {"command": "addClientRole", "username": "s-two", "rolename": "platform"},
        {"command": "disableClient", "username": "s-two"},
    ])  # fmt: skip
    result = run(database_url, admin_url)
    assert json.loads(result.stdout)["corrected"] == ["s-one", "s-two"]
    assert difference(held_by(admin_url), STATIONS) == NOTHING
    assert answer(admin_url, "s-two", passwords["s-two"]) == "Success"


@pytest.mark.usefixtures("passwords")
def test_the_topics_of_a_claimed_device_are_a_right(
    database_url: str, admin_url: str, connection: psycopg.Connection
) -> None:
    """A claim that the broker does not know of is a difference, and is none any longer afterwards."""
    claim_device(connection, "s-one", format_name="qingping", serial="582D3470765F", at=NOW)
    connection.commit()
    assert json.loads(run(database_url, admin_url).stdout)["corrected"] == ["s-one"]
    assert json.loads(run(database_url, admin_url).stdout)["corrected"] == []


@pytest.mark.usefixtures("passwords")
def test_other_accounts_are_left_alone(database_url: str, admin_url: str) -> None:
    """The admin, the platform and an account that the operator made stay as they are."""
    control(admin_url, [{"command": "createClient", "username": "bridge", "password": "pw-bridge", "roles": []}])
    assert json.loads(run(database_url, admin_url).stdout)["removed"] == []
    assert answer(admin_url, "bridge", "pw-bridge") == "Success"
    assert answer(admin_url, *PLATFORM) == "Success"
    control(admin_url, [{"command": "deleteClient", "username": "bridge"}])


def test_long_lists_are_read_to_their_end(admin_url: str) -> None:
    """More accounts than a page holds are all found, and all removed."""
    names = [f"m-{number}" for number in range(5)]
    control(admin_url, [each for name in names for each in station_commands(name, "x")])
    found = difference(held_by(admin_url, page=2), {})
    assert found.strangers == tuple(names)
    control(admin_url, removals(found.strangers))
    assert difference(held_by(admin_url), {}) == NOTHING


def test_a_station_without_account_and_with_a_wrong_role_is_both() -> None:
    """What is missing and what is altered are told apart, and only an account that is there is corrected."""
    held = Held({"s-one": Account(frozenset(), disabled=False)}, {"station-s-two": frozenset()})
    found = difference(held, STATIONS)
    assert found == Difference((), ("s-two",), ("s-one", "s-two"))
    changed = [
        each["username"] for each in corrections(found.altered, STATIONS, held) if each["command"] == "modifyClient"
    ]
    assert changed == ["s-one"]


def test_without_an_admin_login_it_says_so(database_url: str) -> None:
    """A platform on the embedded broker has no accounts to repair."""
    from luchtbrug.commands.resync import resync
    from luchtbrug.settings import Settings, SettingsError

    with pytest.raises(SettingsError, match="LUCHTBRUG_MQTT_ADMIN_URL"):
        resync(Settings.read(database_url=database_url), new_passwords=False, as_json=False)
