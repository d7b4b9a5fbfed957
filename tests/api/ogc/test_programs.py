"""GIS programs read us: GDAL's driver and OWSLib."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys

import pytest


def ogrinfo(*arguments: str) -> str:
    """Run GDAL's ogrinfo; skip where it is not installed, except in CI."""
    program = shutil.which("ogrinfo")
    if program is None:
        assert os.environ.get("CI") != "true", "ogrinfo is missing: apt-get install gdal-bin"
        pytest.skip("ogrinfo is not installed (Debian: gdal-bin)")
    done = subprocess.run([program, "-ro", *arguments], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "ERROR" not in done.stderr
    return done.stdout


def test_gdal_finds_the_layers(features_url: str) -> None:
    """The driver lists the collections as layers, and counts the features of one over its pages."""
    layers = ogrinfo(f"OAPIF:{features_url}")
    stations = ogrinfo("-so", "-oo", "PAGE_SIZE=2", f"OAPIF:{features_url}", "stations")

    assert all(name in layers for name in ("stations", "reference-stations", "areas"))
    assert "Feature Count: 3" in stations
    assert "stationId: String" in stations


def test_gdal_reads_points_and_outlines(features_url: str) -> None:
    """A spatial filter of the driver becomes a box of ours; outlines are polygons."""
    found = ogrinfo("-al", "-spat", "5.19", "52.2", "5.3", "52.3", f"OAPIF:{features_url}", "stations")
    areas = ogrinfo("-al", f"OAPIF:{features_url}", "areas")

    assert "POINT (5.2 52.25)" in found
    assert "gooi-01" not in found
    assert "MULTIPOLYGON (((5.1 52.2" in areas


def test_gdal_reads_metres_of_rd(features_url: str) -> None:
    """The items in RD are in metres of Amersfoort / RD New for ogrinfo, of any version, not in degrees."""
    items = f"{features_url}collections/stations/items?crs=http://www.opengis.net/def/crs/EPSG/0/28992"
    found = ogrinfo("-al", items)

    assert "Amersfoort / RD New" in found
    assert len(re.findall(r"POINT \(1[24]\d{4}(\.\d+)? 4[678]\d{4}(\.\d+)?\)", found)) == 3


def test_the_driver_of_gdal_asks_for_rd(features_url: str) -> None:
    """With CRS=EPSG:28992, an option of the driver since GDAL 3.7, layer, box and points are in RD."""
    if importlib.util.find_spec("pyogrio") is None:
        assert os.environ.get("CI") != "true", "pyogrio is missing: install the extra `clients`"
        pytest.skip("pyogrio, which brings a GDAL of its own, is not installed: it comes with the extra `clients`")
    program = """
import json, sys, pyogrio, shapely
address, box = f"OAPIF:{sys.argv[1]}", (140000, 469000, 143000, 475000)
crs = pyogrio.read_info(address, layer="stations", CRS="EPSG:28992")["crs"]
found = pyogrio.raw.read(address, layer="stations", CRS="EPSG:28992", bbox=box)[2]
print(json.dumps([crs, [[round(p.x), round(p.y)] for p in shapely.from_wkb(found)]]))
"""
    # in a process of its own: its GDAL and that of another wheel do not get on
    done = subprocess.run(
        [sys.executable, "-c", program, features_url], capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 0, done.stderr
    crs, points = json.loads(done.stdout)
    assert crs == "EPSG:28992"
    assert len(points) == 2
    assert all(140_000 < x < 143_000 and 469_000 < y < 475_000 for x, y in points)


def test_owslib_reads_collections_and_items(features_url: str) -> None:
    """OWSLib finds the collections, asks for a box, and reads one feature."""
    if importlib.util.find_spec("owslib") is None:
        assert os.environ.get("CI") != "true", "OWSLib is missing: install the extra `clients`"
        pytest.skip("OWSLib is not installed: it is in the extra `clients`")
    from owslib.ogcapi.features import Features

    service = Features(features_url)

    assert service.feature_collections() == ["stations", "reference-stations", "areas"]
    assert service.conformance()["conformsTo"][0].endswith("/conf/core")
    assert service.collection("stations")["id"] == "stations"
    assert len(service.collection_items("stations", bbox=[5.1, 52.2, 5.3, 52.3])["features"]) == 2
    assert service.collection_item("stations", "gooi-01")["geometry"]["coordinates"] == [5.18, 52.22]
