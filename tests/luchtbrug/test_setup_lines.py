"""The lines for owners: complete, and the same in the guide as over the API."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from luchtbrug.cli import app
from luchtbrug.register import Registered
from luchtbrug.settings import Settings
from luchtbrug.setup_lines import DEVICES, Address, as_markdown, setup_lines

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "devices.md"
NEW = Registered("lb-one", "lb-one", "the-password", "the-token", 52.2, 5.2)


def test_the_guide_has_the_lines_that_owners_are_given(tmp_path: Path) -> None:
    """docs/devices.md is as `luchtbrug station devices --write` leaves it."""
    copy = tmp_path / "devices.md"
    copy.write_text(GUIDE.read_text(encoding="utf-8"), encoding="utf-8")
    assert CliRunner().invoke(app, ["station", "devices", "--write", str(copy)]).exit_code == 0
    assert copy.read_text(encoding="utf-8") == GUIDE.read_text(encoding="utf-8")
    assert as_markdown() in GUIDE.read_text(encoding="utf-8")


@pytest.mark.parametrize("device", DEVICES)
def test_a_device_s_lines_leave_nothing_to_fill_in(device: str) -> None:
    """They name where the platform is and the station's own secret or user, and no example of either."""
    lines = setup_lines(NEW, Address("https://lucht.example.nl:8443", "mqtt.example.nl", 1884), device)
    text = "\n".join(lines[device])
    assert "example.nl" in text
    assert "USER" not in text
    assert "PASS" not in text
    assert "lb-one" in text or "the-token" in text


@pytest.mark.parametrize(
    ("more", "host", "port"),
    [
        ({}, "lucht.example.nl", 1883),
        ({"mqtt_url": "mqtt://u:p@broker:1899"}, "lucht.example.nl", 1899),
        ({"mqtt_url": "mqtts://u:p@broker:8883"}, "lucht.example.nl", 1883),
        ({"mqtt_public_host": "mqtt.example.nl", "mqtt_public_port": 2883}, "mqtt.example.nl", 2883),
    ],
)
def test_the_broker_is_named_as_stations_find_it(tmp_path: Path, more: dict[str, Any], host: str, port: int) -> None:
    """The public settings win, then the port that is used inside without TLS."""
    address = Address.of(Settings.read(data_dir=tmp_path, **more), "https://lucht.example.nl")
    assert (address.mqtt_host, address.mqtt_port) == (host, port)
