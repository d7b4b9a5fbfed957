"""A message opened for the formats: its body parsed at most once, its form fields split once, its station's memory."""

import re
from typing import Any, TypeVar
from urllib.parse import unquote

import msgspec

from ingest.errors import IngestError, WrongShapeError
from ingest.json_body import parse
from ingest.memory import Memory
from ingest.message import Message

_JSON_STARTS = frozenset(b"{[ \t\r\n\xef")
"""First bytes of what may be an object or array; nothing else is parsed before a format asks for it."""

_UNREAD = object()

T = TypeVar("T")

_REQUEST_LINE = re.compile(rb"(?:GET|POST) /")
"""How a message begins that had no body: the door keeps its request line in place of one."""

_PAIR = re.compile(r"([^&=]+)=([^&]*)")
_decode_fields = msgspec.json.Decoder(dict[str, str]).decode


class Opened(msgspec.Struct, eq=False):
    """What a format reads: `topic` is the device's own, below `in/<station>/`.

    Nothing is parsed until it is asked for: a format that is known by its topic may parse the body by its own types.
    """

    message: Message
    topic: str
    memory: Memory = msgspec.field(default_factory=Memory)
    _body: Any = _UNREAD

    @property
    def object(self) -> dict[str, Any]:
        """The JSON body where it is an object, else empty; never raises."""
        body = self._body
        if type(body) is not dict:
            body = self._glance()
        return body if type(body) is dict else {}

    @property
    def array(self) -> list[Any]:
        """The JSON body where it is an array, else empty; never raises."""
        body = self._glance()
        return body if type(body) is list else []

    def json(self) -> Any:
        """Give the JSON body, or raise NotUtf8Error, NotJsonError or TooDeepError."""
        body = self._body
        if body is _UNREAD:
            body = self._body = parse(self.message.payload)
        if isinstance(body, IngestError):
            raise body
        return body

    def json_object(self) -> dict[str, Any]:
        """Give the JSON body where it is an object, empty where it is other JSON; else raise as `json` does."""
        body = self._body
        if body is _UNREAD:
            body = self._body = parse(self.message.payload)
        if type(body) is dict:
            return body
        self.json()
        return {}

    def typed(self, decoder: msgspec.json.Decoder[T]) -> T:
        """Parse the body by a format's own type, passing over all else; raise as `json`, or WrongShapeError."""
        if self._body is _UNREAD:
            try:
                return decoder.decode(self.message.payload)
            except (msgspec.DecodeError, UnicodeError, RecursionError):
                pass  # what is no JSON by the standard, or not of this type, which is said below
        try:
            return msgspec.convert(self.json(), decoder.type)
        except (msgspec.ValidationError, RecursionError) as error:
            raise WrongShapeError(str(error)[:200]) from error
        except UnicodeEncodeError as error:
            raise WrongShapeError("a name holds half of a surrogate pair") from error

    @property
    def text(self) -> str:
        """The body as text, without blanks around it; what is not UTF-8 is marked."""
        return self.message.payload.decode("utf-8", "replace").strip()

    @property
    def fields(self) -> dict[str, str]:
        """The fields of a form in the body, or of the query; consoles also hang a query on the path without its `?`."""
        payload = self.message.payload
        if payload and _REQUEST_LINE.match(payload) is None:
            return _split(self.text) if b"=" in payload[:4096] and payload[0] not in b"{[<" else {}
        path = self.text.partition(" ")[2] if payload else self.message.path
        if "%26" in path and "&" not in path:
            path = unquote(path)
        _, mark, query = path.partition("?")
        if not mark and "=" in path:
            query = path[path.rfind("/", 0, path.index("=")) + 1 :]
        return _split(query)

    def _glance(self) -> Any:
        """Parse what may be an object or array, and keep the error where it is none."""
        if self._body is _UNREAD:
            payload = self.message.payload
            if not payload or payload[0] not in _JSON_STARTS:
                return None
            try:
                self._body = parse(payload)
            except IngestError as error:
                self._body = error
        return self._body


def _split(form: str) -> dict[str, str]:
    """Split a form; what has no `=` is no field."""
    if "%" in form:
        form = form.replace("%20", " ").replace("%3A", ":")  # all that most consoles write so
    fields = _pairs(form.replace("+", " "))
    if "%" in form:
        return {key: unquote(value) if "%" in value else value for key, value in fields.items()}
    return fields


def _pairs(form: str) -> dict[str, str]:
    """Split a form at `&` and `=`; written as a JSON object, which msgspec reads, that takes a third of the time."""
    if '"' not in form and "\\" not in form:
        try:
            return _decode_fields('{"' + form.replace("&", '","').replace("=", '":"') + '"}')
        except (msgspec.DecodeError, UnicodeError):
            pass  # not all between two `&` is a name, one `=`, and a value
    return dict(_PAIR.findall(form))
