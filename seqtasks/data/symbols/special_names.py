"""The names by which a tokenizer stores its special symbols."""

from __future__ import annotations

from collections.abc import Container

MARK = " "
"""Stands before a name that a text can spell: no word, character or byte pair holds a blank."""


def stored_name(name: str, known: Container[str]) -> str:
    """The name by which a tokenizer stores a special symbol, whose symbols differ by their names.

    Args:
        name: such as ``<unk>``; without white space around it.
        known: the symbols that texts hold.

    >>> stored_name("<unk>", ["the", "cat"]), stored_name("<unk>", ["the", "<unk>"])
    ('<unk>', ' <unk>')
    """
    return MARK + name if name in known else name
