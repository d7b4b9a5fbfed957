"""The Weather Underground upload protocol, the tongue that nearly every console speaks: a GET with `ID` and `PASSWORD`.

`baromin` is the pressure at sea level, but the station's on two firmwares (others send that as `absbaromin`); `rainin`
is the last hour's depth, no rate. Some consoles send metric keys (`outtemp`, `absbaro`) in the same protocol.
Source: the protocol's page at wunderground.com; weewx-interceptor for the two firmwares.
"""

from functools import lru_cache

from ingest.consoles import IMPERIAL, outdoor, read_form, read_pressures
from ingest.decoded import Decoded, empty
from ingest.errors import WrongShapeError
from ingest.naming import sensor
from ingest.opened import Opened
from ingest.values import Meaning, Plans, meaning, plans

NAME = "wu"

_STATION_PRESSURE = ("WH2600GEN_V2.2.5", "WH2650A_V1.2.1")


def _meanings() -> dict[str, Meaning]:
    found = outdoor(IMPERIAL) | {
        "indoortempf": meaning("indoor-0", "temperature", "f"),
        "indoorhumidity": meaning("indoor-0", "relative_humidity"),
        "outtemp": meaning("outdoor-0", "temperature"),
        "outhumi": meaning("outdoor-0", "relative_humidity"),
        "intemp": meaning("indoor-0", "temperature"),
        "inhumi": meaning("indoor-0", "relative_humidity"),
        "windspeed": meaning("outdoor-0", "wind_speed", "m/s"),
        "windgust": meaning("outdoor-0", "wind_gust", "m/s"),
        "rainrate": meaning("outdoor-0", "rain_rate"),
        "dailyrain": meaning("outdoor-0", "rain_day"),
        "AqPM2.5": meaning("aq-0", "pm2_5"),
        "AqPM10": meaning("aq-0", "pm10"),
        "AqNO2": meaning("aq-0", "no2"),
        "AqOZONE": meaning("aq-0", "o3"),
        "AqCO": meaning("aq-0", "co"),
    }
    for number in range(2, 5):
        found[f"temp{number}f"] = meaning(f"channel-{number}", "temperature", "f")
    return found


_MEANINGS = _meanings()
_PLANS = plans(_MEANINGS)


def matches_topic(topic: str) -> bool:
    """Match the path that consoles cannot change, and the short one."""
    return "updateweatherstation" in topic or topic.rpartition("/")[2] == "wu"


def matches_body(opened: Opened) -> bool:
    """Match the path that consoles cannot change."""
    return "updateweatherstation" in opened.message.path


def decode(opened: Opened) -> Decoded:
    """Read a report; raise WrongShapeError where there is no query."""
    fields = opened.fields
    if "dateutc" not in fields and "action" not in fields:
        raise WrongShapeError("no query with `dateutc` or `action`")
    decoded = empty()
    time = read_form(fields, _of_sensor(fields), decoded)
    barometer = fields.get("baromin")
    if barometer is not None and fields.get("softwaretype", "").startswith(_STATION_PRESSURE):
        read_pressures(barometer, None, "inhg", time, decoded)
    else:
        read_pressures(fields.get("absbaromin"), barometer, "inhg", time, decoded)
    read_pressures(fields.get("absbaro"), fields.get("relbaro"), "hpa", time, decoded)
    return decoded


def _of_sensor(fields: dict[str, str]) -> Plans:
    """Rename the outdoor sensor where a message names its own: Acurite hubs send one message a sensor."""
    return _named(sensor(fields.get("mt", ""), fields["sensor"])) if fields.get("sensor") else _PLANS


@lru_cache(maxsize=1024)
def _named(named: str) -> Plans:
    return plans({key: each._replace(sensor_name=named) if each.sensor_name == "outdoor-0" else each
                  for key, each in _MEANINGS.items()})  # fmt: skip
