"""Packets in bulk: bytes as brokers send them, in pieces as networks cut them."""

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

import pytest
from paho.mqtt.enums import MQTTProtocolVersion

from ingest.bulk_client import BulkClient, Publish, split
from tests.waiting import wait_until

CONNACK, PINGRESP = bytes([0x20, 2, 0, 0]), bytes([0xD0, 0])


def packet(
    name: str, payload: bytes = b"{}", packet_id: int = 7, *, first: int = 0x32, properties: bytes = b""
) -> bytes:
    """Make a PUBLISH packet; `first` holds QoS, retain and dup."""
    identity = packet_id.to_bytes(2) if first & 6 else b""
    body = len(name).to_bytes(2) + name.encode() + identity + properties + payload
    return bytes([first]) + _length(len(body)) + body


def _length(size: int) -> bytes:
    low, high = size & 127, size >> 7
    return bytes([low | 128]) + _length(high) if high else bytes([low])


def test_packets_are_read_as_the_standard_has_them() -> None:
    """QoS, retain, dup, an empty payload and a length of three bytes."""
    data = packet("a/b", b"x", first=0x30) + packet("c", b"", 258, first=0x3B) + packet("d", b"y" * 20_000)
    assert split(data, properties=False) == (
        [
            Publish("a/b", b"x", 0, 0, retain=False, dup=False),
            Publish("c", b"", 258, 1, retain=True, dup=True),
            Publish("d", b"y" * 20_000, 7, 1, retain=False, dup=False),
        ],
        len(data),
    )


def test_the_properties_of_mqtt_5_are_passed_over() -> None:
    """The payload begins behind them, also where there are none, or more than a length of one byte can tell."""
    long = b"\x26" + b"\x00\x01k" + (200).to_bytes(2) + b"v" * 200  # a user property
    data = packet("a", b"x", properties=b"\x00") + packet("b", b"y", properties=_length(len(long)) + long)
    assert [(each.topic, each.payload) for each in split(data, properties=True)[0]] == [("a", b"x"), ("b", b"y")]


@pytest.mark.parametrize(
    "odd",
    [
        PINGRESP,
        packet("c", first=0x34),  # QoS 2, which nobody subscribes to
        bytes([0x32, 3, 0, 9, 65]),  # a topic longer than its packet
        bytes([0x32, 1, 0]),
        bytes([0x32, 3, 0, 1, 65]),  # no packet id
        bytes([0x32, 0x80, 0x80, 0x80, 0x80, 1]),  # a length without an end
    ],
)
def test_what_is_no_sound_publish_is_left(odd: bytes) -> None:
    """Reading stops before it: paho has it, and knows what to do."""
    taken, end = split(packet("a") + odd + packet("b"), properties=False)
    assert ([each.topic for each in taken], end) == (["a"], len(packet("a")))


def test_properties_longer_than_their_packet_are_left() -> None:
    """A length that leads beyond the packet is not followed into the next."""
    assert split(packet("a", b"", properties=b"\x09") + packet("b", properties=b"\x00"), properties=True) == ([], 0)


def test_wherever_the_network_cuts_the_same_packets_come_out() -> None:
    """What is read of two pieces is what is read of the whole, for lengths of one byte and of two."""
    data = b"".join(packet(f"t/{size}", b"z" * size, size + 1) for size in (0, 5, 130, 300))
    whole = split(data, properties=False)
    assert [len(each.payload) for each in whole[0]] == [0, 5, 130, 300]
    for cut in range(len(data)):
        first, end = split(data[:cut], properties=False)
        second, rest = split(data[end:], properties=False)
        assert (first + second, end + rest) == whole


@contextmanager
def client_at(port: int) -> Iterator[tuple[BulkClient, list[Sequence[Publish]]]]:
    """Run a client in its thread, with a list of what each read gave."""
    reads: list[Sequence[Publish]] = []
    client = BulkClient(reads.append, client_id="c", clean_session=False, protocol=MQTTProtocolVersion.MQTTv311)
    client.connect_async("127.0.0.1", port)
    client.loop_start()
    try:
        yield client, reads
    finally:
        client.disconnect()
        client.loop_stop()


def test_a_connection_that_ends_in_a_packet_leaves_nothing_to_the_next() -> None:
    """Half a packet of the lost connection is forgotten, and the new one is read from its first byte."""
    with ExitStack() as stack:
        server = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        _, reads = stack.enter_context(client_at(server.getsockname()[1]))
        for sent in (CONNACK + packet("a") + packet("b") + packet("lost")[:-1], CONNACK + packet("c")):
            connection = stack.enter_context(server.accept()[0])
            connection.recv(1000)
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
        assert wait_until(lambda: [each.topic for read in reads for each in read] == ["a", "b", "c"])
    assert [each.topic for each in reads[0]] == ["a", "b"]


def test_acknowledgements_are_one_write_in_their_order() -> None:
    """Each is the four bytes of a PUBACK; other packets between the messages reach paho."""
    with ExitStack() as stack:
        server = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        client, reads = stack.enter_context(client_at(server.getsockname()[1]))
        connected = threading.Event()
        client.on_connect = lambda *_: connected.set()
        connection = stack.enter_context(server.accept()[0])
        connection.recv(1000)
        connection.sendall(packet("a", packet_id=258) + CONNACK + PINGRESP + packet("b", packet_id=65_535))
        assert wait_until(lambda: sum(len(read) for read in reads) == 2)
        assert connected.is_set()
        client.ack_all([each.packet_id for read in reads for each in read])
        client.ack_all([])
        assert connection.recv(1000) == b"\x40\x02\x01\x02\x40\x02\xff\xff"
