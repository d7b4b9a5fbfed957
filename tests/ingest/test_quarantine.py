"""What is kept of a message that could not be used."""

import pytest

from ingest.decoded import Refusal
from ingest.errors import IngestError, NotJsonError
from ingest.quarantine import values_refused, write_up
from ingest.secrets import strip_secrets
from tests.ingest.samples import message


@pytest.mark.parametrize(
    ("payload", "kept"),
    [
        (b'{"password":"hunter2","pm":1}', b'{"password":"***","pm":1}'),
        (b'{"Password" : "a\\"b", "x":1}', b'{"Password" : "***", "x":1}'),
        (b'{"wifi":{"ssid":"home","psk":12345}}', b'{"wifi":{"ssid":"***","psk":"***"}}'),
        (b"PASSKEY=0123ABCD&stationtype=GW1000&pm25=3", b"PASSKEY=***&stationtype=GW1000&pm25=3"),
        (b"ID=st-1&PASSWORD=secret&dateutc=now", b"ID=st-1&PASSWORD=***&dateutc=now"),
        (b'{"token":', b'{"token":'),
        (b'{"monkey":"banana","pm2_5":8.1}', b'{"monkey":"banana","pm2_5":8.1}'),
        (b"\xff\xfe", b"\xff\xfe"),
    ],
)
def test_secrets_are_blanked_and_the_rest_is_kept(payload: bytes, kept: bytes) -> None:
    """Values of fields that name a secret are replaced, in JSON and in forms; everything else stays as it came."""
    assert strip_secrets(payload) == kept


def test_a_secret_is_gone_when_its_value_reaches_over_the_cut() -> None:
    """Secrets are blanked before a long message is cut, so that half of one is not kept."""
    payload = b'{"x":"' + b"a" * 65_500 + b'","password":"' + b"secret" * 20 + b'"}'
    assert b"secret" not in write_up(message("aq/1/st-1/obs", payload), NotJsonError("")).payload


def test_what_a_database_cannot_hold_is_spelt_out() -> None:
    """NUL and lone surrogates in topic and detail become text, so that no message escapes quarantine."""
    row = write_up(message("aq/1/a\0b/obs", b""), NotJsonError("\ud800 and \0"))
    assert (row.topic, row.station_id, row.detail) == ("aq/1/a\\0b/obs", "a\\0b", "\\ud800 and \\0")


def test_a_place_in_a_refused_value_is_not_named() -> None:
    """An object that is no value may hold anything, and two numbers in a text may be a place: neither is repeated."""
    refused = [
        Refusal("", "", "wrong_shape", "{'lat': 52.1234567, 'lon': 4.7654321}"),
        Refusal("a-0", "stand", "unknown_property", "[52.1234567, 4.7654321]"),
        Refusal("a-0", "note", "unknown_property", "'52.1234567,4.7654321'"),
    ]
    detail = write_up(message("aq/1/st-1/obs", b""), values_refused(refused)).detail
    assert "52.1" not in detail
    assert detail == "/=*** wrong_shape; a-0/stand=*** unknown_property; a-0/note='***' unknown_property"


def test_many_refused_values_are_counted_not_listed() -> None:
    """The detail names twenty values and how many more there are."""
    detail = str(values_refused([Refusal("x-0", "pm2_5", "null", "None")] * 50))
    assert detail.count("x-0/pm2_5=None null") == 20
    assert detail.endswith("; and 30 more")


def test_every_error_has_a_reason_of_its_own() -> None:
    """The words that quarantine is counted by are unique, and plain enough to be a label."""
    reasons = [error.reason for error in IngestError.__subclasses__()]
    assert len(set(reasons)) == len(reasons)
    assert all(reason.replace("_", "").isalnum() and reason.islower() for reason in reasons)
