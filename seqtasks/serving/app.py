"""The routes of the server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from typing import Annotated, Any, TypeVar

from fastapi import FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.types import Receive

from seqtasks.cli.versions import version
from seqtasks.serving import forms
from seqtasks.serving.gate import Gate
from seqtasks.serving.pages import add_pages
from seqtasks.serving.refusal import BROKEN, CONFLICT, UNUSABLE, Refusal, misuse
from seqtasks.serving.replies import Health, Predictions, problems
from seqtasks.serving.service import Service

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])

ABOUT = """A model trained by seqtasks. Every error is an object with one entry, `error`: a
sentence that says what was given, what was expected and how to put it right."""

EVENTS = """Server-sent events: `start` with `opening`, the prompt as it stands before the text, and
the `seed`; `note` with what was not understood; `text` with a piece of the text, many times; `end`
with the number of `tokens`, or `error`. A client that closes the connection stops the text."""

UNPARSED = "the body is JSON nested too deeply, or with a number too long; send a text as it is"

REFUSED = (401, 408, 413, 422, 503, 504)
"""How a request that the model can be asked may end otherwise."""


def make_app(
    service: Service, hosts: Collection[str] | None = None, token: str | None = None
) -> FastAPI:
    """The application, with which the thread of the service begins and ends.

    Args:
        service: the model behind it.
        hosts: the names by which the server may be called, beside addresses; None allows any.
        token: what a client has to know; None for nothing.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        service.worker.thread.start()
        yield
        service.worker.close()

    app = FastAPI(
        title=f"API of {service.info['name']}",
        version=version("seqtasks"),
        description=ABOUT,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.forms = {}
    app.add_middleware(Gate, limits=service.limits, hosts=hosts, token=token)
    add_refusals(app)
    add_status(app, service)
    add_predict(app, service)
    add_generate(app, service)
    add_pages(app)
    return app


def add_status(app: FastAPI, service: Service) -> None:
    """Add the routes that tell the server's state and describe its model."""

    @app.get("/health", responses={200: {"model": Health}, **problems(503)})
    async def health() -> Response:
        """Whether the server works, and how much it has to do."""
        return JSONResponse(service.health())

    @app.get("/info")
    async def info() -> Response:
        """What the model is, what it can be asked, how good it is, texts to try it with."""
        return JSONResponse(service.info)


def add_predict(app: FastAPI, service: Service) -> None:
    """Add the route that predicts on raw texts."""
    form = forms.prediction_form(service.limits, service.info["search"])

    async def predict(asked: Any, request: Request) -> Response:
        """One prediction for each text, in order; one that fails among several has an `error`."""
        given = asked.model_dump(exclude_unset=True)
        return JSONResponse(await service.predict(given, *terms(request)))

    app.state.forms["/predict"] = form
    described: dict[int | str, Any] = {
        200: {"model": Predictions},
        **problems(*REFUSED),
    }
    app.post("/predict", responses=described)(taking(predict, form))


def add_generate(app: FastAPI, service: Service) -> None:
    """Add the route that continues a prompt; only a language model can, others refuse."""
    if not service.info["abilities"]["generate"]:
        name = service.info["task"]

        async def nothing() -> Response:
            raise Refusal(CONFLICT, f"the {name} here generates no text; ask POST /predict")

        app.add_api_route("/generate", nothing, methods=["GET", "POST"], include_in_schema=False)
        return
    form = forms.generation_form(service.limits, service.info["sampling"])
    app.state.forms["/generate"] = form

    async def generate(asked: Any, request: Request) -> Response:
        return await service.generate(asked.model_dump(exclude_unset=True), *terms(request))

    async def generate_by_query(asked: Any, request: Request) -> Response:
        given = asked.model_dump(include=set(request.query_params))  # FastAPI may set defaults
        return await service.generate(given, *terms(request))

    content = {"text/event-stream": {"schema": {"type": "string"}}}
    described: dict[int | str, dict[str, Any]] = {
        200: {"content": content, "description": "events"},
        **problems(*REFUSED),
    }
    told: dict[str, Any] = {"responses": described, "description": EVENTS}
    app.post("/generate", **told)(taking(generate, form))
    app.get("/generate", **told)(taking(generate_by_query, Annotated[form, Query()]))


def terms(request: Request) -> tuple[Receive, float]:
    """How a client is noticed who leaves, and when its answer is due."""
    return request.receive, request.state.deadline


def taking(endpoint: Endpoint, form: Any) -> Endpoint:
    """The endpoint with the type of ``asked``, a form that is made when the server starts."""
    endpoint.__annotations__["asked"] = form
    endpoint.__annotations__["request"] = Request
    return endpoint


def add_refusals(app: FastAPI) -> None:
    """Answer every error with JSON that holds a sentence."""

    @app.exception_handler(HTTPException)
    async def refused(_: Request, error: HTTPException) -> Response:
        if error.status_code == 400 and not isinstance(error, Refusal):  # FastAPI's, of a body
            return JSONResponse({"error": UNPARSED}, UNUSABLE)
        return JSONResponse({"error": error.detail}, error.status_code, error.headers)

    @app.exception_handler(404)
    async def missing(request: Request, error: HTTPException) -> Response:
        paths = sorted({getattr(route, "path", "") for route in app.routes})
        said = f"there is no {request.url.path}; there are {', '.join(paths)}"
        return JSONResponse({"error": said}, 404)

    @app.exception_handler(405)
    async def unfit(request: Request, error: HTTPException) -> Response:
        allowed = (error.headers or {}).get("Allow", "another method")
        said = f"{request.url.path} takes no {request.method}; it takes {allowed}"
        return JSONResponse({"error": said}, 405, error.headers)

    @app.exception_handler(RequestValidationError)
    async def misused(request: Request, error: RequestValidationError) -> Response:
        names = forms.names(app.state.forms.get(request.url.path), error.errors())
        return JSONResponse({"error": misuse(error.errors(), names)}, UNUSABLE)

    @app.exception_handler(Exception)
    async def broken(_: Request, error: Exception) -> Response:
        return JSONResponse({"error": BROKEN}, 500)
