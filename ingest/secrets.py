"""Takes secrets out of what is kept for later reading: a quarantined message must not give anybody's password away."""

import re

_NAMES = rb"pass\w*|passkey|psk|secret|token|access_token|api_?key|key|auth\w*|ssid|mac|wifi_?(?:ssid|password)"

_JSON_VALUE = re.compile(rb'("(?:' + _NAMES + rb')"\s*:\s*)("(?:[^"\\]|\\.)*"|[^\s,}\]]+)', re.IGNORECASE)
_FORM_VALUE = re.compile(rb"((?:^|[?&\s;])(?:" + _NAMES + rb")=)[^&\s;]*", re.IGNORECASE)


def strip_secrets(payload: bytes) -> bytes:
    """Replace the values of fields that name a secret, in JSON and in form or query strings, by `***`."""
    return _FORM_VALUE.sub(rb"\1***", _JSON_VALUE.sub(rb'\1"***"', payload))
