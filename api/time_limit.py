"""How long a request may take to arrive: who sends a byte a minute holds a connection that others want."""

from asyncio import Transport
from asyncio.events import TimerHandle

from api.head_limit import BoundedHead

HEAD_SECONDS = 10.0  # from the beginning of a connection, or of its next request, to the end of the head [s]
WHOLE_SECONDS = 30.0  # the same to the end of the body [s]: 64 KiB, all that anybody may send, at 20 kbit/s


class BoundedArrival(BoundedHead):
    """One connection; what has not arrived in time ends it, and whoever waits for the body hears that it is lost.

    While we do not read (another request of this connection is being answered, or the body waits for the database) the
    time does not count. A body that goes on after its answer counts as well.
    """

    head_seconds, whole_seconds = HEAD_SECONDS, WHOLE_SECONDS
    _clock: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Begin to count: a connection that says nothing is no use."""
        super().connection_made(transport)
        self._wait(self.head_seconds)

    def on_message_begin(self) -> None:
        """Count anew for each request."""
        super().on_message_begin()
        self._wait(self.head_seconds)

    def on_headers_complete(self) -> None:
        """Give the body its time."""
        super().on_headers_complete()
        self._wait(self.whole_seconds)

    def on_message_complete(self) -> None:
        """Stop counting: it is all there."""
        super().on_message_complete()
        self._stop()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop counting."""
        self._stop()
        super().connection_lost(exc)

    def _wait(self, seconds: float) -> None:
        self._stop()
        self._clock = self.loop.call_later(seconds, self._end, seconds)

    def _stop(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _end(self, seconds: float) -> None:
        if self.flow.read_paused:
            self._wait(seconds)
        elif not self.transport.is_closing():
            self.transport.abort()  # a polite end would wait for what the other side does not read
