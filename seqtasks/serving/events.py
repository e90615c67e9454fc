"""Server-sent events: a text as it is made, until it ends or nobody listens."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from seqtasks.errors import SeqtasksError
from seqtasks.serving.mailbox import Event, Mailbox
from seqtasks.serving.refusal import BROKEN, GONE, Refusal
from seqtasks.serving.while_connected import while_connected

_log = logging.getLogger(__name__)


class EventStream(Response):
    """Sends events from a mailbox until one of the name ``end`` or ``error``.

    Args:
        first: the event that has been taken from the mailbox.
        mailbox: the events after it, or the error that ends them.
        deadline: on the monotonic clock, when the text is given up.
        close: is called at the end, also where the client leaves before.
    """

    media_type = "text/event-stream"

    def __init__(
        self, first: Event, mailbox: Mailbox, deadline: float, close: Callable[[], None]
    ) -> None:
        super().__init__()
        del self.headers["content-length"]
        self.headers["X-Accel-Buffering"] = "no"
        self.first, self.mailbox, self.deadline, self.close = first, mailbox, deadline, close

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:

        async def emit(event: Event, more: bool = True) -> None:
            body = written(event).encode()
            await send({"type": "http.response.body", "body": body, "more_body": more})

        async def emit_all() -> None:
            event = self.first
            while event.name not in ("end", "error"):
                if event.data.get("text") != "":
                    await emit(event)
                    await asyncio.sleep(0)  # the loop notices here that the client has gone
                event = as_event(await self.mailbox.take())
            await emit(event, more=False)

        try:
            head = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
            await send(head)
            await while_connected(emit_all(), receive, self.deadline)
        except Refusal as refusal:
            if refusal.status_code != GONE:
                late = {"error": "the time for one text is up; ask for a shorter one"}
                try:
                    await asyncio.wait_for(emit(Event("error", late), more=False), 1)
                except asyncio.TimeoutError:
                    scope["state"]["hang_up"]()  # the client reads nothing
        finally:
            self.close()


def as_event(found: Event | BaseException) -> Event:
    """What the queue gave; an error as an event that says it."""
    if isinstance(found, Refusal | SeqtasksError):
        said = found.detail if isinstance(found, Refusal) else str(found)
        return Event("error", {"error": said})
    if isinstance(found, BaseException):
        _log.error("a text could not be written", exc_info=found)
        return Event("error", {"error": BROKEN})
    return found


def written(event: Event) -> str:
    r"""An event as it goes over the wire.

    >>> written(Event("text", {"text": "a\n"}))
    'event: text\ndata: {"text": "a\\n"}\n\n'
    """
    return f"event: {event.name}\ndata: {json.dumps(event.data, ensure_ascii=False)}\n\n"
