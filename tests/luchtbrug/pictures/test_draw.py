"""Pictures of a replay, made of two files."""

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from typer.testing import CliRunner

from luchtbrug.cli import app
from luchtbrug.jobs.replay_files import ReplayInputError
from luchtbrug.pictures.campaign import read_campaign
from luchtbrug.pictures.draw import write_pictures
from luchtbrug.pictures.svg import Chart, page, ticks
from validation.flags import Flag

HOURS = 240
HEADER = "time,station,observed_property,raw,value,lower,upper,flags,calibration"


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Write ten days of two stations: raw is 10 too high, values 1; every tenth hour of b failed."""
    rng = np.random.default_rng(1)
    validated, truth = [HEADER], ["time,station,observed_property,value"]
    for station in ("a", "b"):
        for hour, air in enumerate(rng.uniform(5, 40, HOURS)):
            time = f"{np.datetime64('2026-05-04T00') + hour}:00:00Z"
            truth.append(f"{time},{station},pm2_5,{air:.6f}")
            failed = station == "b" and hour % 10 == 0
            said = f",,,{int(Flag.STUCK)}" if failed else f"{air + 1:.6f},{air - 2:.6f},{air + 4:.6f},0"
            validated.append(f"{time},{station},pm2_5,{air + 10:.6f},{said},c")
    for name, lines in (("validated.csv", validated), ("truth.csv", truth)):
        (tmp_path / name).write_text("\n".join(lines), encoding="utf-8")
    return tmp_path / "validated.csv", tmp_path / "truth.csv"


def _words(path: Path) -> list[str]:
    drawn = ElementTree.parse(path)  # noqa: S314 -- we wrote it just now
    return [element.text or "" for element in drawn.iter() if element.tag.endswith("text")]


def test_the_command_draws_three_pictures(files: tuple[Path, Path], tmp_path: Path) -> None:
    """Each is well-formed SVG, says the figures that follow from the files, and tells the story of b."""
    done = CliRunner().invoke(app, ["pictures", *map(str, files), "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    scatter, coverage, story = (_words(tmp_path / "out" / f"{name}.svg") for name in ("scatter", "coverage", "story"))
    assert {
        "all: RMSE 10.0, bias +10.0, slope 1.00, 456 hours",
        "all: RMSE 1.0, bias +1.0, slope 1.00, 456 hours",
        "pass: RMSE 1.0, bias +1.0, slope 1.00, 456 hours",
    } <= set(scatter)
    assert "values that pass: 100.0 % of 456 hours" in coverage
    assert "Station b, pm2_5" in story
    assert "truth [µg/m³]" in scatter


def test_what_cannot_be_drawn_is_said(files: tuple[Path, Path], tmp_path: Path) -> None:
    """A property without common hours, a missing file and an unknown station each end in a sentence."""
    with pytest.raises(ReplayInputError, match="no hour of o3 in common"):
        read_campaign(*files, "o3")
    with pytest.raises(ReplayInputError, match=r"cannot read .*nowhere\.csv"):
        read_campaign(tmp_path / "nowhere.csv", files[1], "pm2_5")
    with pytest.raises(ReplayInputError, match="no hour of station 'c'"):
        write_pictures(read_campaign(*files, "pm2_5"), tmp_path, unit="µg/m³", station="c")


@pytest.mark.parametrize(
    ("validated", "truth", "said"),
    [
        (f"{HEADER}\n", "time,observed_property,value\n", "truth.csv: no column station"),
        (f"{HEADER}\n2026-05-04T00:00:00Z,a,pm2_5,ten,9,8,11,0,c\n", "", "could not convert string to float: 'ten'"),
        (f"{HEADER}\n2026-05-04T00:00:00Z,a,pm2_5,10\n", "", "invalid literal for int"),
        (f"{HEADER}\n2026-05-04T00:00:00Z,a,pm2_5,10,,,,0,c\n", "", "no hour has a value"),
    ],
)
def test_a_file_that_cannot_be_used_is_a_sentence(tmp_path: Path, validated: str, truth: str, said: str) -> None:
    """A column, a number or a value that is not there is said, and no traceback."""
    hour = "time,station,observed_property,value\n2026-05-04T00:00:00Z,a,pm2_5,9\n"
    (tmp_path / "validated.csv").write_text(validated, encoding="utf-8")
    (tmp_path / "truth.csv").write_text(truth or hour, encoding="utf-8")
    with pytest.raises(ReplayInputError, match=said):
        write_pictures(
            read_campaign(tmp_path / "validated.csv", tmp_path / "truth.csv", "pm2_5"), tmp_path, unit="µg/m³"
        )


def test_a_station_without_values_has_its_story(files: tuple[Path, Path], tmp_path: Path) -> None:
    """Where every hour was spoiled and the air is clean, raw and truth are drawn."""
    text = files[0].read_text(encoding="utf-8")
    hours = [f"2026-05-0{day}T00:00:00Z,c,pm2_5,5,,,,{int(Flag.STUCK)},c\n" for day in (4, 5)]
    files[0].write_text(text + "\n" + "".join(hours), encoding="utf-8")
    with files[1].open("a", encoding="utf-8") as file:
        file.write("\n" + "".join(f"2026-05-0{day}T00:00:00Z,c,pm2_5,0\n" for day in (4, 5)))
    written = write_pictures(read_campaign(*files, "pm2_5"), tmp_path, unit="µg/m³", station="c")
    assert "Station c, pm2_5" in _words(written[-1])


def test_a_line_is_broken_where_nothing_is_known() -> None:
    """Two stretches with a gap are two lines, and what lies above the chart is drawn at its edge."""
    chart = Chart("t", (0, 10), (0, 10), "x", "y")
    chart.line([(0, 1), (1, 2), (2, float("nan")), (3, 99), (4, 4)], "red")
    drawn = ElementTree.fromstring(page([chart], "d"))  # noqa: S314 -- we wrote it just now
    lines = [element.get("points") for element in drawn.iter() if element.tag.endswith("polyline")]
    assert len(lines) == 2
    assert str(lines[1]).split()[0].endswith(",34.0")


@pytest.mark.parametrize(
    ("low", "high", "found"), [(0, 1, ["0", "0.2", "0.4", "0.6", "0.8", "1"]), (70, 101, ["70", "80", "90", "100"])]
)
def test_ticks_are_round(low: float, high: float, found: list[str]) -> None:
    """About five steps of one, two or five."""
    assert [text for _, text in ticks(low, high)] == found
