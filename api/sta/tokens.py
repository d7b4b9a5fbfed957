"""Words of $filter and $orderby, in the spellings of RIVM's users too: eq'402', a time zone whose + became a space."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from api.sta.errors import SyntaxOfQueryError

LENGTH_MAX = 16_000
"""[characters] of one expression: over 300 municipalities joined by `or`."""

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<geography>(?:geography|geometry)'(?:[^']|'')*')
    |(?P<text>'(?:[^']|'')*')
    |(?P<time>\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+\-\ ]\d\d:?\d\d)?)?)
    |(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    |(?P<name>@?[^\W\d][\w.@]*)
    |(?P<mark>[(),/])""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word with the place where it stands."""

    kind: str
    text: str
    at: int


def tokens(text: str) -> list[Token]:
    """Cut an expression into words. SyntaxOfQueryError says where it cannot."""
    if len(text) > LENGTH_MAX:
        raise SyntaxOfQueryError(f"an expression has at most {LENGTH_MAX} characters, this one {len(text)}.")
    return list(_cut(text))


def _cut(text: str) -> Iterator[Token]:
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise SyntaxOfQueryError(f"'{text[at : at + 20]}' at position {at + 1} cannot be read.")
        if found.lastgroup and found.lastgroup != "space":
            yield Token(found.lastgroup, found[0], at)
        at = found.end()
