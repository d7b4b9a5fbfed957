"""The captured payloads beside this repository, as messages; and mutations of payloads, seeded."""

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random

from ingest.message import Message
from tests.ingest.samples import NOW

FOLDER = next((folder / "shared/payloads" for folder in Path(__file__).parents if (folder / "shared").exists()), None)
"""None where the payloads are not there."""


def captured() -> list[tuple[str, Message]]:
    """Give every captured message with the name of its format, on a topic of station st-1."""
    if FOLDER is None:
        return []
    found: list[tuple[str, Message]] = []
    for path in sorted(FOLDER.glob("*/*.meta.json")):
        meta = json.loads(path.read_text())
        found += [(meta["format"], message) for message in _messages(meta, path.parent)]
    return found


def _messages(meta: dict[str, object], folder: Path) -> Iterator[Message]:
    body = (folder / str(meta["file"])).read_bytes()
    transport = meta["transport"]
    assert isinstance(transport, dict)
    if transport["kind"] == "mqtt-transcript":
        for line in map(json.loads, filter(str.strip, body.decode().splitlines())):
            yield Message("mqtt", f"in/st-1/{line['topic']}", line["payload"].encode(), NOW)
    elif transport["kind"] == "mqtt":
        yield Message("mqtt", f"in/st-1/{transport['topic']}", body, NOW)
    else:
        polled = "direction" in transport
        payload = b"" if transport["method"] == "GET" and not polled else body
        headers = {key: value for key, value in transport["headers"].items() if key != "note"}
        path = "" if polled else transport["path"]
        yield Message("http", "in/st-1/push", payload, NOW, station_id="st-1", path=path, headers=headers)


_ODD = (
    b"null", b"NaN", b"-Infinity", b"1e999", b"9" * 400, b'""', b"[]", b"{}", b"[[[[", b"true", b'"\\ud800"', b"\x00",
    b"\xff\xfe", b"\xf0\x9f\x92\xa3", b"-9999", b"65535", b"327.67", b"%00", b"%ZZ", b"&", b"=", b",",
    b'"', b"\\", b"_",
)  # fmt: skip


def mutated(seed: bytes, random: Random) -> bytes:
    """Cut out, repeat, overwrite and put in bytes, one to four times."""
    payload = bytearray(seed)
    for _ in range(random.randint(1, 4)):
        begin = random.randint(0, len(payload))
        end = min(len(payload), begin + random.choice((0, 1, 1, 2, 8, 40)))
        kind = random.randrange(5)
        if kind == 0:
            del payload[begin:end]
        elif kind == 1:
            payload[begin:end] = random.choice(_ODD)
        elif kind == 2:
            payload[begin:begin] = payload[begin:end] * random.randint(1, 3)
        elif kind == 3:
            payload[begin:end] = bytes(random.randrange(256) for _ in range(end - begin))
        else:
            _replace_value(payload, random)
    return bytes(payload)


def _replace_value(payload: bytearray, random: Random) -> None:
    """Put something odd in the place of a value: the JSON or form stays one, so that decoders see it."""
    at = payload.find(random.choice((b":", b"=")), random.randint(0, len(payload)))
    if at < 0:
        return
    ends = [end for mark in (b",", b"}", b"&", b"]") if (end := payload.find(mark, at)) > 0]
    payload[at + 1 : min(ends, default=len(payload))] = random.choice(_ODD)
