"""How devices of other makes speak: one small file a format, each a pure function from what was measured to bytes."""

from collections.abc import Mapping
from types import MappingProxyType

from firmware_sim.devices import (
    airgradient,
    airrohr,
    ambient,
    chirpstack_v4,
    ecowitt,
    esphome,
    homie,
    nam,
    native,
    purpleair,
    rtl_433,
    senml,
    tasmota,
    ttn_v3,
    wu,
    zigbee2mqtt,
)
from firmware_sim.devices.wire import Format

FORMATS: Mapping[str, Format] = MappingProxyType({
    module.FORMAT.name: module.FORMAT
    for module in (
        native, nam, tasmota, esphome, zigbee2mqtt, ttn_v3, chirpstack_v4, senml, homie, rtl_433,
        airrohr, ecowitt, ambient, wu, airgradient, purpleair,
    )
})  # fmt: skip
"""Ten that publish over MQTT, six that push over HTTP."""
