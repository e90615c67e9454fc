"""The socket that connections come in by, which stays calm when there are no more files."""

from __future__ import annotations

import errno
import os
import socket
from contextlib import suppress
from typing import Any

from seqtasks.errors import UsageError
from seqtasks.serving.file_limit import most_files

BACKLOG = 2048
"""Connections that wait in the system until they are taken."""

SEND_BUFFER = 1 << 16
"""Bytes of an answer that the system holds for a client who does not read them."""

LAST = 16
"""Files that newcomers leave to others."""

EXHAUSTED = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)


class Listener(socket.socket):
    """A listening socket that takes no more newcomers at a time than there are files for.

    Where almost all files are open, it waits a turn of the event loop, in which other connections
    make room. Where all are, it hangs up on a newcomer, for whom one file is kept in reserve:
    asyncio would log a traceback for each, and none of those who wait would ever be taken.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.spare: int | None = os.open(os.devnull, os.O_RDONLY)
        self.most, self.full = most_files() - LAST, False

    def listen(self, _: int = BACKLOG, /) -> None:
        """Listen; what asyncio gives here is how many it takes at a time."""
        super().listen(BACKLOG)

    def accept(self) -> tuple[socket.socket, Any]:
        """Take the next connection.

        Raises:
            BlockingIOError: there is none to take.
        """
        if self.full:
            self.full = False
            raise BlockingIOError
        try:
            connection, address = super().accept()
        except OSError as error:
            if error.errno not in EXHAUSTED:
                raise
            self.hang_up()
            raise BlockingIOError from None
        self.full = connection.fileno() >= self.most  # a file has the least number that is free
        return connection, address

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
