"""What the forms of weather consoles have in common: imperial units, UTC in `dateutc`, two pressures, channels.

Ecowitt, Ambient Weather and Weather Underground are three dialects of one firmware family.
"""

from collections.abc import Callable, Mapping

from ingest.clocks import utc
from ingest.decoded import Decoded, empty
from ingest.errors import WrongShapeError
from ingest.opened import Opened
from ingest.units import LIMITS
from ingest.values import Meaning, Plans, as_number, meaning, plans, read_object, take

CHANNELS = range(1, 11)


class Units:
    """The units that keys stand for: imperial as they are named, or metric as some gateways fill them."""

    def __init__(self, *, metric: bool) -> None:
        self.temperature = "c" if metric else "f"
        self.speed = "km/h" if metric else "mph"
        self.depth = "mm" if metric else "in"
        self.rate = "mm/h" if metric else "in/h"
        self.pressure = "hpa" if metric else "inhg"


IMPERIAL = Units(metric=False)
METRIC = Units(metric=True)


def outdoor(units: Units) -> dict[str, Meaning]:
    """Give the keys that all dialects share."""
    return {
        "tempf": meaning("outdoor-0", "temperature", units.temperature),
        "humidity": meaning("outdoor-0", "relative_humidity"),
        "windspeedmph": meaning("outdoor-0", "wind_speed", units.speed),
        "windgustmph": meaning("outdoor-0", "wind_gust", units.speed),
        "winddir": meaning("outdoor-0", "wind_direction"),
        "dailyrainin": meaning("outdoor-0", "rain_day", units.depth),
    }


def indoor_and_channels(units: Units) -> dict[str, Meaning]:
    """Give the keys of the console itself and of the numbered extra sensors, as Ecowitt and Ambient name them."""
    found = {
        "tempinf": meaning("indoor-0", "temperature", units.temperature),
        "humidityin": meaning("indoor-0", "relative_humidity"),
    }
    for number in CHANNELS:
        found[f"temp{number}f"] = meaning(f"channel-{number}", "temperature", units.temperature)
        found[f"humidity{number}"] = meaning(f"channel-{number}", "relative_humidity")
    return found


class Dialect:
    """How one firmware names what it sends: the same names for imperial values and for metric ones under them."""

    def __init__(self, meanings: Callable[[Units], dict[str, Meaning]]) -> None:
        self._imperial = plans(meanings(IMPERIAL))
        self._metric = plans(meanings(METRIC))

    def read_report(self, opened: Opened) -> Decoded:
        """Read a report; raise WrongShapeError where there is no form or query of a console."""
        fields = opened.fields
        if "dateutc" not in fields and "stationtype" not in fields:
            raise WrongShapeError("no form or query with `dateutc` or `stationtype`")
        decoded = empty()
        station, sea_level = fields.get("baromabsin"), fields.get("baromrelin")
        metric = is_metric(sea_level if station is None else station)
        time = read_form(fields, self._metric if metric else self._imperial, decoded)
        read_pressures(station, sea_level, "hpa" if metric else "inhg", time, decoded)
        return decoded


def read_form(fields: Mapping[str, str], plans: Plans, into: Decoded) -> float | None:
    """Read the fields that mean something; give the time of the message [s since 1970], None for `now`."""
    time = utc(fields.get("dateutc"))
    read_object(fields, plans, time, into)
    return time


def read_pressures(station: str | None, sea_level: str | None, unit: str, time: float | None, into: Decoded) -> None:
    """Read both pressures; a sea-level one that equals the station's is none: no altitude is set on the console."""
    if station is not None:
        take(station, meaning("indoor-0", "air_pressure", unit), time, into)
    if sea_level is None or (station is not None and as_number(sea_level) == as_number(station)):
        return
    take(sea_level, meaning("indoor-0", "air_pressure_sea_level", unit), time, into)


def is_metric(pressure: str | None) -> bool:
    """Say whether metric values stand under the imperial names: no pressure in inches of mercury is above 100."""
    return 100 < as_number(pressure) <= LIMITS["air_pressure"].high
