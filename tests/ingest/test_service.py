"""The service between the embedded broker and a database that comes and goes."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import psycopg
import pytest
from structlog.testing import capture_logs

from ingest import service
from ingest.message import Message
from ingest.service import Counters
from ingest.settings import IngestSettings
from storage.connection import connect
from storage.errors import DatabaseAwayError, TurnTakenError
from storage.migrate import migrate
from tests.ingest.brokers import publish
from tests.ingest.samples import message, register
from tests.ingest.small_batches import settings as of_any_broker
from tests.own_broker import broker_thread
from tests.own_server import crash, own_server
from tests.waiting import wait_until


@pytest.fixture
def broker() -> Iterator[int]:
    """Run the embedded broker."""
    with broker_thread({"tests.own_broker.AnyLogin": {}}) as server:
        yield server.port


@pytest.fixture
def database(database_url: str, connection: psycopg.Connection) -> str:
    """Give a database with the station st-1."""
    register(connection, "st-1")
    connection.commit()
    return database_url


def settings(port: int, url: str) -> IngestSettings:
    """Give settings for the embedded broker."""
    return replace(of_any_broker(port, url), queued_as_retained=True)


@contextmanager
def running(to: IngestSettings) -> Iterator[Counters]:
    """Run the service in a thread."""
    stop, counters = threading.Event(), Counters()
    thread = threading.Thread(target=service.run, args=(to, stop), kwargs={"counters": counters})
    thread.start()
    try:
        yield counters
    finally:
        stop.set()
        thread.join(30)
    assert not thread.is_alive()


def readings(begin: int, count: int) -> list[Message]:
    """Make messages with one reading each, none like another; every second one has no time."""
    now = datetime.now(UTC)
    entries: list[dict[str, Any]] = []
    for number in range(begin, begin + count):
        time = {"t": (now - timedelta(seconds=number)).isoformat()} if number % 2 else {}
        entries.append({"s": f"x-{number % 9}", "v": {"pm2_5": number}, **time})
    return [message("aq/1/st-1/obs", {"obs": [entry]}) for entry in entries]


def stored(url: str) -> list[float]:
    """List the raw values that are stored."""
    with connect(url) as connection:
        return [row[0] for row in connection.execute("SELECT raw FROM reading ORDER BY raw").fetchall()]


def test_what_is_published_is_stored_and_acknowledged(broker: int, database: str) -> None:
    """Every message that the broker took over ends in the database, and is acknowledged after that."""
    with running(settings(broker, database)) as counters:
        assert wait_until(lambda: counters.ready)
        publish(broker, readings(0, 500))
        assert wait_until(lambda: counters.acknowledged == 500)
    assert counters.outcome.readings_stored == 500
    assert stored(database) == list(range(500))


def test_what_comes_while_ingest_is_away_is_stored_when_it_returns(broker: int, database: str) -> None:
    """The broker keeps the session of an ingest that stopped, and with it what comes meanwhile."""
    with running(settings(broker, database)) as counters:
        assert wait_until(lambda: counters.ready)
        publish(broker, readings(0, 50))
        assert wait_until(lambda: counters.acknowledged == 50)
    publish(broker, readings(50, 100))
    with running(settings(broker, database)) as counters:
        assert wait_until(lambda: counters.acknowledged == 100)
    assert stored(database) == list(range(150))


def test_a_database_that_is_killed_costs_nothing(broker: int) -> None:
    """The server is killed while messages come in, and started again: nothing is lost, and two lines say so."""
    with own_server() as server:
        url = server.get_uri()
        with connect(url) as connection:
            migrate(connection)
            register(connection, "st-1")
        with capture_logs() as logged, running(settings(broker, url)) as counters:
            assert wait_until(lambda: counters.ready)
            publish(broker, readings(0, 200))
            assert wait_until(lambda: counters.outcome.readings_stored > 0)
            crash(server)
            publish(broker, readings(200, 200))
            assert wait_until(lambda: counters.database_lost == 1)
            server.ensure_postgres_running()
            assert wait_until(lambda: counters.acknowledged == 400)
        assert stored(url) == list(range(400))
    events = [line["event"] for line in logged]
    assert (events.count("database_lost"), events.count("database_back")) == (1, 1)


def test_a_second_ingest_stands_by_until_the_first_has_gone(broker: int, database: str) -> None:
    """Two under one number would throw each other out at the broker: the second does not even connect before."""
    to = settings(broker, database)
    with ExitStack() as second_runs, capture_logs() as logs:
        with running(to) as first:
            assert wait_until(lambda: first.ready)
            second = second_runs.enter_context(running(to))
            assert wait_until(lambda: "ingest_stands_by" in {each["event"] for each in logs})
            publish(broker, readings(0, 20))
            assert wait_until(lambda: first.acknowledged == 20)
            assert not second.ready
        assert wait_until(lambda: second.ready)
        publish(broker, readings(20, 20))
        assert wait_until(lambda: second.acknowledged == 20)
    assert "broker_lost" not in {each["event"] for each in logs}
    assert stored(database) == list(range(40))


def test_an_ingest_whose_turn_was_taken_gives_up_in_the_end() -> None:
    """A turn that is another's for a moment is waited for, one that stays so ends the process."""
    assert service.taken_since(DatabaseAwayError("away"), monotonic() - 2 * service.GIVE_UP_S) is None
    since = service.taken_since(TurnTakenError("taken"), None)
    assert since is not None
    assert service.taken_since(TurnTakenError("taken"), since) == since
    with pytest.raises(TurnTakenError):
        service.taken_since(TurnTakenError("taken"), since - 2 * service.GIVE_UP_S)
