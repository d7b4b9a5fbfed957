"""Cursors come back as the key they were made of, and no others are taken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.cursors import decode_cursor, decode_time_cursor, encode_cursor, parse_key
from api.errors import BadParameterError


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "S"])))
def test_a_cursor_comes_back_as_it_was(key: str) -> None:
    """Whatever key a page ends with, its cursor stands for that key and needs no escaping in an address."""
    cursor = encode_cursor(key)

    assert decode_cursor(cursor) == key
    assert all(letter.isalnum() or letter in "-_" for letter in cursor)


@pytest.mark.parametrize(
    ("key", "read"), [("0", 0), ("2147483647", 2**31 - 1), ("2147483648", None), ("²", None), ("", None)]
)
def test_a_key_has_four_bytes(key: str, read: int | None) -> None:
    """The largest key that a row can have is read, the one after it is none."""
    assert parse_key(key) == read


@pytest.mark.parametrize("text", ["!", "abc", "AAA", "/w"])
def test_a_foreign_cursor_is_refused(text: str) -> None:
    """What we did not encode is an error that names the parameter and the way out."""
    with pytest.raises(BadParameterError, match="use `next` of the page before, or leave after out") as caught:
        decode_time_cursor(text)

    assert caught.value.parameter == "after"
