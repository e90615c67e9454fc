"""Running text: what stands around it, and what ends its lines."""

from __future__ import annotations

from seqtasks.data.readers.gutenberg import begins_book
from seqtasks.presets.decision import Decision
from seqtasks.presets.guessing.beginnings import beginning_of
from seqtasks.presets.guessing.given import Given

_RARE = "<unk>"
_OFTEN = 0.1  # of the lines


def is_text(given: Given) -> str:
    """Why files are read as running text: they are plain text."""
    return "plain text" if given.first.lines else ""


def text_options(given: Given) -> list[Decision]:
    """Whether a licence stands around books, and whether line ends are words."""
    decisions = []
    if all(map(begins_book, (beginning_of(path, given.encoding).lines for path in given.files))):
        said = "the header of Project Gutenberg stands before the text"
        decisions.append(Decision("data.reader.strip_gutenberg", True, said))
    lines = given.first.filled
    if sum(_RARE in line.split() for line in lines) > _OFTEN * len(lines):
        said = f"a text with {_RARE} for rare words has a sentence on each line"
        decisions.append(Decision("data.reader.line_end", "<eos>", said))
    return decisions
