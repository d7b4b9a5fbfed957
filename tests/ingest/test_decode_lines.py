"""Samples in, readings out: the form in which decoders are judged."""

import base64
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from ingest.decode_lines import SampleError, decode_lines, decode_payload
from ingest.errors import UnknownFormatError

SAMPLES = next((folder / "shared/payloads" for folder in Path(__file__).parents if (folder / "shared").exists()), None)


def _line(payload: bytes, **message: object) -> str:
    return json.dumps({"id": "one", "messages": [{"payload": base64.b64encode(payload).decode(), **message}]})


def test_a_native_message_gives_its_readings() -> None:
    """A native message on its topic comes out with canonical names, units and UTC times."""
    body = (
        b'{"obs":[{"t":"2026-05-17T22:23:00Z","s":"sps30-0","v":{"pm2_5":8.1}},'
        b'{"s":"bme280-0","v":{"temperature":21.4}}]}'
    )
    (answer,) = decode_lines([_line(body, topic="aq/1/st-1/obs")])
    assert json.loads(answer) == {
        "id": "one",
        "readings": [
            {"observed_property": "pm2_5", "value": 8.1, "unit": "ug/m3", "time": "2026-05-17T22:23:00Z"},
            {"observed_property": "temperature", "value": 21.4, "unit": "Cel", "time": None},
        ],
    }


def test_an_http_push_is_known_by_its_body() -> None:
    """A push without a topic is recognised by what is in it."""
    body = b'{"esp8266id":"1","sensordatavalues":[{"value_type":"SDS_P2","value":"4.02"}]}'
    (answer,) = decode_lines([_line(body, http={"method": "POST", "path": "/", "headers": {}})])
    assert [reading["value"] for reading in json.loads(answer)["readings"]] == [4.02]


@pytest.mark.parametrize("payload", [b"", b"{}", b"\xff\xfe", b"[" * 100_000, b"hello", b"x" * 100_000])
def test_what_no_format_reads_has_no_readings(payload: bytes) -> None:
    """An unknown or broken payload is answered with an empty list."""
    (answer,) = decode_lines([_line(payload, topic="somewhere/else")])
    assert json.loads(answer) == {"id": "one", "readings": []}


def test_a_line_that_is_no_sample_is_named() -> None:
    """The error for a bad line says which line it is."""
    with pytest.raises(SampleError, match="line 2"):
        list(decode_lines([_line(b"{}", topic="a"), "not a sample"]))


def test_a_person_sees_why_a_payload_cannot_be_read() -> None:
    """Decoding one payload for a person raises what quarantine would say, and names the format when it can be read."""
    with pytest.raises(UnknownFormatError):
        decode_payload("in/st-1/else", b"{}")
    name, decoded = decode_payload("in/st-1/airrohr", b'{"sensordatavalues":[{"value_type":"SDS_P1","value":"3"}]}')
    assert (name, decoded.records[0].value) == ("airrohr", 3.0)


@pytest.mark.realdata
@pytest.mark.parametrize(
    "meta_path", sorted(SAMPLES.glob("*/*.meta.json")) if SAMPLES else [], ids=lambda path: path.stem
)
def test_real_payloads_are_read_exactly(meta_path: Path) -> None:
    """Every expected reading of a captured payload is there once, and nothing else is."""
    meta = json.loads(meta_path.read_text())
    (answer,) = decode_lines([json.dumps({"id": "one", "messages": _sample_messages(meta, meta_path.parent)})])
    found = [(r["observed_property"], r["value"], _moment(r["time"])) for r in json.loads(answer)["readings"]]
    for each in meta["expected"]:
        wanted = (each["observed_property"], pytest.approx(each["value"], rel=1e-3, abs=0.011), _moment(each["time"]))
        assert wanted in found
        found.remove(next(one for one in found if one == wanted))
    assert found == []


def _sample_messages(meta: dict[str, Any], folder: Path) -> list[dict[str, Any]]:
    body, transport = (folder / meta["file"]).read_bytes(), meta["transport"]
    if transport["kind"] == "mqtt-transcript":
        lines = [json.loads(line) for line in body.decode().splitlines() if line.strip()]
        return [{"topic": line["topic"], "payload": _base64(line["payload"].encode())} for line in lines]
    if transport["kind"] == "mqtt":
        return [{"topic": transport["topic"], "payload": _base64(body)}]
    pushed = transport["method"] != "GET" or "direction" in transport
    headers = {key: value for key, value in transport["headers"].items() if key != "note"}
    http = {"method": transport["method"], "path": transport["path"], "headers": headers}
    return [{"http": http, "payload": _base64(body if pushed else b"")}]


def _base64(payload: bytes) -> str:
    return base64.b64encode(payload).decode()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).replace(microsecond=0)
