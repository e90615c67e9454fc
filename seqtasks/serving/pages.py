"""The files of the web page and of the description of the server, which need nothing else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from fastapi import FastAPI
from starlette.responses import Response

SITE = Path(__file__).parent / "site"

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}

PAGES = {"/": "index.html", "/docs": "docs.html"}
"""Paths that people type, and the files there; every other file is under ``/site/``."""


def add_pages(app: FastAPI) -> None:
    """Add a route for each file; they are read once."""
    names = {f"/site/{path.name}": path.name for path in sorted(SITE.iterdir())}
    for path, name in {**PAGES, **names}.items():
        app.add_api_route(path, page(SITE / name), include_in_schema=False)


def page(path: Path) -> Callable[[], Awaitable[Response]]:
    """A route that answers with a file."""
    body, kind = path.read_bytes(), TYPES[path.suffix]

    async def answer() -> Response:
        return Response(body, media_type=kind, headers={"Cache-Control": "no-cache"})

    return answer
