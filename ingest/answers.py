"""What the HTTP door answers: each kind of device has its own words for success, programs get problems (RFC 9457)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

import msgspec
from starlette.responses import Response

from ingest.decoding import decode
from ingest.message import Message


@dataclass(frozen=True, slots=True)
class Denial:
    """Why a message was not taken: the status, a sentence that says what to do, and when to try again [s]."""

    status: int
    detail: str
    retry_after: int | None = None

    def headers(self) -> dict[str, str]:
        """Give the headers that belong to it."""
        found = {"Cache-Control": "no-store"}
        if self.retry_after is not None:
            found["Retry-After"] = str(self.retry_after)
        return found


@dataclass(frozen=True, slots=True)
class Answers:
    """How a message that was taken is answered, and one that was not."""

    taken: Callable[[Message], Response]
    denied: Callable[[Denial], Response]


def as_text() -> Answers:
    """Answer a device in a word: airrohr takes 200 to 208 as success, Ecowitt wants 200 with a short body."""
    return Answers(lambda _: _text(HTTPStatus.OK, "ok\n"), _denied_as_text)


def as_weather_underground() -> Answers:
    """Answer as rtupdate.wunderground.com does: `success`, or the sentence that it has for wrong credentials."""

    def denied(denial: Denial) -> Response:
        if denial.status == HTTPStatus.UNAUTHORIZED:
            wrong = "INVALIDPASSWORDID|Password or key and/or id are incorrect\n"
            return _text(denial.status, wrong, denial.headers())
        return _denied_as_text(denial)

    return Answers(lambda _: _text(HTTPStatus.OK, "success\n"), denied)


def as_problem(headers: Mapping[str, str]) -> Answers:
    """Answer a program: 202 with what was read, or a problem; `headers` go on both."""

    def denied(denial: Denial) -> Response:
        body = {"status": denial.status, "title": HTTPStatus(denial.status).phrase, "detail": denial.detail}
        more = {"WWW-Authenticate": "Bearer"} if denial.status == HTTPStatus.UNAUTHORIZED else {}
        both = {**headers, **denial.headers(), **more}
        return Response(msgspec.json.encode(body), denial.status, both, "application/problem+json")

    def taken(message: Message) -> Response:
        both = {**headers, "Cache-Control": "no-store"}
        return Response(msgspec.json.encode(_read(message)), HTTPStatus.ACCEPTED, both, "application/json")

    return Answers(taken, denied)


def _read(message: Message) -> dict[str, object]:
    """Say what was read of a message: how many readings, which values not and why, or why nothing of it."""
    batch = decode([message], {})
    refused = [each for _, refusals in batch.refused for each in refusals]
    return {
        "readings": sum(len(of.records) for of in batch.readings),
        "refused": [
            {"sensorName": each.sensor_name, "observedProperty": each.observed_property, "value": each.value}
            | {"reason": each.reason}
            for each in refused
        ],
        "quarantined": next(({"reason": error.reason, "detail": str(error)} for _, error in batch.failures), None),
    }


def _denied_as_text(denial: Denial) -> Response:
    return _text(denial.status, f"{denial.detail}\n", denial.headers())


def _text(status: int, text: str, headers: Mapping[str, str] | None = None) -> Response:
    return Response(text, status, headers or {"Cache-Control": "no-store"}, "text/plain")
