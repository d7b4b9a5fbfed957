"""airrohr (sensor.community) and NAM (Nettigo): JSON of the "custom API", the public feed's records, and Influx lines.

Values are strings, pressure is Pa, only the feed has times. `P1` is PM10 and `P2` PM2.5, but only of a sensor
that measures particle mass: the PPD42NS sends counts under the same names (its messages have `durP1`).
Source: opendata-stuttgart/sensors-software `airrohr-firmware.ino`, nettigo/namf `main.cpp`.
"""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from ingest.decoded import Decoded, Record, Refusal
from ingest.errors import NotUtf8Error, WrongShapeError
from ingest.opened import Opened
from ingest.vocabulary import SENTINELS

NAME = "airrohr"


class _Meaning(NamedTuple):
    """What a key is: factor from the unit on the wire to the canonical one, and the firmware's "no value"."""

    sensor_name: str
    observed_property: str
    factor: float = 1.0
    sentinels: frozenset[float] = SENTINELS | {-1.0}


_MASS = {"P0": "pm1", "P1": "pm10", "P2": "pm2_5", "P4": "pm4"}
_MASS_SENSORS = {"SDS": "sds011", "PMS": "pms", "HPM": "hpm", "NPM": "npm", "SPS30": "sps30", "IPS": "ips7100"}
_MASS_SENSOR_TYPES = re.compile(r"SDS|PMS|HPM|NPM|SPS30|IPS|Next", re.IGNORECASE)
_CLIMATE_SENSORS = {
    "BME280": "bme280", "BMP280": "bmp280", "BMP": "bmp180", "BMP180": "bmp180", "HTU21D": "htu21d", "SHT3X": "sht3x",
    "SHT30": "sht3x", "SCD30": "scd30", "DS18B20": "ds18b20", "DHT22": "dht22",
}  # fmt: skip

_INFLUX_LINE = re.compile(rb"[^\s,]+,node=esp(?:8266|32)-(\w+)[^\s]* (\S+)")


def _climate(sensor_name: str) -> dict[str, _Meaning]:
    return {
        "temperature": _Meaning(sensor_name, "temperature", sentinels=SENTINELS | {-128.0}),
        "humidity": _Meaning(sensor_name, "relative_humidity", sentinels=SENTINELS | {-1.0, 999.9}),
        "pressure": _Meaning(sensor_name, "air_pressure", factor=0.01),
    }


def _meanings() -> dict[str, _Meaning]:
    """Spell out every key that is a reading; all others (signal, samples, GPS, the heated inlet HECA) are not."""
    found = {
        "SCD30_co2_ppm": _Meaning("scd30-0", "co2"),
        "conc_co2_ppm": _Meaning("mhz14a-0", "co2"),
        "DNMS_noise_LAeq": _Meaning("dnms-0", "noise"),
        "noise_LAeq": _Meaning("dnms-0", "noise"),
    }
    for prefix, sensor in _MASS_SENSORS.items():
        found |= {f"{prefix}_{key}": _Meaning(f"{sensor}-0", name) for key, name in _MASS.items()}
    for prefix, sensor in _CLIMATE_SENSORS.items():
        found |= {f"{prefix}_{key}": meaning for key, meaning in _climate(f"{sensor}-0").items()}
    return found | _climate("dht22-0")  # without a prefix: DHT22


_MEANINGS = _meanings()
_BARE_MASS = {key: _Meaning("pm-0", name) for key, name in _MASS.items()}


def matches_topic(topic: str) -> bool:
    """Match the path that the setup text gives owners: `airrohr`, for NAM too."""
    return topic.rpartition("/")[2] in ("airrohr", "nam")


def matches_body(opened: Opened) -> bool:
    """Match a list `sensordatavalues`, the header `X-Sensor`, or the Influx line that the firmware writes."""
    message = opened.message
    if message.headers and any(name.lower() == "x-sensor" for name in message.headers):
        return True
    return b'"sensordatavalues"' in message.payload or _INFLUX_LINE.match(message.payload) is not None


def decode(opened: Opened) -> Decoded:
    """Read a push, a record or list of records of the public feed, or an Influx line."""
    line = _INFLUX_LINE.match(opened.message.payload)
    if line is not None:
        return _decode_influx(line)
    body = opened.json()
    decoded = Decoded(None, [], [])
    for record in body if isinstance(body, list) else [body]:
        if not isinstance(record, dict) or not isinstance(record.get("sensordatavalues"), list):
            raise WrongShapeError("no list `sensordatavalues`")
        pairs = [_pair(entry) for entry in record["sensordatavalues"]]
        one = _read(pairs, _meanings_of(record, {key for key, _ in pairs}), _feed_time(record))
        decoded = Decoded(_chip(record), decoded.records + one.records, decoded.refused + one.refused)
    return decoded


def _decode_influx(line: re.Match[bytes]) -> Decoded:
    try:
        fields = line[2].decode().split(",")
    except UnicodeDecodeError as error:
        raise NotUtf8Error(str(error)) from error
    pairs = [(key, value.removesuffix("i")) for key, _, value in (each.partition("=") for each in fields)]
    return _read(pairs, _MEANINGS, None)._replace(station=line[1].decode("ascii", "replace"))


def _pair(entry: Any) -> tuple[str, Any]:
    """Take key and value out of an entry; what is no such entry (a truncated one was seen) has the empty key."""
    if isinstance(entry, dict) and isinstance(entry.get("value_type"), str):
        return entry["value_type"], entry.get("value")
    return "", None


def _meanings_of(record: Mapping[str, Any], keys: set[str]) -> Mapping[str, _Meaning]:
    """Choose what the keys of a record mean: the feed names its sensor beside them, a push in their prefix."""
    sensor = record.get("sensor")
    kind = sensor.get("sensor_type") if isinstance(sensor, dict) else None
    name = kind.get("name") if isinstance(kind, dict) else None
    if not isinstance(sensor, dict) or not isinstance(name, str):
        return _MEANINGS if "durP1" in keys else _MEANINGS | _BARE_MASS
    sensor_name = f"{name.lower()}-{sensor.get('id', 0)}"
    mass = _BARE_MASS if _MASS_SENSOR_TYPES.match(name) else {}
    known = mass | _climate(sensor_name) | {"noise_LAeq": _MEANINGS["noise_LAeq"]}
    return {key: meaning._replace(sensor_name=sensor_name) for key, meaning in known.items()}


def _read(pairs: list[tuple[str, Any]], meanings: Mapping[str, _Meaning], time: float | None) -> Decoded:
    records: list[Record] = []
    refused: list[Refusal] = []
    for key, text in pairs:
        meaning = meanings.get(key)
        if meaning is None:
            continue
        number, fault = _number(text, meaning)
        if fault:
            refused.append(Refusal(meaning.sensor_name, meaning.observed_property, fault, repr(text)[:60]))
        else:
            records.append(Record(time, meaning.sensor_name, meaning.observed_property, number))
    return Decoded(None, records, refused)


def _number(text: Any, meaning: _Meaning) -> tuple[float, str]:
    """Read a number, in its canonical unit, or name in a word why it is none."""
    if text is None or text == "":
        return math.nan, "null"
    if isinstance(text, bool) or not isinstance(text, str | int | float) or "_" in str(text):
        return math.nan, "not_a_number"
    try:
        number = float(text)
    except ValueError:
        return math.nan, "not_a_number"
    if not math.isfinite(number):
        return math.nan, "not_finite"
    if number in meaning.sentinels:
        return math.nan, "sentinel"
    return number * meaning.factor, ""


def _feed_time(record: Mapping[str, Any]) -> float | None:
    """Read the feed's `timestamp` (UTC without an offset) [s since 1970]; a push has none."""
    text = record.get("timestamp")
    if not isinstance(text, str) or not text.isascii():
        return None
    try:
        return datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None


def _chip(record: Mapping[str, Any]) -> str | None:
    for key in ("esp8266id", "esp32id"):
        if key in record:
            return f"{key.removesuffix('id')}-{record[key]}"
    return None
