"""What every request passes first: whose it is, how large it is, how its answer may be used.

Starlette's ``TrustedHostMiddleware`` and ``RequestBodyLimitMiddleware`` refuse in plain text, and
close before a client has sent its body and can read the refusal.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from contextlib import suppress
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from seqtasks.serving.refusal import TOO_LARGE, Refusal

LOOPBACK = ("localhost", "127.0.0.1", "::1")

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""A browser runs and loads only what the server itself has, and no other site may frame a page."""

DRAIN = 2.0
"""Seconds in which the rest of a refused body is read, so that the client reads the refusal."""


class Gate:
    """Refuses bodies that are too large, and requests of other sites' pages.

    Args:
        app: behind the gate.
        max_body: bytes of a request's body at most.
        hosts: the names by which a server on the loopback address may be called: a site whose own
            name leads to that address is refused (DNS rebinding). None allows any name.
    """

    def __init__(self, app: ASGIApp, max_body: int, hosts: Collection[str] | None) -> None:
        self.app, self.max_body, self.hosts = app, max_body, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        try:
            self.check(Headers(scope=scope))
        except Refusal as refusal:
            if refusal.status_code == TOO_LARGE:
                await drained(receive)
            answer = JSONResponse({"error": refusal.detail}, refusal.status_code)
            await answer(scope, receive, guarded)
            return
        await self.app(scope, self.counted(receive), guarded)

    def check(self, headers: Headers) -> None:
        """Refuse by its head a request of another site's page, of another name, or too large."""
        name = host_of(headers.get("host", ""))
        if self.hosts is not None and name not in self.hosts:
            raise Refusal(421, f"this server is not called {name!r}; start it with --allow-host")
        crossing = headers.get("sec-fetch-site") == "cross-site"
        if crossing and headers.get("sec-fetch-mode") != "navigate":
            raise Refusal(403, "a page of another site asks; open the one of this server")
        length = headers.get("content-length", "0")
        if length.isdigit() and int(length) > self.max_body:
            raise self.too_large()

    def counted(self, receive: Receive) -> Receive:
        """The same messages, until their bodies are too large in all; then a `Refusal`."""
        total = 0

        async def count() -> Message:
            nonlocal total
            message = await receive()
            total += len(message.get("body", b""))
            if total > self.max_body:
                if message.get("more_body"):
                    await drained(receive)
                raise self.too_large()
            return message

        return count

    def too_large(self) -> Refusal:
        """The refusal of a large body."""
        return Refusal(
            TOO_LARGE,
            f"the body has more than {self.max_body:,} bytes; send fewer or shorter texts at once",
        )


def host_of(header: str) -> str:
    """The name or address in a ``Host`` header.

    >>> host_of("localhost:8000"), host_of("[::1]:8000"), host_of("Example.org")
    ('localhost', '::1', 'example.org')
    """
    try:
        return urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return ""


async def drained(receive: Receive) -> None:
    """Read the rest of a body and forget it, for `DRAIN` seconds at most."""

    async def drain() -> None:
        while (await receive()).get("more_body"):
            pass

    with suppress(asyncio.TimeoutError):
        await asyncio.wait_for(drain(), DRAIN)
