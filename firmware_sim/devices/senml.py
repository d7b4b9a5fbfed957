"""SenML (RFC 8428) in JSON or CBOR: base fields, and what was kept over an outage in the same pack, oldest first."""

import json
from collections.abc import Sequence
from typing import Any

import cbor2

from firmware_sim.devices.wire import PLAIN_2, Device, Format, Key, Row, Said, Wire, spell

_KEYS = {
    name: Key(name, PLAIN_2) for name in ("pm1", "pm2_5", "pm10", "temperature", "relative_humidity", "air_pressure")
}
_UNITS = {"temperature": "Cel", "relative_humidity": "%RH", "air_pressure": "hPa"}
_LABELS = {"bn": -2, "bt": -3, "n": 0, "u": 1, "v": 2, "t": 6}


def write(device: Device, rows: Sequence[Row]) -> list[Wire]:
    """Write a pack; without a clock its times are relative to now."""
    last = rows[-1]
    base = None if last.stated_ms is None else last.stated_ms // 1000
    records: list[dict[str, Any]] = []
    said: list[Said] = []
    for row in rows if base is not None else rows[-1:]:
        back = (row.clock_ms - last.clock_ms) // 1000
        spelt = spell(row, _KEYS, None if base is None else float(base + back))
        said += spelt.said
        records += [_record(key, value, back) for key, value in spelt.numbers().items()]
    records[0] = (
        {"bn": f"urn:dev:aq:{device.station_id}:sps30-0:"} | ({} if base is None else {"bt": base}) | records[0]
    )
    return [Wire(f"in/{device.station_id}/senml", _encode(device, records), tuple(said), qos=1)]


def _record(key: str, value: float, back: int) -> dict[str, Any]:
    return {"n": key, "u": _UNITS.get(key, "ug/m3"), "v": value} | ({"t": back} if back else {})


def _encode(device: Device, records: list[dict[str, Any]]) -> bytes:
    if device.variant(2) == 0:
        return json.dumps(records).encode()
    return cbor2.dumps([{_LABELS[key]: value for key, value in record.items()} for record in records])


FORMAT = Format("senml", write, memory=30)
