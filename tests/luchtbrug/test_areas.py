"""Outlines from files of others, as the command loads them."""

import json
import sqlite3
import struct
from pathlib import Path
from typing import Any

import psycopg
import pyproj
import pytest
import shapely
from typer.testing import CliRunner

from luchtbrug.areas.errors import AreaFileError
from luchtbrug.areas.files import features
from luchtbrug.areas.outlines import areas, columns_of
from luchtbrug.cli import app
from storage.areas import NewArea, select_areas
from storage.connection import connect

RD = pyproj.Transformer.from_crs("OGC:CRS84", "EPSG:28992", always_xy=True)
SQUARE = [(5.10, 52.20), (5.25, 52.20), (5.25, 52.30), (5.10, 52.30), (5.10, 52.20)]
HOLE = [(5.15, 52.22), (5.20, 52.22), (5.20, 52.26), (5.15, 52.26), (5.15, 52.22)]
ISLAND = [(5.30, 52.20), (5.35, 52.20), (5.35, 52.25), (5.30, 52.25), (5.30, 52.20)]


def geojson(path: Path, *rows: tuple[dict[str, Any], list[Any]]) -> Path:
    """Write polygons with attributes."""
    found = [
        {"type": "Feature", "properties": attributes, "geometry": {"type": "Polygon", "coordinates": rings}}
        for attributes, rings in rows
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": found}))
    return path


def geopackage(path: Path) -> Path:
    """Write a GeoPackage as PDOK's of CBS: layers in RD, land and water of one code, an envelope in front."""
    with sqlite3.connect(path) as conn:
        conn.executescript(
            """
            CREATE TABLE gpkg_spatial_ref_sys (srs_id int, organization text, organization_coordsys_id int);
            INSERT INTO gpkg_spatial_ref_sys VALUES (28992, 'EPSG', 28992);
            CREATE TABLE gpkg_geometry_columns (table_name text, column_name text, srs_id int);
            INSERT INTO gpkg_geometry_columns VALUES ('gemeenten', 'geom', 28992), ('buurten', 'geom', 28992);
            CREATE TABLE gemeenten (fid int, geom blob, gemeentecode text, gemeentenaam text, water text);
            CREATE TABLE buurten (fid int, geom blob, buurtcode text, buurtnaam text, wijkcode text, wijknaam text);
            """
        )
        rows = [(1, _blob(SQUARE, HOLE), "GM0402", "Hilversum", "NEE"), (2, _blob(ISLAND), "GM0402", "Hilversum", "JA")]
        conn.executemany("INSERT INTO gemeenten VALUES (?, ?, ?, ?, ?)", rows)
        conn.execute("INSERT INTO buurten VALUES (1, ?, 'BU04020101', 'Centrum', 'WK040201', 'Wijk')", (_blob(ISLAND),))
    conn.close()
    return path


def _blob(outer: list[tuple[float, float]], *holes: list[tuple[float, float]]) -> bytes:
    shape = shapely.transform(shapely.Polygon(outer, holes), lambda x, y: RD.transform(x, y), interleaved=False)
    envelope = [shape.bounds[index] for index in (0, 2, 1, 3)]
    return struct.pack("<2sBBi4d", b"GP", 0, 0b11, 28992, *envelope) + bytes(shape.wkb)


def read(path: Path) -> list[NewArea]:
    """Read a file as the command does."""
    found = list(features(path))
    return list(areas(found, columns_of(found[0], None, None), None))


def load(database_url: str, tmp_path: Path, *arguments: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run `areas load` on a database and return what it printed."""
    monkeypatch.setenv("LUCHTBRUG_DATABASE_URL", database_url)
    monkeypatch.setenv("LUCHTBRUG_DATA_DIR", str(tmp_path))
    result = CliRunner().invoke(app, ["areas", "load", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_a_geopackage_of_cbs_is_loaded(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its RD becomes degrees, land and water with one code are one area, and its hole is outside."""
    file = str(geopackage(tmp_path / "wijkenbuurten.gpkg"))
    said = load(database_url, tmp_path, file, "--layer", "gemeenten", monkeypatch=monkeypatch)

    assert said == "1 areas from wijkenbuurten.gpkg, as GM0402 Hilversum (municipality).\n"
    with connect(database_url) as conn:
        (area,) = select_areas(conn)
        assert [area.min_lon, area.max_lat] == pytest.approx([5.10, 52.30], abs=1e-5)
        for place, inside in (((52.21, 5.12), 1), ((52.24, 5.17), 0), ((52.22, 5.32), 1), ((52.22, 5.28), 0)):
            assert len(select_areas(conn, near=place)) == inside


def test_loading_again_replaces(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A code that is there already gets the new name and outline."""
    for name, ring in (("Oud", SQUARE), ("Nieuw", ISLAND)):
        file = str(geojson(tmp_path / f"{name}.geojson", ({"code": "park-1", "name": name}, [ring])))
        load(database_url, tmp_path, file, "--kind", "park", monkeypatch=monkeypatch)

    with connect(database_url) as conn:
        (area,) = select_areas(conn)
        assert (area.name, area.kind, area.source) == ("Nieuw", "park", "Nieuw.geojson")
        assert _rings(conn) == 1


def _rings(conn: psycopg.Connection) -> int:
    row = conn.execute("SELECT count(*) FROM area_ring").fetchone()
    assert row is not None
    return int(row[0])


def test_the_finest_code_is_taken(tmp_path: Path) -> None:
    """A neighbourhood of CBS also has the codes of what it lies in; its own counts."""
    found = list(features(geopackage(tmp_path / "a.gpkg"), "buurten"))
    (area,) = areas(found, columns_of(found[0], None, None), None)

    assert (area.code, area.name, area.kind) == ("BU04020101", "Centrum", "neighbourhood")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[]", "no GeoJSON"),
        (b"SQLite format 3\0 and nothing", "no GeoPackage"),
        (
            b'{"features": [{"properties": {"naam": "x"}, "geometry": {"type": "Point", "coordinates": [5, 52]}}]}',
            "naam",
        ),
        (
            b'{"features": [{"properties": {"code": "x", "name": "x"}, '
            b'"geometry": {"type": "Point", "coordinates": [5, 52]}}]}',
            "is a Point",
        ),
        (
            b'{"crs": {"properties": {"name": "EPSG:99"}}, "features": [{"properties": {"code": "x", "name": "x"}, '
            b'"geometry": {"type": "Point", "coordinates": [5, 52]}}]}',
            "EPSG:99",
        ),
        (
            b'{"crs": {"properties": {"name": {}}}, "features": [{"properties": {"code": "x", "name": "x"}, '
            b'"geometry": {"type": "Point", "coordinates": [5, 52]}}]}',
            "is not known",
        ),
        (
            b'{"features": [{"properties": {"code": "Buurt 1", "name": "x"}, '
            b'"geometry": {"type": "Point", "coordinates": [5, 52]}}]}',
            "'Buurt 1' is no code",
        ),
    ],
)
def test_what_is_wrong_with_a_file_is_said(content: bytes, said: str, tmp_path: Path) -> None:
    """A file that cannot be used is an error that names the reason."""
    file = tmp_path / "wrong"
    file.write_bytes(content)
    with pytest.raises(AreaFileError, match=said):
        read(file)


def test_a_layer_is_asked_for(tmp_path: Path) -> None:
    """A file with several layers names them."""
    with pytest.raises(AreaFileError, match="buurten, gemeenten"):
        list(features(geopackage(tmp_path / "a.gpkg")))


def test_outlines_that_cross_themselves_or_each_other_are_told(tmp_path: Path, database_url: str) -> None:
    """A bow tie is loaded as its two wings with a note, and so are two areas on top of each other."""
    bow = [(5.0, 52.0), (5.1, 52.1), (5.1, 52.0), (5.0, 52.1), (5.0, 52.0)]
    touching = [(x + 0.15, y) for x, y in SQUARE]
    rows = [
        ({"code": code, "name": code}, [ring])
        for code, ring in (("bow", bow), ("a", SQUARE), ("b", SQUARE), ("c", touching))
    ]
    done = CliRunner().invoke(
        app,
        ["areas", "load", str(geojson(tmp_path / "a.geojson", *rows))],
        env={"LUCHTBRUG_DATABASE_URL": database_url, "LUCHTBRUG_DATA_DIR": str(tmp_path)},
    )
    assert done.exit_code == 0, done.output
    assert "the outline of bow crosses itself" in done.output
    assert "a and b overlap" in done.output
    assert "and c" not in done.output
    with connect(database_url) as conn:
        bow_tie = next(area for area in select_areas(conn) if area.code == "bow")
    assert len(json.loads(bow_tie.geometry or "")["coordinates"]) == 2
