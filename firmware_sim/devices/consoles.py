"""What the weather consoles that speak Ecowitt, Ambient or Weather Underground have in common."""

from collections.abc import Mapping

from firmware_sim.devices.wire import FAHRENHEIT, INCHES_OF_MERCURY, WHOLE, Device, Key, Row, Said, moment, seconds

OUTDOOR = {"tempf": Key("temperature", FAHRENHEIT), "humidity": Key("relative_humidity", WHOLE)}
WIND = {"winddir": "193", "windspeedmph": "2.24", "windgustmph": "3.80"}
"""Calm days: the simulator has no wind, and the keys are always there."""

_KNOWN = {"wind_direction": 193.0, "wind_speed": 2.24 * 0.44704, "wind_gust": 3.80 * 0.44704}
_ABOVE_SEA = 12.0  # [hPa], for a console whose altitude is set


def said_of_wind(time: float | None) -> tuple[Said, ...]:
    """Say what the keys of the wind say."""
    return tuple(Said(name, value, time) for name, value in _KNOWN.items())


def pressures(row: Row, time: float | None, *, altitude_set: bool) -> tuple[dict[str, str], tuple[Said, ...]]:
    """Write both pressures; where no altitude is set they are equal, and only the station's is one."""
    scale = INCHES_OF_MERCURY
    here = scale.write(row.values["air_pressure"])
    sea = scale.write(row.values["air_pressure"] + _ABOVE_SEA) if altitude_set else here
    said = [Said("air_pressure", scale.said(here), time)]
    if altitude_set:
        said.append(Said("air_pressure_sea_level", scale.said(sea), time))
    return {"baromrelin": sea, "baromabsin": here}, tuple(said)


def stamp(row: Row) -> tuple[str, float | None]:
    """Write `dateutc` and say which time it is; a console without a clock starts in 2000 or 1970."""
    if row.stated_ms is None or row.stated_ms < 10**12:
        return "1970-01-01 00:00:31", None
    return moment(row.stated_ms).strftime("%Y-%m-%d %H:%M:%S"), seconds(row.stated_ms)


def form(fields: Mapping[str, str], *, blank: str = "+") -> str:
    """Join fields as firmwares do: only blanks are replaced."""
    return "&".join(f"{key}={value}" for key, value in fields.items()).replace(" ", blank)


def passkey(device: Device) -> str:
    """Make the secret that consoles put into each message."""
    return (device.serial * 3)[:32].upper()
