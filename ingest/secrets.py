"""Takes secrets and places out of what is kept for later reading: a quarantined message must not give anybody away."""

import re

_NAMES = (
    rb"pass\w*|pwd|psk|secret|(?:access_|refresh_|uplink_)?token|api_?key|key|auth\w*|b?ssid|mac(?:_?addr(?:ess)?)?|"
    rb"wifi_?(?:ssid|password)|sensorid|cipher_id|e?mail|ip(?:_?addr(?:ess)?)?|mqtt_?(?:user(?:name)?|pass\w*)|dev_?(?:eui|addr)|"
    rb"join_?eui|app_?(?:key|skey)|nwk_?(?:key|skey)|imei|imsi|iccid"
)
"""Names of fields: passwords and tokens, and what tells whose home or whose device it is."""

_PLACES = (
    rb"(?:\w{1,40}[_.])?(?:lat|latitude|lon|lng|long|longitude)(?:_i|_e7|itude)?|geo_?hash|geo|(?:\w{1,40}[_.])?gps(?:_\w{1,40})?|"
    rb"(?:\w{1,40}_)?coord(?:inate)?s?|(?:exact_|current)?location|loc|position|point|postal_?code|postcode|zip|street|road|"
    rb"house_?(?:number|no)|suburb|city|plus_?code|what3words|w3w|altitude|alt|elevation|height"
)
"""Names of fields that say where a station stands. Repeats are bounded, so that no payload takes long."""

_TEXT = rb'"(?:[^"\\]|\\.)*"'
_ARRAY = rb"\[[^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*\]"

_JSON_VALUE = re.compile(
    rb'("(?:' + _NAMES + rb"|" + _PLACES + rb')"\s*:\s*)(' + _TEXT + rb"|" + _ARRAY + rb"|[^\s,}\]\[{]+)", re.IGNORECASE
)
_FORM_VALUE = re.compile(
    rb"((?:^|[?&\s;]|%26|%3F)(?:" + _NAMES + rb"|" + _PLACES + rb")(?:=|%3D))(?:(?!%26)[^&\s;])*", re.IGNORECASE
)
_NAMED = (
    rb'"(?:value_type|n|name|id|type|sensor)"\s*:\s*"(?:[^"\\]{0,60}[_.:/-])?(?:' + _NAMES + rb"|" + _PLACES + rb')"'
)
_VALUE = rb'"(?:value|v|vs)"\s*:\s*'
_SCALAR = rb"(?:" + _TEXT + rb"|[^\s,}\]\[{]+)"
_NAME_FIRST = re.compile(rb"(" + _NAMED + rb"\s*,\s*" + _VALUE + rb")" + _SCALAR, re.IGNORECASE)
_VALUE_FIRST = re.compile(rb"(" + _VALUE + rb")" + _SCALAR + rb"(\s*,\s*" + _NAMED + rb")", re.IGNORECASE)
"""Pairs of a name and a value, as airRohr and SenML write them, in either order."""

_SENML_UNIT = re.compile(rb'("u"\s*:\s*"(?:lat|lon)"\s*,\s*"v"\s*:\s*)[^\s,}\]]+', re.IGNORECASE)
_WKT = re.compile(rb"(POINT\s*(?:Z\s*)?\()[^)]*", re.IGNORECASE)
_NMEA = re.compile(rb"(\$G[A-Z]{4}),[^\r\n\"]*")
_MAC_LIST = re.compile(rb'(\["mac"\s*,\s*)"[^"]*"', re.IGNORECASE)
_PAIR = re.compile(rb"(?<![\d.])-?\d{1,3}\.\d{4,}\s*[,;]\s*-?\d{1,3}\.\d{4,}(?![\d.])")
"""Two numbers side by side with the digits of a place; readings have fewer."""

_TOKEN_LEVEL = re.compile(r"(device/sck/)[^/]+")
_PLACE_LEVEL = re.compile(rb"(?:.*[/_-])?(?:" + _PLACES + rb")(?:/(?:state|set))?", re.IGNORECASE)
_HIDDEN = rb'\1"***"'


_PRIVATE_NAME = re.compile(rb"(?:.*[/_.:-])?(?:" + _NAMES + rb"|" + _PLACES + rb")", re.IGNORECASE)


def is_private(name: str) -> bool:
    """Tell whether a field of this name holds a secret or a place."""
    return _PRIVATE_NAME.fullmatch(name[-100:].encode("utf-8", "replace")) is not None


def strip_topic(topic: str) -> str:
    """Replace the token that Smart Citizen kits carry in their topic."""
    return _TOKEN_LEVEL.sub(r"\1***", topic)


def strip_secrets(payload: bytes, topic: str = "") -> bytes:
    """Replace the values of fields that name a secret or a place by `***`, in JSON and in form or query strings.

    Where the topic itself names a place (`…/latitude`), nothing of the payload stays.
    """
    if topic and _PLACE_LEVEL.fullmatch(topic[-100:].encode("utf-8", "replace")):
        return b"***"
    found = _MAC_LIST.sub(_HIDDEN, _JSON_VALUE.sub(_HIDDEN, payload))
    found = _VALUE_FIRST.sub(rb'\1"***"\2', _NAME_FIRST.sub(_HIDDEN, found))
    found = _WKT.sub(rb"\1***", _NMEA.sub(rb"\1,***", _SENML_UNIT.sub(_HIDDEN, found)))
    return _PAIR.sub(b"***", _FORM_VALUE.sub(rb"\1***", found))
