"""What a server says when it cannot do what is asked: a status code and a sentence."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.exceptions import HTTPException

from seqtasks.errors import SeqtasksError, nearest

CONFLICT, TOO_LARGE, UNUSABLE, FULL, LATE = 409, 413, 422, 503, 504
CROWDED = (FULL, "the server has as many connections as it can hold; ask again later")
SLOW = (408, "the request did not come in time; send it whole at once")
STOPPING = (FULL, "the server is stopping; ask again later", {"Retry-After": "5"})
FAILED = (FULL, "the model has failed, and the server ends; ask again later", {"Retry-After": "5"})
BROKEN = "the server failed; its error stream says how, and the fault is its own"
GONE = 499
"""Nobody reads it: the client has closed the connection."""


class Refusal(HTTPException):
    """An answer of another HTTP status than 200, whose detail is a sentence that says why."""


def unusable(error: SeqtasksError) -> Refusal:
    """The refusal of a text or an option that a model cannot use."""
    return Refusal(UNUSABLE, str(error))


def misuse(errors: Sequence[Mapping[str, Any]], names: Sequence[str]) -> str:
    """The first of pydantic's complaints about a request, as a sentence; names are of options.

    >>> misuse([{"type": "extra_forbidden", "loc": ("body", "n_bets"), "msg": ""}], ["n_best"])
    "there is no option 'n_bets'; Did you mean 'n_best'?"
    >>> error = {"type": "less_than_equal", "loc": ("query", "top_k"), "input": 9}
    >>> misuse([{**error, "msg": "Input should be less than or equal to 5"}], [])
    'top_k is 9; it should be less than or equal to 5'
    """
    first = errors[0]
    kind, message = str(first["type"]), str(first["msg"])
    name = request_path(first["loc"])
    if kind == "json_invalid":
        return f"the body is not JSON: {first.get('ctx', {}).get('error', message)}"
    if kind == "extra_forbidden":
        close = nearest(str(first["loc"][-1]), names) or f" The options are {', '.join(names)}."
        return f"there is no option '{name}';{close}"
    if kind == "missing":
        return f"{name} is missing; give it" if name else "the body is missing; give a JSON object"
    if not name and kind in ("model_attributes_type", "model_type"):
        return "the body is not a JSON object, sent with Content-Type: application/json"
    reason = re.sub(r"^(Input|Value|String|List|Dictionary) should", "it should", message)
    reason = reason.replace(" after validation", "")
    given = first.get("input")
    short = isinstance(given, str) and len(given) <= 40
    if given is None or isinstance(given, int | float) or short:
        return f"{name} is {shown_value(given)}; {reason}"
    return f"{name}: {reason}"


def request_path(location: Sequence[Any]) -> str:
    """Where in a request something stands, as its author wrote it.

    >>> request_path(("body", "search", "beam_size")), request_path(("body", "text", "list", 3))
    ('search.beam_size', 'text[3]')
    """
    name = ""
    for part in location[1:]:
        if isinstance(part, int):
            name += f"[{part}]"
        elif str(part) not in UNION_MEMBERS:
            name += f".{part}" if name else str(part)
    return name


UNION_MEMBERS = ("one", "list", "string", "object")
"""Names of a union's members, which stand in no request."""


def shown_value(value: Any) -> str:
    """A given value in a sentence, as JSON writes it."""
    return json.dumps(value) if value is None or isinstance(value, bool) else repr(value)
