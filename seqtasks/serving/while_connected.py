"""Waiting for an answer no longer than the client does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from typing import TypeVar

from starlette.types import Receive

from seqtasks.serving.refusal import GONE, LATE, Refusal

Result = TypeVar("Result")


async def while_connected(work: Awaitable[Result], receive: Receive, deadline: float) -> Result:
    """The result of some work; it is cancelled where the client leaves or the time is over.

    The deadline is on the monotonic clock. What is cancelled has ended when this returns.
    """
    task, left = asyncio.ensure_future(work), asyncio.ensure_future(disconnected(receive))
    try:
        first = asyncio.FIRST_COMPLETED
        seconds = max(deadline - time.monotonic(), 0)
        await asyncio.wait({task, left}, timeout=seconds, return_when=first)
        if task.done():
            return task.result()
        if left.done():
            left.result()
            raise Refusal(GONE, "the client has gone; ask again")
        raise Refusal(LATE, "there was no answer in time; ask for less at once, or again later")
    finally:
        for one in (task, left):
            one.cancel()
        await asyncio.gather(task, left, return_exceptions=True)


async def disconnected(receive: Receive) -> None:
    """Wait until the client closes the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass
