"""The socket that connections come in by, which stays calm when there are no more files."""

from __future__ import annotations

import errno
import os
import socket
from contextlib import suppress
from typing import Any

from seqtasks.errors import UsageError

BACKLOG = 2048
"""Connections that wait in the system until they are taken."""

SEND_BUFFER = 1 << 16
"""Bytes of an answer that the system holds for a client who does not read them."""

EXHAUSTED = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)


class Listener(socket.socket):
    """A listening socket that hangs up on a newcomer where no file is left for it.

    asyncio would log a traceback for each newcomer, and none of those who wait would ever be taken.
    One file is kept in reserve: it makes room to take the newcomer, and to close its connection.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.spare: int | None = os.open(os.devnull, os.O_RDONLY)

    def listen(self, _: int = BACKLOG, /) -> None:
        """Listen; what asyncio gives here is how many it takes at a time."""
        super().listen(BACKLOG)

    def accept(self) -> tuple[socket.socket, Any]:
        """Take the next connection.

        Raises:
            BlockingIOError: there is none to take.
        """
        try:
            return super().accept()
        except OSError as error:
            if error.errno not in EXHAUSTED:
                raise
            self.hang_up()
            raise BlockingIOError from None

    def hang_up(self) -> None:
        """Close the connection of whoever has waited longest."""
        if self.spare is not None:
            os.close(self.spare)
        with suppress(OSError):
            super().accept()[0].close()
        self.spare = None
        with suppress(OSError):
            self.spare = os.open(os.devnull, os.O_RDONLY)

    def close(self) -> None:
        """Stop listening."""
        if self.spare is not None:
            os.close(self.spare)
            self.spare = None
        super().close()


def bound(host: str, port: int) -> Listener:
    """A socket that listens at an address.

    Raises:
        UsageError: there is no such address, or another program listens there.
    """
    if not 0 <= port < 1 << 16:
        said = f"it is a number from 0, for a free one, to 65535, not {port}"
        raise UsageError(said, option="port")
    try:
        [(family, _, _, _, address), *_] = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        plain = socket.create_server(address[:2], family=family)
    except OSError as error:
        raise UsageError(
            f"--host {host} --port {port}: {error}; choose another one, or --port 0 for a free one"
        ) from error
    listener = Listener(plain.family, plain.type, plain.proto, fileno=plain.detach())
    # Connections inherit these: an answer's body does not wait for the receipt of its head.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    return listener
