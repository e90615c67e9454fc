"""The files of the web page and of the description of the server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from fastapi import FastAPI
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles

SITE = Path(__file__).parent / "site"

PAGES = {"/": "index.html", "/docs": "docs.html"}
"""Paths that people type, and the files there; every other file is under ``/site/``."""


def add_pages(app: FastAPI) -> None:
    """Add a route for each page, and one for the folder."""
    for path, name in PAGES.items():
        app.add_api_route(path, page(SITE / name), include_in_schema=False)
    app.mount("/site", StaticFiles(directory=SITE))


def page(path: Path) -> Callable[[], Awaitable[Response]]:
    """A route that answers with a file."""

    async def answer() -> Response:
        return FileResponse(path)

    return answer
