"""Weather beside an official weather network, from its files to the published hour."""

from datetime import timedelta
from pathlib import Path
from threading import Event

import numpy as np
import psycopg

from luchtbrug.jobs.calibrate import refit_property
from luchtbrug.jobs.changes import follow_changes
from luchtbrug.jobs.loop import turn
from luchtbrug.jobs.network import fetch_network
from luchtbrug.settings import Settings
from storage import pages
from storage.calibrations import history
from storage.events import record
from storage.hours import aggregate
from storage.pages import Window
from storage.rows import SeriesName
from storage.series import claim_series

from .conftest import BEGIN, END, HOUR, HOURS, WINDOW, SmallNetwork


def _knmi(folder: Path, air: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> None:
    """Write two weather stations with the same hours."""
    places = [f"{name},{52.2 + number / 10},5.2" for number, name in enumerate(("06260", "06269"))]
    (folder / "reference_stations.csv").write_text("\n".join(["reference_station,lat,lon", *places]), encoding="utf-8")
    rows = [
        f"{(BEGIN + hour * HOUR).isoformat()},{name},temperature,{value:.1f},Cel"
        for name in ("06260", "06269")
        for hour, value in enumerate(air)
    ]
    header = "time,reference_station,observed_property,value,unit"
    (folder / "reference.csv").write_text("\n".join([header, *rows]), encoding="utf-8")


def test_temperatures_are_calibrated_where_weather_stations_are_given(
    connection: psycopg.Connection, small_network: SmallNetwork, tmp_path: Path
) -> None:
    """A thermometer that reads two degrees too high is right after a fit, in frost too; replaced it learns anew."""
    rng = np.random.default_rng(3)
    air = -1 + 5 * np.sin(np.arange(HOURS) / 4) + np.cumsum(rng.normal(0, 0.3, HOURS))
    (row,) = claim_series(connection, [SeriesName("s0", "bme280-0", "BME280", "temperature", "Cel")])
    small_network.readings(row.series_key, BEGIN, air + 2 + rng.normal(0, 0.1, HOURS))
    aggregate(connection, BEGIN, END, now=END)
    connection.commit()
    assert fetch_network(connection, "temperature", begin=BEGIN, end=END) is None
    _knmi(tmp_path, air)
    settings = Settings.read(weather_csv=tmp_path)
    turn(connection, settings, Event(), now=END + timedelta(minutes=5))
    calibration = history(connection, row.series_key)[0]
    assert calibration.status == "short_window"
    assert set(calibration.reference_weight) == {"weather:06260", "weather:06269"}
    refit_property(connection, "temperature", at=END - 24 * HOUR, window=WINDOW)
    small_network.look(END - 24 * HOUR, END, refit=False)
    hours = pages.hours(connection, Window(row.series_key, END - 6 * HOUR, END))
    error = np.array([hour.value if hour.value is not None else np.nan for hour in hours]) - air[-6:]
    assert np.abs(error).max() < 1
    changed = END - 12 * HOUR
    detail = {"sensor": None, "text": ""}
    record(connection, "hardware_changed", time=changed, station_id="s0", detail=detail)
    follow_changes(
        connection, end=END + 2 * HOUR, now=END + 2 * HOUR, window=WINDOW
    )  # its last hours are not there yet
    assert changed in {one.valid_begin for one in history(connection, row.series_key)}
