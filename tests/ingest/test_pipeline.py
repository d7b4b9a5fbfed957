"""The path of a message, on a real database: what is stored, what is put aside, and that nothing else suffers."""

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from ingest.message import Message
from ingest.outcome import Outcome
from ingest.pipeline import Pipeline
from storage.connection import connect
from storage.errors import DatabaseAwayError
from storage.events import list_events
from storage.quarantine import list_quarantined
from storage.rows import SeriesName
from storage.series import add_sensors, claim_series
from storage.stations import remove_measurements, remove_station
from tests.ingest.samples import MINUTE, NOW, message, obs, register
from validation.flags import Flag

GOOD = obs("st-2", pm2_5=8.0)


def _readings(connection: psycopg.Connection) -> list[tuple[Any, ...]]:
    """List what is stored: station, sensor, property, time, raw, flags."""
    rows = connection.execute(
        """
        SELECT station_id, sensor_name, observed_property, time, raw, flags
        FROM reading JOIN series USING (series_key) JOIN sensor USING (sensor_key)
             JOIN station ON station.station_key = series.station_key
        ORDER BY 1, 2, 3, 4
        """
    ).fetchall()
    connection.rollback()
    return rows


def _reasons(connection: psycopg.Connection) -> Counter[str]:
    rows = list_quarantined(connection)
    connection.rollback()
    return Counter(row.reason for row in rows)


def test_readings_are_stored_as_sent(pipeline: Pipeline, connection: psycopg.Connection) -> None:
    """A message's values are stored raw, under station, sensor and property, at the time that it says."""
    outcome = pipeline.process([obs(pm2_5=8.1, pm10=9.3)], now=NOW)
    assert outcome == Outcome(messages=1, readings_stored=2)
    time = datetime(2026, 5, 17, 22, 23, tzinfo=UTC)
    assert [row[:5] for row in _readings(connection)] == [
        ("st-1", "sps30-0", "pm10", time, 9.3),
        ("st-1", "sps30-0", "pm2_5", time, 8.1),
    ]
    model = connection.execute("SELECT DISTINCT sensor_model, unit FROM series JOIN sensor USING (sensor_key)")
    assert model.fetchall() == [("SPS30", "ug/m3")]


def test_an_airrohr_message_gets_the_time_of_receipt(pipeline: Pipeline, connection: psycopg.Connection) -> None:
    """A device without a clock is stored at the time of receipt, and the reading says so."""
    body = {"esp8266id": "1", "sensordatavalues": [{"value_type": "SDS_P2", "value": "4.02"}]}
    pipeline.process([message("in/st-1/airrohr", body)], now=NOW)
    ((station, sensor, name, time, raw, flags),) = _readings(connection)
    assert (station, sensor, name, time, raw) == ("st-1", "sds011-0", "pm2_5", NOW, 4.02)
    assert flags & Flag.TIME_RECEIVED


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (message("aq/1/st-1/obs", b"not json"), "not_json"),
        (message("aq/1/st-1/obs", b'{"obs":[{"s":"\xff\xfe"}]}'), "not_utf8"),
        (message("aq/1/st-1/obs", b"[" * 60_000), "too_deep"),
        (message("aq/1/st-1/obs", {"obs": "many"}), "wrong_shape"),
        (message("aq/1/st-1/obs", {"obs": [{"s": "x-0", "v": {}}]}), "no_readings"),
        (message("aq/1/st-1/obs", {"obs": [{"s": "x-0", "v": {"pm2_5": "8"}}]}), "values_refused"),
        (message("aq/1/st-1/obs", b'{"obs":[{"s":"x-0","v":{"pm2_5":NaN}}]}'), "values_refused"),
        (message("aq/1/st-1/obs", b"x" * 10_000_000), "too_large"),
        (message("aq/1/nobody/obs", {"obs": [{"s": "x-0", "v": {"pm2_5": 8}}]}), "unknown_station"),
        (message("aq/1/no\0body/obs", {"obs": [{"s": "x-0", "v": {"pm2_5": 8}}]}), "unknown_station"),
        (message("aq/1/nobody/status", {"state": "online"}), "unknown_station"),
        (message("aq/2/st-1/obs", {"obs": []}), "foreign_topic"),
        (message("somewhere", b"1"), "foreign_topic"),
        (message("aq/1/st-1/obs", {"obs": [{"s": "x-0", "v": {"pm2_5": 8}}]}, station_id="st-3"), "foreign_topic"),
        (message("in/st-1/unheard-of", b"{}"), "unknown_format"),
        (message("aq/1/st-1/status", {"state": "asleep"}), "wrong_shape"),
        (message("aq/1/st-1/meta", b"[1]"), "wrong_shape"),
        (message("aq/1/st-1/obs", {"obs": [{"s": "X 1\0", "v": {"pm2_5": 8}}]}), "values_refused"),
        (message("aq/1/st-1/meta", {"firmware": "\0"}), "poison"),
    ],
)
def test_a_bad_message_goes_to_quarantine_alone(
    pipeline: Pipeline, connection: psycopg.Connection, bad: Message, reason: str
) -> None:
    """A message that cannot be used is kept with its reason, and its neighbours in the batch are stored."""
    outcome = pipeline.process([GOOD, bad, obs("st-3", pm2_5=9.0)], now=NOW)
    assert (outcome.messages, outcome.quarantined, outcome.readings_stored) == (3, 1, 2)
    assert _reasons(connection) == {reason: 1}
    assert [row[0] for row in _readings(connection)] == ["st-2", "st-3"]


def test_quarantine_keeps_the_message_without_its_secrets(pipeline: Pipeline, connection: psycopg.Connection) -> None:
    """What is kept is the message as it came, cut at 64 KiB, with passwords blanked."""
    pipeline.process([message("aq/1/st-1/obs", b'{"password": "hunter2", "pm":' + b"1" * 70_000)], now=NOW)
    (row,) = list_quarantined(connection)
    assert (row.door, row.topic, row.station_id, row.reason) == ("mqtt", "aq/1/st-1/obs", "st-1", "too_large")
    assert row.payload_size == 70_029
    assert row.payload.startswith(b'{"password": "***", "pm":111')
    assert len(row.payload) <= 65_536


def test_refused_values_leave_the_rest(pipeline: Pipeline, connection: psycopg.Connection) -> None:
    """A refused value is listed in quarantine while its message's other values are stored."""
    body = {"obs": [{"t": MINUTE, "s": "sps30-0", "v": {"pm2_5": 8.1, "pm10": None, "pm99": 1}}]}
    outcome = pipeline.process([message("aq/1/st-1/obs", body)], now=NOW)
    assert outcome == Outcome(messages=1, readings_stored=1, partly_refused=1, refused=2)
    (row,) = list_quarantined(connection)
    assert row.reason == "values_refused"
    assert row.detail == "sps30-0/pm10=None null; sps30-0/pm99=1 unknown_property"


@pytest.mark.parametrize("time", ["1970-01-01T00:00:00Z", "2026-05-24T22:23:00Z", "2026-05-10T22:22:00Z", None])
def test_a_time_that_cannot_be_is_replaced_and_flagged(
    pipeline: Pipeline, connection: psycopg.Connection, time: str | None
) -> None:
    """1970, next week, more than a week ago or no time: the time of receipt, flagged."""
    pipeline.process([obs(time=time, pm2_5=8.0)], now=NOW)
    ((*_, stored, _, flags),) = _readings(connection)
    assert stored == NOW
    assert flags & Flag.TIME_RECEIVED


@pytest.mark.parametrize(
    ("topic", "body"),
    [
        ("qingping/1/up", {"sensorData": [
            {"timestamp": {"value": 368 + n}, "co2": {"value": 400 + n}} for n in (0, 900)]}),
        ("smartcitizen", {"data": [
            {"recorded_at": f"2000-01-01T00:{n // 60:02}:00Z", "sensors": [{"id": 158, "value": 400 + n}]}
            for n in (0, 900)]}),
    ],
)  # fmt: skip
def test_a_backlog_of_a_clock_that_was_never_set_keeps_its_distances(
    pipeline: Pipeline, connection: psycopg.Connection, topic: str, body: dict[str, Any]
) -> None:
    """The newest record gets the time of receipt; at that one time all but the first would be lost."""
    pipeline.process([message(f"in/st-1/{topic}", body)], now=NOW)
    stored = [(time, raw) for *_, time, raw, _ in _readings(connection)]
    assert stored == [(NOW - timedelta(minutes=15), 400.0), (NOW, 1300.0)]


def test_a_late_reading_is_stored_at_its_own_time_and_flagged(
    pipeline: Pipeline, connection: psycopg.Connection
) -> None:
    """A backlog of two hours keeps its times and says that it is late."""
    pipeline.process([obs(time="2026-05-17T20:23:00Z", pm2_5=8.0)], now=NOW)
    ((*_, stored, _, flags),) = _readings(connection)
    assert stored == NOW - timedelta(hours=2, seconds=5)
    assert flags & (Flag.LATE | Flag.TIME_RECEIVED) == Flag.LATE


def test_negative_concentrations_are_kept_and_flagged(pipeline: Pipeline, connection: psycopg.Connection) -> None:
    """A value below the believable range is stored raw with the range flag, a slightly negative one without."""
    pipeline.process([obs(pm2_5=-3.0, pm10=-40.0)], now=NOW)
    flags = {row[2]: (row[4], bool(row[5] & Flag.RANGE)) for row in _readings(connection)}
    assert flags == {"pm2_5": (-3.0, False), "pm10": (-40.0, True)}


def test_duplicates_end_at_the_key(pipeline: Pipeline, connection: psycopg.Connection) -> None:
    """Many copies of a message, within a batch and over batches, are stored once and counted."""
    batch = [obs(pm2_5=8.0)] * 5000
    total = pipeline.process(batch, now=NOW) + pipeline.process(batch, now=NOW) + pipeline.process(batch, now=NOW)
    assert total == Outcome(messages=15_000, readings_stored=1, duplicates=14_999)
    assert len(_readings(connection)) == 1


def test_a_second_value_for_a_time_does_not_replace_the_first(
    pipeline: Pipeline, connection: psycopg.Connection
) -> None:
    """Raw values are written once: what comes later for the same time is a duplicate."""
    pipeline.process([obs(pm2_5=8.0)], now=NOW)
    pipeline.process([obs(pm2_5=9.0)], now=NOW)
    assert [row[4] for row in _readings(connection)] == [8.0]


def test_a_station_registered_later_is_known_at_once(pipeline: Pipeline, connection: psycopg.Connection) -> None:
    """The first message of a station registered a second ago is stored, not put aside."""
    pipeline.process([GOOD], now=NOW)
    register(connection, "st-new")
    connection.commit()
    assert pipeline.process([obs("st-new", pm2_5=8.0)], now=NOW).readings_stored == 1


def test_a_removed_station_is_unknown(pipeline: Pipeline, connection: psycopg.Connection) -> None:
    """Soon after a station is removed, what comes in its name is put aside."""
    pipeline.process([obs(pm2_5=8.0)], now=NOW)
    remove_station(connection, "st-1", NOW)
    connection.commit()
    later = NOW + timedelta(seconds=6)
    outcome = pipeline.process([obs(time="2026-05-17T22:23:10Z", pm2_5=8.0), GOOD], now=later)
    assert (outcome.quarantined, outcome.readings_stored) == (1, 1)
    assert _reasons(connection) == {"unknown_station": 1}


def test_the_stations_own_setting_chooses_the_format(pipeline: Pipeline, connection: psycopg.Connection) -> None:
    """A station set to a format is read so on any topic of its own."""
    register(connection, "st-set", format_name="airrohr")
    connection.commit()
    body = {"sensordatavalues": [{"value_type": "SDS_P1", "value": "3"}]}
    assert pipeline.process([message("in/st-set/any/where", body)], now=NOW).readings_stored == 1


def test_a_retained_copy_without_a_time_is_no_reading(pipeline: Pipeline, connection: psycopg.Connection) -> None:
    """What the broker kept and sends at our reconnect is stored only where it says when it was measured."""
    timed, timeless = obs(pm2_5=8.0), obs("st-2", time=None, pm2_5=8.0)
    batch = [message(each.topic, each.payload, retain=True) for each in (timed, timeless)]
    outcome = pipeline.process(batch, now=NOW)
    assert (outcome.readings_stored, outcome.without_readings, outcome.quarantined) == (1, 1, 0)
    assert [row[0] for row in _readings(connection)] == ["st-1"]


def test_states_become_events_when_they_change(pipeline: Pipeline, connection: psycopg.Connection) -> None:
    """Online, online again, offline: two events; the retained copies at our reconnect are none."""
    topic = "aq/1/st-1/status"
    online, offline = message(topic, {"state": "online"}), message(topic, {"state": "offline"})
    outcome = pipeline.process([online, online], now=NOW)
    outcome += pipeline.process([online, offline, message(topic, {"state": "online"}, retain=True)], now=NOW)
    assert outcome == Outcome(messages=5, without_readings=5)
    assert sorted(event.kind for event in list_events(connection)) == ["station_offline", "station_online"]


def test_of_a_description_nothing_personal_is_kept(pipeline: Pipeline, connection: psycopg.Connection) -> None:
    """A meta message becomes an event with its sensors and firmware, and not with position or Wi-Fi."""
    body = {"firmware": "1.2", "sensors": ["sps30-0"], "latitude": 52.223456, "ssid": "home"}
    pipeline.process([message("aq/1/st-1/meta", body)] * 2, now=NOW)
    assert [(event.kind, event.detail) for event in list_events(connection)] == [
        ("station_meta", {"firmware": "1.2", "sensors": ["sps30-0"]})
    ]


def test_a_station_cannot_invent_sensors_without_end(pipeline: Pipeline, connection: psycopg.Connection) -> None:
    """Beyond a hundred series a station's new sensor names are refused, and its known ones go on."""
    outcome = pipeline.process([obs(sensor=f"x-{number}", pm2_5=1.0) for number in range(150)], now=NOW)
    assert (outcome.readings_stored, outcome.quarantined) == (100, 50)
    assert pipeline.process([obs(sensor="x-7", time="2026-05-17T22:22:00Z", pm2_5=1.0)], now=NOW).readings_stored == 1


def test_poison_among_many_costs_only_itself(pipeline: Pipeline, connection: psycopg.Connection) -> None:
    """Of a hundred messages the two that the database refuses are found, and the others are stored."""
    batch = [obs(time=f"2026-05-17T22:{minute:02d}:00Z", pm2_5=float(minute)) for minute in range(20)] * 5
    batch[17] = batch[80] = message("aq/1/st-1/meta", {"firmware": "\0"})
    outcome = pipeline.process(batch, now=NOW)
    assert (outcome.messages, outcome.quarantined) == (100, 2)
    assert (outcome.readings_stored, outcome.duplicates) == (20, 78)
    assert _reasons(connection) == {"poison": 2}


def test_a_new_process_looks_back_on_what_is_stored(
    pipeline: Pipeline, connection: psycopg.Connection, database_url: str
) -> None:
    """After a restart the checks go on where they stopped: the run of equal readings is found across it."""

    def equal(minute: int) -> Message:
        return obs(time=f"2026-05-17T22:{minute:02d}:00Z", pm2_5=8.0)

    pipeline.process([equal(minute) for minute in range(6)], now=NOW)
    second = Pipeline(lambda: connect(database_url))
    second.process([equal(minute) for minute in range(6, 10)], now=NOW)
    second.close()
    assert [bool(row[5] & Flag.STUCK) for row in _readings(connection)][-1]


def test_a_redelivered_reading_without_a_time_is_not_stored_again(
    pipeline: Pipeline, connection: psycopg.Connection, database_url: str
) -> None:
    """What the broker marks as redelivered gets the time of its first delivery, after a restart too."""
    first = obs(time=None, pm2_5=8.0, pm10=9.0)
    pipeline.process([first], now=NOW)
    later = NOW + timedelta(minutes=3)
    again = message(first.topic, first.payload, received_at=later, redelivered=True)
    second = Pipeline(lambda: connect(database_url))
    assert second.process([again], now=later) == Outcome(messages=1, duplicates=2)
    second.close()
    assert [row[3] for row in _readings(connection)] == [NOW, NOW]


def test_a_redelivered_message_that_never_arrived_is_stored(pipeline: Pipeline, connection: psycopg.Connection) -> None:
    """The mark alone proves nothing: a value that is not stored yet makes the whole message new."""
    pipeline.process([obs(time=None, pm2_5=8.0, pm10=9.0)], now=NOW)
    later = NOW + timedelta(minutes=3)
    other = obs(time=None, pm2_5=8.0, pm10=9.1)
    again = message(other.topic, other.payload, received_at=later, redelivered=True)
    assert pipeline.process([again, again], now=later) == Outcome(messages=2, readings_stored=2, duplicates=2)
    assert len(_readings(connection)) == 4


def test_a_database_that_is_read_only_is_waited_for(
    pipeline: Pipeline, connection: psycopg.Connection, database_url: str
) -> None:
    """A server that takes no writes, as a standby, is away: the batch is given again, and stored when it does."""
    name = connection.info.dbname
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        with pytest.raises(DatabaseAwayError, match="read-only"):
            pipeline.process([GOOD], now=NOW)
        admin.execute("SET default_transaction_read_only = off")
        admin.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
    assert pipeline.process([GOOD], now=NOW).readings_stored == 1


def test_a_station_that_was_deleted_and_registered_again_keeps_what_it_sends(
    pipeline: Pipeline, connection: psycopg.Connection
) -> None:
    """Its series are others under the same names: what it sends then is theirs, also where nobody sent in between."""
    pipeline.process([obs(pm2_5=8.0), obs("st-2", pm2_5=1.0)], now=NOW)
    remove_station(connection, "st-1", NOW)
    remove_measurements(connection, "st-1", NOW)
    register(connection, "st-1")
    connection.commit()
    later = NOW + timedelta(minutes=5)
    messages = [obs(station_id, time=None, pm2_5=9.0, pm10=10.0) for station_id in ("st-1", "st-2")]
    pipeline.process([replace(each, received_at=later) for each in messages], now=later)
    assert [(station, name, raw) for station, _, name, _, raw, _ in _readings(connection)] == [
        ("st-1", "pm10", 10.0), ("st-1", "pm2_5", 9.0),
        ("st-2", "pm10", 10.0), ("st-2", "pm2_5", 1.0), ("st-2", "pm2_5", 9.0),
    ]  # fmt: skip


def test_a_sensor_that_an_owner_told_of_is_not_there_twice(pipeline: Pipeline, connection: psycopg.Connection) -> None:
    """The first message that names it gives it its name; one of another model, and another station's, stay as told."""
    for station_id in ("st-1", "st-2"):
        add_sensors(connection, station_id, {"SDS011": "SDS011", "BME280": "BME280"})
    connection.commit()
    pipeline.process([obs(sensor="sds011-0", pm2_5=8.0, pm10=9.0)], now=NOW)
    sensors = "SELECT station_id, sensor_name, sensor_model FROM sensor JOIN station USING (station_key) ORDER BY 1, 2"
    assert connection.execute(sensors).fetchall() == [
        ("st-1", "BME280", "BME280"), ("st-1", "sds011-0", "SDS011"),
        ("st-2", "BME280", "BME280"), ("st-2", "SDS011", "SDS011"),
    ]  # fmt: skip
    connection.rollback()
    assert {row[1] for row in _readings(connection)} == {"sds011-0"}


def test_a_restored_database_has_series_of_its_own(
    database_url: str, connection: psycopg.Connection, fresh_database: Callable[[str], AbstractContextManager[str]]
) -> None:
    """After a lost connection it may be a backup that is there: no reading goes under the key of another series."""
    with fresh_database("restored") as restored:
        urls = [database_url, restored]
        pipeline = Pipeline(lambda: connect(urls.pop(0)))
        with connect(restored) as backup:
            for conn in (connection, backup):
                for name in ("st-1", "st-2"):
                    register(conn, name)
                conn.commit()
            for name in ("st-2", "st-1"):  # the keys that pm10 of st-1 and its pm2_5 have in the other one
                claim_series(backup, [SeriesName(name, "bme280-0", "BME280", "temperature", "Cel")])
            backup.commit()
            pipeline.process([obs(pm2_5=8.0, pm10=9.0)], now=NOW)
            pipeline.close()
            pipeline.process([obs(pm10=7.0)], now=NOW)
            assert [row[:3] + row[4:5] for row in _readings(backup)] == [("st-1", "sps30-0", "pm10", 7.0)]
        pipeline.close()
