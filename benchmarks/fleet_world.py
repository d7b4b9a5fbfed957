"""The platform as in production for a mixed fleet: Mosquitto with our configuration, ingest and API as processes."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from firmware_sim.devices import FORMATS
from firmware_sim.stations import SimStation
from luchtbrug.broker.mosquitto import control, platform_commands, station_commands
from luchtbrug.register import register
from luchtbrug.services import Service, free_port, running, wait_for_port
from storage.connection import connect

CONFIG = Path(__file__).parents[1] / "luchtbrug/broker/mosquitto.conf"
_AT_ONCE = 50  # accounts in one message to the broker


@dataclass(slots=True)
class Mosquitto:
    """A broker that runs, and may be ended and started again; the URLs hold the logins."""

    port: int
    admin_url: str
    platform_url: str
    config: Path
    process: subprocess.Popen[bytes]

    def end(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End it as it is ended by a stop, or by a kill."""
        self.process.send_signal(number)
        self.process.wait(60)

    def start(self) -> None:
        """Start it again on the same port and files, and wait until it listens."""
        self.process = _start(self.config)
        _wait_for(self.port)


@dataclass(frozen=True, slots=True)
class Platform:
    """Where stations publish and push, and the two processes that take it in."""

    mqtt_url: str
    http_url: str
    ingest: Service
    api: Service


def programs_missing() -> list[str]:
    """Name what has to be installed for this."""
    path = os.environ["PATH"] + ":/usr/sbin"
    missing = [name for name in ("mosquitto", "mosquitto_ctrl") if shutil.which(name, path=path) is None]
    return missing + ([] if _plugin() else ["mosquitto_dynamic_security.so"])


@contextmanager
def mosquitto(folder: Path) -> Iterator[Mosquitto]:
    """Run Mosquitto with our production configuration, but for doors and paths, in a folder of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    port, password, own = free_port(0), secrets.token_urlsafe(12), secrets.token_urlsafe(12)
    accounts = folder / "dynamic-security.json"
    subprocess.run(
        ["mosquitto_ctrl", "dynsec", "init", accounts, "admin", password], check=True, stdout=subprocess.DEVNULL
    )
    text = CONFIG.read_text().partition("# -- Doors")[0].replace("/mosquitto/data/", f"{folder}/")
    text = text.replace("/usr/lib/mosquitto_dynamic_security.so", str(_plugin()))
    user = ["user root"] if os.geteuid() == 0 else []  # it would drop to a user that cannot write here
    config = folder / "mosquitto.conf"
    config.write_text("\n".join([text, *user, f"listener {port} 127.0.0.1", ""]))
    where = f"127.0.0.1:{port}"
    admin, platform = f"mqtt://admin:{password}@{where}", f"mqtt://platform:{own}@{where}"
    broker = Mosquitto(port, admin, platform, config, _start(config))
    try:
        _wait_for(port)
        control(broker.admin_url, platform_commands("platform", own))
        yield broker
    finally:
        broker.end()


def _start(config: Path) -> subprocess.Popen[bytes]:
    program = shutil.which("mosquitto", path=os.environ["PATH"] + ":/usr/sbin") or "mosquitto"
    return subprocess.Popen([program, "-c", str(config)], stderr=subprocess.DEVNULL)


@contextmanager
def platform(database_url: str, broker: Mosquitto, folder: Path) -> Iterator[Platform]:
    """Run ingest and the API with its HTTP door on a migrated database."""
    port = free_port(0)
    env = {"LUCHTBRUG_DATABASE_URL": database_url, "LUCHTBRUG_MQTT_URL": broker.platform_url,
           "LUCHTBRUG_API_PORT": str(port), "LUCHTBRUG_DATA_DIR": str(folder)}  # fmt: skip
    with running("ingest", ["luchtbrug", "ingest", "--json"], env=env, log_dir=folder) as ingest:
        _wait_until_connected(ingest)
        with running("api", ["luchtbrug", "api"], env=env, log_dir=folder) as api:
            wait_for_port(api, "127.0.0.1", port, seconds=120)
            yield Platform(f"mqtt://127.0.0.1:{broker.port}", f"http://127.0.0.1:{port}", ingest, api)


def register_all(database_url: str, broker: Mosquitto, stations: Sequence[SimStation]) -> dict[str, str]:
    """Register the stations, and give each its MQTT account; their passwords, and the tokens of those that push."""
    now, keys, commands = datetime.now(UTC), {}, []
    with connect(database_url) as conn:
        for station in stations:
            new = register(
                conn, station_id=station.station_id, latitude=station.latitude, longitude=station.longitude,
                position_key="key of a benchmark", now=now, simulated=True,
            )  # fmt: skip
            pushes = FORMATS[station.format].http and station.format != "wu"  # whose key is the password
            keys[station.station_id] = new.http_token if pushes else new.mqtt_password
            commands.append(station_commands(new.station_id, new.mqtt_password))
    for begin in range(0, len(commands), _AT_ONCE):
        control(broker.admin_url, [each for some in commands[begin : begin + _AT_ONCE] for each in some])
    return keys


def cpu_seconds(service: Service) -> float:
    """Say how much processor time a service has used so far [s]; Linux."""
    fields = Path(f"/proc/{service.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _plugin() -> Path | None:
    return next(Path("/usr/lib").rglob("mosquitto_dynamic_security.so"), None)


def _wait_for(port: int) -> None:
    for _ in range(200):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise SystemExit("mosquitto did not start")


def _wait_until_connected(ingest: Service, *, seconds: float = 120) -> None:
    """Wait until ingest has a session at the broker: what is published before that is nobody's."""
    deadline = time.monotonic() + seconds
    while "broker_connected" not in ingest.tail(1000):
        if time.monotonic() > deadline or ingest.process.poll() is not None:
            raise SystemExit(f"ingest did not connect:\n{ingest.tail()}")
        time.sleep(0.1)
    time.sleep(0.5)  # the subscription follows the connection
