"""Which addresses are posted to: none of our own network, however they are written."""

import ssl
from contextlib import nullcontext
from ipaddress import ip_address
from pathlib import Path

import pytest
import trustme

from luchtbrug.owner.webhook import UrlRefusedError, WebhookAwayError, check_url, is_public, post
from tests.luchtbrug.receivers import hook_server


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.1.2.3", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8",
        "2002:7f00:1::", "64:ff9b::7f00:1", "2001:db8::1",
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
    ],
)  # fmt: skip
def test_a_url_that_is_no_plain_https_is_refused(url: str) -> None:
    """Only https, on its own port, without a login."""
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
