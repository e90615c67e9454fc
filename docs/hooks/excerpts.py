"""Text and code of the project's own files, put into a page when the site is built.

A paragraph that is one link becomes what it names. ``[code: Elman.step](../seqtasks/…/elman.py)``
is that function without its docstring; of a file of another kind, the lines that hold the name.
``[text: all](../CHANGELOG.md)`` is a whole Markdown file without its heading. Other links that
leave the folder of the documentation become plain text: the site has no such pages.
"""

from __future__ import annotations

import ast
import posixpath
import re
import textwrap
from pathlib import Path
from typing import Any

from mkdocs.exceptions import PluginError

ROOT = Path(__file__).resolve().parents[2]
EXCERPT = re.compile(r"^\[(code|text): ([^\]]+)\]\(([^)]+)\)$", re.MULTILINE)
ROW = re.compile(r"^\|.*$", re.MULTILINE)
LINK = re.compile(r"(?<!!)\[([^\]]+)\]\((\.\./[^)#\s]*)(#[^)]*)?\)")


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Fill in the excerpts of a page, and unlink what lies outside the site."""
    folder = posixpath.join("docs", posixpath.dirname(page.file.src_uri))

    def outside(link: re.Match[str]) -> str:
        place = posixpath.normpath(posixpath.join(folder, link[2]))
        return link[0] if place.startswith("docs/") else link[1]

    def excerpt(link: re.Match[str]) -> str:
        place = posixpath.normpath(posixpath.join(folder, link[3]))
        return text(place, folder) if link[1] == "text" else code(place, link[2])

    markdown = ROW.sub(unescaped, markdown)
    kept = EXCERPT.split(markdown)  # text, kind, name, path, text, …
    found = EXCERPT.finditer(markdown)
    parts = [LINK.sub(outside, part) for part in kept[::4]]
    return parts[0] + "".join(
        excerpt(link) + part for link, part in zip(found, parts[1:], strict=True)
    )


def unescaped(row: re.Match[str]) -> str:
    """A row of a table with bars in its code: GitHub wants them escaped, the site bare."""
    return re.sub(r"`[^`]+`", lambda code: code[0].replace("\\|", "|"), row[0])


def text(place: str, folder: str) -> str:
    """A Markdown file without its heading, its links as seen from a folder of the documentation."""
    _, _, body = (ROOT / place).read_text(encoding="utf-8").partition("\n")

    def seen(link: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(place), link[1]))
        return f"]({posixpath.relpath(target, folder)}"

    return re.sub(r"\]\((?!\w+:|#)([^)#\s]+)", seen, body)


def code(place: str, name: str) -> str:
    """A fenced block with what has this name in a file.

    Raises:
        PluginError: the file has no such thing.
    """
    source = (ROOT / place).read_text(encoding="utf-8")
    found = _definition(source, name.split(".")) if place.endswith(".py") else _lines(source, name)
    if not found:
        raise PluginError(f"{place} has nothing called {name}")
    language = "python" if place.endswith(".py") else "yaml"
    return f'```{language} title="{place}"\n{found}\n```'


def _definition(source: str, names: list[str]) -> str:
    body = ast.parse(source).body
    for name in names:
        node = next((one for one in body if name in _names(one)), None)
        if node is None:
            return ""
        body = getattr(node, "body", [])
    lines = source.splitlines()
    kept = set(range(node.lineno, (node.end_lineno or 0) + 1))
    for one in ast.walk(node):
        if isinstance(one, (ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(one) is not None:
            stated = one.body[0]
            kept -= set(range(stated.lineno, (stated.end_lineno or 0) + 1))
    chosen = "\n".join(line for at, line in enumerate(lines, 1) if at in kept)
    return textwrap.dedent(re.sub(r"\n\s*\n+", "\n\n", chosen)).rstrip().replace(":\n\n", ":\n")


def _names(node: ast.stmt) -> list[str]:
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return [one.id for one in targets if isinstance(one, ast.Name)]


def _lines(source: str, name: str) -> str:
    wanted = re.compile(rf"^\s*{re.escape(name)}\s*:")
    return "\n".join(line.strip() for line in source.splitlines() if wanted.match(line))
