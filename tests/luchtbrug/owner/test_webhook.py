"""Which addresses are posted to: none of our own network, however they are written."""

import socket
import ssl
from contextlib import nullcontext
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
import trustme

from luchtbrug.owner.webhook import UrlRefusedError, WebhookAwayError, _resolved, check_url, is_public, post
from tests.luchtbrug.receivers import hook_server

OPEN = "93.184.215.14"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.1.2.3", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8",
        "2002:7f00:1::", "64:ff9b::7f00:1", "2001:db8::1",
        "64:ff9b:1::a00:1", "::7f00:1", "fec0::1", "192.0.0.8", "192.88.99.1", "168.63.129.16",
    ],
)  # fmt: skip
def test_an_address_of_our_own_network_is_not_public(address: str) -> None:
    """Loopback, private, link-local, shared, multicast, reserved, and what carries another address inside."""
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "145.97.0.1", "2a00:1450:400e:80c::200e"])
def test_an_address_of_the_open_internet_is_public(address: str) -> None:
    """Others are."""
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.org/x", "https://hooks.example.org:22/x", "https://user:pw@hooks.example.org/x", "https:///x",
        "ftp://hooks.example.org/x", "file:///etc/passwd", "https://hooks.example.org:99999/", "https://[::1/x", "x",
        "https://10.0.0.7/x", "https://[fd00::7]/x",
        "https://hooks..example.org/x", f"https://{'a' * 64}.example.org/x",
    ],
)  # fmt: skip
def test_a_url_that_is_no_plain_https_is_refused(url: str) -> None:
    """Only https, on its own port, without a login, and no address of another network than the open internet."""
    with pytest.raises(UrlRefusedError):
        check_url(url, private=False)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "2130706433", "0x7f000001", "[::1]", "[::ffff:127.0.0.1]"])
def test_every_spelling_of_this_machine_is_refused(host: str) -> None:
    """A name, a number and a mapped address that lead here are refused before anything is sent."""
    with pytest.raises(UrlRefusedError, match="open internet"):
        post(f"https://{host}/x", {}, key="k", private=False)


def test_a_redirect_is_not_followed() -> None:
    """A 302 is a failure, whatever it leads to."""
    with hook_server() as hook:
        hook.status = 302
        with pytest.raises(WebhookAwayError, match="status 302"):
            post(hook.url, {"a": 1}, key="k", private=True)
    assert len(hook.posts) == 1


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy would look the name up again."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with hook_server() as hook:
        post(hook.url, {"a": 1}, key="k", private=True)
    assert hook.posts[0][1] == {"a": 1}


@pytest.mark.parametrize(("name", "taken"), [("localhost", True), ("127.0.0.1", False), ("other.example", False)])
def test_the_certificate_is_checked_against_the_name(
    name: str, taken: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though the connection goes to an address, a receiver has to prove the name of the URL."""
    authority, tls = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(tls)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    refused = nullcontext() if taken else pytest.raises(WebhookAwayError, match="ConnectError")
    with hook_server(tls) as hook, refused:
        post(hook.url, {"a": 1}, key="k", private=True)
    assert (len(hook.posts) == 1) is taken


@pytest.mark.parametrize(
    "host",
    [
        "0177.0.0.1", "127.1", "0", "0x7f.1", "0.0.0.0",  # noqa: S104  # to be refused
        "[::]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:a9fe:a9fe]", "[fe80::1]", "[64:ff9b::a9fe:a9fe]",
        "[2002:a9fe:a9fe::]",
        "169.254.169.254", "2852039166", "localhost.", "LOCALHOST", "127.0.0.1.",
    ],
)  # fmt: skip
def test_no_spelling_of_a_private_address_is_posted_to(host: str) -> None:
    """Octal, short, hexadecimal, zero, mapped, translated, of the cloud's metadata: refused, or no name at all."""
    with pytest.raises((UrlRefusedError, WebhookAwayError), match=r"open internet|name not found"):
        post(f"https://{host}/x", {}, key="k", private=False)


@pytest.mark.parametrize("second", ["127.0.0.1", "10.0.0.1", "::1"])
def test_a_name_is_looked_up_once_and_all_its_addresses_are_judged(
    second: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name with a public and a private address is refused; one that turns private later was not asked again."""
    asked: list[str] = []

    def look_up(host: str, port: object, **_: object) -> list[tuple[int, int, int, str, tuple[str, int]]]:
        asked.append(str(host))
        turned = ["192.0.2.7"] if len(asked) > 1 else []
        addresses = ["93.184.215.14", second] if host == "both.example.org" else turned or [OPEN]
        return [(2, 1, 6, "", (address, 443)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)  # the resolver: nothing of ours
    with pytest.raises(UrlRefusedError, match="open internet"):
        post("https://both.example.org/x", {}, key="k", private=False)
    asked.clear()
    assert str(_resolved(check_url("https://turns.example.org/x", private=False), private=False)) == OPEN
    assert asked == ["turns.example.org"]


def test_the_connection_goes_to_the_address_that_was_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is connected to is that address and no name, so that a second look-up has nothing to look up."""
    real, asked = socket.getaddrinfo, list[object]()

    def look_up(host: Any, *more: Any, **named: Any) -> Any:
        asked.append(host)
        return real("127.0.0.1" if host == "hook.example.org" else host, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with hook_server() as hook:
        port = hook.url.rpartition(":")[2].partition("/")[0]
        post(f"http://hook.example.org:{port}/hook", {"a": 1}, key="k", private=True)
    assert hook.posts[0][1] == {"a": 1}
    assert asked[0] == "hook.example.org"
    assert set(asked[1:]) <= {"127.0.0.1"}
