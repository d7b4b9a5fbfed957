"""The formats that devices send, one module each: a new file in this folder is all that a new format takes.

A format module has `NAME`, `matches_topic(topic)`, `matches_body(opened)` and `decode(opened)`, as `Format` says. The
choice is: the setting of the station, then the topic (first where earlier topics told whose it is), then the body.
"""

import pkgutil
from functools import cache, lru_cache
from importlib import import_module
from types import ModuleType
from typing import Protocol, cast

from ingest.decoded import Decoded
from ingest.errors import UnknownFormatError
from ingest.opened import Opened
from ingest.topics import LONGEST

GUESSED = "generic_json"
"""The format that reads any flat JSON by its names: asked last, and live only where it is a station's setting."""


class Format(Protocol):
    """What a module of this package offers."""

    NAME: str

    def matches_topic(self, topic: str) -> bool:
        """Say whether only this format uses such a topic."""

    def matches_body(self, opened: Opened) -> bool:
        """Say whether body, path or headers can only be of this format; never raise."""

    def decode(self, opened: Opened) -> Decoded:
        """Read the message; raise an IngestError where nothing in it can be read."""


@cache
def all_formats() -> tuple[Format, ...]:
    """List the formats of this package by name, the guessed one last."""
    names = sorted((module.name for module in pkgutil.iter_modules(__path__)), key=lambda name: (name == GUESSED, name))
    return tuple(_complete(import_module(f"{__name__}.{name}")) for name in names)


def _complete(module: ModuleType) -> Format:
    """Take a module as a format, or raise TypeError with what its author has left out."""
    missing = [name for name in ("NAME", "matches_topic", "matches_body", "decode") if not hasattr(module, name)]
    if missing:
        raise TypeError(f"{module.__name__} has no {', '.join(missing)}: ingest.formats.Format says what a format has")
    return cast("Format", module)


def choose(opened: Opened, setting: str | None = None) -> Format:
    """Choose the format of a message, or raise UnknownFormatError."""
    if setting is not None and setting in _by_name():
        return _by_name()[setting]
    topic, memory = opened.topic, opened.memory
    learnt = memory.learnt_format(topic) if memory.homie or memory.streams else None
    if learnt is not None:
        return _by_name()[learnt]
    by_topic = _of_topic(topic) if len(topic) < LONGEST else _search_topic(topic)
    if by_topic is not None:
        return by_topic
    last = memory.bodies.get(topic)
    if last is not None and _by_name()[last].matches_body(opened):
        return _by_name()[last]  # no body is of two formats but the guessed one: the last one found is asked first
    for candidate in all_formats():
        if candidate.matches_body(opened):
            if candidate.NAME != GUESSED:
                memory.learn_body(topic, candidate.NAME)
            return candidate
    raise UnknownFormatError(f"none of {len(all_formats())} formats knows this topic or body")


@cache
def _by_name() -> dict[str, Format]:
    return {each.NAME: each for each in all_formats()}


def _search_topic(topic: str) -> Format | None:
    return next((candidate for candidate in all_formats() if candidate.matches_topic(topic)), None)


_of_topic = lru_cache(maxsize=65_536)(_search_topic)  # stations send on the same few topics for ever
