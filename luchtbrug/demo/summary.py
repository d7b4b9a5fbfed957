"""The demo's balance: what the stations sent against what is stored, and how good the values are.

The simulator can say again what it sent, and knows the truth; the pipeline knows neither.
"""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg

import storage.calibrations
import storage.series
from firmware_sim.messages import SimMessage, batches
from firmware_sim.truth import truth
from ingest.decode_lines import decode_payload
from ingest.errors import IngestError
from luchtbrug.demo.city import City
from validation.calibrations import GIVES_VALUE

OBSERVED_PROPERTY = "pm2_5"

Key = tuple[str, str, str, float]
"""station, sensor, observed property, raw value: what a reading without a clock can be known by"""


@dataclass(frozen=True, slots=True)
class Summary:
    """One run's figures; concentrations in µg/m³."""

    messages: int
    readings_stored: int
    validated: int
    quarantined: int
    lost: int
    duplicates: int
    calibrated_stations: int
    rmse_raw: float | None
    rmse_validated: float | None
    coverage: float | None
    history_readings: int
    url: str

    def sentence(self) -> str:
        """Say it on one line."""
        rmse = "no pairs yet"
        if self.rmse_raw is not None and self.rmse_validated is not None:
            rmse = f"RMSE {self.rmse_raw:.2f} raw, {self.rmse_validated:.2f} validated µg/m³"
        return (
            f"{self.messages} messages, {self.readings_stored} readings stored, {self.validated} validated, "
            f"{self.quarantined} quarantined, {self.lost} lost, {self.duplicates} duplicates; "
            f"{self.calibrated_stations} stations calibrated; {rmse}"
        )


def summarise(
    conn: psycopg.Connection[Any],
    city: City,
    ledger: Path,
    *,
    begin: datetime,
    end: datetime,
    interval_s: float,
    history_readings: int,
    url: str,
) -> Summary:
    """Compare what was acknowledged to the stations since `begin` with what the database holds of it."""
    messages, sent = _sent(city, ledger, begin, end, interval_s)
    stored = _stored(conn, begin)
    whole = "SELECT count(*) FROM quarantine WHERE received_at >= %s AND reason <> 'values_refused'"
    raw, value, lower, upper, exact = _pairs(conn, city, begin)
    return Summary(
        messages=messages,
        readings_stored=stored.total(),
        validated=_number(conn, "SELECT count(value) FROM reading WHERE received_at >= %s", begin),
        quarantined=_number(conn, whole, begin),
        lost=(sent - stored).total(),
        duplicates=(stored - sent).total(),
        calibrated_stations=_calibrated(conn, end),
        rmse_raw=_rmse(raw, exact),
        rmse_validated=_rmse(value, exact),
        coverage=float(np.mean((exact >= lower) & (exact <= upper))) if exact.size else None,
        history_readings=history_readings,
        url=url,
    )


def count_since(conn: psycopg.Connection[Any], begin: datetime) -> int:
    """Count the readings and quarantined messages received since `begin`."""
    return _number(conn, "SELECT count(*) FROM reading WHERE received_at >= %s", begin) + _number(
        conn, "SELECT count(*) FROM quarantine WHERE received_at >= %s", begin
    )


def _sent(city: City, ledger: Path, begin: datetime, end: datetime, interval_s: float) -> tuple[int, "Counter[Key]"]:
    """Count the readings in acknowledged messages as any decoder must see them; a message sent twice counts once.

    A station without a clock may say the same twice, ten seconds apart: these are two messages.
    """
    acknowledged = {(entry["topic"], entry["time"]) for entry in map(json.loads, ledger.read_text().splitlines())}
    distinct: dict[tuple[str, bytes, datetime], Counter[Key]] = {}
    messages = 0
    margin = timedelta(seconds=2 * interval_s)
    for batch in batches(city.stations, begin - margin, end + margin, interval_s):
        for message in batch:
            if (message.topic, message.time.isoformat()) in acknowledged:
                messages += 1
                distinct.setdefault((message.topic, message.payload, message.time), _readings(message))
    return messages, sum(distinct.values(), Counter())


def _readings(message: SimMessage) -> "Counter[Key]":
    try:
        _, decoded = decode_payload(message.topic, message.payload)
    except IngestError:
        return Counter()
    return Counter(
        (message.station_id, row.sensor_name, row.observed_property, round(row.value, 6)) for row in decoded.records
    )


def _stored(conn: psycopg.Connection[Any], begin: datetime) -> "Counter[Key]":
    rows = conn.execute(
        "SELECT station_id, sensor_name, observed_property, raw FROM reading JOIN series USING (series_key)"
        " JOIN sensor USING (sensor_key) JOIN station ON station.station_key = series.station_key"
        " WHERE received_at >= %s AND simulated",
        [begin],
    )
    return Counter((station, sensor, name, round(raw, 6)) for station, sensor, name, raw in rows)


def _pairs(conn: psycopg.Connection[Any], city: City, begin: datetime) -> tuple[npt.NDArray[np.float64], ...]:
    """Return raw, value, lower, upper and the truth of all validated readings since `begin`."""
    rows = conn.execute(
        "SELECT station_id, time AT TIME ZONE 'UTC', raw, value, lower, upper FROM reading"
        " JOIN series USING (series_key) JOIN station USING (station_key)"
        " WHERE received_at >= %s AND observed_property = %s AND value IS NOT NULL",
        [begin, OBSERVED_PROPERTY],
    ).fetchall()
    column = {station.station_id: index for index, station in enumerate(city.stations)}
    known = [row for row in rows if row[0] in column]
    times = np.array([row[1] for row in known], "datetime64[us]")
    distinct, where = np.unique(times, return_inverse=True)
    numbers = np.array([row[2:] for row in known], np.float64).reshape(-1, 4)
    exact = np.zeros(0)
    if known:
        field = truth(city.stations, OBSERVED_PROPERTY, distinct)
        exact = field[where, [column[row[0]] for row in known]]
    return (*numbers.T, exact)


def _calibrated(conn: psycopg.Connection[Any], at: datetime) -> int:
    """Count the stations whose current calibration gives values; one whose sensor is stuck just now still has one."""
    own = {
        series.series_key: series.station_id
        for series in storage.series.load_series(conn)
        if series.observed_property == OBSERVED_PROPERTY
    }
    current = storage.calibrations.current(conn, at)
    return len({own[row.series_key] for row in current if row.series_key in own and row.status in GIVES_VALUE})


def _rmse(values: npt.NDArray[np.float64], exact: npt.NDArray[np.float64]) -> float | None:
    return round(float(np.sqrt(np.mean((values - exact) ** 2))), 3) if exact.size else None


def _number(conn: psycopg.Connection[Any], query: str, begin: datetime) -> int:
    row = conn.execute(query, [begin]).fetchone()
    return int(row[0]) if row else 0
