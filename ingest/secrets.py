"""Takes secrets out of what is kept for later reading: a quarantined message must not give anybody's password away."""

import re

_NAMES = (
    rb"pass\w*|pwd|psk|secret|(?:access_|refresh_|uplink_)?token|api_?key|key|auth\w*|b?ssid|mac|wifi_?(?:ssid|password)|"
    rb"sensorid|cipher_id|e?mail|ip"
)
"""Names of fields: passwords and tokens, and what tells whose home it is."""

_JSON_VALUE = re.compile(rb'("(?:' + _NAMES + rb')"\s*:\s*)("(?:[^"\\]|\\.)*"|[^\s,}\]\[{]+)', re.IGNORECASE)
_FORM_VALUE = re.compile(rb"((?:^|[?&\s;]|%26|%3F)(?:" + _NAMES + rb")(?:=|%3D))(?:(?!%26)[^&\s;])*", re.IGNORECASE)


_MAC_LIST = re.compile(rb'(\["mac"\s*,\s*)"[^"]*"', re.IGNORECASE)
_TOKEN_LEVEL = re.compile(r"(device/sck/)[^/]+")


def strip_topic(topic: str) -> str:
    """Replace the token that Smart Citizen kits carry in their topic."""
    return _TOKEN_LEVEL.sub(r"\1***", topic)


def strip_secrets(payload: bytes) -> bytes:
    """Replace the values of fields that name a secret, in JSON and in form or query strings, by `***`."""
    named = _MAC_LIST.sub(rb'\1"***"', _JSON_VALUE.sub(rb'\1"***"', payload))
    return _FORM_VALUE.sub(rb"\1***", named)
