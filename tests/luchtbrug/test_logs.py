"""How events are printed."""

import json
from collections.abc import Iterator

import pytest
import structlog

from luchtbrug import logs


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Leave structlog as it was."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def test_an_event_is_a_json_object_with_its_fields(capsys: pytest.CaptureFixture[str]) -> None:
    """Name, level and time stand beside what the caller said; what is less severe is not printed."""
    logs.configure("info", "json")
    structlog.get_logger().debug("not_said")
    structlog.get_logger().warning("database_lost", waited_s=1.5)
    event = json.loads(capsys.readouterr().err)
    assert event.pop("timestamp").endswith("Z")
    assert event == {"event": "database_lost", "level": "warning", "waited_s": 1.5}


def test_an_event_is_a_line_of_text_where_that_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    """The setting decides, also where nobody watches a terminal."""
    logs.configure("info", "text")
    structlog.get_logger().info("calibrated", hours=3)
    said = capsys.readouterr().err
    assert "calibrated" in said
    assert "hours=3" in said
    assert not said.startswith("{")
