"""A long text in pieces, whose words are those of the whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from seqtasks.data.symbols.words import NO_SPACE

PIECE = 1_000_000  # characters
_AHEAD = 4_000_000  # characters, in which white space is looked for
_LETTERS = dict.fromkeys(map(ord, NO_SPACE), "x")  # parts of words to a tokenizer


def pieces(blocks: Iterable[str]) -> Iterator[tuple[str, bool]]:
    r"""Join a text's blocks and cut it into pieces, each with whether it is the last one.

    A piece has up to a million characters, and is cut before white space: its last character is
    none, and the next piece begins with all that stands between two words. Where there is none,
    it ends at the next white space of 4 million characters, else anywhere. Every piece holds more
    than white space, unless the text does not.

    >>> list(pieces(["one ", "text\\n"]))
    [('one text\\n', True)]
    """
    held = ""
    for block in blocks:
        held += block
        while cut := _place(held, PIECE + _AHEAD):
            yield held[:cut], False
            held = held[cut:]
    while cut := _place(held, PIECE):
        yield held[:cut], False
        held = held[cut:]
    yield held, True


def _place(text: str, enough: int) -> int:
    """The place where a piece ends, 0 if there is none yet.

    Args:
        text: what is read of the text, from the beginning of the piece.
        enough: the length of a text from which a word may be cut.
    """
    if any(mark in text for mark in NO_SPACE):
        text = text.translate(_LETTERS)
    body = text.lstrip()
    if len(body) <= PIECE:
        return 0
    start = len(text) - len(body)
    words = body[:PIECE].rsplit(None, 1)
    if len(words) < 2 and len(body) > enough:
        words = body.split(None, 1)
    if len(words) == 2:
        return start + len(words[0])
    return start + PIECE if words and len(words[0]) > PIECE else 0
