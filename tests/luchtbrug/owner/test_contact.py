"""An owner's address: nobody has to leave one; its code confirms it, it is kept apart, and deleted when asked."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from storage.contacts import ATTEMPTS_MAX
from storage.events import record
from tests.luchtbrug.receivers import Mailbox, mail_server
from tests.luchtbrug.test_alerts import NOW
from tests.luchtbrug.test_doorway import opened
from tests.luchtbrug.test_onboarding import owning, registered, settings

ADDRESS = "owner@example.org"


@dataclass(frozen=True, slots=True)
class House:
    """A platform that sends mail, with a registered station."""

    client: httpx.Client
    mailbox: Mailbox
    made: dict[str, Any]

    def ask(self, method: str, path: str, body: Any = None) -> httpx.Response:
        """Ask for something below the station's contact, as its owner."""
        url = f"/v1/stations/{self.made['stationId']}/contact{path}"
        return self.client.request(method, url, json=body, headers=owning(self.made))

    def shown(self) -> Any:
        """Give what the owner sees of its contact."""
        return self.ask("GET", "").json()

    def code(self) -> str:
        """Read the code out of the last mail."""
        found = re.search(r"\b[a-z2-9]{4}-[a-z2-9]{4}\b", self.mailbox.mails[-1][1].get_content())
        assert found is not None
        return found[0]


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    """Open a platform with a mail server."""
    with ExitStack() as stack:
        mailbox = stack.enter_context(mail_server())
        mine = settings(tmp_path, "open", smtp_url=mailbox.url, webhook_private=False)
        client = stack.enter_context(opened(database_url, mine))
        yield House(client, mailbox, registered(client))


def test_nobody_has_to_leave_an_address(house: House, connection: psycopg.Connection) -> None:
    """A station is registered, and sends, without any address being asked for or kept."""
    assert house.shown() == {"email": None, "language": None, "webhook": None, "unconfirmed": None}
    assert connection.execute("SELECT count(*) FROM restricted.owner_contact").fetchone() == (0,)


def test_an_address_counts_after_its_code(house: House) -> None:
    """The code goes to the address; until it is entered the address is unconfirmed, then it is the contact."""
    assert house.ask("PUT", "/email", {"email": ADDRESS, "language": "en"}).status_code == 202
    ((to, mail),) = house.mailbox.mails
    assert (to, mail["Subject"]) == (ADDRESS, "luchtbrug: your code")
    assert (house.shown()["email"], house.shown()["unconfirmed"]) == (None, ADDRESS)
    assert house.ask("POST", "/email/confirmation", {"code": "aaaa-aaaa"}).status_code == 400
    assert house.ask("POST", "/email/confirmation", {"code": house.code().upper()}).status_code == 204
    assert (house.shown()["email"], house.shown()["unconfirmed"]) == (ADDRESS, None)


def test_an_address_is_deleted_when_asked(house: House, connection: psycopg.Connection) -> None:
    """After DELETE neither a confirmed address nor one that waits is anywhere."""
    house.ask("PUT", "/email", {"email": ADDRESS})
    house.ask("POST", "/email/confirmation", {"code": house.code()})
    house.ask("PUT", "/email", {"email": "another@example.org"})
    assert house.ask("DELETE", "/email").status_code == 204
    counts = "SELECT (SELECT count(*) FROM restricted.owner_contact), (SELECT count(*) FROM restricted.address_code)"
    assert connection.execute(counts).fetchone() == (0, 0)


def test_the_code_of_an_address_cannot_be_guessed(house: House, connection: psycopg.Connection) -> None:
    """After ten attempts even the right code is refused."""
    house.ask("PUT", "/email", {"email": ADDRESS})
    connection.execute("UPDATE restricted.address_code SET attempts = %s", (ATTEMPTS_MAX,))
    connection.commit()
    assert house.ask("POST", "/email/confirmation", {"code": house.code()}).status_code == 400


def test_an_address_that_the_server_refuses_is_not_kept(house: House, connection: psycopg.Connection) -> None:
    """A 550 is told to the owner, and nothing waits."""
    house.mailbox.answer = "550 no such user"
    assert house.ask("PUT", "/email", {"email": ADDRESS}).status_code == 400
    assert connection.execute("SELECT count(*) FROM restricted.address_code").fetchone() == (0,)


@pytest.mark.parametrize(
    "email",
    [
        "", "x", "a@b\r\nBcc: c@d", "a b@example.org", "a@example.org, b@example.org", "@x",
        "postmaster,a@example.org", "a@example.org\n", "<a@example.org",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(house: House, email: str) -> None:
    """Nothing that could be two addresses or another header gets to the mail server."""
    assert house.ask("PUT", "/email", {"email": email}).status_code == 400
    assert house.mailbox.mails == []


def test_a_webhook_is_kept_and_forgotten(house: House) -> None:
    """An https address is kept, one of our own network is not looked at before it is used, http is refused at once."""
    assert house.ask("PUT", "/webhook", {"url": "https://hooks.example.org/x"}).status_code == 204
    assert house.shown()["webhook"] == "https://hooks.example.org/x"
    assert house.ask("PUT", "/webhook", {"url": "http://hooks.example.org/x"}).status_code == 400
    assert house.ask("DELETE", "/webhook").status_code == 204
    assert house.shown()["webhook"] is None


def test_a_platform_without_mail_says_so(database_url: str, tmp_path: Path, connection: psycopg.Connection) -> None:
    """Where no mail server is set, an address is refused with what to use instead, and not kept."""
    with opened(database_url, settings(tmp_path, "open")) as client:
        made = registered(client)
        path = f"/v1/stations/{made['stationId']}/contact/email"
        answer = client.put(path, json={"email": ADDRESS}, headers=owning(made))
    assert (answer.status_code, "webhook" in answer.json()["detail"]) == (409, True)
    assert connection.execute("SELECT count(*) FROM restricted.address_code").fetchone() == (0,)


def test_the_owner_sees_its_alerts(house: House, connection: psycopg.Connection) -> None:
    """What was told of a station is listed for its owner, the newest first."""
    connection.execute(
        "INSERT INTO alert (station_key, kind, begin) SELECT station_key, 'silent', %s FROM station", (NOW,)
    )
    record(connection, "paused", time=NOW, station_id=house.made["stationId"])
    connection.commit()
    answer = house.client.get(f"/v1/stations/{house.made['stationId']}/alerts", headers=owning(house.made))
    assert answer.json() == {"items": [{"kind": "silent", "begin": "2026-11-22T12:00:00Z", "end": None, "detail": {}}]}
