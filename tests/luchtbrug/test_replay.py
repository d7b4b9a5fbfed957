"""Replay of recorded history from CSV files."""

import csv
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from luchtbrug.jobs.replay import replay
from luchtbrug.jobs.replay_files import ReplayInputError, read_history

pytestmark = pytest.mark.long

ENTRY = "from luchtbrug.jobs.replay import main; main()"
START = datetime(2026, 3, 1, tzinfo=UTC)
ROOT = Path(__file__).parents[2]


def stamp(hour: int) -> str:
    return (START + timedelta(hours=hour)).strftime("%Y-%m-%dT%H:%M:%SZ")


def write(folder: Path, name: str, header: str, rows: list[str]) -> None:
    (folder / name).write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")


def make_input(folder: Path, hours: int = 300) -> Path:
    """Three siblings and two references, humidity too, readings of a gain of two; 12 days."""
    rng = np.random.default_rng(1)
    folder.mkdir(parents=True, exist_ok=True)
    level = 15 + 8 * np.sin(np.arange(hours) / 11) + rng.normal(size=hours)
    write(folder, "stations.csv", "station,lat,lon,sensor_model", [f"s{i},52.2{i},5.1{i},SPS30" for i in range(3)])
    write(folder, "reference_stations.csv", "reference_station,lat,lon", ["r0,52.25,5.15", "r1,52.21,5.2"])
    readings, reference = [], []
    for h in range(hours):
        for i in range(3):
            readings.append(f"{stamp(h)},s{i},pm2_5,{2 * level[h] + 1 + rng.normal():.4f}")
            readings.append(f"{stamp(h)},s{i},relative_humidity,{60 + 10 * rng.normal():.2f}")
        reference += [f"{stamp(h)},r{r},pm2_5,{level[h] + 0.5 * rng.normal():.3f},ug/m3" for r in range(2)]
    write(folder, "readings.csv", "time,station,observed_property,value", readings)
    write(folder, "reference.csv", "time,reference_station,observed_property,value,unit", reference)
    return folder


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_command_writes_a_row_for_each_reading(tmp_path: Path) -> None:
    """Every reading comes back with its raw value, and after three days of siblings with a value in its interval."""
    out = tmp_path / "validated.csv"
    done = subprocess.run(
        [sys.executable, "-c", ENTRY, str(make_input(tmp_path / "in")), "--out", str(out)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = rows_of(out)
    assert len(rows) == 900
    assert {row["observed_property"] for row in rows} == {"pm2_5"}
    assert all(row["value"] == "" for row in rows if row["time"] < stamp(72))
    late = [row for row in rows if row["time"] >= stamp(96)]
    assert np.mean([row["value"] != "" for row in late]) > 0.97
    given = [row for row in late if row["value"]]
    assert all(float(row["lower"]) <= float(row["value"]) <= float(row["upper"]) for row in given)
    ratio = np.mean([float(row["raw"]) / float(row["value"]) for row in given])
    assert 1.9 < ratio < 2.3


def test_the_past_does_not_know_the_future(tmp_path: Path) -> None:
    """Rows of a history cut after eight days equal those of the whole."""
    whole, half = make_input(tmp_path / "whole"), make_input(tmp_path / "half", hours=300)
    for name in ("readings.csv", "reference.csv"):
        lines = (half / name).read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines[1:] if line < stamp(192)]
        write(half, name, lines[0], kept)
    replay(whole, tmp_path / "whole.csv")
    replay(half, tmp_path / "half.csv")
    first, second = rows_of(tmp_path / "half.csv"), rows_of(tmp_path / "whole.csv")
    assert len(first) == 192 * 3
    assert first == second[: len(first)]


def test_two_replays_are_the_same_file(tmp_path: Path) -> None:
    """The same input gives the same bytes."""
    source = make_input(tmp_path / "in", hours=120)
    replay(source, tmp_path / "a.csv")
    replay(source, tmp_path / "b.csv")
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_it_reckons_on_one_thread_as_live(tmp_path: Path) -> None:
    """With two the last bit is another, and more cores would give other values; afterwards all is as it was."""
    seen: set[int] = set()
    before = threads()
    replay(make_input(tmp_path / "in", 100), tmp_path / "out.csv", progress=lambda *_: seen.update(threads()))
    assert seen == {1}
    assert threads() == before


def threads() -> set[int]:
    """How many threads the libraries of linear algebra may use."""
    return {found["num_threads"] for found in threadpool_info() if found["user_api"] == "blas"}


def test_gases_in_micrograms_become_ppb_and_minutes_hours(tmp_path: Path) -> None:
    """References in µg/m³ are converted at 20 °C, and readings within an hour are averaged."""
    folder = make_input(tmp_path / "in", hours=2)
    with (folder / "readings.csv").open("a", encoding="utf-8") as file:
        file.write("2026-03-01T00:10:00Z,s0,no2,10\n2026-03-01T00:50:00Z,s0,no2,20\n")
    with (folder / "reference.csv").open("a", encoding="utf-8") as file:
        file.write("2026-03-01T00:00:00Z,r0,no2,38.25,ug/m3\n2026-03-01T00:00:00Z,r1,no2,20,ppb\n")
    network = read_history(folder).network("no2")
    assert network.raw[0, 0] == 15.0
    np.testing.assert_allclose(network.reference[0], 20.0)


def test_progress_is_reported_to_the_end(tmp_path: Path) -> None:
    """The last report of progress names the property and all of its hours."""
    seen: list[tuple[str, int, int]] = []
    replay(make_input(tmp_path / "in", hours=100), tmp_path / "out.csv", progress=lambda *step: seen.append(step))
    assert seen[-1] == ("pm2_5", 100, 100)


def test_a_property_without_references_is_left_out(tmp_path: Path) -> None:
    """Humidity and properties that no reference measures are read and not written."""
    assert read_history(make_input(tmp_path / "in", hours=5)).calibratable == ("pm2_5",)


@pytest.mark.parametrize(
    ("name", "line", "message"),
    [
        ("readings.csv", "yesterday,s0,pm2_5,1", "readings.csv, line 32: 'yesterday' is no time; write it as"),
        ("readings.csv", ",s0,pm2_5,1", "readings.csv, line 32: '' is no time; write it as"),
        ("readings.csv", f"{stamp(0)},s9,pm2_5,1", "readings.csv, line 32: station 's9' is not in stations.csv"),
        ("readings.csv", f"{stamp(0)},s0,pm2_5,much", "readings.csv, line 32: 'much' is no number; leave it empty"),
        ("readings.csv", f"{stamp(0)},s0", "readings.csv, line 32: 2 fields, expected 4"),
        ("reference.csv", f"{stamp(0)},r0,pm2_5,1,mg", "reference.csv, line 12: unit 'mg' is not known; use ug/m3"),
        ("reference.csv", f"{stamp(0)},r0,pm2_5,1,ppb", "reference.csv, line 12: pm2_5 cannot be in ppb"),
        ("stations.csv", "s0,52,5,SPS30", "stations.csv, line 5: station 's0' is empty or given twice"),
        ("stations.csv", "s7,520,5,SPS30", "stations.csv, line 5: 520.0 is outside ±90 degrees"),
    ],
)
def test_bad_input_is_named_by_file_and_line(tmp_path: Path, name: str, line: str, message: str) -> None:
    """What cannot be used ends with the file, the line and what to do."""
    folder = make_input(tmp_path / "in", hours=5)
    with (folder / name).open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    with pytest.raises(ReplayInputError) as caught:
        replay(folder, tmp_path / "out.csv")
    assert message in str(caught.value)


def test_a_missing_file_and_a_missing_column_are_named(tmp_path: Path) -> None:
    """The command ends with one sentence, not a traceback."""
    folder = make_input(tmp_path / "in", hours=5)
    write(folder, "stations.csv", "station,lat,lon", ["s0,52,5"])
    with pytest.raises(ReplayInputError, match="line 1: no column sensor_model; the header must name"):
        replay(folder, tmp_path / "out.csv")
    (folder / "stations.csv").unlink()
    done = subprocess.run(
        [sys.executable, "-c", ENTRY, str(folder), "--out", str(tmp_path / "out.csv")],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "stations.csv is missing; a replay needs it" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_output_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A folder that does not exist is a sentence that says what to do."""
    with pytest.raises(ReplayInputError, match="choose another --out"):
        replay(make_input(tmp_path / "in", hours=5), tmp_path / "nowhere" / "out.csv")


@pytest.mark.realdata
def test_real_data_with_faults_beats_rolling_least_squares() -> None:
    """On six weeks of a real network, a fifth of the hours spoiled, the error is under half of rolling OLS's."""
    shared = next((p / "shared" for p in ROOT.parents if (p / "shared" / "checks" / "score_replay.py").exists()), None)
    if shared is None:
        pytest.skip("no shared/data beside the repository")
    done = subprocess.run(
        [sys.executable, str(shared / "checks" / "score_replay.py"), str(shared / "data" / "denver_lovemyair"),
         "--to", "2018-10-05", "--max-refs", "3", "--faults", "0.2",
         "--cmd", f"{sys.executable} -c '{ENTRY}'"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    score = json.loads(done.stdout.splitlines()[-1])
    assert score["rmse_value"] <= 0.5 * score["rmse_ols"]
    assert score["faults_passed"] <= 0.02
    assert score["given"] >= 0.97
