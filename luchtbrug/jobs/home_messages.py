"""What goes back to a station's owner: the validated value, and how Home Assistant finds it (docs/back-home.md)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec
import numpy as np

from storage.home import HomeValue
from validation.flags import names, quality


class Retained(NamedTuple):
    """A message that the broker keeps for whoever asks later; an empty payload takes it away."""

    topic: str
    payload: bytes


class _Shown(NamedTuple):
    """How Home Assistant shows a property; gases have no device class, as theirs are in µg/m³ and ours in ppb."""

    name: str
    unit: str
    device_class: str | None = None


_SHOWN: Mapping[str, _Shown] = {
    "pm2_5": _Shown("PM2.5", "µg/m³", "pm25"),
    "pm10": _Shown("PM10", "µg/m³", "pm10"),
    "no2": _Shown("NO2", "ppb"),
    "o3": _Shown("O3", "ppb"),
}

PROPERTIES = tuple(_SHOWN)
"""The properties that are validated, and so go home."""


def value_message(row: HomeValue, now: datetime) -> Retained:
    """Write a value up; `age_s` is its age at publication [s], `time` tells the age at any later moment."""
    body = {
        "value": row.value,
        "lower": row.lower,
        "upper": row.upper,
        "unit": row.unit,
        "time": row.time.astimezone(UTC),
        "age_s": round((now - row.time).total_seconds()),
        "quality": int(quality(np.array([row.flags], np.int32))[0]),
        "flags": names(row.flags),
        "calibration_id": row.calibration_id,
        "raw": row.raw,
        "sensor": row.sensor_name,
    }
    return Retained(_state_topic(row.station_id, row.observed_property), msgspec.json.encode(body))


def discovery_messages(row: HomeValue) -> list[Retained]:
    """Describe the value, and the time it was measured at, to Home Assistant (MQTT discovery of a sensor).

    Source: https://www.home-assistant.io/integrations/mqtt/#discovery-messages
    """
    shown = _SHOWN[row.observed_property]
    value = _entity(row, shown.name, "value", unit_of_measurement=shown.unit, state_class="measurement")
    value |= {"suggested_display_precision": 1, "json_attributes_topic": value["state_topic"]}
    if shown.device_class:
        value["device_class"] = shown.device_class
    measured = _entity(row, f"{shown.name} measured at", "time", device_class="timestamp", entity_category="diagnostic")
    return [
        Retained(_config_topic(row.station_id, row.observed_property), msgspec.json.encode(value)),
        Retained(_config_topic(row.station_id, f"{row.observed_property}_time"), msgspec.json.encode(measured)),
    ]


def withdrawal(station_id: str, observed_property: str) -> list[Retained]:
    """Take away everything that is kept for a station and property."""
    topics = (
        _state_topic(station_id, observed_property),
        _config_topic(station_id, observed_property),
        _config_topic(station_id, f"{observed_property}_time"),
    )
    return [Retained(topic, b"") for topic in topics]


def _entity(row: HomeValue, name: str, field: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "unique_id": f"luchtbrug_{row.station_id}_{row.observed_property}_{field}",
        "state_topic": _state_topic(row.station_id, row.observed_property),
        "value_template": f"{{{{ value_json.{field} }}}}",
        "device": {
            "identifiers": [f"luchtbrug_{row.station_id}"],
            "name": row.name or row.station_id,
            "manufacturer": "luchtbrug",
        },
        "origin": {"name": "luchtbrug"},
        **more,
    }


def _state_topic(station_id: str, observed_property: str) -> str:
    return f"aq/1/{station_id}/validated/{observed_property}"


def _config_topic(station_id: str, entity: str) -> str:
    return f"aq/1/{station_id}/homeassistant/sensor/{station_id}/{entity}/config"
