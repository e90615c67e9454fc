"""The places in the source where something is refused, and which of them are reached."""

from __future__ import annotations

import argparse
import ast
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from small import ROOT

from seqtasks.cli.arguments import Parser
from seqtasks.errors import SeqtasksError
from seqtasks.serving.refusal import Refusal

MAKERS = (
    *("SeqtasksError", "UsageError", "DataError", "RecordError", "BundleError", "Interrupted"),
    *("Impossible", "Diverged", "misfit", "Refusal", "argparse.ArgumentTypeError", "parser.error"),
)
"""What is called to refuse: classes of errors, of a server's answers, of the command line."""


class Site(NamedTuple):
    """A call that makes a refusal.

    Attributes:
        name: ``module:function``, without ``seqtasks.``; ``#2`` and so on for a function's later
            ones.
        first: the line where it begins.
        last: the line where it ends.
    """

    name: str
    first: int
    last: int


@cache
def sites(path: Path) -> tuple[Site, ...]:
    """Those of a file, from top to bottom."""
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removeprefix("seqtasks.")
    found = sorted(_calls(ast.parse(path.read_text(encoding="utf-8")), ()), key=lambda one: one[1])
    counts: Counter[str] = Counter()
    named = []
    for function, first, last in found:
        counts[function] += 1
        number = f"#{counts[function]}" if counts[function] > 1 else ""
        named.append(Site(f"{module}:{function}{number}", first, last))
    return tuple(named)


def _calls(node: ast.AST, scope: tuple[str, ...]) -> Iterator[tuple[str, int, int]]:
    for child in ast.iter_child_nodes(node):
        inner = scope
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            inner = (*scope, child.name)
        if isinstance(child, ast.Call) and ast.unparse(child.func) in MAKERS:
            yield ".".join(scope), child.lineno, child.end_lineno or child.lineno
        yield from _calls(child, inner)


def every_site() -> list[str]:
    """The names of all sites."""
    files = [path for top in ("seqtasks", "tasks") for path in sorted((ROOT / top).rglob("*.py"))]
    return [site.name for path in files for site in sites(path)]


@contextmanager
def reached() -> Iterator[dict[str, str]]:
    """The sites that are reached meanwhile, with what was last said at each."""
    found: dict[str, list[object]] = {}

    def watched(plain: Callable[..., None], said: Callable[..., object]) -> Callable[..., None]:
        def record(self: object, *arguments: object, **options: object) -> None:
            for site in passed():
                found[site] = [said, self, *arguments]
            plain(self, *arguments, **options)

        return record

    with pytest.MonkeyPatch.context() as patch:
        for kind, method, said in (
            (SeqtasksError, "__init__", lambda error, *_: str(error)),
            (Refusal, "__init__", lambda refusal, *_: str(refusal.detail)),
            (argparse.ArgumentTypeError, "__init__", lambda _, message: message),
            (Parser, "error", lambda _, message: message),
        ):
            patch.setattr(kind, method, watched(getattr(kind, method), said))
        told: dict[str, str] = {}
        try:
            yield told
        finally:
            told |= {site: str(say(*given)) for site, (say, *given) in found.items()}


def passed() -> Iterator[str]:
    """The sites that the calls which led here stand at."""
    frame = sys._getframe(1)
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(ROOT) and not path.is_relative_to(ROOT / "tests"):
            for site in sites(path):
                if site.first <= frame.f_lineno <= site.last:
                    yield site.name
        frame = frame.f_back
