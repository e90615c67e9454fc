"""``python -m seqtasks.serve BUNDLE``: a trained model behind HTTP, and a page to try it."""

from __future__ import annotations

import argparse
import signal
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from seqtasks.cli.arguments import BUNDLE, Parser, repeated
from seqtasks.cli.exit_on_error import exit_on_error, warn
from seqtasks.cli.importing import importing
from seqtasks.cli.streams import prepare_streams
from seqtasks.errors import SeqtasksError, UsageError, first_line
from seqtasks.serving.file_limit import connections_within_limit
from seqtasks.serving.limits import add_limits, limits_of
from seqtasks.serving.listener import bound

if TYPE_CHECKING:
    from seqtasks.serving.server import Server


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
        "BUNDLE [OPTIONS]",
        "Serve a trained model over HTTP: predictions as JSON, generated text as a stream, and a "
        "web page to try both. It needs pip install 'seqtasks[serve]'.",
        [
            "python -m seqtasks.serve runs/tagging/latest",
            "python -m seqtasks.serve runs/translation/latest --port 0 \\\n"
            "    --example 'the dogs see the cat .'",
            "python -m seqtasks.serve runs/tagging/latest --host 0.0.0.0 --token WORD",
        ],
    )
    add = parser.add_argument_group("what is served").add_argument
    add("bundle", metavar="BUNDLE", help=BUNDLE)
    add("--example", **repeated("TEXT", "a text that the page offers"))
    add = parser.add_argument_group("where, and to whom").add_argument
    host = "0.0.0.0 lets other machines in (default 127.0.0.1)"
    add("--host", default="127.0.0.1", metavar="HOST", help=host)
    port = "0 takes a free one (default 8000)"
    add("--port", type=int, default=8000, metavar="N", help=port)
    token = (
        "a word that clients have to send (default: the environment variable SEQTASKS_TOKEN, "
        "which other users of this machine do not see)"
    )
    add("--token", metavar="WORD", help=token)
    name = "a name by which clients call the server, beside this machine's own"
    add("--allow-host", **repeated("NAME", name))
    add_limits(parser)
    parser.add_general()
    return parser


def serve(options: argparse.Namespace) -> None:
    """Serve until a signal comes.

    Raises:
        SeqtasksError: an option or the bundle cannot be used, or the address is taken.
    """
    require()

    with importing():
        from seqtasks.bundle import load
        from seqtasks.serving.access import given_token
        from seqtasks.serving.app import make_app
        from seqtasks.serving.server import Server
        from seqtasks.serving.service import Service

    limits, token = limits_of(options), given_token(options.token)
    limits = replace(limits, connections=connections_within_limit(limits.connections))
    model = load(options.bundle, options.device, options.trust, tried=True)
    service = Service(model, limits, options.example)
    app = make_app(service, hosts_of(options.host, options.allow_host, token), token)
    run_server(Server(app, service), options, token)


def run_server(server: Server, options: argparse.Namespace, token: str | None) -> None:
    """Say where the server is, and run it.

    Raises:
        SeqtasksError: the address cannot be used, or the model has failed.
    """
    from seqtasks.serving.origin import is_loopback

    listener = bound(options.host, options.port)
    host = f"[{options.host}]" if ":" in options.host else options.host
    url = f"http://{host}:{listener.getsockname()[1]}"
    print(f"Serving {options.bundle} at {url} (Ctrl+C stops it)", flush=True)
    if token is None and not is_loopback(options.host):
        warn(
            "anyone who reaches this machine can use the model; --token WORD asks them for a token"
        )
    for name in (
        signal.SIGINT,
        signal.SIGTERM,
    ):  # before uvicorn takes them, and after it
        signal.signal(name, lambda *_: setattr(server, "should_exit", True))
    server.run(sockets=[listener])
    if not server.started:
        raise SeqtasksError(f"{url}: the server could not start; the lines above say why")
    if (failure := server.service.worker.failure) is not None:
        said = f"the model has failed: {type(failure).__name__}: {first_line(failure)}"
        raise SeqtasksError(f"{said}; the lines above say where; start the server again")
    warn("stopped")


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


def hosts_of(host: str, allowed: Collection[str], token: str | None) -> set[str] | None:
    """The names by which a server may be called, beside addresses; None for any: with a token.

    A page of another site that leads its own name here does not know the token.
    """
    from seqtasks.serving.origin import own_names

    return {*own_names(host), *map(str.lower, allowed)} if token is None else None


if __name__ == "__main__":
    prepare_streams()
    main()
