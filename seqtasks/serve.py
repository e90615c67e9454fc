"""``python -m seqtasks.serve BUNDLE``: a trained model behind HTTP, and a page to try it."""

from __future__ import annotations

import argparse
import signal
import socket
import sys
from collections.abc import Collection, Sequence
from typing import Any

from seqtasks.cli.arguments import Parser
from seqtasks.cli.exit_on_error import exit_on_error
from seqtasks.cli.streams import prepare_streams
from seqtasks.errors import SeqtasksError, UsageError
from seqtasks.serving.limits import add_limits, limits_of


def main(arguments: Sequence[str] | None = None) -> None:
    """Load a model and answer requests until a signal comes."""
    parser = make_parser()
    options = parser.parse_args(arguments)
    with exit_on_error(spell=parser.spell):
        serve(options)


def make_parser() -> Parser:
    """The options of the command line."""
    parser = Parser(
        "serve",
        "Serve a saved model: predictions as JSON, generated text as a stream, and a web page to "
        "try both. It needs pip install 'seqtasks[serve]'.",
    )
    add = parser.add_argument
    add("bundle", help="the folder that training saved: runs/<task>/latest/bundle")
    add("--host", default="127.0.0.1", help="0.0.0.0 lets other machines in (default 127.0.0.1)")
    add("--port", type=int, default=8000, help="0 takes a free one (default 8000)")
    name = "a name by which a server on this machine's own address is called, beside localhost"
    parser.add_repeated("--allow-host", "NAME", name)
    parser.add_repeated("--example", "TEXT", "a text that the page offers")
    parser.add_device()
    parser.add_trust()
    add_limits(parser)
    return parser


def serve(options: argparse.Namespace) -> None:
    """Serve until a signal comes.

    Raises:
        SeqtasksError: an option or the bundle cannot be used, or the address is taken.
    """
    require()
    limits = limits_of(options)

    from seqtasks.bundle import load
    from seqtasks.serving.app import make_app
    from seqtasks.serving.protocol import make_server
    from seqtasks.serving.service import Service

    model = load(options.bundle, options.device, options.trust, tried=True)
    service = Service(model, limits, options.example)
    app = make_app(service, hosts_of(options.host, options.allow_host))
    run_server(make_server(app, limits), options)


def run_server(server: Any, options: argparse.Namespace) -> None:
    """Say where the server is, and run it.

    Raises:
        SeqtasksError: the address cannot be used.
    """
    listener = bound(options.host, options.port)
    host = f"[{options.host}]" if ":" in options.host else options.host
    url = f"http://{host}:{listener.getsockname()[1]}"
    print(f"Serving {options.bundle} at {url} (Ctrl+C stops it)", flush=True)
    for name in (signal.SIGINT, signal.SIGTERM):  # what uvicorn raises again when it has stopped
        signal.signal(name, lambda *_: None)
    server.run(sockets=[listener])
    if not server.started:
        raise SeqtasksError(f"{url}: the server could not start; the lines above say why")
    print("seqtasks: stopped", file=sys.stderr)


def require() -> None:
    """Look for what a server needs.

    Raises:
        UsageError: FastAPI or uvicorn is not installed.
    """
    try:
        import fastapi  # noqa: F401
        import uvicorn  # noqa: F401
    except ImportError as error:
        raise UsageError(
            f"a server needs FastAPI and uvicorn ({error}): pip install 'seqtasks[serve]'"
        ) from error


def bound(host: str, port: int) -> socket.socket:
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
        listener = socket.create_server(address[:2], family=family)
        # Connections inherit this: an answer's body does not wait for the receipt of its head.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listener
    except OSError as error:
        raise UsageError(
            f"--host {host} --port {port}: {error}; choose another one, or --port 0 for a free one"
        ) from error


def hosts_of(host: str, allowed: Collection[str]) -> set[str] | None:
    """The names by which a server may be called; None for any, where other machines are let in."""
    from seqtasks.serving.gate import LOOPBACK

    return {*LOOPBACK, *map(str.lower, allowed)} if host in LOOPBACK else None


if __name__ == "__main__":
    prepare_streams()
    main()
