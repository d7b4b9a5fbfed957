"""What owners are sent of alerts, to a real mail server and a real webhook: once at the begin, once at the end."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

import storage.contacts
from luchtbrug.jobs.alert_delivery import ATTEMPTS_MAX, deliver
from luchtbrug.jobs.alerts import turn
from luchtbrug.settings import Settings, SettingsError
from storage.alerts import claim_deliveries
from storage.contacts import Language
from storage.owners import keys_of_station
from tests.luchtbrug.receivers import Hook, Mailbox, hook_server, mail_server
from tests.luchtbrug.test_alerts import Garden
from validation.flags import Flag

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def mail_receiver() -> Iterator[Mailbox]:
    """Run one mail server for all tests."""
    with mail_server() as mailbox:
        yield mailbox


@pytest.fixture
def mailbox(mail_receiver: Mailbox) -> Mailbox:
    """Empty it."""
    mail_receiver.mails.clear()
    mail_receiver.answer = "250 OK"
    return mail_receiver


@pytest.fixture
def hook() -> Iterator[Hook]:
    """Run a webhook."""
    with hook_server() as hook:
        yield hook


@pytest.fixture
def garden(connection: psycopg.Connection) -> Garden:
    """Begin with a station that is stuck."""
    garden = Garden(connection)
    garden.hours([Flag.STUCK] * 4)
    return garden


def reach(garden: Garden, *, email: str | None = None, language: Language = "en", url: str | None = None) -> None:
    """Let the owner of s-one be told; a mail address confirmed."""
    keys = keys_of_station(garden.conn, "s-one")
    assert keys is not None
    assert keys.owner_key is not None
    if email is not None:
        over = NOW + HOUR
        storage.contacts.ask_address(
            garden.conn, keys.owner_key, email, language=language, code_hash="c", expires_at=over
        )
        assert storage.contacts.confirm_address(garden.conn, keys.owner_key, "c", NOW)
    if url is not None:
        storage.contacts.set_webhook(garden.conn, keys.owner_key, url)


def settings(folder: Path, mailbox: Mailbox | None = None, **more: Any) -> Settings:
    """Send over the test's servers."""
    url = mailbox.url if mailbox else None
    return Settings.read(
        data_dir=folder, smtp_url=url, mail_from="aq@lucht.example", **{"webhook_private": True, **more}
    )


def test_an_owner_gets_begin_and_end_once_each(garden: Garden, mailbox: Mailbox, hook: Hook, tmp_path: Path) -> None:
    """Mail and webhook say what is seen, since when and of what, then that it is over; further looks send nothing."""
    reach(garden, email="owner@example.org", url=hook.url)
    for now in (NOW, NOW + HOUR):
        turn(garden.conn, now=now)
        assert [deliver(garden.conn, settings(tmp_path, mailbox), now=now) for _ in range(2)] == [2, 0]
        garden.hours([0] * 6)
    (to, first), (_, last) = mailbox.mails
    assert (to, first["From"], first["Subject"]) == (
        "owner@example.org",
        "aq@lucht.example",
        "luchtbrug: s-one repeats itself",
    )
    assert "sps30-0/pm2_5 of your station s-one keeps repeating" in first.get_content()
    assert "since 2026-11-22 08:00 UTC" in first.get_content()
    assert last["Subject"] == "luchtbrug: Over: s-one repeats itself"
    assert [(body["kind"], body["moment"], body["end"]) for _, body in hook.posts] == [
        ("stuck", "begin", None),
        ("stuck", "end", "2026-11-22T13:00:00Z"),
    ]
    assert hook.posts[0][0]["Host"] == hook.url.split("/")[2]


def test_a_dutch_owner_reads_dutch(garden: Garden, mailbox: Mailbox, tmp_path: Path) -> None:
    """The language that came with the address is the language of the mail."""
    reach(garden, email="owner@example.org", language="nl")
    turn(garden.conn, now=NOW)
    deliver(garden.conn, settings(tmp_path, mailbox), now=NOW)
    assert "van uw station s-one meldt steeds dezelfde waarde" in mailbox.mails[0][1].get_content()


def test_an_address_that_was_not_confirmed_gets_nothing(garden: Garden, mailbox: Mailbox, tmp_path: Path) -> None:
    """Only the code makes an address a contact."""
    reach(garden, email="owner@example.org")
    garden.conn.execute("UPDATE restricted.owner_contact SET confirmed_at = NULL")
    turn(garden.conn, now=NOW)
    assert deliver(garden.conn, settings(tmp_path, mailbox), now=NOW) == 0
    assert mailbox.mails == []


def test_a_stop_between_claim_and_sending_repeats_nothing(garden: Garden, mailbox: Mailbox, tmp_path: Path) -> None:
    """What a service had claimed when it was killed is not sent by the next one."""
    reach(garden, email="owner@example.org")
    turn(garden.conn, now=NOW)
    assert len(claim_deliveries(garden.conn, NOW, limit=10)) == 1
    garden.conn.commit()
    assert deliver(garden.conn, settings(tmp_path, mailbox), now=NOW + HOUR) == 0


def test_a_receiver_that_is_away_is_tried_again_under_the_same_name(garden: Garden, hook: Hook, tmp_path: Path) -> None:
    """A 500 is tried again after a minute, not before, with the same Idempotency-Key."""
    reach(garden, url=hook.url)
    hook.status = 500
    turn(garden.conn, now=NOW)
    times = [NOW, NOW + timedelta(seconds=59), NOW + timedelta(seconds=61)]
    sent = []
    for now in times:
        sent.append(deliver(garden.conn, settings(tmp_path), now=now))
        hook.status = 200
    assert sent == [0, 0, 1]
    assert len({headers["Idempotency-Key"] for headers, _ in hook.posts}) == 1
    assert len(hook.posts) == 2


def test_a_receiver_that_never_answers_well_is_given_up(garden: Garden, hook: Hook, tmp_path: Path) -> None:
    """After eight attempts it is left alone, and the end of what it never heard of is not told either."""
    reach(garden, url=hook.url)
    hook.status = 302  # no redirect is followed
    turn(garden.conn, now=NOW)
    for hours in range(ATTEMPTS_MAX + 3):
        deliver(garden.conn, settings(tmp_path), now=NOW + 3 * hours * HOUR)
    assert len(hook.posts) == ATTEMPTS_MAX
    garden.hours([0] * 6, until=NOW + 40 * HOUR)
    assert turn(garden.conn, now=NOW + 40 * HOUR).ended == 1
    deliver(garden.conn, settings(tmp_path), now=NOW + 40 * HOUR)
    assert len(hook.posts) == ATTEMPTS_MAX


def test_a_private_address_is_never_posted_to(garden: Garden, hook: Hook, tmp_path: Path) -> None:
    """Where it is not allowed, a webhook that leads into our own network gets nothing, and once is enough to know."""
    reach(garden, url=hook.url)
    turn(garden.conn, now=NOW)
    for hours in range(3):
        assert deliver(garden.conn, settings(tmp_path, webhook_private=False), now=NOW + hours * HOUR) == 0
    assert hook.posts == []


def test_a_refused_recipient_is_not_tried_again(garden: Garden, mailbox: Mailbox, tmp_path: Path) -> None:
    """After a 550 the address is left alone; the failure that is kept names no address."""
    mailbox.answer = "550 no such user"
    reach(garden, email="owner@example.org")
    turn(garden.conn, now=NOW)
    deliver(garden.conn, settings(tmp_path, mailbox), now=NOW)
    mailbox.answer = "250 OK"
    assert deliver(garden.conn, settings(tmp_path, mailbox), now=NOW + HOUR) == 0
    assert garden.conn.execute("SELECT failure FROM restricted.alert_delivery").fetchone() == ("MailRefusedError",)


def test_a_name_that_cannot_be_looked_up_holds_up_nobody(garden: Garden, mailbox: Mailbox, tmp_path: Path) -> None:
    """A webhook that an older release kept with an empty part in its name is refused; the mail beside it is sent."""
    reach(garden, email="owner@example.org", url="https://hooks..example.org/x")
    turn(garden.conn, now=NOW)
    assert deliver(garden.conn, settings(tmp_path, mailbox, webhook_private=False), now=NOW) == 1
    assert len(mailbox.mails) == 1


def test_a_key_that_cannot_be_used_loses_no_alert(garden: Garden, mailbox: Mailbox, tmp_path: Path) -> None:
    """Nothing is claimed before the key is there: once it is right, what is due is sent."""
    reach(garden, email="owner@example.org")
    turn(garden.conn, now=NOW)
    with pytest.raises(SettingsError):
        deliver(garden.conn, settings(tmp_path, mailbox, contact_key=f"{'1' * 40},short"), now=NOW)
    assert deliver(garden.conn, settings(tmp_path, mailbox), now=NOW + HOUR) == 1
