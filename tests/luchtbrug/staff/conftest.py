"""The staff room behind a real server, with a small network to look after, a provider, and an account for each role."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from os import urandom
from pathlib import Path
from re import search
from tempfile import TemporaryDirectory

import httpx
import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL, Identifier
from pydantic import SecretStr

import storage.alerts
from ingest.message import Message
from ingest.pipeline import Pipeline
from luchtbrug.register import register
from luchtbrug.roles import Role
from luchtbrug.settings import Settings
from luchtbrug.staff import account_book
from storage.alerts import NewAlert
from storage.connection import connect
from tests.luchtbrug.staff.openid import CLIENT, SECRET, Provider, provider
from tests.luchtbrug.test_doorway import opened

GOOD = b'{"obs":[{"s":"sps30-0","v":{"pm2_5":8.1}}]}'


@dataclass(frozen=True, slots=True)
class House:
    """The room; `passwords` are those of an account for each role, named as the role."""

    client: httpx.Client
    database_url: str
    provider: Provider
    passwords: dict[Role, str]

    @property
    def origin(self) -> dict[str, str]:
        """Say which page a form was sent from, as a browser does."""
        return {"Origin": str(self.client.base_url).rstrip("/")}

    def sign_in(self, role: Role) -> None:
        """Sign the client in with the account of a role."""
        self.client.cookies.clear()
        form = {
            "name": role.value,
            "password": self.passwords[role],
            "csrf": csrf(self.client.get("/staff/sign-in").text),
        }
        answer = self.client.post("/staff/sign-in", data=form, headers=self.origin)
        assert answer.status_code == 303, answer.text

    def send(self, path: str, **fields: str) -> httpx.Response:
        """Send a form from the desk, as its pages do."""
        return self.client.post(path, data={"csrf": csrf(self.client.get("/desk").text), **fields}, headers=self.origin)

    def actions(self) -> list[tuple[str, str, str]]:
        """List actor, action and object of the audit log, oldest first."""
        with connect(self.database_url) as conn:
            rows = conn.execute("SELECT actor, action, object FROM restricted.audit ORDER BY audit_key").fetchall()
        return [(row[0], row[1], row[2]) for row in rows]


def csrf(html: str) -> str:
    """Read the secret off a form."""
    found = search(r'name="csrf" value="([0-9a-f]{64})"', html)
    assert found, html
    return found[1]


@pytest.fixture(scope="session")
def identity() -> Iterator[Provider]:
    """Run a provider that all tests share."""
    with provider() as one:
        yield one


@pytest.fixture(scope="module")
def lasting(postgres_url: str, template_url: str, identity: Provider) -> Iterator[House]:
    """Serve one room for a module."""
    name = f"staff_{urandom(4).hex()}"
    with psycopg.connect(postgres_url, autocommit=True) as conn, TemporaryDirectory() as folder:
        names = {"name": Identifier(name), "template": Identifier(str(conninfo_to_dict(template_url)["dbname"]))}
        conn.execute(SQL("CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy").format(**names))
        with furnished(postgres_url.replace("/postgres?", f"/{name}?"), Path(folder), identity) as house:
            yield house
        conn.execute(SQL("DROP DATABASE {name} WITH (FORCE)").format(**names))


@pytest.fixture
def shared(lasting: House) -> House:
    """Enter the room of the module with nobody signed in: for tests that leave no trace that others see."""
    lasting.client.cookies.clear()
    lasting.provider.be_truthful()
    return lasting


@pytest.fixture
def house(database_url: str, tmp_path: Path, identity: Provider) -> Iterator[House]:
    """Serve a room of the test's own."""
    identity.be_truthful()
    with furnished(database_url, tmp_path, identity) as one:
        yield one


@contextmanager
def furnished(database_url: str, folder: Path, identity: Provider) -> Iterator[House]:
    """Fill a database and serve the room on it; the reader is English."""
    now = datetime.now(UTC)
    with connect(database_url) as conn:
        fill(conn, database_url, now)
        passwords = {role: account_book.add(conn, "command", role.value, role, now) for role in Role}
    with opened(database_url, settings_of(identity, database_url, folder)) as client:
        client.headers["Accept-Language"] = "en"
        yield House(client, database_url, identity, passwords)


def fill(conn: psycopg.Connection, database_url: str, now: datetime) -> None:
    """Put two stations, an alert, and messages in quarantine into a database."""
    place = {"latitude": 52.2, "longitude": 5.2, "position_key": "key of a test", "now": now}
    for station_id, name in (("s-one", "Havenstraat"), ("s-two", "<script>x</script>")):
        register(conn, station_id=station_id, name=name, **place)  # type: ignore[arg-type]
    conn.commit()
    bodies = [GOOD, b"{", b'{"lat": 52.223456, "password": "hunter2"', b'{"obs":[{"s":"x","v":{"pm2_5":"']
    messages = [Message("mqtt", "aq/1/s-one/obs", body, now - timedelta(minutes=9)) for body in bodies]
    messages.append(Message("mqtt", "aq/1/s-gone/obs", GOOD, now - timedelta(minutes=8)))
    pipeline = Pipeline(lambda: connect(database_url))
    pipeline.process(messages, now=now)
    pipeline.close()
    key = conn.execute("SELECT station_key FROM station WHERE station_id = 's-two'").fetchone()
    assert key is not None
    storage.alerts.begin(conn, [NewAlert(key[0], "silent", now - timedelta(hours=3), {})], now)
    conn.commit()


def settings_of(one: Provider, database_url: str, folder: Path) -> Settings:
    """Make settings that lead to the provider."""
    return Settings(  # type: ignore[call-arg]
        _env_file=None, data_dir=folder, database_url=SecretStr(database_url), oidc_issuer=one.address,
        oidc_client_id=CLIENT, oidc_client_secret=SecretStr(SECRET),
    )  # fmt: skip


def rows(database_url: str, query: str) -> list[tuple[object, ...]]:
    """Ask the database."""
    with psycopg.connect(database_url) as conn:
        return conn.execute(query.encode()).fetchall()
