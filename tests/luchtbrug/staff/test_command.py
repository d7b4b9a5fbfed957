"""`luchtbrug staff` as people type it, in this process."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from luchtbrug.cli import app
from storage.connection import connect

Run = Callable[..., Result]


@pytest.fixture
def run(database_url: str, tmp_path: Path) -> Run:
    """Give the command on the test's database."""

    def act(*arguments: str) -> Result:
        env = {"LUCHTBRUG_DATABASE_URL": database_url, "LUCHTBRUG_DATA_DIR": str(tmp_path)}
        return CliRunner().invoke(app, ["staff", *arguments], env=env)

    return act


def test_an_account_comes_and_goes(run: Run) -> None:
    """Its password is printed once, its role can be changed, and each step is in the log under the operator's name."""
    told = json.loads(run("add", "anna", "--role", "viewer", "--json").stdout)
    assert len(told["password"]) >= 20
    assert run("role", "anna", "--role", "administrator").stdout == "anna is administrator.\n"
    assert run("list").stdout.split()[:2] == ["anna", "administrator"]
    assert run("remove", "anna").exit_code == 0
    entries = [json.loads(line) for line in run("audit").stdout.splitlines()]
    assert [(one["actor"], one["action"]) for one in entries] == [
        ("command", "account.removed"), ("command", "account.role"), ("command", "account.added"),
    ]  # fmt: skip
    assert entries[1]["before"] == {"role": "viewer"}
    assert told["password"] not in json.dumps(entries)


@pytest.mark.parametrize(
    "arguments", [("add", "x", "--role", "viewer"), ("remove", "nobody"), ("add", "anna", "--role", "owner")]
)
def test_what_cannot_be_is_refused(run: Run, arguments: tuple[str, ...]) -> None:
    """A name too short, an account that is not there, a role that nobody knows."""
    assert run(*arguments).exit_code != 0


def test_a_log_that_was_tampered_with_ends_with_one(run: Run, database_url: str) -> None:
    """An intact log prints the hash to write down; a changed entry is named, and so is a hash that is gone."""
    run("add", "anna", "--role", "viewer")
    run("add", "viewer", "--role", "viewer")
    intact = run("audit", "--verify")
    assert (intact.exit_code, "intact: 2 entries" in intact.stdout) == (0, True)
    anchor = intact.stdout.split()[-1]
    assert run("audit", "--verify", "--anchor", anchor).exit_code == 0
    assert run("audit", "--verify", "--anchor", "0" * 64).exit_code == 1
    with connect(database_url) as conn:
        conn.execute("ALTER TABLE restricted.audit DISABLE TRIGGER USER")
        conn.execute("UPDATE restricted.audit SET actor = 'somebody else' WHERE audit_key = 1")
    found = run("audit", "--verify")
    assert (found.exit_code, "entry 1 does not follow" in found.stdout) == (1, True)
