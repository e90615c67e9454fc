"""HTTP on the wire: uvicorn's, for clients that are slow, silent or read nothing."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from typing import Any

import h11
from starlette.responses import JSONResponse
from uvicorn.protocols.http.h11_impl import STATUS_PHRASES, H11Protocol

from seqtasks.serving.limits import Limits
from seqtasks.serving.refusal import CROWDED, SLOW

UNREADABLE = (
    "this is no request that HTTP/1.1 knows, or its address is too long; send a long prompt as the "
    "body of a POST"
)

MARGIN = 5.0
"""Seconds after a request's time in which its refusal is sent."""


class Protocol(H11Protocol):
    """Requests and answers of one connection.

    Args:
        admit: is called with a new connection.

    Attributes:
        since: on the monotonic clock, when it began to wait for a request, or to answer one.
        kept: whether an answer has been given on it.
    """

    def __init__(self, *given: Any, admit: Callable[[Protocol], None], **named: Any) -> None:
        super().__init__(*given, **named)
        self.admit, self.kept, self.since = admit, False, time.monotonic()
        self.app_state = {**self.app_state, "hang_up": self.hang_up}

    @property
    def waits(self) -> bool:
        """Whether no request is being answered."""
        return self.cycle is None or self.cycle.response_complete

    @property
    def unsent(self) -> int:
        """Bytes of answers that the client has yet to read, beside those that the system holds."""
        return self.transport.get_write_buffer_size()

    @property
    def rank(self) -> tuple[float, float]:
        """The lower, the sooner it makes room for another; endless while a request is answered.

        A request that has yet to come, or to come whole, goes before a connection that is kept for
        the next one, and that before an answer which is on its way.
        """
        if self.unsent and (self.waits or self.transport.is_closing()):
            order: float = 2
        elif self.transport.is_closing():
            order = math.inf
        elif self.waits:
            order = int(self.kept)
        else:
            order = 0 if self.cycle.more_body else math.inf
        return order, self.since

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.admit(self)

    def handle_events(self) -> None:
        before = self.cycle
        super().handle_events()
        if self.cycle is not before:
            self.since = time.monotonic()

    def on_response_complete(self) -> None:
        self.kept, self.since = True, time.monotonic()
        super().on_response_complete()

    def look(self, now: float, limits: Limits) -> None:
        """Close the connection if it has taken too long."""
        passed = now - self.since
        if not self.waits:
            if passed > limits.timeout + MARGIN:
                self.hang_up()
        elif self.unsent or self.transport.is_closing():
            if passed > limits.timeout:
                self.hang_up()
        elif passed > limits.head_timeout:
            self.part(*SLOW)

    def make_room(self) -> None:
        """Close the connection, since there are too many."""
        self.part(*CROWDED)

    def part(self, status: int, said: str) -> None:
        """Close the connection, and say why to a client who has begun a request."""
        if self.waits and not self.conn.trailing_data[0]:
            self.hang_up()
        else:
            self.refuse(status, said)

    def hang_up(self) -> None:
        """Close the connection at once, whatever has yet to be sent."""
        self.forget()
        self.transport.abort()

    def forget(self) -> None:
        """Let the request end that is being answered, as if the client had gone."""
        if not self.waits:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
            self.flow.resume_writing()

    def send_400_response(self, msg: str) -> None:
        """Refuse a request that cannot be read, and close the connection."""
        self.refuse(400, UNREADABLE)

    def refuse(self, status: int, said: str) -> None:
        """Answer with a sentence if no other answer has begun, and close the connection."""
        free = self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE)
        if not free or self.unsent or self.transport.is_closing():
            self.hang_up()
            return
        self.forget()
        self.since = time.monotonic()
        answer = JSONResponse({"error": said}, status, {"connection": "close"})
        reason = STATUS_PHRASES[status]
        head = h11.Response(status_code=status, headers=answer.raw_headers, reason=reason)
        for event in (head, h11.Data(data=bytes(answer.body)), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _should_upgrade(self) -> bool:
        return False  # and uvicorn logs nothing of it: there is no other protocol here
