"""airrohr (sensor.community) and NAM (Nettigo): JSON of the "custom API", the public feed's records, and Influx lines.

Values are strings, pressure is Pa, only the feed has times. `P1` is PM10 and `P2` PM2.5, but only of a sensor
that measures particle mass: the PPD42NS sends counts under the same names (its messages have `durP1`).
Source: opendata-stuttgart/sensors-software `airrohr-firmware.ino`, nettigo/namf `main.cpp`.
"""

import re
from typing import Any

from ingest.clocks import utc
from ingest.decoded import Decoded, empty
from ingest.errors import NotUtf8Error, WrongShapeError
from ingest.naming import sensor
from ingest.opened import Opened
from ingest.values import Meaning, meaning, plans, read_object

NAME = "airrohr"


_MASS = {"P0": "pm1", "P1": "pm10", "P2": "pm2_5", "P4": "pm4"}
_MASS_SENSORS = {"SDS": "sds011", "PMS": "pms", "HPM": "hpm", "NPM": "npm", "SPS30": "sps30", "IPS": "ips7100",
                 "SEN5X": "sen5x"}  # fmt: skip
_MASS_SENSOR_TYPES = re.compile(r"SDS|PMS|HPM|NPM|SPS30|SEN|IPS|Next", re.IGNORECASE)
_CLIMATE_SENSORS = {
    "BME280": "bme280", "BMP280": "bmp280", "BMP": "bmp180", "BMP180": "bmp180", "HTU21D": "htu21d", "SHT3X": "sht3x",
    "SHT30": "sht3x", "SCD30": "scd30", "SEN5X": "sen5x", "DS18B20": "ds18b20", "DHT22": "dht22",
}  # fmt: skip

_INFLUX_LINE = re.compile(rb"[^\s,]+,node=esp(?:8266|32)-(\w+)[^\s]* (\S+)")


def _climate(sensor_name: str) -> dict[str, Meaning]:
    return {
        "temperature": meaning(sensor_name, "temperature"),
        "humidity": meaning(sensor_name, "relative_humidity"),
        "pressure": meaning(sensor_name, "air_pressure", "pa"),
    }


def _meanings() -> dict[str, Meaning]:
    """Spell out every key that is a reading; all others (signal, samples, GPS, the heated inlet HECA) are not."""
    found = {
        "SCD30_co2_ppm": meaning("scd30-0", "co2"),
        "conc_co2_ppm": meaning("mhz14a-0", "co2"),
        "SEN5X_VOC": meaning("sen5x-0", "voc_index"),
        "SEN5X_NOX": meaning("sen5x-0", "nox_index"),
        "DNMS_noise_LAeq": meaning("dnms-0", "noise"),
        "noise_LAeq": meaning("dnms-0", "noise"),
    }
    for prefix, model in _MASS_SENSORS.items():
        found |= {f"{prefix}_{key}": meaning(f"{model}-0", name) for key, name in _MASS.items()}
    for prefix, model in _CLIMATE_SENSORS.items():
        found |= {f"{prefix}_{key}": found_key for key, found_key in _climate(f"{model}-0").items()}
    return found | _climate("dht22-0")  # without a prefix: DHT22


_COUNTING = plans(_meanings())
_PUSH = plans(_meanings() | {key: meaning("pm-0", name) for key, name in _MASS.items()})


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
    payload = opened.message.payload
    line = None if payload[:1] in (b"{", b"[") else _INFLUX_LINE.match(payload)
    if line is not None:
        return _decode_influx(line)
    body = opened.json()
    decoded = empty()
    for record in body if isinstance(body, list) else [body]:
        entries = record.get("sensordatavalues") if isinstance(record, dict) else None
        if not isinstance(entries, list):
            raise WrongShapeError("no list `sensordatavalues`")
        _read_record(record, _values(entries), decoded)
    if isinstance(body, dict):
        decoded.station = _chip(body)
    return decoded


def _decode_influx(line: re.Match[bytes]) -> Decoded:
    try:
        fields = line[2].decode().split(",")
    except UnicodeDecodeError as error:
        raise NotUtf8Error(str(error)) from error
    decoded = empty(line[1].decode("ascii", "replace"))
    values = {key: value.removesuffix("i") for key, _, value in (each.partition("=") for each in fields)}
    read_object(values, _COUNTING, None, decoded)
    return decoded


def _values(entries: list[Any]) -> dict[str, Any]:
    """Take keys and values out of the entries; what is no such entry (a truncated one was seen) is passed over."""
    try:
        return {each["value_type"]: each["value"] for each in entries}
    except (KeyError, TypeError):
        pairs = [(each.get("value_type"), each.get("value")) for each in entries if type(each) is dict]
        return {key: value for key, value in pairs if type(key) is str}


def _read_record(record: dict[str, Any], values: dict[str, Any], into: Decoded) -> None:
    """Read a record: the feed names its sensor beside the values, a push in the prefix of their keys."""
    time = utc(record.get("timestamp"))
    about = record.get("sensor")
    kind = about.get("sensor_type") if isinstance(about, dict) else None
    name = kind.get("name") if isinstance(kind, dict) else None
    if isinstance(about, dict) and isinstance(name, str):
        counts = _MASS_SENSOR_TYPES.match(name) is None
        read_object(values, _FEED_CLIMATE if counts else _FEED, time, into, sensor(name, str(about.get("id", 0))))
    else:
        read_object(values, _COUNTING if "durP1" in values else _PUSH, time, into)


def _feed() -> dict[str, Meaning]:
    """Spell out the keys of the feed, whose sensor is named beside them."""
    sea_level = meaning("", "air_pressure_sea_level", "pa")
    return _climate("") | {
        "noise_LAeq": meaning("", "noise"), "co2_ppm": meaning("", "co2"), "pressure_at_sealevel": sea_level,
    }  # fmt: skip


_FEED_CLIMATE = plans(_feed())
_FEED = plans(_feed() | {key: meaning("", name) for key, name in _MASS.items()})


def _chip(record: dict[str, Any]) -> str | None:
    for key in ("esp8266id", "esp32id"):
        if key in record:
            return f"{key.removesuffix('id')}-{record[key]}"
    return None
