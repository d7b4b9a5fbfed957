"""A format that is not finished tells its author what is missing, in words and not by a table that has no such key."""

import subprocess
import sys
from pathlib import Path

import pytest

_DECODE = """
import sys
import ingest.formats
ingest.formats.__path__.append(sys.argv[1])
from ingest.decode_lines import decode_payload
print(decode_payload("in/st-1/kastje", b'{"pm25": 8, "at": "2026-05-17T22:23:00Z"}'))
"""
_WHOLE = """
from ingest.decoded import empty
from ingest.values import meaning, plans, read_object
NAME = "kastje"
_PLANS = plans({"pm25": meaning("sps30-0", "pm2_5")})
def matches_topic(topic): return topic == "kastje"
def matches_body(opened): return False
def decode(opened):
    decoded, body = empty(), opened.json_object()
    read_object(body, _PLANS, body["at"], decoded)
    return decoded
"""


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ("NAME =", "NOM =", "kastje has no NAME: ingest.formats.Format says what a format has"),
        ('"pm2_5"', '"pm25"', "'pm25' is not in ingest/vocabulary.py; near it: pm2_5"),
        ('"pm2_5"', '"pm2_5", "grains"', "'grains' is no unit of pm2_5 in ingest/units.py"),
        ("", "", "kastje gives '2026-05-17T22:23:00Z' as a time: ingest.clocks.utc makes seconds of it"),
    ],
)
def test_a_slip_in_a_new_format_is_named(tmp_path: Path, written: str, instead: str, said: str) -> None:
    """A forgotten name, a property or unit that is not known and a time that is text are told by what mends them."""
    (tmp_path / "kastje.py").write_text(_WHOLE.replace(written, instead))
    done = subprocess.run(
        [sys.executable, "-c", _DECODE, str(tmp_path)],
        cwd=Path(__file__).resolve().parents[3],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert said in done.stderr.splitlines()[-1]
