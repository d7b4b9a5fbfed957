"""Forms with a file: a bounded body, in either of the two ways in which browsers send forms."""

from collections.abc import Mapping

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.types import Message

from luchtbrug.sheet import text_of

BODY_MAX = 1_200_000
"""The largest form [bytes]: a table, once more what is to be mended of it, and fields."""

TABLE_MAX = 300_000
"""The longest table [characters]."""

_FIELDS_MAX = 60


async def form_of(request: Request) -> Mapping[str, str]:
    """Read a form; a file in it is text, as spreadsheets write it. Of what is too large, or no form, nothing."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > BODY_MAX:
            return {}

    async def receive() -> Message:
        return {"type": "http.request", "body": bytes(body), "more_body": False}

    try:
        form = await Request(request.scope, receive).form(
            max_files=1, max_fields=_FIELDS_MAX, max_part_size=TABLE_MAX * 2
        )
    except (HTTPException, MultiPartException, UnicodeDecodeError):
        return {}
    found: dict[str, str] = {}
    for name, value in form.multi_items():
        text = text_of(await value.read()) if isinstance(value, UploadFile) else value.strip()
        found[name] = text.replace("\0", "")  # no text of PostgreSQL has one
    await form.close()
    return found
