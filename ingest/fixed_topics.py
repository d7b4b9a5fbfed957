"""Devices whose topic nobody can choose: it names the device, and a claim says which station that device is of.

Sources: airgradienthq/arduino `docs/local-server.md`; developer.qingping.co; fablabbcn/smartcitizen-kit-2x
`SckESP.cpp`. Serials in hexadecimal are compared without regard to case, as firmwares write them both ways.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from ingest.errors import IngestError


class Device(NamedTuple):
    """What a fixed topic names; of a Smart Citizen kit the serial is its token, which is a secret."""

    format_name: str
    serial: str


class SerialError(IngestError):
    """No device of this format has such a serial, or the format's topics are free to choose."""

    reason = "not_a_serial"


class _Fixed(NamedTuple):
    topics: tuple[str, ...]
    subscription: str
    serial: str
    hexadecimal: bool


_FIXED: Mapping[str, _Fixed] = MappingProxyType({
    "airgradient": _Fixed(("airgradient/readings/{}",), "airgradient/readings/+", r"[0-9A-Fa-f]{12}", True),
    "qingping": _Fixed(("qingping/{}/up",), "qingping/+/up", r"[0-9A-Fa-f]{12}", True),
    "smartcitizen": _Fixed(
        ("device/sck/{}/readings", "device/sck/{}/readings/raw"), "device/sck/+/readings/#", r"[0-9A-Za-z]{4,40}", False
    ),
})  # fmt: skip

FORMATS = tuple(_FIXED)

SUBSCRIPTIONS = tuple(each.subscription for each in _FIXED.values())
"""What ingest subscribes to beside the topics that begin with a station's own."""

_TOPICS = tuple(
    (name, fixed.hexadecimal, re.compile(re.escape(topic).replace(r"\{\}", f"({fixed.serial})")))
    for name, fixed in _FIXED.items()
    for topic in fixed.topics
)


def device_of(topic: str) -> Device | None:
    """Name the device whose fixed topic this is; None for any other topic."""
    for name, hexadecimal, pattern in _TOPICS:
        found = pattern.fullmatch(topic)
        if found is not None:
            return Device(name, found[1].lower() if hexadecimal else found[1])
    return None


def device(format_name: str, serial: str) -> Device:
    """Make a device out of what its owner entered, `84:FC:E6:12:F5:B8` too; raise SerialError where it is none."""
    fixed = _FIXED.get(format_name)
    if fixed is None:
        raise SerialError(f"{format_name!r:.40} needs no claim; those with a fixed topic are {', '.join(FORMATS)}")
    plain = re.sub(r"[\s:-]", "", serial).lower() if fixed.hexadecimal else serial.strip()
    if re.fullmatch(fixed.serial, plain, re.ASCII) is None:
        expected = "12 digits of 0-9 and a-f" if fixed.hexadecimal else "4 to 40 letters and digits"
        raise SerialError(f"this is no serial of {format_name}: {expected} are expected")
    return Device(format_name, plain)


def topics_of(named: Device) -> tuple[str, ...]:
    """List the topics, and no others, on which a device publishes."""
    fixed = _FIXED[named.format_name]
    spelt = dict.fromkeys((named.serial, named.serial.upper()) if fixed.hexadecimal else (named.serial,))
    return tuple(topic.format(serial) for topic in fixed.topics for serial in spelt)
