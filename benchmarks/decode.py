"""Measure what decoding costs a message, over all formats, beside the barest reading of the same bytes.

    python benchmarks/decode.py FOLDER        # FOLDER of captured samples, as ../shared/payloads

Beside JSON stands `msgspec.json.decode` of the same bytes; beside a form or query, for which that would fail,
`urllib.parse.parse_qsl` of the same bytes; beside CBOR and short forms nothing can stand, and they are left out. The
cost is that of the whole stage as ingest runs it, on batches in which all formats come in turn: address, choice of the
format, decoding (which takes the batch format by format), and putting what was read in order again. Prints a row
a format and, last, one JSON line: JSON and forms apart, all messages together, and, as the stricter figure, the ratio
of all messages where a form is compared with msgspec's decoding of the same fields written as a JSON object of texts.
"""

import json
import sys
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

from ingest.decoding import decode
from ingest.memory import Memories
from ingest.message import Message

_AT = datetime(2026, 5, 17, tzinfo=UTC)
_APART = timedelta(seconds=30)  # nearer repeats would be taken for a radio frame sent twice
_BATCH = 500
_REPEATS = 25
_OWN_TOPICS = {"nam": "airrohr", "chirpstack_v4": "chirpstack", "ttn_v3": "ttn"}
"""Formats that are pushed over HTTP come in on the path of the setup text, which becomes the device's topic."""


@dataclass(frozen=True, slots=True)
class _Case:
    """A message, its bytes as a bare reader gets them, and the same content as JSON (the bytes, where they are)."""

    message: Message
    body: bytes
    as_json: bytes

    @property
    def is_form(self) -> bool:
        return self.body is not self.as_json


@dataclass(frozen=True, slots=True)
class _Cost:
    """Microseconds a message: of the whole stage, of bare reading, and of bare reading as JSON."""

    ours: float
    bare: float
    bare_json: float


def main(folder: Path) -> None:
    """Measure all samples of a folder and print."""
    by_format: dict[str, list[_Case]] = defaultdict(list)
    for meta_path in sorted(folder.glob("*/*.meta.json")):
        meta = json.loads(meta_path.read_text())
        by_format[meta["format"]] += _cases(meta, meta_path.parent)
    for name, cases in sorted((name, cases) for name, cases in by_format.items() if cases):
        cost = _cost(cases)
        beside = "parse_qsl" if cases[0].is_form else "msgspec"
        numbers = f"{cost.ours:7.2f} us, {beside:>9} {cost.bare:6.2f} us, ratio {cost.ours / cost.bare:6.2f}"
        print(f"{name:>16} {len(cases):4} messages {numbers}")
    mixed = [case for cases in by_format.values() for case in cases]
    print(json.dumps(_summary(mixed)))


def _summary(mixed: list[_Case]) -> dict[str, float]:
    of_json, of_forms, of_all = (_cost(cases) for cases in (
        [case for case in mixed if not case.is_form], [case for case in mixed if case.is_form], mixed,
    ))  # fmt: skip
    found = {
        "messages": len(mixed),
        "us_per_message": of_all.ours,
        "json_beside_msgspec": of_json.ours / of_json.bare,
        "forms_beside_parse_qsl": of_forms.ours / of_forms.bare,
        "ratio": of_all.ours / of_all.bare,
        "ratio_forms_as_json": of_all.ours / of_all.bare_json,
    }
    return {key: round(value, 2) for key, value in found.items()}


def _cost(cases: list[_Case]) -> _Cost:
    """Measure in batches as ingest gets them; the three in turn, so that what disturbs one disturbs all."""
    count = _BATCH // len(cases) + 1
    messages = [case.message for case in cases] * count
    batch = [replace(each, received_at=_AT + number * _APART) for number, each in enumerate(messages)]
    bare = [(_read_form if case.is_form else msgspec.json.decode, case.body) for case in cases] * count
    texts = [case.as_json for case in cases] * count
    memories = Memories()
    least = _least([
        lambda: decode(batch, {}, memories),
        lambda: deque((read(body) for read, body in bare), maxlen=0),
        lambda: deque(map(msgspec.json.decode, texts), maxlen=0),
    ])  # fmt: skip
    return _Cost(*(seconds / len(batch) * 1e6 for seconds in least))


def _cases(meta: dict[str, Any], folder: Path) -> list[_Case]:
    """Give the messages of a sample as ingest gets them, each with what stands beside it."""
    body = (folder / meta["file"]).read_bytes()
    transport, station = meta["transport"], f"{meta['format']}-1"
    if transport["kind"] == "mqtt-transcript":
        lines = [json.loads(line) for line in body.decode().splitlines() if line.strip()]
        pairs = [(line["topic"], line["payload"].encode()) for line in lines]
        return [_of_mqtt(f"in/{station}/{topic}", payload) for topic, payload in pairs if _is_json(payload)]
    if transport["kind"] == "mqtt":
        return [_of_mqtt(f"in/{station}/{transport['topic']}", body)] if _is_json(body) else []
    path = transport["path"]
    get = transport["method"] == "GET" and "direction" not in transport
    payload = b"" if get else body
    topic = f"in/{station}/{_OWN_TOPICS.get(meta['format'], meta['format'])}"
    headers = {key: value for key, value in transport.get("headers", {}).items() if key != "note"}
    message = Message("http", topic, payload, _AT, station_id=station, path=path, headers=headers)
    if _is_json(payload):
        return [_Case(message, payload, payload)]
    form = payload.decode("utf-8", "replace") or urlsplit(unquote(path)).query or unquote(path)
    fields = dict(_read_form(form.encode()))
    return [_Case(message, form.encode(), msgspec.json.encode(fields))] if "=" in form else []


def _of_mqtt(topic: str, payload: bytes) -> _Case:
    return _Case(Message("mqtt", topic, payload, _AT), payload, payload)


def _is_json(payload: bytes) -> bool:
    try:
        msgspec.json.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return True


def _read_form(form: bytes) -> list[tuple[str, str]]:
    return parse_qsl(form.decode("utf-8", "replace"), keep_blank_values=True)


def _least(calls: Sequence[Callable[[], object]]) -> list[float]:
    """Measure the least of several repeats [s], of processor time: what else a machine does only adds."""
    best = [float("inf")] * len(calls)
    for _ in range(_REPEATS):
        for place, call in enumerate(calls):
            begin = process_time()
            call()
            best[place] = min(best[place], process_time() - begin)
    return best


if __name__ == "__main__":
    main(Path(sys.argv[1]))
