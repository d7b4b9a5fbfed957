"""A message opened for the formats: its body parsed once, its form fields split once, the memory of its station."""

from functools import cached_property
from typing import Any
from urllib.parse import unquote, unquote_plus

from ingest.errors import IngestError
from ingest.json_body import parse
from ingest.memory import Memory
from ingest.message import Message

_JSON_STARTS = frozenset(b'{[ \t\r\n\xef"')


class Opened:
    """What a format reads: `topic` is the device's own, below `in/<station>/`."""

    def __init__(self, message: Message, topic: str, memory: Memory | None = None) -> None:
        self.message = message
        self.topic = topic
        self.memory = Memory() if memory is None else memory

    def json(self) -> Any:
        """Give the JSON body, or raise NotUtf8Error, NotJsonError or TooDeepError."""
        body = self._parsed
        if isinstance(body, IngestError):
            raise body
        return body

    @cached_property
    def object(self) -> dict[str, Any]:
        """The JSON body where it is an object, else an object without keys."""
        body = self._parsed
        return body if isinstance(body, dict) else {}

    @cached_property
    def array(self) -> list[Any]:
        """The JSON body where it is an array, else an empty one."""
        body = self._parsed
        return body if isinstance(body, list) else []

    @cached_property
    def text(self) -> str:
        """The body as text, without blanks around it; what is not UTF-8 is marked."""
        return self.message.payload.decode("utf-8", "replace").strip()

    @cached_property
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

    @cached_property
    def _parsed(self) -> Any:
        payload = self.message.payload
        if not payload or payload[0] not in _JSON_STARTS:
            try:
                return parse(payload)
            except IngestError as error:
                return error
        try:
            return parse(payload)
        except IngestError as error:
            return error


def _split(query: str) -> dict[str, str]:
    fields = {}
    for pair in query.split("&"):
        key, _, value = pair.partition("=")
        fields[key] = unquote_plus(value) if "%" in value or "+" in value else value
    return fields
