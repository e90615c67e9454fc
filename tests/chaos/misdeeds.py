"""What bad clients do on a connection, again and again."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

Wire = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Misdeed = Callable[[Wire], Awaitable[None]]

HEAD = b"%s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
LONG = b'{"max_length": 1000, "min_length": 999}'
EVERY = 0.5
"""Seconds between two bytes of a client that drips."""


async def silent(wire: Wire) -> None:
    """Send nothing."""
    await wire[0].read()


async def begun(wire: Wire) -> None:
    """Send half a head."""
    wire[1].write(b"GET /health HTTP/1.1\r\nHost: loc")
    await wire[0].read()


async def dripping_head(wire: Wire) -> None:
    """Send a head that does not end."""
    wire[1].write(HEAD % b"GET /health" + b"X: ")
    await drip(wire)


async def dripping_body(wire: Wire) -> None:
    """Send a body a byte at a time."""
    wire[1].write(HEAD % b"POST /predict" + b"Content-Length: 100000\r\n\r\n")
    await drip(wire)


async def dripping_chunks(wire: Wire) -> None:
    """Send a body in chunks of one byte."""
    wire[1].write(HEAD % b"POST /generate" + b"Transfer-Encoding: chunked\r\n\r\n")
    await drip(wire, b"1\r\n \r\n")


async def dripping_where_nobody_reads(wire: Wire) -> None:
    """Send a body to a page that there is not."""
    wire[1].write(HEAD % b"POST /nowhere" + b"Content-Length: 100000\r\n\r\n")
    await drip(wire)


async def kept(wire: Wire) -> None:
    """Ask once, and drip the next request."""
    wire[1].write(HEAD % b"GET /health" + b"\r\n")
    await wire[0].readuntil(b"\r\n\r\n")
    await drip(wire, b"G")


async def unread_text(wire: Wire) -> None:
    """Read nothing of a long text."""
    wire[1].write(HEAD % b"POST /generate" + b"Content-Length: %d\r\n\r\n" % len(LONG) + LONG)
    await asyncio.sleep(20)


async def unread_answers(wire: Wire) -> None:
    """Ask many times, and read nothing."""
    asked = HEAD % b"GET /openapi.json" + b"\r\n"
    for _ in range(200):
        wire[1].write(asked)
        await wire[1].drain()
    await asyncio.sleep(20)


async def leaving(wire: Wire) -> None:
    """Ask for a text, and go."""
    wire[1].write(HEAD % b"POST /generate" + b"Content-Length: %d\r\n\r\n" % len(LONG) + LONG)
    await asyncio.sleep(0.1)
    wire[1].transport.abort()


async def nonsense(wire: Wire) -> None:
    """Send what is no HTTP, or leaves it in the middle."""
    chunked = HEAD % b"POST /predict" + b"Transfer-Encoding: chunked\r\n\r\nnothing\r\n"
    wire[1].write(random.choice([b"\0\xff\r\n\r\n", b"GET / HTTP/9\r\n\r\n", chunked]))
    await wire[0].read()


async def drip(wire: Wire, part: bytes = b"a") -> None:
    """Send a little from time to time."""
    while not wire[0].at_eof():
        wire[1].write(part)
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(wire[0].read(4096), EVERY)


HALF_OPEN: Mapping[str, Misdeed] = {"silent": silent, "begun": begun}
"""Connections on which no whole request comes; they cost nobody anything but their places."""

SLOW: Mapping[str, Misdeed] = {
    one.__name__: one
    for one in (
        dripping_head,
        dripping_body,
        dripping_chunks,
        dripping_where_nobody_reads,
        kept,
        unread_answers,
    )
}
"""Clients who take their time."""

RUDE: Mapping[str, Misdeed] = {one.__name__: one for one in (unread_text, leaving, nonsense)}
"""Clients who make the server work for nothing; a few of them are a load like any other."""

MISDEEDS = {**HALF_OPEN, **SLOW, **RUDE}


async def repeat(port: int, misdeed: Misdeed, pause: float) -> None:
    """Connect, do a misdeed, and begin again when the server closes the connection."""
    while True:
        await asyncio.sleep(random.uniform(0, pause))
        with suppress(OSError, asyncio.IncompleteReadError):
            wire = await asyncio.open_connection("127.0.0.1", port, limit=4096)
            try:
                await misdeed(wire)
            finally:
                wire[1].transport.abort()


async def hold(port: int, counts: Mapping[str, int], pause: float, seed: int) -> None:
    """So many clients of each misdeed at once, for ever."""
    random.seed(seed)
    names = [name for name, count in counts.items() for _ in range(count)]
    await asyncio.gather(*(repeat(port, MISDEEDS[name], pause) for name in names))
