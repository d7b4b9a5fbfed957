"""Posting to an address that an owner gave: never to our own network, never longer than a few seconds.

A name may lead elsewhere at each look-up, so it is looked up once, every address is judged, and the connection goes to
one that was judged; the certificate is still checked against the name. Redirects are not followed (OWASP, Server-Side
Request Forgery Prevention Cheat Sheet).
"""

import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import SplitResult, urlsplit

import httpx
import msgspec

TIMEOUT = httpx.Timeout(5.0)
"""Of each step: connecting, sending, the head of the answer [s]. The body of the answer is not read."""

_TLS_PORT = 443
_ELSEWHERE = "it leads to an address that is not of the open internet"
_INSIDE = tuple(
    map(ip_network, (
        "64:ff9b::/96",  # RFC 6052: leads to any IPv4 address
        "fec0::/10",  # RFC 3879: what site-local addresses were, and are in old networks
        "192.0.0.0/24", "192.88.99.0/24", "3fff::/20",  # protocol assignments, 6to4 relays, examples: nobody's hook
        "168.63.129.16/32",  # a machine at Azure asks its own host there, as others do at 169.254.169.254
    ))
)  # fmt: skip
"""What the standard library takes for the open internet, or did before 3.11.10, and is none."""


class UrlRefusedError(Exception):
    """An address that nothing is posted to; the message says why, and not the address."""


class WebhookAwayError(Exception):
    """The receiver did not take it; the message is a word or a status."""


def check_url(url: str, *, private: bool) -> SplitResult:
    """Return the parts of a URL that may be posted to as far as it can be told without a look-up.

    Without `private` it is HTTPS on its own port. Raises UrlRefusedError.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
        (parts.hostname or "").encode("idna")  # as it is looked up: an empty or too long part is no name
    except ValueError as error:
        raise UrlRefusedError("it is no URL") from error
    if parts.username is not None or parts.password is not None:
        raise UrlRefusedError("it holds a login: put a secret in the path instead")
    if not parts.hostname or parts.scheme not in (("http", "https") if private else ("https",)):
        raise UrlRefusedError("it does not begin with https:// and a name")
    if port not in (None, _TLS_PORT) and not private:
        raise UrlRefusedError(f"port {port} is not {_TLS_PORT}")
    with suppress(ValueError):  # of a name it is told when it is looked up
        if not private and not is_public(ip_address(parts.hostname)):
            raise UrlRefusedError(_ELSEWHERE)
    return parts


def post(url: str, body: Mapping[str, Any], *, key: str, private: bool) -> None:
    """Post JSON once; `key` is the same for every attempt, so that the receiver can tell a repetition.

    Raises UrlRefusedError, or WebhookAwayError for anything but a 2xx.
    """
    target = aim(url, private=private)
    headers = {"Host": target.host, "Content-Type": "application/json", "Idempotency-Key": key}
    try:
        with (
            straight_client() as client,
            client.stream(
                "POST", target.url, content=msgspec.json.encode(body), headers=headers, extensions=target.extensions
            ) as answer,
        ):
            if not answer.is_success:
                raise WebhookAwayError(f"status {answer.status_code}")
    except httpx.HTTPError as error:
        raise WebhookAwayError(type(error).__name__) from error


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request really goes: `url` names the address that was judged, `host` the name."""

    url: str
    host: str
    extensions: Mapping[str, Any]


def aim(url: str, *, private: bool) -> Target:
    """Look a URL's name up once and judge it. Raises UrlRefusedError, or WebhookAwayError where the name is unknown."""
    parts = check_url(url, private=private)
    address = _resolved(parts, private=private)
    literal = f"[{address}]" if address.version == 6 else str(address)
    target = parts._replace(netloc=f"{literal}:{parts.port}" if parts.port else literal).geturl()
    return Target(target, parts.netloc.rpartition("@")[2], {"sni_hostname": parts.hostname})


def straight_client() -> httpx.Client:
    """Open a client that goes where it is told: a proxy of the environment would look the name up again."""
    verify = ssl.create_default_context()
    return httpx.Client(
        timeout=TIMEOUT, trust_env=False, follow_redirects=False, verify=verify, headers={"User-Agent": "luchtbrug"}
    )


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Tell whether an address is of the open internet; one that carries another inside is judged by none of both."""
    if isinstance(address, IPv6Address):
        inside = address.ipv4_mapped or address.sixtofour or address.teredo
        if inside is not None:
            return False
    if any(address in network for network in _INSIDE):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _resolved(parts: SplitResult, *, private: bool) -> IPv4Address | IPv6Address:
    """Look a name up once; UrlRefusedError where any of its addresses is not public."""
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or parts.scheme, type=socket.SOCK_STREAM)
    except OSError as error:
        raise WebhookAwayError("name not found") from error
    addresses = [ip_address(str(sockaddr[0]).partition("%")[0]) for *_, sockaddr in found]
    if not private and not all(is_public(each) for each in addresses):
        raise UrlRefusedError(_ELSEWHERE)
    return addresses[0]
