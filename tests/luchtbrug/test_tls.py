"""TLS, seen from both sides: our clients trust no certificate that is over or another's, and the API serves its own."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import trustme
import uvicorn
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from ingest.inbox import Inbox
from ingest.settings import IngestSettings
from luchtbrug.broker.login import login
from luchtbrug.commands.services import _believed, api
from luchtbrug.owner.webhook import WebhookAwayError, post
from luchtbrug.services import free_port, running, wait_for_port
from luchtbrug.settings import Settings, SettingsError

NAME = "localhost"
YESTERDAY = datetime.now(UTC) - timedelta(days=1)
CERTIFICATES = {"another's": ("broker.example.org", None), "over": (NAME, YESTERDAY)}


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Make the authority that everybody here trusts."""
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have this process trust it, as a machine trusts its own authorities."""
    file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    return file


@contextmanager
def listening(certificate: trustme.LeafCert) -> Iterator[tuple[int, list[bytes]]]:
    """Take TLS connections; the port, and what was said once the certificate was believed."""
    tls, heard = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), list[bytes]()
    certificate.configure_cert(tls)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    plain, _ = server.accept()
                except OSError:
                    return
                with suppress(OSError), plain, tls.wrap_socket(plain, server_side=True) as line:
                    line.settimeout(1)
                    heard.append(line.recv(100))

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1], heard
        server.shutdown(socket.SHUT_RDWR)
    thread.join()


@pytest.fixture(params=list(CERTIFICATES))
def impostor(request: pytest.FixtureRequest, authority: trustme.CA) -> Iterator[tuple[int, list[bytes]]]:
    """Listen with a certificate that the authority vouches for, and that is no good here."""
    name, end = CERTIFICATES[request.param]
    begin = None if end is None else end - timedelta(days=9)
    with listening(authority.issue_cert(name, not_before=begin, not_after=end)) as found:
        yield found


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # paho leaves sockets to the collector
def test_our_clients_tell_an_impostor_nothing(impostor: tuple[int, list[bytes]], trusted: Path) -> None:
    """Neither the services' MQTT login, nor ingest's session, nor a webhook says a byte to it: no password leaves."""
    port, heard = impostor
    client, host, _ = login(f"mqtts://luchtbrug:secret@{NAME}:{port}")
    with pytest.raises(ssl.SSLCertVerificationError):
        client.connect(host, port)
    settings = IngestSettings(
        database_url="", mqtt_host=NAME, mqtt_port=port, mqtt_user="u", mqtt_password="secret", mqtt_tls=True,
        mqtt_ca_file=str(trusted),
    )  # fmt: skip
    inbox = Inbox(settings)
    inbox.open()
    assert not inbox.subscribed.wait(0.4)
    inbox.close()
    with pytest.raises(WebhookAwayError, match="ConnectError"):
        post(f"https://{NAME}:{port}/hook", {"a": 1}, key="k", private=True)
    assert [each for each in heard if each] == []


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_who_proves_the_name_is_spoken_to(authority: trustme.CA, trusted: Path) -> None:
    """The same clients speak to a listener whose certificate is good, so it is the certificate that they mind."""
    assert trusted.exists()
    with listening(authority.issue_cert(NAME)) as (port, heard):
        with pytest.raises(WebhookAwayError):
            post(f"https://{NAME}:{port}/hook", {"a": 1}, key="k", private=True)
        client, host, _ = login(f"mqtts://luchtbrug:secret@{NAME}:{port}")
        client.connect(host, port)
    assert heard[0].startswith(b"POST /hook")
    assert heard[1].startswith(b"\x10"), "an MQTT CONNECT"


def test_the_api_serves_its_own_certificate(authority: trustme.CA, tmp_path: Path, database_url: str) -> None:
    """With LUCHTBRUG_API_TLS_DIR the API answers over TLS, to who trusts it by the right name, and to nobody else."""
    leaf = authority.issue_cert(NAME)
    leaf.private_key_pem.write_to_path(str(tmp_path / "privkey.pem"))
    for part in leaf.cert_chain_pems:
        part.write_to_path(str(tmp_path / "fullchain.pem"), append=True)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    port = free_port(0)
    env = {
        "LUCHTBRUG_DATABASE_URL": database_url, "LUCHTBRUG_API_PORT": str(port),
        "LUCHTBRUG_API_TLS_DIR": str(tmp_path), "LUCHTBRUG_TRUSTED_PROXIES": "none",
    }  # fmt: skip
    with running("api", ["luchtbrug", "api"], env=env) as service:
        wait_for_port(service, "127.0.0.1", port, seconds=120)
        answer = httpx.get(f"https://{NAME}:{port}/v1/flags", verify=trusting, headers={"X-Forwarded-Proto": "http"})
        assert (answer.status_code, "strict-transport-security" in answer.headers) == (200, True)
        for address, context in ((f"https://127.0.0.1:{port}", trusting), (f"https://{NAME}:{port}", True)):
            with pytest.raises(httpx.ConnectError, match="certificate verify failed"):
                httpx.get(f"{address}/v1/flags", verify=context)
        with pytest.raises(httpx.HTTPError):
            httpx.get(f"http://{NAME}:{port}/v1/flags")


def test_a_missing_certificate_of_the_api_is_named(tmp_path: Path) -> None:
    """The API does not start without the files that it is told to use."""
    with pytest.raises(SettingsError, match=r"LUCHTBRUG_API_TLS_DIR.*no fullchain\.pem and no privkey\.pem"):
        api(Settings.read(api_tls_dir=tmp_path))


@pytest.mark.parametrize(("believed", "limited"), [("127.0.0.1", "198.51.100.7"), ("192.0.2.0/24", "127.0.0.1")])
def test_an_address_is_believed_of_a_proxy_only(believed: str, limited: str) -> None:
    """What X-Forwarded-For says counts where it comes from a named proxy; of anybody else the connection counts."""
    seen: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["client"][0])
        await Response()(scope, receive, send)

    options = _believed(believed)
    server = uvicorn.Server(uvicorn.Config(app, port=0, lifespan="off", log_level="error", ws="none", **options))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.005)
    port = server.servers[0].sockets[0].getsockname()[1]
    httpx.get(f"http://127.0.0.1:{port}/", headers={"X-Forwarded-For": "203.0.113.9, 198.51.100.7"})
    server.should_exit = True
    thread.join()
    assert seen == [limited]


@pytest.mark.parametrize("proxies", ["*", "example.org", "10.0.0.0/8,x"])
def test_nobody_at_large_is_a_trusted_proxy(proxies: str) -> None:
    """`*` would let anybody say that he is somebody else, and a name may lead elsewhere tomorrow: both are refused."""
    with pytest.raises(SettingsError, match="LUCHTBRUG_TRUSTED_PROXIES"):
        Settings.read(trusted_proxies=proxies)
