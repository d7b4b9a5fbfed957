"""Which markers, in which order: what the reader filters and sorts by, over columns."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from api.web.markers import Markers
from api.web.view import View
from api.web.wording import Wording

Places = npt.NDArray[np.int64]


def chosen(markers: Markers, view: View, wording: Wording) -> Places:
    """Find the markers of a view: in its box, with all words of its text in name, id, municipality, kind or class."""
    keep = np.ones(len(markers), bool)
    if view.text:
        said = fold(_said(markers, view, wording))
        for word in fold(pa.array(view.text.split())).to_pylist():
            keep &= np.asarray(pc.match_substring(said, word).to_numpy(zero_copy_only=False), bool)
    if view.box:
        keep &= _inside(markers, view.box.corners)
    return np.flatnonzero(keep)


def _said(markers: Markers, view: View, wording: Wording) -> pa.Array:
    """Write what can be looked for in each row."""
    table = markers.table
    kinds = pa.array([wording.t("kind.station"), wording.t("kind.reference")])
    classes = pa.array([wording.band(view.index, number) for number in range(7)])
    parts = [
        pc.fill_null(table[name].combine_chunks().cast(pa.string()), "")
        for name in ("station_id", "name", "municipality")
    ]
    kind = kinds.take(table["official"].combine_chunks().cast(pa.int8()))
    return pc.binary_join_element_wise(*parts, kind, classes.take(pa.array(markers.band)), " ")


def _inside(markers: Markers, corners: tuple[float, float, float, float]) -> npt.NDArray[np.bool_]:
    west, south, east, north = corners
    longitude, latitude = markers.column("longitude"), markers.column("latitude")
    within = (longitude >= west) & (longitude <= east)
    if west > east:  # over the antimeridian
        within = (longitude >= west) | (longitude <= east)
    return within & (latitude >= south) & (latitude <= north)


def fold(texts: pa.Array) -> pa.Array:
    """Leave out capitals and accents."""
    return pc.replace_substring_regex(pc.utf8_normalize(pc.utf8_lower(texts), "NFD"), r"\pM", "")


def ordered(markers: Markers, sort: str) -> Places:
    """Order markers: as asked (what has no value last), else residents' stations before official ones, by name."""
    name = fold(_names(markers.table))
    kind = markers.table["official"].combine_chunks().cast(pa.int8())
    shown = pa.array(np.where(np.isnan(markers.shown), 0.0, markers.shown))
    age = pc.negate(markers.table["time"].combine_chunks().cast(pa.int64()))
    asked = {"name": name, "value": shown, "age": age}.get(sort.removeprefix("-"), kind)
    missing = pa.array(np.isnan(markers.shown) & (asked is shown)).cast(pa.int8())
    keys = [("missing", "ascending"), ("asked", "descending" if sort.startswith("-") else "ascending")]
    columns = pa.table({"missing": missing, "asked": asked, "kind": kind, "name": name})
    order = pc.sort_indices(columns, sort_keys=[*keys, ("kind", "ascending"), ("name", "ascending")])
    return np.asarray(order.to_numpy(), np.int64)


def _names(table: pa.Table) -> pa.Array:
    """Name each row as its reader sees it: a station without a name by its number."""
    name = table["name"].combine_chunks()
    return pc.if_else(pc.equal(name, ""), table["station_id"].combine_chunks(), name)
