"""Figures of areas from files as others write them."""

from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from luchtbrug.areas.errors import AreaFileError
from luchtbrug.areas.figures import read_figures
from luchtbrug.cli import app
from storage.area_measures import figure_of

STATLINE = (
    '"ID";"WijkenEnBuurten";"Gemeentenaam_1";"Codering_3";"Bevolkingsdichtheid_33"\r\n'
    '0;"NL00";"Nederland";"NL00      ";529\r\n'
    '1;"BU04020101";"Hilversum";"BU04020101";"8.123,5"\r\n'
    '2;"BU04020102";"Hilversum";"BU04020102";"       ."\r\n'
)


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    """Write a file."""
    path.write_text(text, encoding, newline="")
    return path


def test_statline_is_read_as_it_comes(tmp_path: Path) -> None:
    """Semicolons, padded codes, a decimal comma, and a dot for what is not known."""
    file = written(tmp_path / "a.csv", STATLINE, "utf-8-sig")
    assert read_figures(file, None, ["Bevolkingsdichtheid_33"]) == {
        "Bevolkingsdichtheid_33": [("BU04020101", 8123.5), ("NL00", 529.0)]
    }


def test_commas_and_points_are_read_too(tmp_path: Path) -> None:
    """A table of one's own with a named column of codes; NaN and infinity are no numbers."""
    file = written(tmp_path / "a.csv", "buurt,auto's\nBU1,1.5\nBU2,nan\nBU3,inf\nBU4,-2\n", "cp1252")
    assert read_figures(file, "buurt", ["auto's"]) == {"auto's": [("BU1", 1.5), ("BU4", -2.0)]}


@pytest.mark.parametrize(
    ("text", "code", "column", "said"),
    [
        ("a,b\n1,2\n", None, "b", "no known column of codes: name it with --code, of a, b"),
        ("code,b\nBU1,2\n", None, "c", "no column c; there is code, b"),
        ("code,b\nBU1,x\n", None, "b", "no number in b"),
        ("code,b\nBU1,1\nBU1,2\n", None, "b", "two values of b for BU1: 1 and 2"),
        ("code,b\n", None, "b", "no rows"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, text: str, code: str | None, column: str, said: str) -> None:
    """The message names the file's own columns."""
    with pytest.raises(AreaFileError, match=said):
        read_figures(written(tmp_path / "a.csv", text), code, [column])


def test_the_command_keeps_the_figures(tmp_path: Path, database_url: str) -> None:
    """What was joined is found by code."""
    file = written(tmp_path / "kern.csv", STATLINE)
    done = CliRunner().invoke(
        app,
        ["areas", "join", str(file), "--column", "Bevolkingsdichtheid_33"],
        env={"LUCHTBRUG_DATABASE_URL": database_url, "LUCHTBRUG_DATA_DIR": str(tmp_path)},
    )
    assert done.exit_code == 0, done.output
    assert "2 areas from kern.csv, as BU04020101 8123.5" in done.output
    with psycopg.connect(database_url) as conn:
        assert figure_of(conn, "Bevolkingsdichtheid_33", ["BU04020101"]) == {"BU04020101": 8123.5}
