"""Measure what decoding costs a message, over all formats, beside `msgspec.json.decode` of the same bytes.

    python benchmarks/decode.py FOLDER        # FOLDER of captured samples, as ../shared/payloads

A form or query has no JSON to decode: beside it stands the same fields as a JSON object of texts; beside CBOR and
short forms nothing can stand, and they are left out. The cost is that of the whole stage as
ingest runs it: address, choice of the format, decoding. Prints a row a format and, last, one JSON line.
"""

import json
import sys
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import replace
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
_BATCH = 1000
_REPEATS = 9
_OWN_TOPICS = {"nam": "airrohr", "chirpstack_v4": "chirpstack", "ttn_v3": "ttn"}
"""Formats that are pushed over HTTP come in on the path of the setup text, which becomes the device's topic."""


def main(folder: Path) -> None:
    """Measure all samples of a folder and print."""
    by_format: dict[str, list[tuple[Message, bytes]]] = defaultdict(list)
    for meta_path in sorted(folder.glob("*/*.meta.json")):
        meta = json.loads(meta_path.read_text())
        by_format[meta["format"]] += _messages(meta, meta_path.parent)
    for name, pairs in sorted(by_format.items()):
        ours, bare = _costs(pairs)
        print(f"{name:>16} {len(pairs):4} messages {ours:7.2f} us, bare {bare:6.2f} us, ratio {ours / bare:6.2f}")
    mixed = [pair for pairs in by_format.values() for pair in pairs]
    ours, bare = _costs(mixed)
    found = {"messages": len(mixed), "us_per_message": ours, "bare_us_per_message": bare, "ratio": ours / bare}
    print(json.dumps({key: round(value, 2) for key, value in found.items()}))


def _costs(pairs: list[tuple[Message, bytes]]) -> tuple[float, float]:
    """Measure microseconds a message of ours, in batches as ingest gets them, and of bare JSON."""
    count = _BATCH // len(pairs) + 1
    messages = [message for message, _ in pairs] * count
    batch = [replace(each, received_at=_AT + number * _APART) for number, each in enumerate(messages)]
    bodies = [body for _, body in pairs] * count
    memories, bare = Memories(), msgspec.json.decode
    ours = _least(lambda: decode(batch, {}, memories))
    theirs = _least(lambda: deque(map(bare, bodies), maxlen=0))
    return ours / len(batch) * 1e6, theirs / len(batch) * 1e6


def _messages(meta: dict[str, Any], folder: Path) -> list[tuple[Message, bytes]]:
    """Give the messages of a sample as ingest gets them, each with the JSON that stands beside it."""
    body = (folder / meta["file"]).read_bytes()
    transport, station = meta["transport"], f"{meta['format']}-1"
    if transport["kind"] == "mqtt-transcript":
        lines = [json.loads(line) for line in body.decode().splitlines() if line.strip()]
        pairs = [(line["topic"], line["payload"].encode()) for line in lines]
        return [(_mqtt(f"in/{station}/{topic}", payload), payload) for topic, payload in pairs if _is_json(payload)]
    if transport["kind"] == "mqtt":
        return [(_mqtt(f"in/{station}/{transport['topic']}", body), body)] if _is_json(body) else []
    path = transport["path"]
    get = transport["method"] == "GET" and "direction" not in transport
    payload = b"" if get else body
    topic = f"in/{station}/{_OWN_TOPICS.get(meta['format'], meta['format'])}"
    headers = {key: value for key, value in transport.get("headers", {}).items() if key != "note"}
    message = Message("http", topic, payload, _AT, station_id=station, path=path, headers=headers)
    form = payload.decode("utf-8", "replace") or urlsplit(unquote(path)).query or unquote(path)
    beside = body if _is_json(payload) else _form_as_json(form)
    return [(message, beside)] if len(beside) > len(b"{}") else []


def _mqtt(topic: str, payload: bytes) -> Message:
    return Message("mqtt", topic, payload, _AT)


def _is_json(payload: bytes) -> bool:
    try:
        msgspec.json.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return True


def _form_as_json(form: str) -> bytes:
    return json.dumps(dict(parse_qsl(form, keep_blank_values=True)), separators=(",", ":")).encode()


def _least(call: Callable[[], object]) -> float:
    """Measure the least of several repeats [s], of processor time: what else a machine does only adds."""
    best = float("inf")
    for _ in range(_REPEATS):
        begin = process_time()
        call()
        best = min(best, process_time() - begin)
    return best


if __name__ == "__main__":
    main(Path(sys.argv[1]))
