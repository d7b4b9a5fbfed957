"""What services say to Prometheus, as Prometheus reads it."""

import json
import re
import threading
import urllib.request
from datetime import date, datetime
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from ingest.outcome import Outcome
from ingest.service import Counters
from luchtbrug.jobs.loop import Turns, run
from luchtbrug.metrics import INGEST, exposed, of_calibrate, of_ingest
from luchtbrug.services import free_port
from luchtbrug.settings import Settings, SettingsError
from storage.scores import Score

DASHBOARD = Path(__file__).parents[2] / "docs/metrics/dashboard.json"
DAY = datetime(2026, 5, 17)  # noqa: DTZ001  # only carried along


def _score() -> Score:
    return Score(
        date(2026, 5, 17), "mm-reverse-4", "pm2_5", "SPS30", 0.0, 2.0, "value", DAY, DAY, 5, 3, 72, 3.1, 0.1, 0.9,
        0.96, 5.0, 0.99, DAY,
    )  # fmt: skip


def _read(port: int) -> dict[str, float]:
    """Ask as Prometheus does, and give the figures by name and labels."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        families = text_string_to_metric_families(answer.read().decode())
    return {" ".join([each.name, *sorted(each.labels.values())]): each.value for of in families for each in of.samples}


def test_figures_are_read_when_they_are_asked_for() -> None:
    """What ingest counted since the last look stands in the next answer, beside the memory that it uses."""
    counters, port = Counters(), free_port(0)
    with exposed(lambda: of_ingest(counters), host="127.0.0.1", port=port):
        assert _read(port)["luchtbrug_ingest_messages_total"] == 0
        counters.outcome += Outcome(messages=7, readings_stored=35)
        counters.behind_s = 0.25
        now = _read(port)
    assert now["luchtbrug_ingest_messages_total"] == 7
    assert now["luchtbrug_ingest_readings_stored_total"] == 35
    assert now["luchtbrug_ingest_behind_seconds"] == 0.25
    assert now["process_resident_memory_bytes"] > 1e6


def test_the_newest_public_scores_are_figures() -> None:
    """Coverage, error and share come with the property, product, sensor model and distance that they are of."""
    turns, port = Turns(scores=[_score()]), free_port(0)
    with exposed(lambda: of_calibrate(turns), host="127.0.0.1", port=port):
        found = _read(port)
    assert found["luchtbrug_score_coverage 0 SPS30 pm2_5 value"] == 0.96
    assert found["luchtbrug_score_rmse 0 SPS30 pm2_5 value"] == 3.1


def test_every_count_of_ingest_is_a_figure() -> None:
    """A count that is added to ingest is explained here as well."""
    assert INGEST.keys() == Counters().as_dict().keys()


def test_a_look_is_counted(database_url: str) -> None:
    """The calibrate service counts its looks and their time, also where there is nothing to do."""
    turns = Turns()
    run(Settings.read(), database_url, threading.Event(), once=True, turns=turns)
    assert (turns.turns, turns.fitted, turns.failed) == (1, 0, 0)
    assert turns.seconds > turns.fit_s >= 0


def test_a_taken_port_is_a_setting_to_correct() -> None:
    """Two services of one machine with the same port: the second says which setting it is."""
    port = free_port(0)
    with (
        exposed(list, host="127.0.0.1", port=port),
        pytest.raises(SettingsError, match=f"LUCHTBRUG_METRICS_PORT={port} cannot be had"),
        exposed(list, host="127.0.0.1", port=port),
    ):
        pass


def test_the_dashboard_asks_for_figures_that_there_are() -> None:
    """Every name in the dashboard is one that a service gives; every panel says what it shows."""
    there = {
        f"{each.name}_total" if each.kind == "counter" else each.name
        for each in (*of_ingest(Counters()), *of_calibrate(Turns()))
    }
    panels = json.loads(DASHBOARD.read_text())["panels"]
    asked = {name for panel in panels for to in panel["targets"] for name in re.findall(r"luchtbrug_\w+", to["expr"])}
    assert asked - there == set()
    assert len(asked) >= 15
    assert all(panel["description"] for panel in panels)
