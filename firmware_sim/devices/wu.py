"""Weather Underground's protocol: id and password in clear, a date that is not zero-padded or `now`, -9999 on failure.

Source: the protocol's page at wunderground.com; request lines of consoles in weewx-interceptor.
"""

from collections.abc import Sequence

from firmware_sim.devices.consoles import OUTDOOR, WIND, form, said_of_wind
from firmware_sim.devices.wire import (
    INCHES_OF_MERCURY,
    PLAIN_1,
    Device,
    Format,
    Key,
    Row,
    Wire,
    moment,
    seconds,
    spell,
)

_KEYS = OUTDOOR | {
    "AqPM2.5": Key("pm2_5", PLAIN_1),
    "AqPM10": Key("pm10", PLAIN_1),
    "baromin": Key("air_pressure", INCHES_OF_MERCURY),
}
_FAILED = "-9999"


def write(device: Device, rows: Sequence[Row]) -> list[Wire]:
    """Write a report; `baromin` counts as the pressure at sea level."""
    row = rows[-1]
    set_clock = device.variant(2) == 0 and row.stated_ms is not None and row.stated_ms > 10**12
    time = seconds(row.stated_ms) if set_clock else None
    spelt = spell(row, _KEYS, time)
    said = tuple(
        one._replace(observed_property="air_pressure_sea_level") if one.observed_property == "air_pressure" else one
        for one in spelt.said
    )
    fields = {"ID": device.station_id, "PASSWORD": device.secret}
    fields |= spelt.texts | dict.fromkeys(spelt.failed, _FAILED) | WIND
    fields |= {"dewptf": "42.1", "rainin": "0.00", "dateutc": _date(row) if set_clock else "now"}
    fields |= {"softwaretype": "Weather logger V3.0.7", "action": "updateraw", "realtime": "1", "rtfreq": "5"}
    target = f"/weatherstation/updateweatherstation.php?{form(fields, blank='%20')}"
    return [Wire(target, b"", said + said_of_wind(time), method="GET")]


def _date(row: Row) -> str:
    time = moment(row.stated_ms or 0)
    return f"{time.year}-{time.month}-{time.day} {time.hour}:{time.minute}:{time.second}"


FORMAT = Format("wu", write, http=True)
