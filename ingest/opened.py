"""A message opened for the formats: its body parsed once, its form fields split once, the memory of its station."""

import re
from typing import Any
from urllib.parse import unquote

from ingest.errors import IngestError
from ingest.json_body import parse
from ingest.memory import Memory
from ingest.message import Message

_JSON_STARTS = frozenset({b"{", b"[", b" ", b"\t", b"\r", b"\n", b"\xef"})
"""First bytes of what may be an object or array; nothing else is parsed before a format asks for it."""

_UNREAD = object()

_PAIR = re.compile(r"([^&=]+)=([^&]*)")


class Opened:
    """What a format reads: `topic` is the device's own, below `in/<station>/`.

    `object` is the JSON body where it is an object, and `array` where it is an array, else each is empty.
    """

    __slots__ = ("_body", "array", "memory", "message", "object", "topic")

    def __init__(self, message: Message, topic: str, memory: Memory | None = None) -> None:
        self.message = message
        self.topic = topic
        self.memory = Memory() if memory is None else memory
        self._body: Any = _UNREAD
        if message.payload[:1] in _JSON_STARTS:
            try:
                self._body = parse(message.payload)
            except IngestError as error:
                self._body = error
        kind = type(self._body)
        self.object: dict[str, Any] = self._body if kind is dict else {}
        self.array: list[Any] = self._body if kind is list else []

    def json(self) -> Any:
        """Give the JSON body, or raise NotUtf8Error, NotJsonError or TooDeepError."""
        if self._body is _UNREAD:
            return parse(self.message.payload)
        if isinstance(self._body, IngestError):
            raise self._body
        return self._body

    @property
    def text(self) -> str:
        """The body as text, without blanks around it; what is not UTF-8 is marked."""
        return self.message.payload.decode("utf-8", "replace").strip()

    @property
    def fields(self) -> dict[str, str]:
        """The fields of a form in the body, or of the query; consoles also hang a query on the path without its `?`."""
        payload = self.message.payload
        if payload:
            return _split(self.text) if b"=" in payload[:4096] and payload[0] not in b"{[<" else {}
        path = self.message.path
        if "%26" in path and "&" not in path:
            path = unquote(path)
        _, mark, query = path.partition("?")
        if not mark and "=" in path:
            query = path[path.rfind("/", 0, path.index("=")) + 1 :]
        return _split(query)


def _split(query: str) -> dict[str, str]:
    """Split a form; what has no `=` is no field."""
    if "%" in query:
        query = query.replace("%20", " ").replace("%3A", ":")  # all that most consoles write so
    fields = dict(_PAIR.findall(query.replace("+", " ")))
    if "%" in query:
        return {key: unquote(value) if "%" in value else value for key, value in fields.items()}
    return fields
