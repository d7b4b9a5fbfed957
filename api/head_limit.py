"""HTTP as uvicorn's fastest parser reads it, with the bound on a request's head that this parser lacks."""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_MAX = 64 * 1024  # [bytes] of request line and headers, what h11 allows too; a browser sends 1 kB


class BoundedHead(HttpToolsProtocol):
    """One connection; who sends a head without end is answered 400 and hung up on, before it fills the memory."""

    _in_head = False
    _head_bytes = 0

    def data_received(self, data: bytes) -> None:
        """Parse what came; what is still a head after it counts as one."""
        super().data_received(data)
        if not self._in_head:
            return
        self._head_bytes += len(data)
        if self._head_bytes > HEAD_MAX and not self.transport.is_closing():
            self.send_400_response("The head of this request is too long.")

    def on_message_begin(self) -> None:
        """Begin to count."""
        super().on_message_begin()
        self._in_head, self._head_bytes = True, 0

    def on_headers_complete(self) -> None:
        """Stop counting."""
        self._in_head = False
        super().on_headers_complete()
