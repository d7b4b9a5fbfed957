"""The command luchtbrug-sim as a user runs it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from firmware_sim.cli import app
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.firmware_sim.conftest import Listener
    from tests.own_broker import BrokerThread


def test_sigterm_ends_a_run_cleanly(
    broker: BrokerThread,
    listen: Callable[..., Listener],
    tmp_path: Path,
) -> None:
    """A terminated run waits for its acknowledgements and prints the summary as JSON on its last line."""
    listener = listen(broker.port)
    passwords = tmp_path / "passwords.json"
    passwords.write_text(json.dumps({"sim-001": "a", "sim-002": "b"}))
    command = [sys.executable, "-c", "from firmware_sim.cli import app; app()", "--stations", "2", "--rate", "20"]
    options = ["--mqtt", broker.url, "--credentials", str(passwords), "--json"]
    with subprocess.Popen(
        [*command, *options],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as process:
        assert wait_until(lambda: len(listener.messages()) > 10)
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=20)
    summary = json.loads(output.splitlines()[-1])
    assert process.returncode == 0
    assert summary["acknowledged"] == summary["messages"] >= 10
    assert summary["stations"] == summary["connected"] == 2


def test_no_broker_is_one_sentence() -> None:
    """Without a broker the command says so in one line and fails."""
    result = CliRunner().invoke(app, ["--stations", "1", "--mqtt", "mqtt://127.0.0.1:1", "--seconds", "0.2"])
    assert result.exit_code == 1
    assert result.stderr.strip() == "luchtbrug-sim: no broker answers at mqtt://127.0.0.1:1: is it running?"


def test_wrong_options_are_refused(tmp_path: Path) -> None:
    """Too many stations, too fast a rate, a bad URL and no file of passwords end the command with the bound."""
    runner = CliRunner()
    assert "20000" in runner.invoke(app, ["--stations", "20001"]).stderr
    assert "interval is 0.0001 s: at least 0.001" in runner.invoke(app, ["--stations", "1", "--rate", "10000"]).stderr
    assert "'nonsense'" in runner.invoke(app, ["--mqtt", "nonsense"]).stderr
    missing = str(tmp_path / "none.json")
    assert "cannot be read" in runner.invoke(app, ["--credentials", missing]).stderr


@pytest.mark.parametrize("interval", ["inf", "1e300", "31536001"])
def test_an_interval_without_end_is_refused(interval: str) -> None:
    """A year is the longest that a station may wait; what is longer, or endless, is one sentence."""
    result = CliRunner().invoke(app, ["--stations", "1", "--interval", interval])
    assert result.exit_code == 1
    assert result.stderr.strip().endswith(f"interval is {float(interval)} s: at least 0.001, at most 31536000")


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("localhost:8000", "the URL to push to is 'localhost:8000': write it as http://127.0.0.1:8000"),
        ("http://[", "the URL to push to is 'http://[': write it as http://127.0.0.1:8000"),
        ("http://host:99999", "the URL to push to is 'http://host:99999': write it as http://127.0.0.1:8000"),
    ],
)
def test_a_bad_url_to_push_to_is_one_sentence(url: str, sentence: str, tmp_path: Path) -> None:
    """Where no push can arrive the command says so before anything is sent."""
    passwords = tmp_path / "passwords.json"
    passwords.write_text('{"sim-001": "token"}')
    options = ["--stations", "1", "--seconds", "0.1", "--formats", "wu"]
    result = CliRunner().invoke(app, [*options, "--credentials", str(passwords), "--http", url])
    assert result.exit_code == 1
    assert result.stderr.strip() == f"luchtbrug-sim: {sentence}"


def test_a_mixed_fleet_runs_from_the_command(broker: BrokerThread, tmp_path: Path) -> None:
    """With --formats the stations speak what is asked for; a format that nobody speaks is named."""
    passwords = tmp_path / "passwords.json"
    passwords.write_text(json.dumps({"sim-001": "a", "sim-002": "b"}))
    options = ["--stations", "2", "--interval", "0.3", "--mqtt", broker.url, "--seconds", "1.5", "--json"]
    runner = CliRunner()
    result = runner.invoke(
        app, [*options, "--credentials", str(passwords), "--formats", "tasmota,homie", "--drops", "0"]
    )
    summary = json.loads(result.stdout)
    assert (result.exit_code, summary["formats"]) == (0, 2)
    assert summary["readings"] > 10
    assert "'sparkplug': there is native" in runner.invoke(app, ["--formats", "sparkplug"]).stderr
    assert "no password for 2 of 2 stations" in runner.invoke(app, ["--stations", "2", "--formats", "all"]).stderr


def test_help_has_an_example() -> None:
    """The help shows a whole command line."""
    output = CliRunner().invoke(app, ["--help"]).stdout
    assert "luchtbrug-sim --stations 500 --rate 10" in " ".join(output.split())
