"""The formats that devices send, one module each: a new file in this folder is all that a new format takes.

A format module has `NAME`, `matches_topic(topic)`, `matches_body(message)` and `decode(message)`, as `Format` says. The
choice is: the setting of the station, then the topic, then the body. `topic` is what follows `in/<station>/`.
"""

import pkgutil
from functools import cache
from importlib import import_module
from typing import Protocol, cast

from ingest.decoded import Decoded
from ingest.errors import UnknownFormatError
from ingest.message import Message


class Format(Protocol):
    """What a module of this package offers."""

    NAME: str

    def matches_topic(self, topic: str) -> bool:
        """Say whether only this format uses such a topic."""

    def matches_body(self, message: Message) -> bool:
        """Say whether body, path or headers can only be of this format; never raise."""

    def decode(self, message: Message) -> Decoded:
        """Read the message; raise an IngestError where nothing in it can be read."""


@cache
def all_formats() -> tuple[Format, ...]:
    """List the formats of this package, by name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return tuple(cast("Format", import_module(f"{__name__}.{name}")) for name in names)


def choose(message: Message, topic: str, setting: str | None = None) -> Format:
    """Choose the format of a message, or raise UnknownFormatError."""
    for candidate in all_formats():
        if setting == candidate.NAME:
            return candidate
    for candidate in all_formats():
        if candidate.matches_topic(topic):
            return candidate
    for candidate in all_formats():
        if candidate.matches_body(message):
            return candidate
    raise UnknownFormatError(f"no format of {[each.NAME for each in all_formats()]} knows this topic or body")
