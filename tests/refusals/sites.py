"""The places in the source where an error that a user can act on is made, and which are reached."""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from small import ROOT

from seqtasks.errors import SeqtasksError

KINDS = {"SeqtasksError", "UsageError", "DataError", "BundleError", "Interrupted"}


class Site(NamedTuple):
    """A call that makes an error.

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
        if isinstance(child, ast.Call) and getattr(child.func, "id", "") in KINDS:
            yield ".".join(scope), child.lineno, child.end_lineno or child.lineno
        yield from _calls(child, inner)


def every_site() -> list[str]:
    """The names of all sites."""
    files = [path for top in ("seqtasks", "tasks") for path in sorted((ROOT / top).rglob("*.py"))]
    return [site.name for path in files for site in sites(path)]


@contextmanager
def reached() -> Iterator[dict[str, SeqtasksError]]:
    """The sites that are reached meanwhile, with the last error of each."""
    found: dict[str, SeqtasksError] = {}
    plain = SeqtasksError.__init__

    def record(self: SeqtasksError, *arguments: object, **options: object) -> None:
        plain(self, *arguments, **options)
        frame = sys._getframe(1)
        while frame.f_code.co_name == "__init__" and frame.f_locals.get("self") is self:
            frame = frame.f_back
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(ROOT) and not path.is_relative_to(ROOT / "tests"):
            for site in sites(path):
                if site.first <= frame.f_lineno <= site.last:
                    found[site.name] = self

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SeqtasksError, "__init__", record)
        yield found
