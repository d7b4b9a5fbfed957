"""How an owner is told: an address counts after its code, and what is sealed can be sealed anew."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from storage import contacts
from storage.contacts import ATTEMPTS_MAX, Contact
from storage.owners import add_owner, forget_owner

NOW = datetime(2026, 5, 17, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def owner(connection: psycopg.Connection) -> int:
    """Add an owner, of whom nothing is known."""
    return add_owner(connection)


def ask(conn: psycopg.Connection, owner: int, email: str = "sealed", code: str = "hash") -> None:
    """Let an address wait for its code, for a day."""
    contacts.ask_address(conn, owner, email, language="nl", code_hash=code, expires_at=NOW + DAY)


def test_nothing_is_known_of_a_new_owner(connection: psycopg.Connection, owner: int) -> None:
    """An owner without an address has an empty contact; somebody who is no owner has none."""
    assert contacts.contact_of(connection, owner) == Contact(None, None, None, None)
    assert contacts.contact_of(connection, owner + 1) is None


def test_a_new_address_waits_beside_the_confirmed_one(connection: psycopg.Connection, owner: int) -> None:
    """Until its own code is entered the older address stays in use; the older code is no longer good."""
    ask(connection, owner, "first", "one")
    assert contacts.confirm_address(connection, owner, "one", NOW)
    ask(connection, owner, "second", "two")
    assert not contacts.confirm_address(connection, owner, "one", NOW)
    assert contacts.contact_of(connection, owner) == Contact("first", "nl", None, "second")
    assert contacts.confirm_address(connection, owner, "two", NOW)
    assert contacts.contact_of(connection, owner) == Contact("second", "nl", None, None)


def test_a_code_is_over_at_its_end(connection: psycopg.Connection, owner: int) -> None:
    """A microsecond before it is good; at its end it is not, and the address is forgotten then."""
    ask(connection, owner)
    contacts.forget_stale_addresses(connection, NOW + DAY - timedelta(microseconds=1))
    assert not contacts.confirm_address(connection, owner, "hash", NOW + DAY)
    assert contacts.contact_of(connection, owner) == Contact(None, None, None, "sealed")
    contacts.forget_stale_addresses(connection, NOW + DAY)
    assert contacts.contact_of(connection, owner) == Contact(None, None, None, None)


def test_after_ten_guesses_the_right_code_is_no_longer_good(connection: psycopg.Connection, owner: int) -> None:
    """The tenth attempt still counts, the eleventh does not; a code that is sent anew begins to count anew."""
    for guesses, good in ((ATTEMPTS_MAX, False), (ATTEMPTS_MAX - 1, True)):
        ask(connection, owner)
        assert not any(contacts.confirm_address(connection, owner, "guess", NOW) for _ in range(guesses))
        assert contacts.confirm_address(connection, owner, "hash", NOW) is good


def test_a_code_is_good_for_its_owner_only(connection: psycopg.Connection, owner: int) -> None:
    """The same code entered by somebody else confirms nothing for either."""
    other = add_owner(connection)
    ask(connection, owner)
    assert not contacts.confirm_address(connection, other, "hash", NOW)
    assert contacts.contact_of(connection, other) == Contact(None, None, None, None)


def test_what_is_deleted_is_of_one_owner(connection: psycopg.Connection, owner: int) -> None:
    """Address and webhook go each by its own word, those of another owner stay, and all goes with an owner."""
    other = add_owner(connection)
    for one in (owner, other):
        ask(connection, one)
        assert contacts.confirm_address(connection, one, "hash", NOW)
        contacts.set_webhook(connection, one, "old")
        contacts.set_webhook(connection, one, "hook")
    contacts.forget_address(connection, owner)
    assert contacts.contact_of(connection, owner) == Contact(None, None, "hook", None)
    contacts.forget_webhook(connection, owner)
    assert contacts.contact_of(connection, owner) == Contact(None, None, None, None)
    assert contacts.contact_of(connection, other) == Contact("sealed", "nl", "hook", None)
    forget_owner(connection, other)
    assert connection.execute("SELECT count(*) FROM restricted.owner_contact").fetchone() == (0,)
    assert connection.execute("SELECT count(*) FROM restricted.owner_webhook").fetchone() == (0,)


def test_everything_that_is_sealed_is_sealed_anew(connection: psycopg.Connection, owner: int) -> None:
    """Confirmed and waiting addresses and webhooks change, and only those are counted that did."""
    ask(connection, owner, "old address")
    assert contacts.confirm_address(connection, owner, "hash", NOW)
    ask(connection, owner, "old waiting")
    contacts.set_webhook(connection, owner, "new hook")
    renewed = [contacts.reseal(connection, lambda sealed: sealed.replace("old", "new")) for _ in range(2)]
    assert renewed == [2, 0]
    assert contacts.contact_of(connection, owner) == Contact("new address", "nl", "new hook", "new waiting")
