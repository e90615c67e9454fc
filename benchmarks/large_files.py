"""Data files of any size, of words that nobody has written, for `scale.py`.

Words are drawn by Zipf's law from 200,000 types, the commoner the shorter. A running text may be
made of a book instead, which is repeated in chapters with numbers of their own.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

TYPES = 200_000
LABELS = 10
TAGS = 12
BLOCK = 10_000
"""Sentences that are drawn and written at a time."""

Spelling = Sequence[bytes]
"""What is written for a word within a sentence, by its rank, then for a word at its end."""


def write_text(folder: Path, size: int, book: Path | None = None) -> list[Path]:
    """Running text of so many bytes, in numbered chapters."""
    path = folder / "text.txt"
    with path.open("wb") as file:
        for number, chapter in enumerate(repeated(book) if book else invented(), start=1):
            text = b"CHAPTER %d\n\n%s\n\n" % (number, chapter)
            left = size - file.tell()
            file.write(text[:left].decode(errors="ignore").encode())
            if len(text) >= left:
                return [path]
    raise SystemExit(f"{book}: no text; give a file that holds some")


def write_pairs(folder: Path, size: int) -> list[Path]:
    """So many pairs of sentences of 3 to 40 words in two files, translated word by word."""
    paths = [folder / "pairs.source", folder / "pairs.target"]
    spellings = [spelling("aeiou", " ", "\n"), spelling("äöü", " ", "\n")]
    with paths[0].open("wb") as source, paths[1].open("wb") as target:
        for words in sentences(size, 3, 40):
            for file, spelled in zip((source, target), spellings, strict=True):
                file.write(written(words, spelled))
    return paths


def write_table(folder: Path, size: int) -> list[Path]:
    """CSV of so many rows: a label of ten, and a text of 4 to 12 words."""
    path = folder / "table.csv"
    labels = [f"label{number},".encode() for number in range(LABELS)]
    spelled = [*spelling("aeiou", " ", "\n"), *labels]
    random = np.random.default_rng(1)
    with path.open("wb") as file:
        file.write(b"label,text\n")
        for words in sentences(size, 4, 12):
            begins = np.concatenate([[0], np.flatnonzero(words >= TYPES)[:-1] + 1])
            drawn = 2 * TYPES + random.integers(LABELS, size=len(begins))
            file.write(written(np.insert(words, begins, drawn), spelled))
    return [path]


def write_tagged(folder: Path, size: int) -> list[Path]:
    """CoNLL of so many sentences of 10 to 30 words, each with a tag that the word decides."""
    path = folder / "tagged.conll"
    tags = [f"\tT{rank % TAGS}\n" for rank in range(TYPES)]
    plain = spelling("aeiou", "", "")[:TYPES]
    inner = [word + tag.encode() for word, tag in zip(plain, tags, strict=True)]
    with path.open("wb") as file:
        for words in sentences(size, 10, 30):
            file.write(written(words, [*inner, *(line + b"\n" for line in inner)]))
    return [path]


FILES: dict[str, Callable[..., list[Path]]] = {
    "text": write_text,
    "pairs": write_pairs,
    "table": write_table,
    "tagged": write_tagged,
}
"""Kind → the function that writes its files into a folder and gives their paths."""


def sentences(count: int, shortest: int, longest: int) -> Iterator[NDArray[np.int64]]:
    """Yield the words of so many sentences in blocks: ranks, `TYPES` more at a sentence's end."""
    random = np.random.default_rng(0)
    while count:
        lengths = random.integers(shortest, longest + 1, min(count, BLOCK))
        count -= len(lengths)
        ends = np.cumsum(lengths)
        # The logarithm of a Zipf-distributed rank is uniform.
        words = np.expm1(random.random(ends[-1]) * math.log(TYPES + 1)).astype(np.int64)
        words = np.minimum(words, TYPES - 1)
        words[ends - 1] += TYPES
        yield words


def written(words: NDArray[np.int64], spelled: Spelling) -> bytes:
    """The text of some words."""
    return b"".join([spelled[word] for word in words.tolist()])


@functools.cache
def spelling(vowels: str, between: str, behind: str) -> Spelling:
    """A word for each rank, of syllables of a consonant and a vowel, and what follows it."""
    syllables = ["".join(pair) for pair in itertools.product("bdfghklmnprstvz", vowels)]
    every = (
        "".join(word)
        for length in itertools.count(1)
        for word in itertools.product(syllables, repeat=length)
    )
    words = [*itertools.islice(every, TYPES)]
    return [f"{word}{end}".encode() for end in (between, behind) for word in words]


def invented() -> Iterator[bytes]:
    """Yield chapters without an end."""
    spelled = spelling("aeiou", " ", ".\n")
    for words in sentences(10**12, 5, 25):
        yield written(words, spelled)


def repeated(book: Path, lines: int = 500) -> Iterator[bytes]:
    """Yield chapters of so many lines of a book, which begins again where it ends."""
    text = book.read_bytes().splitlines(keepends=True)
    chapters: Iterable[bytes] = [
        b"".join(text[start : start + lines]) for start in range(0, len(text), lines)
    ]
    return itertools.cycle(chapters)
