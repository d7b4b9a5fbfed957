"""hackAIR: `{"reading": {"PM2.5_AirPollutantValue": "7.93"}}`; `error` stands beside valid readings and is ignored.

Source: sensebox/openSenseMap-API `tests/data/hackair_example_data.js`.
"""

from ingest.decoded import Decoded, empty
from ingest.errors import WrongShapeError
from ingest.opened import Opened
from ingest.values import meaning, plans, read_object

NAME = "hackair"

_MEANINGS = {
    "PM2.5_AirPollutantValue": meaning("hackair-0", "pm2_5"),
    "PM10_AirPollutantValue": meaning("hackair-0", "pm10"),
}
_PLANS = plans(_MEANINGS)


def matches_topic(topic: str) -> bool:
    """Match the path of the setup text."""
    return topic.rpartition("/")[2] == "hackair"


def matches_body(opened: Opened) -> bool:
    """Match an object `reading` with the network's names."""
    reading = opened.object.get("reading")
    return isinstance(reading, dict) and not _MEANINGS.keys().isdisjoint(reading)


def decode(opened: Opened) -> Decoded:
    """Read both masses."""
    reading = opened.json_object().get("reading")
    if not isinstance(reading, dict):
        raise WrongShapeError("no object `reading`")
    decoded = empty()
    read_object(reading, _PLANS, None, decoded)
    return decoded
