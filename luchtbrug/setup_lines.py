"""What an owner enters on a device, line by line, with the station's own names and secrets in it.

The one place where these lines are written: docs/devices.md has them from here (`luchtbrug station devices`).
What is typed as it stands is between backticks; the rest of a line says where. Nothing was tried on a device by us.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Self
from urllib.parse import urlsplit

from luchtbrug.register import Registered
from luchtbrug.settings import Settings


@dataclass(frozen=True, slots=True)
class Device:
    """A kind of device: how it reaches us and what is entered; `checked` against its source code or manual."""

    title: str
    way: Literal["HTTP", "MQTT", "bridge"]
    lines: tuple[str, ...]
    checked: bool = True


DEVICES: Mapping[str, Device] = {
    "airrohr": Device(
        "airrohr, Nettigo (NAM)",
        "HTTP",
        (
            'Configuration > APIs > tick "Send data to custom API"',
            "Server `{host}`, Path `/in/{token}/airrohr`, Port `{port}` (tick HTTPS for 443)",
            "Leave sensor.community ticked; Save and restart",
        ),
    ),
    "airgradient": Device(
        "AirGradient ONE, Open Air (not cellular)",
        "MQTT",
        (
            "Claim the serial of your device at your station, as its topic is fixed",
            "`curl -X PUT -H 'Content-Type: application/json' -d '{{\"mqttBrokerUrl\":"
            "\"mqtt://{user}:{password}@{mqtt_host}:{mqtt_port}\"}}' http://airgradient_SERIAL.local/config`",
        ),
    ),
    "tasmota": Device(
        "Tasmota",
        "MQTT",
        (
            "Console: `Backlog MqttHost {mqtt_host}; MqttPort {mqtt_port}; MqttUser {user}; MqttPassword {password}; "
            "FullTopic in/{user}/%prefix%/%topic%/; TelePeriod 60; Timezone 0`",
        ),
    ),
    "esphome": Device(
        "ESPHome",
        "MQTT",
        (
            "`mqtt:`",
            "`  broker: {mqtt_host}`",
            "`  port: {mqtt_port}`",
            "`  username: {user}`",
            "`  password: {password}`",
            "`  topic_prefix: in/{user}/esp`",
            "`  discovery_prefix: in/{user}/ha`",
            'Remove `api:` or set `reboot_timeout: 0s`; name the sensors "PM2.5", "Temperature"',
        ),
    ),
    "ecowitt": Device(
        "Ecowitt, Fine Offset",
        "HTTP",
        (
            "Weather Services > Customized > Enable, Protocol Ecowitt",
            "Server `{host}`, Path `/in/{token}/ecowitt`, Port `{plain_port}`, Interval `60` s",
        ),
        checked=False,
    ),
    "ambient": Device(
        "Ambient Weather",
        "HTTP",
        (
            "awnet app > device > Custom server > Protocol Ambient",
            "Server `{host}`, Path `/in/{token}/ambient?` (with the `?`), Port `{plain_port}`",
        ),
        checked=False,
    ),
    "weather_underground": Device(
        "any console with Weather Underground",
        "HTTP",
        (
            "Customized > Protocol Wunderground, Server `{host}`, Port `{plain_port}`",
            "Path `/weatherstation/updateweatherstation.php`, Station ID `{user}`, Key `{password}`",
        ),
        checked=False,
    ),
    "ttn_v3": Device(
        "The Things Stack v3",
        "HTTP",
        (
            "Integrations > Webhooks > Custom; format JSON, Base URL `{base}/in/{token}/ttn`, tick Uplink message",
            "Set a payload formatter",
        ),
    ),
    "chirpstack_v4": Device(
        "ChirpStack v4",
        "HTTP",
        (
            "Application > Integrations > HTTP; JSON, URL `{base}/in/{token}/chirpstack`",
            "Set a codec in the device profile",
        ),
        checked=False,
    ),
    "rtl_433": Device(
        "rtl_433",
        "MQTT",
        (
            '`rtl_433 -M time:utc -F "mqtt://{mqtt_host}:{mqtt_port},user={user},pass={password},retain=0,'
            'events=in/{user}/rtl_433/events"`',
        ),
        checked=False,
    ),
    "weewx": Device(
        "WeeWX",
        "MQTT",
        (
            "Install the extension weewx-mqtt; in `weewx.conf`:",
            "`[StdRESTful] [[MQTT]]`",
            "`server_url = mqtt://{user}:{password}@{mqtt_host}:{mqtt_port}/`",
            "`topic = in/{user}/weewx`",
            "`unit_system = METRICWX`",
            "`binding = archive`",
            "`aggregation = aggregate`",
        ),
    ),
    "qingping": Device(
        "Qingping",
        "MQTT",
        (
            "Claim the MAC of your device at your station, as its topic is fixed",
            "developer.qingping.co > Private access > MQTT: host `{mqtt_host}`, port `{mqtt_port}`, user `{user}`, "
            "password `{password}`; the topics stay `qingping/<mac>/up`",
        ),
        checked=False,
    ),
    "smartcitizen": Device(
        "Smart Citizen",
        "MQTT",
        (
            "The kit logs in by its token as client id, with neither user nor password (its `SckESP.cpp`), and "
            "speaks no HTTP; our broker lets nobody in so: it needs your own Mosquitto",
            "Serial shell of the kit: `mqttsrv -host` your own Mosquitto `-port 1883`; TOKEN stays (`config` shows it)",
            "There a bridge (below) to `{mqtt_host}` with `topic device/sck/TOKEN/readings/# out 1 \"\" in/{user}/`",
            "It sends to one place only: to stay at smartcitizen.me, bridge there too",
        ),
    ),
    "meshtastic": Device(
        "Meshtastic (ESP32 with Wi-Fi)",
        "MQTT",
        (
            "Console: `meshtastic --set mqtt.enabled true --set mqtt.address {mqtt_host} --set mqtt.username {user} "
            "--set mqtt.password {password} --set mqtt.root in/{user}/msh --set mqtt.json_enabled true "
            "--set mqtt.encryption_enabled false`",
            "Tick uplink for the channel; `--set telemetry.environment_measurement_enabled true`, and for particles "
            "`telemetry.air_quality_enabled true`",
        ),
        checked=False,
    ),
    "mosquitto_bridge": Device(
        "zigbee2mqtt, Home Assistant, Homie, Vindriktning: your own Mosquitto",
        "bridge",
        (
            "In `/etc/mosquitto/conf.d/aq.conf`:",
            "`connection aq`",
            "`address {mqtt_host}:8883`",
            "`bridge_capath /etc/ssl/certs`",
            "`remote_username {user}`",
            "`remote_password {password}`",
            "`topic garden out 1 zigbee2mqtt/ in/{user}/zigbee2mqtt/`",
            "`garden` is the name of your sensor there; zigbee2mqtt needs `advanced: last_seen: ISO_8601`",
            "Other programs need another last line: docs/devices.md",
        ),
    ),
    "native": Device(
        "your own program",
        "MQTT",
        (
            "MQTT `{mqtt_host}:8883` with TLS, or `:{mqtt_port}`; user `{user}`, password `{password}`, "
            "topic `aq/1/{user}/obs`",
            "or `POST {base}/v1/stations/{user}/obs` with `Authorization: Bearer {token}`",
        ),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Address:
    """Where stations find the platform: `base_url` over HTTP, host and port without TLS over MQTT."""

    base_url: str
    mqtt_host: str
    mqtt_port: int

    @classmethod
    def of(cls, settings: Settings, base_url: str) -> Self:
        """Take the public names that the settings know, and for what they do not the address that was asked."""
        inside = urlsplit(settings.mqtt_url.get_secret_value()) if settings.mqtt_url else None
        port = inside.port if inside and inside.scheme == "mqtt" else None
        return cls(
            base_url.rstrip("/"),
            settings.mqtt_public_host or urlsplit(base_url).hostname or "",
            settings.mqtt_public_port or port or settings.mqtt_port,
        )


def setup_lines(new: Registered, address: Address, device: str | None = None) -> dict[str, list[str]]:
    """Fill in the lines of every device, or of one, to be shown as plain text."""
    filled = _filled(new.mqtt_user, new.mqtt_password, new.http_token, address)
    chosen = DEVICES if device is None else {device: DEVICES[device]}
    return {name: [line.replace("`", "").format_map(filled) for line in each.lines] for name, each in chosen.items()}


def as_markdown() -> str:
    """Write the table of docs/devices.md, with USER, PASS and TOKEN for what a station's owner was shown."""
    address = Address("https://push.example.org", "mqtt.example.org", 1883)
    filled = _filled("USER", "PASS", "TOKEN", address)
    rows = ["| device | way | what to enter |", "| --- | --- | --- |"]
    for each in DEVICES.values():
        title = each.title if each.checked else f"{each.title} (**unchecked**)"
        lines = "<br>".join(line.format_map(filled) for line in each.lines)
        rows.append(f"| {title} | {each.way} | {lines} |")
    return "\n".join(rows)


def _filled(user: str, password: str, token: str, address: Address) -> dict[str, str]:
    parts = urlsplit(address.base_url)
    return {
        "host": parts.hostname or "",
        "port": str(parts.port or (443 if parts.scheme == "https" else 80)),
        "plain_port": "80" if parts.scheme == "https" or not parts.port else str(parts.port),  # consoles know no TLS
        "base": address.base_url,
        "mqtt_host": address.mqtt_host,
        "mqtt_port": str(address.mqtt_port),
        "user": user,
        "password": password,
        "token": token,
    }
