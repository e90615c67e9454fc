"""HTTP on the wire: uvicorn's, whose refusal of what it cannot read is JSON like all others."""

from __future__ import annotations

from typing import Any

import h11
import uvicorn
from starlette.responses import JSONResponse
from uvicorn.protocols.http.h11_impl import H11Protocol

from seqtasks.serving.limits import Limits

UNREADABLE = (
    "this is no request that HTTP/1.1 knows, or its address is too long; send a long prompt as the "
    "body of a POST"
)


class Protocol(H11Protocol):
    """Requests and answers of one connection."""

    def send_400_response(self, msg: str) -> None:
        """Refuse a request that cannot be read, and close the connection."""
        said = JSONResponse({"error": UNREADABLE}, 400, {"connection": "close"})
        head = h11.Response(status_code=400, headers=said.raw_headers, reason=b"Bad Request")
        for event in (head, h11.Data(data=bytes(said.body)), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()


def make_server(app: Any, limits: Limits) -> uvicorn.Server:
    """The server of an application; it logs no request, since a query may hold a prompt."""
    config = uvicorn.Config(
        app,
        http=Protocol,
        ws="none",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=limits.grace,
    )
    return uvicorn.Server(config)
