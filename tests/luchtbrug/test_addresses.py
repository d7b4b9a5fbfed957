"""What is logged tells of nobody's address more than its beginning."""

import subprocess
import sys

import pytest

from luchtbrug.addresses import shortened, without_addresses


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("from 83.84.12.199:51234 refused", "from 83.84.12.0:51234 refused"),
        ("('2001:db8:1234:5678:9abc:def0:1234:5678', 4711)", "('2001:db8:1234::', 4711)"),
        ("[2a02:a449::1]:443", "[2a02:a449::]:443"),
        ("::ffff:83.84.12.199", "::ffff:83.84.12.0"),
        ("http://192.168.1.23/x and 10.0.0.7.", "http://192.168.1.0/x and 10.0.0.0."),
        ("127.0.0.1:8000 [::1]:8000 0.0.0.0", "127.0.0.1:8000 [::1]:8000 0.0.0.0"),
        ("at 12:34:56 of 2026-11-23T12:34:56.123Z", "at 12:34:56 of 2026-11-23T12:34:56.123Z"),
        ("version 3.1.1, Python 3.11.4.2.9, a::b:zz", "version 3.1.1, Python 3.11.4.2.9, a::b:zz"),
        ("999.84.12.199", "999.84.12.199"),
    ],
)
def test_an_address_keeps_its_beginning(text: str, kept: str) -> None:
    """24 bits of IPv4 and 48 of IPv6 stay; this machine's own, times and versions are left alone."""
    assert shortened(text) == kept


def test_every_field_of_an_event_is_looked_at() -> None:
    """Also those in lists and in dictionaries."""
    event = {"event": "refused", "peer": ("83.84.12.199", 1), "more": {"by": ["83.84.12.199"]}, "count": 3}
    assert without_addresses(None, "info", event) == {
        "event": "refused", "peer": ("83.84.12.0", 1), "more": {"by": ["83.84.12.0"]}, "count": 3,
    }  # fmt: skip


PROGRAM = """
import logging, structlog
from luchtbrug.logs import configure
configure("info")
structlog.get_logger().warning("refused", peer="83.84.12.199", why=ValueError("2a02:a449:1:2:3::9"))
logging.getLogger("amqtt").warning("connection from %s", ("83.84.12.199", 51234))
try:
    raise ValueError("83.84.12.199")
except ValueError:
    structlog.get_logger().exception("failed")
"""


def test_a_program_logs_no_whole_address() -> None:
    """Events of ours, tracebacks in them, and what libraries say: none has the last part."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stderr.count("83.84.12.0") == 3, done.stderr
    assert "83.84.12.199" not in done.stderr
    assert "2a02:a449:1::" in done.stderr
    assert "3::9" not in done.stderr
