"""The simulated stations and reference stations: where they stand, what they carry, and in what way each is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from firmware_sim.air import CENTRE, KM_PER_DEGREE
from firmware_sim.draws import generator
from firmware_sim.episodes import REACH_KM
from firmware_sim.errors import OptionError

SENSOR_MODELS = ("SPS30", "SDS011", "PMS5003")
MOST_STATIONS = 20_000

CLOCKLESS = frozenset({"airrohr", "nam", "esphome", "homie", "airgradient", "ttn_v3", "chirpstack_v4"})
"""Formats whose devices have no clock that could be wrong, nor a memory."""

_QUARTERS = ("Heuvel", "Plas", "Wasmeer", "Spoor", "Molen", "Zandpad", "Bosrand", "Haven", "Tuindorp", "Vaart")
_REFERENCE_NAMES = ("Stadshart", "Heide", "Meent", "Noorderweg", "Polder", "Duin", "Kanaal", "Eng")


@dataclass(frozen=True, slots=True)
class SimSensor:
    """One sensor of a station and what it sends, in the order on the wire."""

    sensor_name: str
    sensor_model: str
    observed_properties: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Response:
    """In what way the sensors of a station are wrong; calibration has to find it out."""

    gain: float
    offset: float  # [µg/m³]
    kappa: float  # growth with humidity
    temperature_slope: float  # [µg/m³/K] around 10 Cel
    drift: float  # height of the slow swing of the logarithm of the gain; 0: none
    drift_days: float  # period of the swing
    drift_phase: float
    temperature_offset: float  # [K]
    humidity_gain: float
    pressure_offset: float  # [hPa]


@dataclass(frozen=True, slots=True)
class SimStation:
    """A simulated station; the position [degrees, WGS 84] is the exact one."""

    station_id: str
    name: str
    latitude: float
    longitude: float
    sensor_model: str  # of the PM sensor
    format: str  # 'native' or 'airrohr'; in a mixed fleet one of `firmware_sim.devices`
    sensors: tuple[SimSensor, ...]
    response: Response
    trouble: float  # how much more often than the mean station it has faults
    seed: int


@dataclass(frozen=True, slots=True)
class SimReference:
    """A simulated official station, with its position [degrees, WGS 84]."""

    reference_id: str
    name: str
    latitude: float
    longitude: float
    site_type: str
    seed: int


@dataclass(frozen=True, slots=True)
class _Kind:
    """A sensor model as sold: what its units have in common."""

    format: str
    sensors: tuple[SimSensor, ...]
    gain: float
    kappa: float


_KINDS = {
    # kappa: apparent growth of optical sensors, below the .38 to .41 of Crilley 2018, doi:10.5194/amt-11-709-2018
    "SPS30": _Kind(
        "native",
        (
            SimSensor("sps30-0", "SPS30", ("pm1", "pm2_5", "pm4", "pm10")),
            SimSensor("bme280-0", "BME280", ("temperature", "relative_humidity", "air_pressure")),
        ),
        gain=1.00,
        kappa=0.06,
    ),
    "SDS011": _Kind(
        "airrohr",
        (
            SimSensor("sds011-0", "SDS011", ("pm10", "pm2_5")),
            SimSensor("dht22-0", "DHT22", ("temperature", "relative_humidity")),
        ),
        gain=1.20,
        kappa=0.10,
    ),
    "PMS5003": _Kind(
        "native",
        (
            SimSensor("pms5003-0", "PMS5003", ("pm1", "pm2_5", "pm10")),
            SimSensor("sht31-0", "SHT31", ("temperature", "relative_humidity")),
        ),
        gain=1.40,
        kappa=0.09,
    ),
}


def make_stations(count: int, seed: int) -> list[SimStation]:
    """Make stations 'sim-001' and on; number n is the same whatever the count. Out of bounds: OptionError."""
    if not 1 <= count <= MOST_STATIONS:
        raise OptionError(f"stations is {count}: between 1 and {MOST_STATIONS} can be simulated")
    return [_make_station(number, seed) for number in range(1, count + 1)]


def make_mixed_stations(count: int, seed: int, formats: Sequence[str]) -> list[SimStation]:
    """Make stations as `make_stations` does, each with the next of the formats in turn."""
    return [
        replace(station, format=formats[number % len(formats)])
        for number, station in enumerate(make_stations(count, seed))
    ]


def make_references(count: int = 5, *, seed: int) -> list[SimReference]:
    """Make reference stations 'SIM001' and on, spread around the centre so that no two share a quarter."""
    if not 0 <= count <= len(_REFERENCE_NAMES):
        raise OptionError(f"reference stations is {count}: between 0 and {len(_REFERENCE_NAMES)} can be simulated")
    return [_make_reference(number, seed) for number in range(count)]


def common_seed(stations: Sequence[SimStation | SimReference]) -> int:
    """Give the seed of all stations; several, or none, are a ValueError."""
    seeds = {station.seed for station in stations}
    if len(seeds) != 1:
        raise ValueError(f"stations of {len(seeds)} seeds: they must share one air")
    return seeds.pop()


def _make_station(number: int, seed: int) -> SimStation:
    rng = generator(seed, "station", number)
    model = SENSOR_MODELS[(number - 1) % len(SENSOR_MODELS)]
    kind = _KINDS[model]
    latitude, longitude = _position(*rng.uniform(-REACH_KM, REACH_KM, 2))
    return SimStation(
        station_id=f"sim-{number:03d}",
        name=f"{_QUARTERS[int(rng.integers(len(_QUARTERS)))]} {number}",
        latitude=latitude,
        longitude=longitude,
        sensor_model=model,
        format=kind.format,
        sensors=kind.sensors,
        response=_respond(kind, rng),
        trouble=float(np.exp(rng.normal(-0.125, 0.5))),  # mean 1
        seed=seed,
    )


def _respond(kind: _Kind, rng: np.random.Generator) -> Response:
    return Response(
        gain=kind.gain * float(np.exp(rng.normal(0, 0.18))),
        offset=float(rng.normal(0.8, 1.0)),
        kappa=kind.kappa * float(np.exp(rng.normal(0, 0.15))),
        temperature_slope=float(rng.normal(0, 0.04)),
        # one unit in five drifts; a swing and not a trend, so that a simulation of years stays a sensor
        drift=float(rng.uniform(0.1, 0.3)) if rng.random() < 0.2 else 0.0,
        drift_days=float(rng.uniform(120, 240)),
        drift_phase=float(rng.uniform(0, 2 * np.pi)),
        temperature_offset=float(rng.normal(0.6, 0.5)),
        humidity_gain=float(1 + rng.normal(0, 0.02)),
        pressure_offset=float(rng.normal(0, 0.6)),
    )


def _make_reference(number: int, seed: int) -> SimReference:
    rng = generator(seed, "reference", number)
    # one in the middle and the others around it: what a municipality can hope for
    angle = 2 * np.pi * (number + rng.uniform(-0.2, 0.2)) / 4
    distance = rng.uniform(0.0, 1.0) if number == 0 else rng.uniform(5.0, 8.5)
    latitude, longitude = _position(distance * float(np.cos(angle)), distance * float(np.sin(angle)))
    site_type = "urban background" if number == 0 else "suburban background"
    return SimReference(f"SIM{number + 1:03d}", _REFERENCE_NAMES[number], latitude, longitude, site_type, seed)


def _position(east_km: float, north_km: float) -> tuple[float, float]:
    latitude = CENTRE[0] + north_km / KM_PER_DEGREE
    longitude = CENTRE[1] + east_km / (KM_PER_DEGREE * float(np.cos(np.deg2rad(CENTRE[0]))))
    return round(float(latitude), 6), round(float(longitude), 6)
