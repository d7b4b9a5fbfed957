"""A client for the platform's own login, from the URL that the settings hold."""

import ssl
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion


class Login(NamedTuple):
    """A client that is not connected yet, and where its broker is."""

    client: Client
    host: str
    port: int


def login(mqtt_url: str, *, client_id: str = "") -> Login:
    """Make a client of `mqtt(s)://user:password@host:port`; with mqtts the broker's certificate is verified."""
    parts = urlsplit(mqtt_url)
    secure = parts.scheme == "mqtts"
    client = Client(CallbackAPIVersion.VERSION2, client_id=client_id)
    client.username_pw_set(unquote(parts.username or ""), unquote(parts.password or ""))
    if secure:
        client.tls_set_context(ssl.create_default_context())
    return Login(client, parts.hostname or "", parts.port or (8883 if secure else 1883))
