"""A paho client that takes what arrives in bulk: PUBLISH packets many at a time, acknowledgements in one write.

paho reads each packet with five calls of the system and writes each acknowledgement with two, which costs more than to
decode, check, calibrate and store its readings. Here one read gives a few hundred packets; whatever is no whole and
sound PUBLISH of QoS 0 or 1 goes paho's own way, and so do connecting, keeping alive and closing.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode

_AT_ONCE = 1 << 17  # [bytes] of one read: some hundred packets
_LENGTH_BYTES = 4  # of the length of a packet, at most (MQTT 3.1.1, 2.2.3)
_PUBACK = 0x40


class Publish(NamedTuple):
    """A PUBLISH packet of QoS 0 or 1; `packet_id` is 0 where there is none."""

    topic: str
    payload: bytes
    packet_id: int
    qos: int
    retain: bool
    dup: bool


class BulkClient(paho.Client):
    """Calls `on_publishes` in paho's thread with the packets of one read, in their order; `on_message` is not called.

    It does not publish. What it leans on of paho beside its interface: `_sock_recv`, by which all is read, and
    `_packet_queue`.
    """

    def __init__(self, on_publishes: Callable[[Sequence[Publish]], None], **options: Any) -> None:
        super().__init__(CallbackAPIVersion.VERSION2, manual_ack=True, **options)
        self._on_publishes = on_publishes
        self._unread = b""

    def ack_all(self, packet_ids: Sequence[int]) -> None:
        """Acknowledge messages of QoS 1, in their order, in one write."""
        if not packet_ids:
            return
        packets = np.empty((len(packet_ids), 2), ">u2")
        packets[:, 0], packets[:, 1] = _PUBACK << 8 | 2, packet_ids
        self._packet_queue(_PUBACK, packets.tobytes(), packet_ids[-1], 1)

    def reconnect(self) -> MQTTErrorCode:
        """Connect anew; what was read of the old connection and not used is forgotten."""
        self._unread = b""
        return super().reconnect()

    def loop_read(self, max_packets: int = 1) -> MQTTErrorCode:
        """Read what the socket holds, hand on its PUBLISH packets together, and leave each other one to paho."""
        if not self._fill():
            return super().loop_read()  # which finds the end of the stream as well, and knows what to do
        while True:
            taken, end = split(self._unread, properties=self._protocol == paho.MQTTv5)
            self._unread = self._unread[end:]
            if taken:
                self._on_publishes(taken)
            if _bounds(self._unread, 0, len(self._unread)) is None:
                return MQTTErrorCode.MQTT_ERR_SUCCESS
            found = super().loop_read()
            if found or self.socket() is None:
                return found

    def _fill(self) -> bool:
        """Read once, and say whether there may be more to come."""
        try:
            read = super()._sock_recv(_AT_ONCE)
        except BlockingIOError:
            return True
        except OSError:
            read = b""
        self._unread = self._unread + read if read else b""
        return bool(read)

    def _sock_recv(self, bufsize: int) -> bytes:
        """Give paho the bytes of a packet that is here as a whole; where nothing is left, the socket itself answers."""
        if not self._unread:
            return super()._sock_recv(bufsize)
        part, self._unread = self._unread[:bufsize], self._unread[bufsize:]
        return part


def split(data: bytes, *, properties: bool) -> tuple[list[Publish], int]:
    """Take the whole PUBLISH packets from the front, up to the first of another kind; say where they end.

    `properties` is whether the packets have those of MQTT 5. A packet that contradicts itself is not taken.
    """
    taken: list[Publish] = []
    begin, size = 0, len(data)
    while (bounds := _bounds(data, begin, size)) is not None:
        found = _read(data, begin, *bounds, properties=properties)
        if found is None:
            break
        taken.append(found)
        begin = bounds[1]
    return taken, begin


def _bounds(data: bytes, begin: int, end: int) -> tuple[int, int] | None:
    """Find where the body of the packet at `begin` begins and ends; None where not all of it is before `end`."""
    body, size, shift, length = begin + 1, 0, 0, 128
    while length & 128 and shift < 7 * _LENGTH_BYTES:
        if body >= end:
            return None
        length = data[body]
        size |= (length & 127) << shift
        shift += 7
        body += 1
    return (body, body + size) if body + size <= end else None


def _read(data: bytes, begin: int, body: int, end: int, *, properties: bool) -> Publish | None:
    """Read a PUBLISH packet; None where it is of another kind or QoS, or its parts do not fit into it."""
    first = data[begin]
    qos = first >> 1 & 3
    if first & 0xF0 != paho.PUBLISH or qos > 1 or body + 2 > end:
        return None
    topic_end = body + 2 + (data[body] << 8 | data[body + 1])
    at = topic_end + 2 * qos
    if at > end:
        return None
    packet_id = data[topic_end] << 8 | data[topic_end + 1] if qos else 0
    if properties:
        bounds = _bounds(data, at - 1, end)  # a length and as many bytes, as of a packet
        if bounds is None:
            return None
        at = bounds[1]
    topic = data[body + 2 : topic_end].decode("utf-8", "replace")
    return Publish(topic, data[at:end], packet_id, qos, bool(first & 1), bool(first & 8))
