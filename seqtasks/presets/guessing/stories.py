"""Numbered stories with questions, as bAbI writes them."""

from __future__ import annotations

import re
from itertools import pairwise

from seqtasks.presets.guessing.given import Given

_LINE = re.compile(r"\s*(\d+) .*")


def are_stories(given: Given) -> str | None:
    """What shows that lines are numbered stories with questions, None if nothing does."""
    lines = given.first.filled
    matches = [_LINE.fullmatch(line) for line in lines]
    numbers = [int(match[1]) for match in matches if match]
    if len(numbers) < len(lines) or numbers[0] != 1 or not any("\t" in line for line in lines):
        return None
    follow = all(b in (1, a + 1) for a, b in pairwise(numbers))
    return "its lines are numbered, and those with tabs are questions" if follow else None
