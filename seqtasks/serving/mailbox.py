"""Events on their way from the thread of the model to a request that sends them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple

AHEAD = 64
"""Events that may lie here before a text waits for its reader."""


class Event(NamedTuple):
    """What a client is told: ``start``, ``note``, ``text``, ``end`` or ``error``, and its data."""

    name: str
    data: dict[str, Any]


class Mailbox:
    """Events of one text in their order; made in the thread of the event loop.

    Args:
        read: is called when there is room again.
    """

    def __init__(self, read: Callable[[], None]) -> None:
        self.read, self.loop = read, asyncio.get_running_loop()
        self.queue: asyncio.Queue[Event | BaseException] = asyncio.Queue()
        self.put_count = self.taken_count = 0  # each is written by one thread alone

    @property
    def full(self) -> bool:
        """Whether the reader has fallen behind."""
        return self.put_count - self.taken_count >= AHEAD

    def put(self, event: Event | BaseException) -> None:
        """Add an event, or the error that ends them, from any thread."""
        self.put_count += 1
        with suppress(RuntimeError):  # the server has ended
            self.loop.call_soon_threadsafe(self.queue.put_nowait, event)

    async def take(self) -> Event | BaseException:
        """The next one."""
        event = await self.queue.get()
        was_full = self.full
        self.taken_count += 1
        if was_full and not self.full:
            self.read()
        return event
