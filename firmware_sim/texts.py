"""The bytes on the wire: docs/payload.md for native stations, the custom push of airrohr's firmware for the others."""

from collections.abc import Sequence

import numpy as np

from firmware_sim.draws import Floats, Ints, stream
from firmware_sim.stations import SimSensor, SimStation

_AIRROHR_VALUE_TYPES = {
    "pm10": "SDS_P1",
    "pm2_5": "SDS_P2",
    "temperature": "temperature",  # as the firmware names a DHT22's values: without the sensor
    "relative_humidity": "humidity",
}
_AIRROHR_VERSION = "NRZ-2020-133"


def topic(station: SimStation) -> str:
    """Name the topic of a station's readings."""
    if station.format == "native":
        return f"aq/1/{station.station_id}/obs"
    return f"in/{station.station_id}/{station.format}"


def status_topic(station: SimStation) -> str:
    """Name the topic of a station's status and last will."""
    return f"aq/1/{station.station_id}/status"


def reading_count(station: SimStation) -> int:
    """Count the values of one reading of all sensors."""
    return sum(len(sensor.observed_properties) for sensor in station.sensors)


def write_times(times_ms: Ints) -> list[str]:
    """Write times [ms since 1970] as RFC 3339 with Z; milliseconds only where there are some."""
    moments = times_ms.astype("datetime64[ms]")
    texts: list[str] = np.datetime_as_string(moments, unit="s", timezone="UTC").tolist()
    for index in np.flatnonzero(times_ms % 1000):
        texts[index] = str(np.datetime_as_string(moments[index], unit="ms", timezone="UTC"))
    return texts


def write_obs(sensors: Sequence[SimSensor], stated: Sequence[str], values: dict[str, Floats]) -> list[str]:
    """Write the entries of `obs` of native stations with these sensors, N texts; an empty time is left out."""
    template = ",".join(_entry(sensor.sensor_name, sensor.observed_properties) for sensor in sensors)
    columns: list[Sequence[str] | list[float]] = []
    for sensor in sensors:
        columns.append(stated)
        columns.extend(values[name].tolist() for name in sensor.observed_properties)
    texts = [template % row for row in zip(*columns, strict=True)]
    return [text if time else text.replace('"t":"",', "") for text, time in zip(texts, stated, strict=True)]


def write_native(seq: Sequence[int], sent: Sequence[str], obs: Sequence[str]) -> list[bytes]:
    """Write native messages; without a time of sending while the clock is not set."""
    return [
        (
            f'{{"seq":{number},"sent":"{time}","obs":[{entries}]}}' if time else f'{{"seq":{number},"obs":[{entries}]}}'
        ).encode()
        for number, time, entries in zip(seq, sent, obs, strict=True)
    ]


def chip_id(station: SimStation) -> str:
    """Name the chip of a station with airrohr's firmware."""
    return str(int(stream(station.seed, station.station_id, "chip")) % 16_777_216)


def write_airrohr(sensors: Sequence[SimSensor], chips: Sequence[str], values: dict[str, Floats]) -> list[bytes]:
    """Write N messages of stations with airrohr's firmware: numbers as text, no time, no counter."""
    names = [name for sensor in sensors for name in sensor.observed_properties]
    entries = [f'{{"value_type":"{_AIRROHR_VALUE_TYPES[name]}","value":"%.2f"}}' for name in names]
    entries += [
        f'{{"value_type":"{name}","value":"{value}"}}'
        for name, value in (("samples", 5_032_003), ("interval", 145_000), ("signal", -67))
    ]
    head = f'{{"esp8266id":"%s","software_version":"{_AIRROHR_VERSION}","sensordatavalues":['
    template = head + ",".join(entries) + "]}"
    columns = [chips, *(values[name].tolist() for name in names)]
    return [(template % row).encode() for row in zip(*columns, strict=True)]


def _entry(sensor_name: str, names: Sequence[str]) -> str:
    numbers = ",".join(f'"{name}":%.2f' for name in names)
    return f'{{"t":"%s","s":"{sensor_name}","v":{{{numbers}}}}}'
