"""Waiting for an answer no longer than the client does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from starlette.types import Receive

from seqtasks.serving.refusal import GONE, LATE, Refusal

Result = TypeVar("Result")


async def while_connected(work: Awaitable[Result], receive: Receive, seconds: float) -> Result:
    """The result of some work; it is cancelled where the client leaves or the seconds are over."""
    task, left = asyncio.ensure_future(work), asyncio.ensure_future(disconnected(receive))
    try:
        first = asyncio.FIRST_COMPLETED
        await asyncio.wait({task, left}, timeout=max(seconds, 0), return_when=first)
        if task.done():
            return task.result()
        if left.done():
            raise Refusal(GONE, "the client has gone; ask again")
        raise Refusal(LATE, "there was no answer in time; ask for less at once, or again later")
    finally:
        for one in (task, left):
            one.cancel()


async def disconnected(receive: Receive) -> None:
    """Wait until the client closes the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass
