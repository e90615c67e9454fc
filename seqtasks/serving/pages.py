"""The files of the web page and of the description of the server."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI, Request
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles

from seqtasks.inspection.palette import style

SITE = Path(__file__).parent / "site"

PAGES = {"/": "index.html", "/docs": "docs.html"}
"""Paths that people type, and the files there; every other file is under ``/site/``."""


def add_pages(app: FastAPI) -> None:
    """Add a route for each page, one for the colours of numbers, and one for the folder."""

    async def page(request: Request) -> Response:
        return FileResponse(SITE / PAGES[request.scope["route"].path])

    for path in PAGES:
        app.add_api_route(path, page, include_in_schema=False)

    async def palette() -> Response:
        return Response(style(), media_type="text/css")

    app.add_api_route("/site/palette.css", palette, include_in_schema=False)
    app.mount("/site", StaticFiles(directory=SITE))
