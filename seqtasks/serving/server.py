"""The server: uvicorn's, with a limit on its connections and an eye on the model."""

from __future__ import annotations

import asyncio
import math
import socket
import time
from functools import partial
from typing import Any, cast

import uvicorn

from seqtasks.serving.protocol import Protocol
from seqtasks.serving.service import Service

AT_ONCE = 8
"""Connections that are taken before those that make room for them are closed."""

BEYOND = 16
"""So many connections beyond the limit are answered, of all but ``/health`` with a refusal."""


class Server(uvicorn.Server):
    """Serves an application until a signal comes or the model fails.

    It logs no request, since a query may hold a prompt.

    Args:
        app: the application.
        service: the model behind it, with the limits.
    """

    def __init__(self, app: Any, service: Service) -> None:
        self.service, self.limits = service, service.limits
        config = uvicorn.Config(
            app,
            http=cast(Any, partial(Protocol, admit=self.admit)),
            ws="none",
            loop="asyncio",  # which accepts by the listener's own method
            backlog=AT_ONCE,
            log_level="error",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=self.limits.grace + 2,  # those who remain are cut off before
        )
        super().__init__(config)

    @property
    def connections(self) -> set[Protocol]:
        """Those that are open."""
        return cast(set[Protocol], self.server_state.connections)

    def admit(self, newcomer: Protocol) -> None:
        """Take a connection; beyond the limit another one makes room, or the newcomer is told."""
        beyond = len(self.connections) - self.limits.connections
        if beyond <= 0:
            return
        others = self.connections - {newcomer}
        first = min(others, key=lambda one: one.rank, default=newcomer)
        if first.rank[0] < math.inf and first is not newcomer:
            first.make_room()
        elif beyond <= BEYOND:
            newcomer.app_state["crowded"] = True
        else:
            newcomer.hang_up()

    async def on_tick(self, counter: int) -> bool:
        """Close the connections that take too long, ten times a second; True ends the server."""
        now = time.monotonic()
        for one in [*self.connections]:
            one.look(now, self.limits)
        return await super().on_tick(counter) or self.service.worker.failure is not None

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more connections, and cut off the requests that are open after the grace."""
        loop = asyncio.get_running_loop()
        late = loop.call_later(self.limits.grace, self.cut_off)
        await super().shutdown(sockets)
        late.cancel()

    def cut_off(self) -> None:
        """Close all connections."""
        for one in [*self.connections]:
            one.hang_up()
