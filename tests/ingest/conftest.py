"""What the tests of ingest share: registered stations, messages as stations send them, and brokers to send them to."""

from collections.abc import Iterator

import psycopg
import pytest

from ingest.pipeline import Pipeline
from storage.connection import connect
from tests.ingest.samples import register


@pytest.fixture
def pipeline(database_url: str, connection: psycopg.Connection) -> Iterator[Pipeline]:
    """Give a pipeline on a database with the stations st-1, st-2 and st-3."""
    for station_id in ("st-1", "st-2", "st-3"):
        register(connection, station_id)
    connection.commit()
    pipeline = Pipeline(lambda: connect(database_url))
    yield pipeline
    pipeline.close()
