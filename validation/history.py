"""The hours of one observed property that validation looks at, and what it found: plain arrays, H hours x S series x
R references.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Masks = npt.NDArray[np.int32]
Hours = npt.NDArray[np.datetime64]

HOUR = np.timedelta64(1, "h")


class HistoryShapeError(ValueError):
    """Arrays of a network do not fit together; the message names the field and both shapes."""


@dataclass(frozen=True, slots=True)
class Network:
    """Hourly history of one observed property; NaN is missing, hours are contiguous begins (datetime64[h], UTC).

    raw, relative_humidity [%], temperature [°C]: (H,S), the station's own. reference: (H,R) in the unit of the target
    (µg/m³, gases ppb). Positions are exact [degrees]. `other_raw` holds cross-sensitive gases by name;
    `station_id`, one a series, says which share an instrument (none: not known). `spread` (H,S), where known, is the
    highest minus the lowest reading of an hour, NaN for fewer than four.
    """

    hours: Hours
    raw: Floats
    relative_humidity: Floats
    temperature: Floats
    latitude: Floats
    longitude: Floats
    sensor_model: tuple[str, ...]
    reference: Floats
    reference_latitude: Floats
    reference_longitude: Floats
    reference_id: tuple[str, ...]
    observed_property: str
    other_raw: Mapping[str, Floats] = field(default_factory=dict)
    station_id: tuple[str, ...] = ()
    spread: Floats | None = None

    def __post_init__(self) -> None:
        h, s, r = len(self.hours), len(self.sensor_model), len(self.reference_id)
        wanted = {
            "raw": (h, s), "relative_humidity": (h, s), "temperature": (h, s), "latitude": (s,), "longitude": (s,),
            "reference": (h, r), "reference_latitude": (r,), "reference_longitude": (r,),
        }  # fmt: skip
        if self.spread is not None:
            wanted["spread"] = (h, s)
        for name, shape in wanted.items():
            if getattr(self, name).shape != shape:
                raise HistoryShapeError(f"{name} has shape {getattr(self, name).shape}, expected {shape}")
        if self.station_id and len(self.station_id) != s:
            raise HistoryShapeError(f"station_id has {len(self.station_id)} names, expected {s} or none")
        if h > 1 and not (np.diff(self.hours) == np.timedelta64(1, "h")).all():
            raise HistoryShapeError("hours must be contiguous and ascending, one row an hour")

    def between(self, begin: np.datetime64, end: np.datetime64) -> "Network":
        """Cut out the hours of [begin, end)."""
        if not len(self.hours):
            return self
        first, last = ((t - self.hours[0]) // np.timedelta64(1, "h") for t in (begin, end))
        rows = slice(max(int(first), 0), max(int(last), 0))
        return replace(
            self,
            hours=self.hours[rows],
            raw=self.raw[rows],
            relative_humidity=self.relative_humidity[rows],
            temperature=self.temperature[rows],
            reference=self.reference[rows],
            spread=None if self.spread is None else self.spread[rows],
            other_raw={name: array[rows] for name, array in self.other_raw.items()},
        )


@dataclass(frozen=True, slots=True)
class Validated:
    """What is known of the hours of [begin, end), each array (h,S); NaN where nothing can be given (flags say why).

    value: the station's own calibrated value with its 95 % interval; estimate: the best estimate of the air there from
    the sensor, its neighbours and the reference field.
    """

    hours: Hours
    flags: Masks
    value: Floats
    lower: Floats
    upper: Floats
    estimate: Floats
    estimate_lower: Floats
    estimate_upper: Floats


def distance_km(latitude: Floats, longitude: Floats, to_latitude: Floats, to_longitude: Floats) -> Floats:
    """Great-circle distances (A,B) [km] between A and B positions [degrees] (haversine, radius 6371 km)."""
    lat_a, lat_b = np.radians(latitude)[:, None], np.radians(to_latitude)[None, :]
    half_lon = np.radians(to_longitude[None, :] - longitude[:, None]) / 2
    a = np.sin((lat_b - lat_a) / 2) ** 2 + np.cos(lat_a) * np.cos(lat_b) * np.sin(half_lon) ** 2
    distance: Floats = 12742.0 * np.arcsin(np.sqrt(np.clip(a, 0.0, 1.0)))
    return distance
