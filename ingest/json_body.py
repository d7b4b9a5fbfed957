"""Parses JSON bodies as devices write them: a byte order mark, NaN and endless digits are read, and judged later."""

import json
from typing import Any

import msgspec

from ingest.errors import NotJsonError, NotUtf8Error, TooDeepError

_decode = msgspec.json.Decoder().decode


def parse(payload: bytes) -> Any:
    """Parse JSON; raise NotUtf8Error, NotJsonError or TooDeepError.

    What the standard forbids and firmware sends all the same (`NaN`, `Infinity`, numbers beyond a double) becomes a
    number that is not finite, so that one value is refused and not the message.
    """
    try:
        return _decode(payload)
    except UnicodeDecodeError as error:
        raise NotUtf8Error(str(error)) from error
    except RecursionError as error:
        raise TooDeepError("nested too deeply") from error
    except msgspec.DecodeError:
        return _parse_leniently(payload)


def _parse_leniently(payload: bytes) -> Any:
    try:
        return json.loads(payload.decode("utf-8-sig"), parse_int=float)  # float: endless digits become infinity
    except UnicodeDecodeError as error:
        raise NotUtf8Error(str(error)) from error
    except RecursionError as error:
        raise TooDeepError("nested too deeply") from error
    except ValueError as error:
        raise NotJsonError(str(error)) from error
