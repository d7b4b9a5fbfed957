"""PurpleAir: the JSON of its local page, forwarded by a script of its owner; two lasers, °F, a lower-case z.

Source: jpettitt/purpleair-local.
"""

import json
from collections.abc import Sequence

from firmware_sim.devices.wire import (
    PLAIN_1,
    PLAIN_2,
    WHOLE,
    Device,
    Format,
    Key,
    Row,
    Scale,
    Wire,
    moment,
    seconds,
    spell,
)

_KEYS = {
    **{f"{key}_atm": Key(name, PLAIN_2) for key, name in (("pm1_0", "pm1"), ("pm2_5", "pm2_5"), ("pm10_0", "pm10"))},
    **{f"{key}_atm_b": Key(name, PLAIN_1) for key, name in (("pm1_0", "pm1"), ("pm2_5", "pm2_5"))},
    "current_temp_f": Key("temperature", Scale(0, 1.8, 32.0)),
    "current_humidity": Key("relative_humidity", WHOLE),
    "pressure": Key("air_pressure", PLAIN_1),
}


def write(device: Device, rows: Sequence[Row]) -> list[Wire]:
    """Write the page; the second laser with a decimal less, so that the two differ."""
    row = rows[-1]
    known = row.stated_ms is not None and row.stated_ms > 10**12
    time = seconds(row.stated_ms) if known else None
    spelt = spell(row, _KEYS, time)
    body = {
        "SensorId": ":".join(device.serial[n : n + 2] for n in range(0, 12, 2)),
        "DateTime": moment(row.stated_ms if known and row.stated_ms else 31_000).strftime("%Y/%m/%dT%H:%M:%Sz"),
        "Geo": f"PurpleAir-{device.serial[-4:]}",
        "place": "outside",
        **_in_factory_units(spelt.numbers()),
        **spelt.numbers(),
    }
    headers = (("Content-Type", "application/json"),)
    return [
        Wire(f"/in/{device.secret}/purpleair", json.dumps(body).encode(), spelt.said, method="POST", headers=headers)
    ]


def _in_factory_units(values: dict[str, float]) -> dict[str, float]:
    return {key.replace("_atm", "_cf_1"): round(1.5 * value, 2) for key, value in values.items() if "_atm" in key}


FORMAT = Format("purpleair", write, http=True)
