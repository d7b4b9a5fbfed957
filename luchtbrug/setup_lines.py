"""What an owner enters on a device, line by line, with the station's own names and secrets in it (docs/devices.md)."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from luchtbrug.register import Registered

_LINES: Mapping[str, tuple[str, ...]] = {
    "airrohr": (
        'Configuration > APIs > tick "Send data to custom API"',
        "Server {host}, path /in/{token}/airrohr, port {port} (tick HTTPS for 443)",
        "Leave sensor.community ticked; save and restart",
    ),
    "tasmota": (
        "Backlog MqttHost {host}; MqttPort 1883; MqttUser {user}; MqttPassword {password}; "
        "FullTopic in/{user}/%prefix%/%topic%/; TelePeriod 60; Timezone 0",
    ),
    "esphome": (
        "mqtt:",
        "  broker: {host}",
        "  username: {user}",
        "  password: {password}",
        "  topic_prefix: in/{user}/esp",
        "  discovery_prefix: in/{user}/ha",
    ),
    "ecowitt": (
        "Weather Services > Customized > Enable, protocol Ecowitt",
        "Server {host}, path /in/{token}/ecowitt, port {port}, interval 60 s",
    ),
    "ambient": ("Custom server > protocol Ambient", "Server {host}, path /in/{token}/ambient?, port {port}"),
    "weather_underground": (
        "Customized > protocol Wunderground, server {host}, port {port}",
        "Path /weatherstation/updateweatherstation.php, station ID {user}, key {password}",
    ),
    "weewx": (
        "[StdRESTful] [[MQTT]]",
        "server_url = mqtt://{user}:{password}@{host}:1883/",
        "topic = in/{user}/weewx",
        "unit_system = METRICWX",
        "binding = archive",
        "aggregation = aggregate",
    ),
    "rtl_433": (
        'rtl_433 -M time:utc -F "mqtt://{host}:1883,user={user},pass={password},retain=0,events=in/{user}/rtl_433/events"',
    ),
    "the_things_stack": (
        "Integrations > Webhooks > Custom > JSON, base URL {base}/in/{token}/ttn",
        "Tick Uplink message; set a payload formatter",
    ),
    "native": (
        "MQTT {host}:8883 (TLS) or 1883, user {user}, password {password}, topic aq/1/{user}/obs",
        "or POST {base}/v1/stations/{user}/obs with Authorization: Bearer {token}",
    ),
}


def setup_lines(new: Registered, base_url: str) -> dict[str, list[str]]:
    """Fill in the lines of every device; `base_url` is where the public finds the platform, its broker included."""
    parts = urlsplit(base_url)
    filled = {
        "host": parts.hostname or "",
        "port": str(parts.port or (443 if parts.scheme == "https" else 80)),
        "base": base_url.rstrip("/"),
        "user": new.mqtt_user,
        "password": new.mqtt_password,
        "token": new.http_token,
    }
    return {device: [line.format_map(filled) for line in lines] for device, lines in _LINES.items()}
