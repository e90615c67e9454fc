"""The areas of the gauntlet, and the page of the docs that is made of them."""

from __future__ import annotations

from collections.abc import Sequence

from gauntlet import (
    commands,
    conll,
    consoles,
    encodings,
    json_lines,
    labels,
    lines,
    names,
    parallel,
    prediction,
    series,
    tables,
    tags,
    text,
    vectors,
)
from gauntlet.oddity import Oddity

AREAS: dict[str, Sequence[Oddity]] = {
    "Bytes, marks and line ends": encodings.ODDITIES,
    "Names of files and columns": names.ODDITIES,
    "CSV and TSV": tables.ODDITIES,
    "JSON lines": json_lines.ODDITIES,
    "One token a line": conll.ODDITIES,
    "Sentences and their translations": parallel.ODDITIES,
    "A text a line": lines.ODDITIES,
    "Labels": labels.ODDITIES,
    "Tags": tags.ODDITIES,
    "Text": text.ODDITIES,
    "Sequences of vectors": series.ODDITIES,
    "Word vectors": vectors.ODDITIES,
    "Files to predict on": prediction.ODDITIES,
    "Terminals": consoles.ODDITIES,
    "Whole runs": commands.ODDITIES,
}

HEAD = """\
# Oddities of files

Real files are not clean. This page lists what is known to go wrong in them, where it is met, and
what happens here. The rule: go on where the result stays right, say once what was done, how often
and where first, and refuse only what would make a wrong model, by a message that names the line and
the way out. The tests run every row (`tests/gauntlet`).
"""


def page() -> str:
    """docs/guides/oddities.md."""
    parts = [HEAD]
    for area, oddities in AREAS.items():
        parts.append(f"\n## {area}\n\n| what | where it is met | what happens |\n|---|---|---|\n")
        parts += [
            f"| {oddity.name} | {oddity.met} | {oddity.happens} |\n".replace("\\|", "\\|")
            for oddity in oddities
        ]
    return "".join(parts)
