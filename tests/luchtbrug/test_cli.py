"""The command as people type it."""

import json
import os
import subprocess
import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Protocol

import psycopg
import pytest

from luchtbrug import __version__
from luchtbrug.cli import main
from luchtbrug.displacement import METRES_PER_DEGREE
from luchtbrug.services import free_port

SERVICES = ["demo", "serve", "ingest", "api", "calibrate", "home", "alerts", "broker", "setup"]
TOOLS = [
    "migrate", "replay", "recalculate", "score", "lake", "resync", "decode", "doctor", "station", "areas", "campaigns",
    "keys", "staff",
]  # fmt: skip


class Command(Protocol):
    """Types a command."""

    def __call__(self, *arguments: str, stdin: str = "", **env: str) -> subprocess.CompletedProcess[str]:
        """Give its exit code and what it printed."""


@pytest.fixture
def luchtbrug(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Command:
    """Run the command in this process, from its arguments to its exit code: a process each would import anew."""

    def run(*arguments: str, stdin: str = "", **env: str) -> subprocess.CompletedProcess[str]:
        with monkeypatch.context() as patch:
            patch.setattr(sys, "argv", ["luchtbrug", *arguments])
            patch.setattr(sys, "stdin", TextIOWrapper(BytesIO(stdin.encode())))
            for name, value in {"COLUMNS": "120", "NO_COLOR": "1", **env}.items():
                patch.setenv(name, value)
            capfd.readouterr()
            with pytest.raises(SystemExit) as ended:
                main()
        out, err = capfd.readouterr()
        return subprocess.CompletedProcess(arguments, int(ended.value.code or 0), out, err)

    return run


def test_the_command_is_a_program() -> None:
    """As a process it ends with the same code, and an expected failure is one sentence on standard error."""
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2]), "LUCHTBRUG_API_PORT": "0"}
    failed = subprocess.run(
        [sys.executable, "-m", "luchtbrug", "doctor"], env=env, capture_output=True, text=True, timeout=120, check=False
    )
    assert (failed.returncode, failed.stdout) == (1, "")
    assert failed.stderr.startswith("luchtbrug: LUCHTBRUG_API_PORT = '0'")


@pytest.mark.parametrize("command", [*SERVICES, *TOOLS])
def test_every_help_shows_an_example(luchtbrug: Command, command: str) -> None:
    """A help text without an example leaves its reader guessing; groups name their subcommands."""
    shown = luchtbrug(command, "--help")
    assert shown.returncode == 0
    assert "Example: " in shown.stdout or command in ("station", "areas", "campaigns", "keys", "staff")


def test_the_release_is_said(luchtbrug: Command) -> None:
    """A report of a fault can name it without looking for files."""
    done = luchtbrug("--version")
    assert (done.returncode, done.stdout.strip()) == (0, __version__)


def test_a_sensor_model_that_nobody_knows_is_named_with_its_neighbours(luchtbrug: Command) -> None:
    """`--sensor` with a typing error registers nothing, and says what was meant perhaps."""
    refused = luchtbrug("station", "add", "--latitude", "52.2", "--longitude", "5.1", "--sensor", "SDS01")
    assert refused.returncode == 2
    assert "SDS011" in refused.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("add --latitude 52.2 --longitude 5.1 --height 900", "less than or equal to 500"),
        ("add --latitude 52.2 --longitude 5.1 --timezone Mars/Phobos", "Mars/Phobos"),
        ("add --latitude 52.2 --longitude 5.1 --format fax", "fax"),
        ("add --latitude 52.2 --longitude 5.1 --id a/b", "'a/b' is no id"),
        ("report s-one paused --latitude 52.2", "go with moved"),
        ("report s-one paused --height 3", "go with moved"),
    ],
)
def test_a_place_or_setting_that_cannot_be_is_said(luchtbrug: Command, words: str, said: str) -> None:
    """It is refused before anything is opened, and never stored or passed over."""
    refused = luchtbrug("station", *words.split(), LUCHTBRUG_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert refused.returncode == 2
    assert said in " ".join(refused.stderr.replace("│", " ").split())


def test_what_others_named_is_printed_as_it_stands(luchtbrug: Command, database_url: str, tmp_path: Path) -> None:
    """Brackets in a name or purpose are no markup: `[/b]` would end every list with a traceback."""
    env = {"LUCHTBRUG_DATABASE_URL": database_url, "LUCHTBRUG_DATA_DIR": str(tmp_path)}
    place = ("--latitude", "52.2", "--longitude", "5.1", "--publish-exact")
    added = luchtbrug("station", "add", *place, "--name", "Haven [/b]", **env).stdout
    assert "at 52.2000, 5.1000, where it is." in added
    assert "Haven [/b]" in luchtbrug("station", "list", **env).stdout
    luchtbrug("keys", "add", "--scope", "read", "--purpose", "report [/x]", **env)
    assert "report [/x]" in luchtbrug("keys", "list", **env).stdout


def test_a_station_lives_and_leaves(luchtbrug: Command, database_url: str, tmp_path: Path) -> None:
    """Added, it gets credentials once; listed and shown, never again; removed, its credentials are gone."""
    env = {"LUCHTBRUG_DATABASE_URL": database_url, "LUCHTBRUG_DATA_DIR": str(tmp_path)}
    # Seven decimals: a published position has five, so that no shifted one can hold this one by chance.
    place = ("--latitude", "52.2235017", "--longitude", "5.1764023")
    added = json.loads(
        luchtbrug(
            "station", "add", *place, "--id", "s-one", "--name", "Haven", "--sensor", "SDS011", "--json", **env
        ).stdout
    )
    assert added["station_id"] == added["mqtt_user"] == "s-one"
    assert len(added["mqtt_password"]) >= 20
    assert len(added["http_token"]) >= 20
    assert (added["latitude"], added["longitude"]) != (52.2235, 5.1764)
    assert abs(added["latitude"] - 52.2235) * METRES_PER_DEGREE + abs(added["longitude"] - 5.1764) * 68_000 < 150

    listed = luchtbrug("station", "list", "--json", **env).stdout
    shown = luchtbrug("station", "show", "s-one", "--json", **env).stdout
    assert json.loads(listed)[0]["name"] == json.loads(shown)["name"] == "Haven"
    for secret in (added["mqtt_password"], added["http_token"], "52.2235017", "5.1764023"):
        assert secret not in listed + shown

    claimed = luchtbrug("station", "claim-device", "s-one", "airgradient", "84:FC:E6:12:F5:B8", **env)
    assert "now of s-one" in claimed.stdout
    wrong = luchtbrug("station", "claim-device", "s-one", "airgradient", "84", **env)
    assert (wrong.returncode, "12 digits" in wrong.stderr) == (1, True)

    again = luchtbrug("station", "add", *place, "--id", "s-one", **env)
    assert again.returncode == 1
    assert "s-one" in again.stderr
    assert "Traceback" not in again.stderr

    assert luchtbrug("station", "remove", "s-one", "--yes", **env).returncode == 0
    with psycopg.connect(database_url) as conn:
        assert conn.execute("SELECT count(*) FROM restricted.station_credential").fetchone() == (0,)
        assert conn.execute("SELECT count(*) FROM restricted.station_position").fetchone() == (0,)


def test_an_unknown_station_is_said(luchtbrug: Command, database_url: str) -> None:
    """Showing a station that is not there names it and the way to find others."""
    shown = luchtbrug("station", "show", "nobody", LUCHTBRUG_DATABASE_URL=database_url)
    assert shown.returncode == 1
    assert "nobody" in shown.stderr
    assert "station list" in shown.stderr


def test_a_database_that_is_away_is_a_sentence(luchtbrug: Command) -> None:
    """No traceback and no password, but where we looked and what to do."""
    url = f"postgresql://somebody:hunter2@127.0.0.1:{free_port(0)}/luchtbrug"
    for command in (["migrate"], ["station", "list"], ["calibrate", "--once"]):
        failed = luchtbrug(*command, LUCHTBRUG_DATABASE_URL=url)
        assert failed.returncode == 1
        assert "LUCHTBRUG_DATABASE_URL" in failed.stderr
        assert "Traceback" not in failed.stderr
        assert "hunter2" not in failed.stderr


def test_an_empty_database_is_sent_to_migrate(luchtbrug: Command, empty_database_url: str) -> None:
    """A service on a database without our schema says which command to run, and after it works."""
    env = {"LUCHTBRUG_DATABASE_URL": empty_database_url}
    failed = luchtbrug("calibrate", "--once", **env)
    assert failed.returncode == 1
    assert "luchtbrug migrate" in failed.stderr
    assert "0001" in luchtbrug("migrate", **env).stdout
    assert luchtbrug("calibrate", "--once", **env).returncode == 0


def test_a_wrong_setting_ends_the_start(luchtbrug: Command, tmp_path: Path) -> None:
    """Its name, its value and the bound are in the sentence."""
    failed = luchtbrug("doctor", LUCHTBRUG_API_PORT="0")
    assert failed.returncode == 1
    assert "LUCHTBRUG_API_PORT = '0'" in failed.stderr
    assert "greater than or equal to 1" in failed.stderr
    assert "Traceback" not in failed.stderr


def test_ingest_without_a_broker_says_what_to_set(luchtbrug: Command, database_url: str) -> None:
    """Ingest has nothing to read from."""
    failed = luchtbrug("ingest", LUCHTBRUG_DATABASE_URL=database_url)
    assert failed.returncode == 1
    assert "LUCHTBRUG_MQTT_URL" in failed.stderr


def test_decode_shows_what_a_payload_is_read_as(luchtbrug: Command) -> None:
    """A native message comes out reading by reading; what cannot be read is a sentence."""
    body = '{"obs":[{"t":"2026-11-22T10:00:00Z","s":"sps30-0","v":{"pm2_5":8.1}}]}'
    shown = luchtbrug("decode", "--topic", "aq/1/s-one/obs", stdin=body)
    assert json.loads(shown.stdout)["value"] == 8.1
    failed = luchtbrug("decode", "--topic", "aq/1/s-one/obs", stdin="{")
    assert failed.returncode == 1
    assert "Traceback" not in failed.stderr


def test_replay_of_a_folder_that_is_not_there_is_a_sentence(luchtbrug: Command, tmp_path: Path) -> None:
    """The path is named."""
    failed = luchtbrug("replay", str(tmp_path / "nowhere"), "--out", str(tmp_path / "out.csv"))
    assert failed.returncode == 1
    assert "nowhere" in failed.stderr
    assert "Traceback" not in failed.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--begin", "2026-05-08T00", "--end", "2026-05-01T00"), "there is nothing between"),
        (("--begin", "2026-05-01T00:30", "--end", "2026-05-02T00"), "is not a full hour"),
        (("--begin", "May", "--end", "2026-05-02T00"), "'May' is not a time"),
        (("--begin", "0001-01-01", "--end", "2026-05-02T00"), "is not between 2000 and 2100"),
        (("--begin", "2026-05-01", "--end", "2026-05-02", "--property", "co2"), "co2: only pm2_5"),
    ],
)
def test_a_range_that_cannot_be_recalculated_is_a_sentence(
    luchtbrug: Command, database_url: str, arguments: tuple[str, ...], said: str
) -> None:
    """What is wrong is named, without a traceback."""
    failed = luchtbrug("recalculate", *arguments, LUCHTBRUG_DATABASE_URL=database_url)
    assert failed.returncode in (1, 2)
    assert said in failed.stderr
    assert "Traceback" not in failed.stderr


def test_a_place_of_files_that_nothing_opens_is_a_sentence(luchtbrug: Command, database_url: str) -> None:
    """A scheme that nobody knows is said, and the URL, which may hold a key, is not."""
    failed = luchtbrug("lake", LUCHTBRUG_DATABASE_URL=database_url, LUCHTBRUG_LAKE_URL="s4://key:hunter2@air")
    assert (failed.returncode, "Traceback" in failed.stderr, "hunter2" in failed.stderr) == (1, False, False)
    assert "cannot be opened: Protocol not known: s4" in failed.stderr


def test_an_empty_platform_recalculates_and_scores_nothing(luchtbrug: Command, database_url: str) -> None:
    """Both commands end well and say that there was nothing to do."""
    env = {"LUCHTBRUG_DATABASE_URL": database_url}
    done = luchtbrug("recalculate", "--begin", "2026-05-01", "--end", "2026-05-09", **env)
    assert done.stdout == "0 hours got another outcome; 0 calibrations were fitted.\n"
    assert luchtbrug("score", **env).stdout.startswith("Nothing to score")
    assert luchtbrug("score", "--json", **env).stdout == "[]\n"


def test_doctor_names_what_is_wrong_and_what_to_do(luchtbrug: Command, database_url: str, tmp_path: Path) -> None:
    """With a good database and a broker that is away it ends with 1 and says so."""
    env = {"LUCHTBRUG_DATABASE_URL": database_url, "LUCHTBRUG_DATA_DIR": str(tmp_path)}
    env["LUCHTBRUG_MQTT_URL"] = f"mqtt://127.0.0.1:{free_port(0)}"
    shown = luchtbrug("doctor", **env)
    assert shown.returncode == 1
    lines = {line.split()[1]: line for line in shown.stdout.splitlines()}
    assert lines["database"].startswith("ok")
    assert lines["schema"].startswith("ok")
    assert lines["audit"].startswith("ok")
    assert lines["broker"].startswith("BAD")
    assert set(lines) >= {"timescaledb", "clock", "disk"}


def test_doctor_looks_on_where_there_is_no_schema(luchtbrug: Command, empty_database_url: str, tmp_path: Path) -> None:
    """What is missing is said, and all the rest is looked at too."""
    shown = luchtbrug("doctor", LUCHTBRUG_DATABASE_URL=empty_database_url, LUCHTBRUG_DATA_DIR=str(tmp_path))
    assert shown.returncode == 1
    lines = {line.split()[1]: line for line in shown.stdout.splitlines()}
    assert "luchtbrug migrate" in lines["schema"]
    assert set(lines) >= {"database", "broker", "clock", "disk"}


def test_an_empty_platform_has_files_to_freeze(luchtbrug: Command, database_url: str, tmp_path: Path) -> None:
    """`lake --snapshot` writes the tables of a platform without stations, and says where they are and how to cite."""
    env = {"LUCHTBRUG_DATABASE_URL": database_url, "LUCHTBRUG_LAKE_URL": str(tmp_path / "air")}
    done = luchtbrug("lake", "--snapshot", **env)
    assert done.returncode == 0, done.stderr
    first, frozen, citation = done.stdout.splitlines()
    assert first == f"6 files written, 0 as they were, in {tmp_path / 'air'}"
    assert frozen.removeprefix("Frozen as ") in citation
    assert (tmp_path / "air" / "snapshots" / frozen.removeprefix("Frozen as ") / "stations.parquet").is_file()
