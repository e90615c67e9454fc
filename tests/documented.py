"""What the documentation prints: commands, blocks of code, options, links."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

from small import ROOT

DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
_BLOCK = re.compile(r"^```(\w+)?[^\n]*\n(.*?)^```", flags=re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"python -m seqtasks(?:\.(\w+))?(?![\w.])([^`\n]*)")
_ENDS = {"|", "<", ">", "&&", "&", ";", "#"}


def name(page: Path) -> str:
    """A page as a test's name shows it."""
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path, kind: str) -> list[str]:
    """The fenced blocks of one language."""
    found = _BLOCK.findall(page.read_text(encoding="utf-8"))
    return [text for language, text in found if language == kind]


def commands(page: Path) -> Iterator[tuple[str, list[str]]]:
    """Each command as its verb, empty for training, and its arguments as a shell splits them."""
    text = page.read_text(encoding="utf-8").replace("\\\n", " ")
    text = re.sub(r'eval "\$\(.*', "", text)  # for the shell itself
    for verb, rest in _COMMAND.findall(text):
        words = shlex.split(rest.replace("\\|", "|"), comments=True)
        end = next((at for at, word in enumerate(words) if word in _ENDS), len(words))
        yield verb, words[:end]


def every_command() -> dict[tuple[str, str, str], list[str]]:
    """Every distinct command of all pages that has arguments: page, verb and line → arguments."""
    found = {}
    for page in PAGES:
        for verb, words in commands(page):
            if words:
                found[name(page), verb, " ".join(words)] = words
    return found


def inline(page: Path) -> Iterator[str]:
    """What stands between single backticks, outside of blocks."""
    text = _BLOCK.sub("", page.read_text(encoding="utf-8"))
    yield from re.findall(r"(?<!`)`([^`\n]+)`(?!`)", text)


def links(page: Path) -> Iterator[str]:
    """The targets of links and pictures that are files, with their anchors."""
    text = _BLOCK.sub("", page.read_text(encoding="utf-8"))
    for target in re.findall(r"\]\(<?([^)>\s]+)>?\)", text):
        if not re.match(r"\w+:", target):
            yield target
