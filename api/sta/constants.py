"""Constants of $filter: texts, numbers, times and places."""

import re
from datetime import date

from api.sta.errors import SyntaxOfQueryError
from api.sta.tokens import Token
from storage.sensorthings.tree import Geometry, Literal
from storage.sensorthings.values import parse_time

_WORDS = {"true": True, "false": False, "null": None}
_SHAPE = re.compile(r"(?:SRID=4326;)?\s*(POINT|POLYGON)\s*Z?\s*\((.*)\)\s*", re.IGNORECASE | re.DOTALL)
_DIGITS_MAX = 40


def literal(token: Token) -> Literal | None:
    """Read a constant; None when the word is none."""
    if token.kind == "text":
        return Literal(_unquoted(token.text))
    if token.kind == "number":
        return Literal(_number(token))
    if token.kind == "time":
        return Literal(_time(token))
    if token.kind == "geography":
        return Literal(geometry(_unquoted(token.text[token.text.index("'") :])))
    if token.kind == "name" and token.text in _WORDS:
        return Literal(_WORDS[token.text])
    return None


def geometry(text: str) -> Geometry:
    """Read well-known text: a POINT, or a POLYGON without holes."""
    found = _SHAPE.fullmatch(text)
    if found is None:
        raise SyntaxOfQueryError("write a place as geography'POINT(5.18 52.23)' or geography'POLYGON((5 52, ...))'.")
    if found[1].upper() == "POINT":
        return Geometry("POINT", (_pair(found[2]),))
    ring = found[2].strip()
    if not (ring.startswith("(") and ring.endswith(")")) or "(" in ring[1:]:
        raise SyntaxOfQueryError("a POLYGON has one ring: POLYGON((5 52, 6 52, 6 53, 5 52)).")
    return Geometry("POLYGON", tuple(_pair(pair) for pair in ring[1:-1].split(",")))


def _pair(text: str) -> tuple[float, float]:
    try:
        longitude, latitude = (float(part) for part in text.split()[:2])
    except ValueError as error:
        raise SyntaxOfQueryError(f"'{text[:40]}' is no pair of longitude and latitude.") from error
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise SyntaxOfQueryError(f"'{text[:40]}' is not on Earth: longitude first, then latitude [degrees].")
    return longitude, latitude


def _unquoted(text: str) -> str:
    return text[1:-1].replace("''", "'")


def _number(token: Token) -> int | float:
    if len(token.text) > _DIGITS_MAX:
        raise SyntaxOfQueryError(f"the number at position {token.at + 1} is too long.")
    number = float(token.text)
    return number if any(sign in token.text for sign in ".eE") else int(token.text)


def _time(token: Token) -> date:
    moment = parse_time(token.text)
    if moment is None:
        raise SyntaxOfQueryError(f"'{token.text}' is no date or time: 2026-01-31 or 2026-01-31T12:00:00Z.")
    return date.fromisoformat(token.text) if "T" not in token.text else moment
