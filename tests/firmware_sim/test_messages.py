"""Messages follow docs/payload.md, and two runs that meet make one."""

import itertools
import json
import re
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from firmware_sim.errors import OptionError
from firmware_sim.messages import SimMessage, batches, history
from firmware_sim.stations import SimStation, make_mixed_stations, make_stations
from firmware_sim.texts import reading_count

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "simulator.md"
BEGIN = datetime(2026, 10, 18, 7, 3, tzinfo=UTC)
END = BEGIN + timedelta(days=5)

NUMBERS = {
    **{key: {"type": "number", "minimum": -128} for key in ("pm1", "pm2_5", "pm4", "pm10")},
    "temperature": {"type": "number", "minimum": -30, "maximum": 50},
    "relative_humidity": {"type": "number", "minimum": 0, "maximum": 100},
    "air_pressure": {"type": "number", "minimum": 900, "maximum": 1100},
}
TIME = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$"}
ENTRY = {
    "type": "object",
    "required": ["s", "v"],
    "additionalProperties": False,
    "properties": {
        "t": TIME,
        "s": {"type": "string", "pattern": r"^[a-z0-9]+-\d$"},
        "v": {"type": "object", "minProperties": 1, "additionalProperties": False, "properties": NUMBERS},
    },
}
NATIVE = {
    "type": "object",
    "required": ["obs"],
    "additionalProperties": False,
    "properties": {
        "seq": {"type": "integer", "minimum": 1},
        "sent": TIME,
        "obs": {"type": "array", "minItems": 1, "maxItems": 500, "items": ENTRY},
    },
}


@pytest.fixture(scope="module")
def stations() -> list[SimStation]:
    """Twelve stations, four of each model."""
    return make_stations(12, 4)


@pytest.fixture(scope="module")
def messages(stations: list[SimStation]) -> list[SimMessage]:
    """Five days with twice the usual faults."""
    return list(history(stations, BEGIN, END, faults=2.0))


def test_native_messages_follow_the_contract(messages: list[SimMessage]) -> None:
    """Every native message fits the schema of docs/payload.md, is below 64 KiB and on its own station's topic."""
    validator = jsonschema.Draft202012Validator(NATIVE)
    native = [message for message in messages if message.topic == f"aq/1/{message.station_id}/obs"]
    assert len(native) > 5000
    for message in native[::3]:
        validator.validate(json.loads(message.payload))
    assert max(len(message.payload) for message in native) < 64 * 1024


def test_airrohr_messages_look_like_the_firmware(stations: list[SimStation], messages: list[SimMessage]) -> None:
    """An SDS011 station pushes airrohr JSON, numbers as text, on its free topic."""
    ids = {station.station_id for station in stations if station.sensor_model == "SDS011"}
    pushed = [message for message in messages if message.station_id in ids]
    assert {message.topic for message in pushed} == {f"in/{station_id}/airrohr" for station_id in ids}
    body = json.loads(pushed[0].payload)
    assert set(body) == {"esp8266id", "software_version", "sensordatavalues"}
    values = {entry["value_type"]: entry["value"] for entry in body["sensordatavalues"]}
    assert list(values) == ["SDS_P1", "SDS_P2", "temperature", "humidity", "samples", "interval", "signal"]
    assert all(isinstance(value, str) for value in values.values())
    assert 0 < float(values["humidity"]) <= 100


def test_history_is_in_order(messages: list[SimMessage]) -> None:
    """Messages come oldest first and within [begin, end)."""
    times = [message.time for message in messages]
    assert times == sorted(times)
    assert BEGIN <= times[0] < times[-1] < END


def test_a_restart_goes_on_where_the_last_run_stopped(stations: list[SimStation], messages: list[SimMessage]) -> None:
    """Two histories that meet at any time are one history: nothing twice, nothing missing, the same bytes."""
    stop = BEGIN + timedelta(days=2, minutes=17, seconds=31)
    first = list(history(stations, BEGIN, stop, faults=2.0))
    second = list(history(stations, stop, END, faults=2.0))
    assert first + second == messages


def test_batches_do_not_matter(stations: list[SimStation], messages: list[SimMessage]) -> None:
    """The size of the batches changes nothing."""
    small = batches(stations, BEGIN, BEGIN + timedelta(hours=30), faults=2.0, size=100)
    found = [message for batch in small for message in batch]
    assert found == messages[: len(found)]
    assert len(found) > 1500


def test_time_identifies_a_reading(messages: list[SimMessage]) -> None:
    """No station, sensor and time comes twice, except in a message that is sent twice."""
    seen: Counter[tuple[str, str, str]] = Counter()
    for message in _distinct(messages):
        seen.update((message.station_id, entry["s"], entry["t"]) for entry in _obs(message) if "t" in entry)
    assert len(seen) > 10_000
    assert max(seen.values()) == 1
    assert len(messages) > len(_distinct(messages))


def test_seq_has_no_gaps(messages: list[SimMessage]) -> None:
    """A native station numbers its messages from 1 each UTC day without a gap, offline or not."""
    counts: dict[tuple[str, str], list[int]] = defaultdict(list)
    for message in _distinct(messages):
        body = json.loads(message.payload)
        if "seq" in body:
            assert body["seq"] == message.seq
            counts[message.station_id, message.time.date().isoformat()].append(body["seq"])
    whole = {key: seqs for key, seqs in counts.items() if key[1] not in ("2026-10-18", "2026-10-23")}
    assert len(whole) == 8 * 4
    assert all(seqs == list(range(1, len(seqs) + 1)) for seqs in whole.values())
    assert {len(seqs) for seqs in whole.values()} != {144}


def test_backlog_comes_in_one_message_oldest_first(stations: list[SimStation], messages: list[SimMessage]) -> None:
    """After a time offline one message holds all readings that were missed, and the next is an ordinary one."""
    sensors = {station.station_id: len(station.sensors) for station in stations}
    backlogs = [m for m in _distinct(messages) if len(_obs(m)) > sensors[m.station_id]]
    assert len(backlogs) > 5
    for message in backlogs:
        times = [entry["t"] for entry in _obs(message)]
        assert times == sorted(times)
        distinct = [datetime.fromisoformat(time) for time in sorted(set(times))]
        assert {later - earlier for earlier, later in itertools.pairwise(distinct)} == {timedelta(minutes=10)}
        assert distinct[-1] == message.time


def test_readings_are_counted(stations: list[SimStation], messages: list[SimMessage]) -> None:
    """The count of a message is the number of values in it."""
    for message in messages[:3000:7]:
        if message.topic.startswith("aq/"):
            assert message.readings == sum(len(entry["v"]) for entry in _obs(message))
        else:
            assert message.readings == 4
    assert {reading_count(station) for station in stations} == {4, 5, 7}


def test_fast_grids_have_milliseconds() -> None:
    """An interval below a second gives times with milliseconds, still one reading a time."""
    begin = datetime(2026, 11, 22, 12, tzinfo=UTC)
    found = list(history(make_stations(1, 1), begin, begin + timedelta(seconds=2), 0.1, faults=0))
    assert len(found) == 20
    assert len({entry["t"] for message in found for entry in _obs(message)}) == 20


@pytest.mark.parametrize(("interval", "faults", "words"), [(0.0, 1.0, "interval is 0.0 s"), (60.0, -1.0, "faults is")])
def test_bad_arguments_are_refused(interval: float, faults: float, words: str) -> None:
    """An interval of nothing and negative faults are refused by value and bound."""
    with pytest.raises(ValueError, match=words):
        list(history(make_stations(1, 1), BEGIN, END, interval, faults=faults))


def test_a_mixed_fleet_has_no_history() -> None:
    """Stations of other makes are refused: their messages would be written as airrohr writes them."""
    with pytest.raises(OptionError, match="history has no format 'wu'"):
        list(history(make_mixed_stations(4, 1, ["native", "wu"]), BEGIN, END))


def test_naive_times_are_refused() -> None:
    """A time without a zone is refused rather than guessed."""
    with pytest.raises(ValueError, match="has no time zone: give UTC"):
        list(history(make_stations(1, 1), datetime(2026, 1, 1), END))  # noqa: DTZ001 - the naive time is the point


def _distinct(messages: list[SimMessage]) -> list[SimMessage]:
    return list(dict.fromkeys(messages))


def _obs(message: SimMessage) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = json.loads(message.payload).get("obs", [])
    return entries


def test_the_example_of_the_document_runs() -> None:
    """The program of docs/simulator.md makes messages and official hours; five hours here where it has five weeks."""
    [program] = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert program.count("timedelta(weeks=5)") == 2
    made: dict[str, Any] = {}
    exec(program.replace("weeks=5", "hours=5"), made)  # noqa: S102 -- our own document
    assert len(made["rows"]) > 5 * 5
    assert made["batch"][0].topic.startswith("aq/1/")
