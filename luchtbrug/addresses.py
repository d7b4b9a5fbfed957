"""Shortens addresses of others in what is logged: enough to see a pattern, too little to find a household."""

import re
from collections.abc import MutableMapping
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

KEPT_V4, KEPT_V6 = 24, 48
"""Bits that stay: 256 addresses of IPv4 are alike, and no household of IPv6 is told apart."""

_V6 = r"(?=[0-9A-Fa-f:.]{0,45}:[0-9A-Fa-f:.]{0,45}:)[0-9A-Fa-f:.]{2,45}"
_CANDIDATE = re.compile(r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}(?!\w|\.\d)|" + _V6 + r"(?![\w:]))")
_TIME = re.compile(r"\d{1,2}:\d{2}:\d{2}(?:\.\d+)?")


def shortened(text: str) -> str:
    """Shorten every address in a text; this machine's own (127.0.0.1, ::1) stay."""
    return _CANDIDATE.sub(lambda found: _short(found[0]), text)


def without_addresses(_logger: object, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Shorten the addresses in all fields of an event: a processor for structlog."""
    return {name: _shortened_value(value) for name, value in event.items()}


def _shortened_value(value: Any) -> Any:
    if isinstance(value, str):
        return shortened(value)
    if isinstance(value, list | tuple):
        return type(value)(_shortened_value(one) for one in value)
    if isinstance(value, dict):
        return {name: _shortened_value(one) for name, one in value.items()}
    if isinstance(value, IPv4Address | IPv6Address | BaseException):
        return shortened(repr(value) if isinstance(value, BaseException) else str(value))
    return value


def _short(text: str) -> str:
    if _TIME.fullmatch(text):
        return text
    try:
        found = ip_address(text)
    except ValueError:
        return text
    if found.is_loopback or found.is_unspecified:
        return text
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    if mapped is not None:
        return f"::ffff:{_short(str(mapped))}"
    kept = KEPT_V4 if found.version == 4 else KEPT_V6
    return str(ip_network(f"{found}/{kept}", strict=False).network_address)
