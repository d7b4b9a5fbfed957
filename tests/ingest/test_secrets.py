"""What is kept of a message gives away no password, token, network or address."""

import pytest

from ingest.secrets import strip_secrets, strip_topic


@pytest.mark.parametrize(
    ("payload", "kept"),
    [
        (b"PASSKEY=345544D8&stationtype=GW&tempf=50", b"PASSKEY=***&stationtype=GW&tempf=50"),
        (b"GET /x.php?ID=a&PASSWORD=1909&tempf=5", b"GET /x.php?ID=a&PASSWORD=***&tempf=5"),
        (b"/data%26PASSKEY%3DAA%3A7D%26tempf%3D5", b"/data%26PASSKEY%3D***%26tempf%3D5"),
        (b'{"pm25":12,"wifi":{"ssid":"home","ip":"192.168.1.50","rssi":-61}}',
         b'{"pm25":12,"wifi":{"ssid":"***","ip":"***","rssi":-61}}'),
        (b'{"SensorId":"84:f3:eb:1","p":1}', b'{"SensorId":"***","p":1}'),
        (b'{"connections":[["mac","2C:3A:E8"]]}', b'{"connections":[["mac","***"]]}'),
        (b'{"mail": "a@b.nl", "access_token" : "x\\"y"}', b'{"mail": "***", "access_token" : "***"}'),
        (b'{"monkey":"banana","compass":4,"description":"ip"}', b'{"monkey":"banana","compass":4,"description":"ip"}'),
    ],
)  # fmt: skip
def test_the_values_of_secret_fields_are_blanked(payload: bytes, kept: bytes) -> None:
    """Values are replaced in JSON, forms, queries and percent-encoded queries; all else stays as it came."""
    assert strip_secrets(payload) == kept


def test_the_token_in_a_smart_citizen_topic_is_blanked() -> None:
    """The token level is replaced; other topics stay."""
    assert strip_topic("in/st-1/device/sck/aA1234/readings/raw") == "in/st-1/device/sck/***/readings/raw"
    assert strip_topic("in/st-1/airrohr") == "in/st-1/airrohr"
