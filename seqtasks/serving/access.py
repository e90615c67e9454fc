"""The word that a client has to know."""

from __future__ import annotations

import hmac
import os
import re

from starlette.datastructures import Headers

from seqtasks.errors import UsageError
from seqtasks.serving.pages import PAGES
from seqtasks.serving.refusal import Refusal

VARIABLE = "SEQTASKS_TOKEN"
"""The environment variable that holds it, where other users of the machine cannot see it."""

OPEN = {*PAGES, "/health"}
"""Paths that tell nothing of the model, beside those under ``/site/``."""


def given_token(option: str | None) -> str | None:
    """The token of a command line, else of the environment, else none.

    Raises:
        UsageError: it is empty, or no header can hold it.
    """
    token = os.environ.get(VARIABLE) if option is None else option
    if token is not None and not re.fullmatch(r"[!-~]+", token):
        said = f"it is made of letters, digits and signs of ASCII, at least 1 (or in {VARIABLE})"
        raise UsageError(said, option="token")
    return token


def check_token(path: str, headers: Headers, token: str) -> None:
    """Refuse a request that does not have the token, unless its path is open to all."""
    if path in OPEN or path.startswith("/site/"):
        return
    scheme, _, given = headers.get("authorization", "").partition(" ")
    same = hmac.compare_digest(given.strip().encode(), token.encode())
    if scheme.lower() != "bearer" or not same:
        said = "this server asks for a token; send it as Authorization: Bearer TOKEN"
        raise Refusal(401, said, {"WWW-Authenticate": "Bearer"})
