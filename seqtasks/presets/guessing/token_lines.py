"""Files of a token a line: which column is the token and which the tag."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, pairwise
from statistics import mode

from seqtasks.data.readers.conll_forms import CONLLU
from seqtasks.data.readers.conll_lines import DOCUMENTS
from seqtasks.data.readers.paths import format_suffix
from seqtasks.presets.decision import Decision
from seqtasks.presets.guessing.given import Given
from seqtasks.presets.guessing.values import few_distinct

_SUFFIXES = (".conll", ".conllu", ".conllup", ".iob", ".iob2", ".bio", ".bioes", ".bmes")
_LONGEST = 200  # lines of a sentence, on the average
_REGULAR = 0.95


def has_token_lines(given: Given) -> str | None:
    """What shows that a file has a token on each line, None if nothing does."""
    suffix = format_suffix(given.path)
    if suffix in _SUFFIXES:
        return f"the file ends in {suffix}"
    sentences = _sentences(given.first.lines)
    rows = [row for rows in sentences for row in rows]
    if len(sentences) < 2 or not len(sentences) < len(rows) < _LONGEST * len(sentences):
        return None
    width = mode(map(len, rows))
    regular = sum(len(row) == width for row in rows) >= _REGULAR * len(rows)
    tagged = width > 1 and any(few_distinct(_column(rows, at)) for at in (0, -1))
    if not regular or not tagged:
        return None
    return f"its lines are {width} columns, with blank lines between sentences"


def token_line_options(given: Given) -> list[Decision]:
    """The columns of the token and the tag, where they are not those that the reader takes."""
    names = given.typed.get("data.reader.names")
    if names or format_suffix(given.path) in (".conllu", ".conllup"):
        return []
    rows = [row for rows in _sentences(given.first.lines) for row in rows]
    if not rows:
        return []
    width = mode(map(len, rows))
    rows = [row for row in rows if len(row) == width]
    numbered = width > 2 and _count_up(_column(rows, 0))
    if numbered and width == len(CONLLU):
        said = "its ten columns are those of CoNLL-U"
        return [Decision("data.reader.names", [*CONLLU], said)]
    decisions: list[Decision] = []
    wanted = [name for name in ("tokens", "tags") if given.wants(name)]
    if numbered and "tokens" in wanted:
        decisions.append(Decision("data.tokens.column", 1, "the first column counts the tokens"))
    if width > 1 and "tags" in wanted:
        decisions += _tags(rows, width, numbered, "tokens" in wanted)
    return decisions


def _tags(rows: Sequence[Sequence[str]], width: int, numbered: bool, free: bool) -> list[Decision]:
    """The column of the tags: the last one, unless it has one value, or the first has fewer."""
    counts = [len({*_column(rows, at)}) for at in range(width)]
    if free and not numbered and few_distinct(_column(rows, 0)) and counts[0] * 4 < counts[-1]:
        said = f"the first column has {counts[0]} values, the last {counts[-1]}"
        return [
            Decision("data.tokens.column", width - 1, said),
            Decision("data.tags.column", 0, said),
        ]
    varied = [at for at in range(1 + numbered, width) if counts[at] > 1]
    if width > 2 + numbered and varied:
        return [Decision("data.tags.column", varied[-1], f"the last of {width} columns")]
    return []


def _sentences(lines: Sequence[str]) -> list[list[list[str]]]:
    """The cells of the lines between blank ones, without comments."""
    between = lambda line: not line.strip() or line.startswith(DOCUMENTS)  # noqa: E731
    groups = [[*group] for blank, group in groupby(lines, between) if not blank]
    rows = [[_cells(line) for line in group if not line.startswith("# ")] for group in groups]
    return [sentence for sentence in rows if sentence]


def _cells(line: str) -> list[str]:
    cells = line.split("\t") if "\t" in line else line.split()
    while len(cells) > 1 and not cells[-1]:
        cells.pop()
    return cells


def _column(rows: Sequence[Sequence[str]], at: int) -> list[str]:
    return [row[at] for row in rows]


def _count_up(cells: Sequence[str]) -> bool:
    """Whether cells count the tokens of sentences: each is a number, and 1 begins again."""
    numbers = [int(cell) for cell in cells if cell.isascii() and cell.isdecimal()]
    follow = sum(b in (a + 1, numbers[0]) for a, b in pairwise(numbers))
    return (
        len(numbers) > 0.7 * len(cells)  # others stand for ranges and empty nodes
        and numbers[0] in (0, 1)
        and follow > 0.9 * (len(numbers) - 1)
    )
