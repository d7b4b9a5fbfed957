"""The stage identify: names of stations and sensors become rows of the series table, readings become columns."""

from collections.abc import Sequence

import numpy as np
import psycopg

from ingest.decoded import Record, Refusal
from ingest.decoding import DecodedBatch, StationReadings
from ingest.errors import UnknownStationError
from ingest.message import Message
from ingest.quarantine import values_refused
from ingest.series_table import Name, SeriesTable
from ingest.stations import Stations
from ingest.timeline import Columns
from ingest.times import settle


def identify(
    connection: psycopg.Connection,
    messages: Sequence[Message],
    batch: DecodedBatch,
    stations: Stations,
    table: SeriesTable,
) -> Columns:
    """Find the series of every reading, creating those that are new, and settle the times.

    Messages of unknown stations are taken out of the batch into its failures; values of a sensor that cannot be, into
    its refused. Series are created in a transaction of their own.
    """
    _set_strangers_aside(connection, batch, stations)
    missing: list[Name] = []
    for of in batch.readings:
        known = table.of_station(of.station_id)
        missing += [
            Name(of.station_id, record.sensor_name, record.observed_property)
            for record in of.records
            if _series(record) not in known
        ]
    if missing:
        table.claim(connection, missing)
        _refuse_unclaimed(batch, table)
    return _columns(messages, batch.readings, table)


def _set_strangers_aside(connection: psycopg.Connection, batch: DecodedBatch, stations: Stations) -> None:
    named = {of.station_id for of in batch.readings} | {of.station_id for of in batch.notices}
    unknown = stations.unknown(connection, named)
    if not unknown:
        return
    strangers = {of.position: of.station_id for of in batch.readings if of.station_id in unknown}
    strangers |= {of.position: of.station_id for of in batch.notices if of.station_id in unknown}
    batch.readings[:] = [of for of in batch.readings if of.position not in strangers]
    batch.notices[:] = [of for of in batch.notices if of.position not in strangers]
    batch.refused[:] = [each for each in batch.refused if each[0] not in strangers]
    batch.failures.extend(
        (index, UnknownStationError(f"{name!r:.100} is no station")) for index, name in strangers.items()
    )


def _refuse_unclaimed(batch: DecodedBatch, table: SeriesTable) -> None:
    """Refuse the values whose sensor name is impossible or gives its station too many series."""
    claimed: list[StationReadings] = []
    for of in batch.readings:
        known = table.of_station(of.station_id)
        kept = [record for record in of.records if _series(record) in known]
        refused = [_refusal(record) for record in of.records if _series(record) not in known]
        if kept:
            claimed.append(StationReadings(of.position, of.station_id, kept))
        if kept and refused:
            batch.refused.append((of.position, refused))
        elif refused:
            batch.failures.append((of.position, values_refused(refused)))
    batch.readings[:] = claimed


def _series(record: Record) -> tuple[str, str]:
    return record.sensor_name, record.observed_property


def _refusal(record: Record) -> Refusal:
    return Refusal(record.sensor_name[:80], record.observed_property, "sensor_not_accepted", repr(record.value))


def _columns(messages: Sequence[Message], readings: Sequence[StationReadings], table: SeriesTable) -> Columns:
    rows: list[int] = []
    times: list[float | None] = []
    raw: list[float] = []
    for of in readings:
        known = table.of_station(of.station_id)
        rows += [known[record.sensor_name, record.observed_property] for record in of.records]
        times += [record.time for record in of.records]
        raw += [record.value for record in of.records]
    counts = [len(of.records) for of in readings]
    message = np.repeat(np.array([of.position for of in readings], np.int64), counts)
    received = _micros([messages[of.position] for of in readings]).repeat(counts)
    settled = settle(np.array(times, np.float64), received, message)
    return Columns(message, np.array(rows, np.int64), settled.time, received, np.array(raw, np.float64), settled.flags)


def _micros(messages: Sequence[Message]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Give the times of receipt [µs since 1970]."""
    seconds = np.array([message.received_at.timestamp() for message in messages], np.float64)
    return np.rint(seconds * 1e6).astype(np.int64)
