"""Smart Citizen Kit: records of sensor numbers, as JSON or in the firmware's short form; the topic holds its token.

Pressure is kPa; 112 is an estimate of CO2 from VOC; 12 and 13 (kit 1.x) are counts of a converter.
Source: fablabbcn/smartcitizen-kit-2x `lib/Sensors/Sensors.h` for the numbers, `SckList.cpp` for the short form.
"""

import re
from typing import Any

from ingest.clocks import counted, utc
from ingest.decoded import Decoded, empty
from ingest.errors import WrongShapeError
from ingest.opened import Opened
from ingest.values import Meaning, meaning, plans, read_object

NAME = "smartcitizen"


def _masses(sensor_name: str, **numbers: int) -> dict[str, Meaning]:
    return {str(number): meaning(sensor_name, name) for name, number in numbers.items()}


_PLANS = plans(
    {
        "53": meaning("urban-0", "noise"),
        "55": meaning("urban-0", "temperature"),
        "56": meaning("urban-0", "relative_humidity"),
        "58": meaning("mpl3115-0", "air_pressure", "kpa"),
        "227": meaning("lps33-0", "air_pressure", "kpa"),
        "113": meaning("ccs811-0", "voc"),
        "158": meaning("scd30-0", "co2"),
        "160": meaning("scd30-0", "temperature"),
        "161": meaning("scd30-0", "relative_humidity"),
        "210": meaning("sfa30-0", "relative_humidity"),
        "211": meaning("sfa30-0", "temperature"),
        "212": meaning("sfa30-0", "formaldehyde", "ppb"),
        "79": meaning("sht31-0", "temperature"),
        "80": meaning("sht31-0", "relative_humidity"),
        "224": meaning("sht35-0", "temperature"),
        "225": meaning("sht35-0", "relative_humidity"),
        "203": meaning("sen5x-0", "relative_humidity"),
        "204": meaning("sen5x-0", "temperature"),
        "205": meaning("sen5x-0", "voc_index"),
        "206": meaning("sen5x-0", "nox_index"),
        **_masses("pms5003-0", pm1=89, pm2_5=87, pm10=88),
        **_masses("pms5003-a", pm1=71, pm2_5=72, pm10=73),
        **_masses("pms5003-b", pm1=75, pm2_5=76, pm10=77),
        **_masses("sps30-0", pm1=182, pm2_5=183, pm4=184, pm10=185),
        **_masses("sen5x-0", pm1=193, pm2_5=194, pm4=195, pm10=196),
    }
)

_TOPIC = re.compile(r"device/sck/[^/]+/(?:readings|info|hello|inventory)")
_SHORT = re.compile(rb"\s*\{\s*t\s*:")
_NOT_ASCII = re.compile(r"[^\x20-\x7e]")


def matches_topic(topic: str) -> bool:
    """Match `device/sck/<token>/readings`, with or without `/raw`."""
    return _TOPIC.search(topic) is not None or topic.rpartition("/")[2] == "smartcitizen"


def matches_body(opened: Opened) -> bool:
    """Match a list `data` of records with `recorded_at`, or the short form."""
    if _SHORT.match(opened.message.payload):
        return True
    data = opened.object.get("data")
    return isinstance(data, list) and any(isinstance(record, dict) and "recorded_at" in record for record in data)


def decode(opened: Opened) -> Decoded:
    """Read all records of a message; several are a backlog."""
    decoded = empty()
    if _SHORT.match(opened.message.payload):
        _read_short(opened.text, decoded)
        return decoded
    records = opened.json_object().get("data")
    if not isinstance(records, list):
        raise WrongShapeError("no list `data`")
    for record in records:
        sensors = record.get("sensors") if isinstance(record, dict) else None
        if isinstance(sensors, list):
            told = record.get("recorded_at")
            read_object(_values(sensors), _PLANS, utc(told) if len(records) == 1 else counted(told), decoded)
    return decoded


def _values(sensors: list[Any]) -> dict[str, Any]:
    return {str(each.get("id")): each.get("value") for each in sensors if isinstance(each, dict)}


def _read_short(text: str, into: Decoded) -> None:
    """Read `{t:<time>,<number>:<value>,...}`; bytes that are no ASCII, seen inside the time, are dropped."""
    entries = _NOT_ASCII.sub("", text).strip("{} ").split(",")
    time = utc(entries[0].partition(":")[2].strip())
    pairs = (entry.partition(":") for entry in entries[1:])
    values = {key.strip(): None if value.strip() == "null" else value for key, _, value in pairs}
    read_object(values, _PLANS, time, into)
