"""The words of SensorThings and those of the other rooms."""

import psycopg

from ingest.vocabulary import PROPERTIES
from storage.statements import sql


def test_every_observed_property_has_a_datastream(connection: psycopg.Connection) -> None:
    """Each property that a station may send is one of SensorThings, with a number of its own."""
    listed = connection.execute(
        f"{sql('sta_common').replace('%%', '%')} SELECT observed_property, number FROM sta_property"  # noqa: S608  # ours
    ).fetchall()
    assert {row[0] for row in listed} == set(PROPERTIES)
    assert len({row[1] for row in listed}) == len(listed)
