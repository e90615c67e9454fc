"""What every request passes first: whose it is, how large it is, how its answer may be used.

Starlette's ``TrustedHostMiddleware`` and ``RequestBodyLimitMiddleware`` refuse in plain text, and
close before a client has sent its body and can read the refusal.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from seqtasks.serving.access import check_token
from seqtasks.serving.body import Body, drained, too_large
from seqtasks.serving.limits import Limits
from seqtasks.serving.origin import check_host, check_site
from seqtasks.serving.refusal import CROWDED, TOO_LARGE, Refusal

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


class Gate:
    """Refuses bodies that are too large or too late, other sites' pages, and those without a token.

    A request that passes knows in its state the ``deadline`` on the monotonic clock.

    Args:
        app: behind the gate.
        limits: the size of a body, and the time of a request.
        hosts: the names by which the server may be called, beside addresses; None for any.
        token: what a client has to know; None for nothing.
    """

    def __init__(
        self, app: ASGIApp, limits: Limits, hosts: Collection[str] | None, token: str | None
    ) -> None:
        self.app, self.limits, self.hosts, self.token = app, limits, hosts, token

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

        state = scope.setdefault("state", {})
        deadline = state["deadline"] = time.monotonic() + self.limits.timeout
        try:
            self.check(scope)
        except Refusal as refusal:
            if refusal.status_code == TOO_LARGE:
                await drained(receive)
            said = {"error": refusal.detail}
            answer = JSONResponse(said, refusal.status_code, refusal.headers)
            await answer(scope, receive, guarded)
            return
        body = Body(receive, self.limits.max_body, deadline)
        await self.app(scope, body.receive, guarded)

    def check(self, scope: Scope) -> None:
        """Refuse a request by its head."""
        method, path, headers = scope["method"], scope["path"], Headers(scope=scope)
        if scope["state"].get("crowded") and path != "/health":
            raise Refusal(*CROWDED, {"Retry-After": "1", "Connection": "close"})
        if self.hosts is not None:
            check_host(headers, self.hosts)
        check_site(method, path, headers)
        if self.token is not None:
            check_token(path, headers, self.token)
        length = headers.get("content-length", "0")
        if length.isdigit() and int(length) > self.limits.max_body:
            raise too_large(self.limits.max_body)
