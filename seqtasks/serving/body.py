"""The body of a request: no larger than a limit, and no later."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

from starlette.types import Message, Receive

from seqtasks.serving.refusal import SLOW, TOO_LARGE, Refusal

DRAIN = 2.0
"""Seconds in which the rest of a refused body is read, so that the client reads the refusal."""


class Body:
    """Counts the bytes of a body as they come.

    Args:
        plain: what the messages of the connection come by.
        most: bytes at most.
        deadline: on the monotonic clock, when the body has to be there.
    """

    def __init__(self, plain: Receive, most: int, deadline: float) -> None:
        self.plain, self.most, self.deadline = plain, most, deadline
        self.total, self.whole = 0, False

    async def receive(self) -> Message:
        """The next message.

        Raises:
            Refusal: the body is too large, or it is not there in time.
        """
        if self.whole:
            return await self.plain()
        left = max(self.deadline - time.monotonic(), 0)
        try:
            message = await asyncio.wait_for(self.plain(), left)
        except asyncio.TimeoutError:
            raise Refusal(*SLOW, {"Connection": "close"}) from None
        self.whole = not message.get("more_body")
        self.total += len(message.get("body", b""))
        if self.total > self.most:
            if not self.whole:
                await drained(self.plain)
            raise too_large(self.most)
        return message


def too_large(most: int) -> Refusal:
    """The refusal of a body that has more bytes."""
    said = f"the body has more than {most:,} bytes; send fewer or shorter texts at once"
    return Refusal(TOO_LARGE, said)


async def drained(receive: Receive) -> None:
    """Read the rest of a body and forget it, for `DRAIN` seconds at most."""

    async def drain() -> None:
        while (await receive()).get("more_body"):
            pass

    with suppress(asyncio.TimeoutError):
        await asyncio.wait_for(drain(), DRAIN)
