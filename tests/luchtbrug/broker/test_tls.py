"""The door with TLS, on both brokers: a verified certificate, of the kind that the smallest devices take."""

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from luchtbrug.broker.login import login
from luchtbrug.broker.mosquitto import control, station_commands
from luchtbrug.broker.rules import SERVICE_USER
from luchtbrug.commands.services import broker
from luchtbrug.register import register
from luchtbrug.services import free_port, running, wait_for_port
from luchtbrug.settings import Settings, SettingsError
from tests.luchtbrug.broker.servers import Login, mosquitto

TASMOTA_CIPHER = "ECDHE-RSA-AES128-GCM-SHA256"
"""The one cipher suite of Tasmota on an ESP8266, which with it takes RSA keys of at most 2048 bits alone."""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an RSA certificate for localhost; its folder. Who verifies it has to trust it first."""
    program = shutil.which("openssl") or pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("tls")
    options = ["-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    named = ["-addext", "subjectAltName=DNS:localhost"]
    files = ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    subprocess.run([program, "req", "-x509", *options, *named, *files], check=True, stderr=subprocess.DEVNULL)
    return folder


@pytest.fixture(params=[pytest.param("mosquitto", marks=pytest.mark.mosquitto), "embedded"])
def door(request: pytest.FixtureRequest, certificate: Path, tmp_path: Path) -> Iterator[tuple[int, str]]:
    """Run one of the two brokers; its port with TLS, and the password of s-one."""
    with ExitStack() as stack:
        if request.param == "mosquitto":
            admin_url, port = stack.enter_context(mosquitto(tmp_path, tls=certificate))
            control(admin_url, station_commands("s-one", "pw-one"))
            yield port, "pw-one"
            return
        url: str = request.getfixturevalue("database_url")
        conn: psycopg.Connection = request.getfixturevalue("connection")
        now = datetime(2026, 11, 22, 12, tzinfo=UTC)
        new = register(conn, station_id="s-one", latitude=52.2, longitude=5.2, position_key="of a test", now=now)
        conn.commit()
        plain, secure = free_port(0), free_port(0)
        env = {
            "LUCHTBRUG_DATABASE_URL": url, "LUCHTBRUG_MQTT_URL": f"mqtt://{SERVICE_USER}:x@127.0.0.1:{plain}",
            "LUCHTBRUG_MQTT_TLS_PORT": str(secure), "LUCHTBRUG_MQTT_TLS_DIR": str(certificate),
        }  # fmt: skip
        service = stack.enter_context(running("broker", ["luchtbrug", "broker"], env=env))
        wait_for_port(service, "127.0.0.1", secure, seconds=120)
        yield secure, new.mqtt_password


def test_a_station_gets_in_through_tls(door: tuple[int, str], certificate: Path) -> None:
    """With the certificate verified, in the cipher of the smallest devices too; a wrong password is refused there."""
    port, password = door
    small = trusting(certificate)
    small.maximum_version = ssl.TLSVersion.TLSv1_2
    small.set_ciphers(TASMOTA_CIPHER)
    for tls in (trusting(certificate), small):
        with Login(port, "s-one", password, tls=tls) as station:
            assert station.answer == "Success"
            assert station.subscribes("aq/1/s-one/ack")
    with Login(port, "s-one", "wrong", tls=trusting(certificate)) as stranger:
        assert stranger.answer == "Not authorized"


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # paho leaves the socket to the collector
def test_a_certificate_that_nobody_vouches_for_ends_the_connection(door: tuple[int, str]) -> None:
    """Our own clients verify: with the system's authorities alone they do not talk to a self-signed broker."""
    client, host, port = login(f"mqtts://s-one:{door[1]}@localhost:{door[0]}")
    with pytest.raises(ssl.SSLCertVerificationError):
        client.connect(host, port)


def test_a_missing_certificate_is_named(tmp_path: Path) -> None:
    """The embedded broker does not start without what it is told to use."""
    settings = Settings.read(mqtt_url="mqtt://luchtbrug:x@127.0.0.1:1", mqtt_tls_dir=tmp_path)
    with pytest.raises(SettingsError, match=r"no fullchain\.pem and no privkey\.pem"):
        broker(settings)


def trusting(certificate: Path) -> ssl.SSLContext:
    """Make a context that verifies against the certificate alone."""
    return ssl.create_default_context(cafile=certificate / "fullchain.pem")
