"""Server-sent events: a text as it is made, until it ends or nobody listens."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from seqtasks.errors import SeqtasksError
from seqtasks.serving.refusal import GONE, Refusal
from seqtasks.serving.stream import Event
from seqtasks.serving.while_connected import while_connected

Queue = asyncio.Queue[Event | BaseException]


class EventStream(Response):
    """Sends events from a queue until one of the name ``end`` or ``error``.

    Args:
        first: the event that has been taken from the queue.
        queue: the events after it, or the error that ends them.
        deadline: on the monotonic clock, when the text is given up.
        close: is called at the end, also where the client leaves before.
    """

    media_type = "text/event-stream"

    def __init__(
        self, first: Event, queue: Queue, deadline: float, close: Callable[[], None]
    ) -> None:
        super().__init__()
        del self.headers["content-length"]
        self.headers["X-Accel-Buffering"] = "no"
        self.first, self.queue, self.deadline, self.close = first, queue, deadline, close

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:

        async def emit(event: Event, more: bool = True) -> None:
            body = written(event).encode()
            await send({"type": "http.response.body", "body": body, "more_body": more})

        async def emit_all() -> None:
            event = self.first
            while event.name not in ("end", "error"):
                if event.data.get("text") != "":
                    await emit(event)
                event = as_event(await self.queue.get())
            await emit(event, more=False)

        try:
            head = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
            await send(head)
            await while_connected(emit_all(), receive, self.deadline - time.monotonic())
        except Refusal as refusal:
            if refusal.status_code != GONE:
                late = {"error": "the time for one text is up; ask for a shorter one"}
                await asyncio.wait_for(emit(Event("error", late), more=False), 1)
        finally:
            self.close()


def as_event(found: Event | BaseException) -> Event:
    """What the queue gave; an error as an event that says it."""
    if isinstance(found, Refusal | SeqtasksError):
        said = found.detail if isinstance(found, Refusal) else str(found)
        return Event("error", {"error": said})
    if isinstance(found, BaseException):
        raise found
    return found


def written(event: Event) -> str:
    r"""An event as it goes over the wire.

    >>> written(Event("text", {"text": "a\n"}))
    'event: text\ndata: {"text": "a\\n"}\n\n'
    """
    return f"event: {event.name}\ndata: {json.dumps(event.data, ensure_ascii=False)}\n\n"
