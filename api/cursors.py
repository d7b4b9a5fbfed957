"""Cursors of pages: the key of the last row, wrapped, so that nobody builds on what it holds."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from datetime import datetime

from api.errors import BadParameterError
from api.parsing import parse_time

KEY_MAX = 2**31 - 1  # keys of rows have 4 bytes


def encode_cursor(key: str) -> str:
    """Wrap the key of the last row of a page, so that nobody builds on what it holds."""
    return urlsafe_b64encode(key.encode()).decode().rstrip("=")


def decode_cursor(text: str) -> str:
    """Undo :func:`encode_cursor`; BadParameterError where it was not made by us."""
    try:
        key = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("utf-8")
    except (Base64Error, ValueError) as error:
        raise _bad_cursor(text) from error
    if not key.isprintable() or encode_cursor(key) != text:  # the decoder skips what is not Base64
        raise _bad_cursor(text)
    return key


def decode_time_cursor(text: str) -> datetime:
    """Undo :func:`encode_cursor` of a time in ISO format; BadParameterError where it was not made by us."""
    try:
        return parse_time(decode_cursor(text))
    except ValueError as error:
        raise _bad_cursor(text) from error


def decode_key_cursor(text: str) -> int:
    """Undo :func:`encode_cursor` of a key of 4 bytes; BadParameterError where it was not made by us."""
    key = parse_key(decode_cursor(text))
    if key is None:
        raise _bad_cursor(text)
    return key


def parse_key(text: str) -> int | None:
    """Read a key of 4 bytes; None for what is none."""
    return int(text) if re.fullmatch(r"[0-9]{1,10}", text) and int(text) <= KEY_MAX else None


def _bad_cursor(text: str) -> BadParameterError:
    return BadParameterError(
        "after", f"'{text}' is no cursor of ours: use `next` of the page before, or leave after out."
    )
