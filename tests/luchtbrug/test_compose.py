"""docker-compose.yml as text: what can be checked where no engine is at hand."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from luchtbrug.cli import app

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = ("setup", "ingest", "calibrate", "home", "alerts", "retention", "lake", "api")


def test_every_secret_comes_from_the_environment_file() -> None:
    """Each ${VARIABLE} has a line in .env.example, and no password stands in the file itself."""
    text = (ROOT / "docker-compose.yml").read_text()
    used = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", text))
    offered = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert used == offered
    for name in ("POSTGRES_PASSWORD", "MQTT_PASSWORD", "MQTT_ADMIN_PASSWORD", "POSITION_KEY", "CONTACT_KEY"):
        assert f"${{{name}:?" in text


@pytest.mark.parametrize("name", OURS)
def test_our_services_run_a_command_that_exists_and_are_not_root(name: str) -> None:
    """The command is one of ours; the user has a number; nothing may be written or gained; all settings reach it."""
    service = SERVICES[name]
    assert CliRunner().invoke(app, [*service["command"], "--help"]).exit_code == 0
    assert service["user"] == "10001:10001"
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert {"path": "luchtbrug.env", "required": False} in service["env_file"]  # settings that .env has no line for


def test_images_are_pinned_to_a_version() -> None:
    """No image is `latest` or without a tag."""
    for service in SERVICES.values():
        assert re.search(r":v?\d+\.\d+", service["image"])


def test_what_must_be_there_first_has_a_health_check() -> None:
    """Every `service_healthy` points to a service that says when it is; every volume is declared."""
    for service in SERVICES.values():
        for other, condition in service.get("depends_on", {}).items():
            if condition["condition"] == "service_healthy":
                assert "healthcheck" in SERVICES[other]
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source.startswith((".", "$")) or source in COMPOSE["volumes"]
    assert (ROOT / "luchtbrug" / "broker" / "mosquitto.conf").exists()


def test_the_image_has_every_room() -> None:
    """The Dockerfile copies each package that the project builds."""
    copied = re.findall(r"^COPY (\w+) \1$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert sorted(copied) == ["api", "firmware_sim", "ingest", "luchtbrug", "storage", "validation"]
