"""CSV files: the two files of a replay, and what may be wrong in them."""

import math
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.reference.csv_file import CsvFile
from ingest.reference.errors import ReferenceAwayError, ReferenceNetworkError, ReferenceShapeError

BEGIN = datetime(2026, 5, 17, tzinfo=UTC)
STATIONS = "reference_station,lat,lon\nnjh,39.738578,-104.939925\nNL10404,52.0,4.3\nlost,,\n"
HEAD = "time,reference_station,observed_property,value,unit\n"


def folder(tmp_path: Path, rows: str, stations: str = STATIONS) -> CsvFile:
    """A network of two files."""
    (tmp_path / "reference_stations.csv").write_text(stations, encoding="utf-8")
    (tmp_path / "reference.csv").write_text(HEAD + rows, encoding="utf-8")
    return CsvFile(tmp_path, name="denver")


def test_stations_are_named_by_network_unless_the_code_is_national(tmp_path: Path) -> None:
    """An id of the file gets the network's name before it, a national code stays, an empty position is left out."""
    found = list(folder(tmp_path, "").stations())
    assert [s.reference_station_id for s in found] == ["denver:njh", "NL10404"]
    assert (found[0].latitude, found[0].longitude, found[0].name) == (39.738578, -104.939925, "njh")


def test_hours_are_read_with_units_and_gaps(tmp_path: Path) -> None:
    """Mass stays, ppb becomes mass, an empty value is not valid, and hours outside the interval are left out."""
    rows = (
        "2026-05-17T00:00:00Z,njh,pm2_5,25.4,ug/m3\n"
        "2026-05-17T02:00:00+02:00,njh,o3,30,ppb\n"
        "2026-05-17T01:00:00Z,NL10404,pm2_5,,ug/m3\n"
        "2026-05-17T02:00:00Z,njh,pm2_5,9.9,ug/m3\n"
    )
    [page] = folder(tmp_path, rows).hours(BEGIN, BEGIN + timedelta(hours=2))
    assert page.reference_station_id == ("denver:njh", "denver:njh", "NL10404")
    assert page.begin.tolist() == [datetime(2026, 5, 17, h) for h in (0, 0, 1)]  # noqa: DTZ001
    assert page.value[:2].tolist() == [25.4, pytest.approx(59.871)]
    assert math.isnan(page.value[2])
    assert page.validity.tolist() == [1, 1, -1]


def test_a_long_file_comes_in_pages(tmp_path: Path) -> None:
    """Five hours in pages of two are three pages."""
    rows = "".join(f"2026-05-17T0{h}:00:00Z,njh,pm10,{h},ug/m3\n" for h in range(5))
    folder(tmp_path, rows)
    pages = list(CsvFile(tmp_path, page=2).hours(BEGIN, BEGIN + timedelta(days=1)))
    assert [len(page.value) for page in pages] == [2, 2, 1]


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    """A file saved by a spreadsheet reads as any other."""
    assert len(list(folder(tmp_path, "", "\ufeff" + STATIONS).stations())) == 2


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("2026-05-17T00:00:00,njh,pm2_5,1,ug/m3", "line 2: expected a time with its offset"),
        ("17-05-2026,njh,pm2_5,1,ug/m3", "line 2: expected a time as"),
        ("2026-05-17T00:20:00Z,njh,pm2_5,1,ug/m3", "line 2: expected a full hour"),
        ('2026-05-17T00:00:00Z,njh,pm2_5,"8,1",ug/m3', "line 2: expected a number, found '8,1'"),
        ("2026-05-17T00:00:00Z,njh,pm2_5,1,ppb", "line 2: expected a unit of pm2_5"),
        ("2026-05-17T00:00:00Z,who,pm2_5,1,ug/m3", "line 2: expected a station of reference_stations.csv, found 'who'"),
        ("2026-05-17T00:00:00Z,njh,pm2_5,1", "line 2: expected a unit of pm2_5"),
    ],
)
def test_a_wrong_row_is_named_with_its_line(tmp_path: Path, row: str, message: str) -> None:
    """The message says the file, the line, what was expected and what was found."""
    with pytest.raises(ReferenceShapeError) as caught:
        list(folder(tmp_path, row + "\n").hours(BEGIN, BEGIN + timedelta(days=1)))
    assert message in str(caught.value)
    assert "reference.csv" in str(caught.value)


@pytest.mark.parametrize(
    ("stations", "error", "message"),
    [
        ("reference_station,lat\nnjh,1\n", ReferenceShapeError, "none named ['lon']"),
        ("reference_station,lat,lon\nnjh,95,4\n", ReferenceShapeError, "expected degrees"),
        ("", ReferenceShapeError, "expected the columns"),
        (None, ReferenceAwayError, "reference_stations.csv: No such file"),
    ],
)
def test_a_wrong_station_file_is_named(
    tmp_path: Path, stations: str | None, error: type[ReferenceNetworkError], message: str
) -> None:
    """A missing file, a missing column and a position off the globe each have their sentence."""
    network = folder(tmp_path, "", stations or "")
    if stations is None:
        (tmp_path / "reference_stations.csv").unlink()
    with pytest.raises(error) as caught:
        list(network.stations())
    assert message in str(caught.value)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    """A file in another encoding is named and not read as something else."""
    network = folder(tmp_path, "")
    (tmp_path / "reference_stations.csv").write_bytes(b"reference_station,lat,lon\nK\xf6ln,50.9,6.9\n")
    with pytest.raises(ReferenceShapeError, match="CSV in UTF-8"):
        list(network.stations())
