"""The binary COPY format without a server."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.binary import decode, encode
from storage.staging import distinct_rows

LAYOUT = {"time": "timestamptz", "key": "int4", "value": "float8"}


def test_one_row_is_the_bytes_of_the_manual() -> None:
    """Header, 3 fields with their sizes, a time one microsecond after 2000, trailer."""
    columns = {
        "time": np.array(["2000-01-01T00:00:00.000001"], "datetime64[us]"),
        "key": np.array([258]),
        "value": np.array([1.0]),
    }
    assert encode(LAYOUT, columns) == (
        b"PGCOPY\n\xff\r\n\x00" + bytes(8) + b"\x00\x03"
        b"\x00\x00\x00\x08\x00\x00\x00\x00\x00\x00\x00\x01"
        b"\x00\x00\x00\x04\x00\x00\x01\x02"
        b"\x00\x00\x00\x08\x3f\xf0\x00\x00\x00\x00\x00\x00"
        b"\xff\xff"
    )


@given(st.lists(st.tuples(st.integers(-(10**15), 10**15), st.integers(-(2**31), 2**31 - 1), st.floats())))
def test_what_is_packed_unpacks_to_the_same(rows: list[tuple[int, int, float]]) -> None:
    """Any rows come back bit for bit."""
    columns = {
        "time": np.array([row[0] for row in rows], "datetime64[us]"),
        "key": np.array([row[1] for row in rows], np.int64),
        "value": np.array([row[2] for row in rows], float),
    }
    back = decode(LAYOUT, encode(LAYOUT, columns))
    for name, column in columns.items():
        np.testing.assert_array_equal(back[name], column)


def test_a_null_is_a_size_of_minus_one_and_no_bytes() -> None:
    """Only the row that is NULL loses its bytes, and the fields beside it keep theirs."""
    layout, columns = {"key": "int4", "flags": "int2"}, {"key": np.array([1, 2]), "flags": np.array([3, 4])}
    stream = encode(layout, columns, {"key": np.array([False, True])})
    assert stream[19:-2] == (
        b"\x00\x02\x00\x00\x00\x04\x00\x00\x00\x01\x00\x00\x00\x02\x00\x03"
        b"\x00\x02\xff\xff\xff\xff\x00\x00\x00\x02\x00\x04"
    )


def test_unequal_columns_are_refused() -> None:
    """A column that is too short is an error with all lengths."""
    columns = {"time": np.zeros(2, "datetime64[us]"), "key": np.zeros(1, np.int64), "value": np.zeros(2)}
    with pytest.raises(ValueError, match=r"unequal length: \{'time': 2, 'key': 1, 'value': 2\}"):
        encode(LAYOUT, columns)


def test_a_null_is_not_read_as_a_number() -> None:
    """A row with a NULL is an error, never a shifted number."""
    stream = encode({"key": "int4"}, {"key": np.array([1])})
    null = stream[:21] + b"\xff\xff\xff\xff" + b"\xff\xff"
    with pytest.raises(ValueError, match="is a column NULL"):
        decode({"key": "int4"}, null)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3))), st.booleans())
def test_distinct_rows_are_sorted_and_the_first_or_last_of_their_kind(rows: list[tuple[int, int]], last: bool) -> None:
    """The chosen rows are the sorted distinct keys, each at its first or last place."""
    major, minor = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    chosen = distinct_rows(major, minor, keep_last=last).tolist()
    places = {row: place for place, row in (enumerate(rows) if last else reversed(list(enumerate(rows))))}
    assert chosen == [places[row] for row in sorted(places)]
