"""The text files beside this module, from which the sample's words and rules are read."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def read_sections(name: str) -> dict[str, list[str]]:
    """The lines of a file under each of its headings, which stand in brackets on their own lines.

    Blank lines and lines that begin with ``#`` are left out.
    """
    sections: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            lines = sections[line.strip("[]")] = []
        elif line and not line.startswith("#"):
            lines.append(line)
    return sections


def entries(lines: list[str]) -> list[list[str]]:
    """The words of each entry; entries are separated by semicolons or line ends."""
    return [entry.split() for line in lines for entry in line.split(";")]


def irregular_forms(kind: str) -> dict[str, list[str]]:
    """Words with their irregular forms, from a section of ``forms.txt``.

    >>> irregular_forms("English plurals")["mouse"]
    ['mice']
    """
    return {word: forms for word, *forms in entries(read_sections("forms.txt")[kind])}
