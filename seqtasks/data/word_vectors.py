"""Word vectors from a text file of GloVe, word2vec or fastText.

A line holds a word and its numbers, separated by spaces. word2vec (Mikolov et al. 2013) and
fastText (Bojanowski et al. 2017) begin with a line of two numbers, the number of words and the
width of the vectors; GloVe (Pennington et al. 2014) does not.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqtasks.data.decimals import LARGEST
from seqtasks.data.symbols.folding import lowered
from seqtasks.errors import DataError

Vector = NDArray[np.float32]

_SIZES = re.compile(rb"\d+\s+(\d+)")
"""A first line that states the number of words and the width of their vectors."""


def read_vectors(path: str | os.PathLike[str], words: Iterable[str]) -> dict[str, Vector]:
    """The vectors of some words; the file is read line by line, and no other vector is kept.

    Args:
        path: the file, UTF-8.
        words: the wanted words as the file spells them. If the file has a word twice, its first
            vector counts.

    Returns:
        For each word that was found, (width,) float32.

    Raises:
        DataError: the file cannot be read or holds no vectors, or the vector of a wanted word has
            another width or is not finite.
    """
    wanted = {word.encode(): word for word in words}
    found: dict[str, Vector] = {}
    width, lines = _open(Path(path))
    for number, line in lines:
        name, _, rest = line.partition(b" ")
        if line.count(b" ") > width:  # the word holds spaces itself
            name, *numbers = line.rsplit(b" ", width)
            rest = b" ".join(numbers)
        word = wanted.get(name)
        if word is not None and word not in found:
            vector = _finite(rest.split(b" "))
            if vector is None or len(vector) != width:
                raise DataError(
                    f"{path}:{number}: the vector of {word!r} needs {width} finite numbers; "
                    "correct the line"
                )
            found[word] = vector
    return found


def vector_words(path: str | os.PathLike[str]) -> Iterator[str]:
    """The words of a file of vectors, in its spelling and order, without those that are no UTF-8.

    Raises:
        DataError: the file cannot be read or holds no vectors.
    """
    width, lines = _open(Path(path))
    for _, line in lines:
        word = line.rsplit(b" ", width)[0].decode(errors="replace")
        if word and "\ufffd" not in word:
            yield word


def vector_width(path: str | os.PathLike[str]) -> int:
    """The number of numbers that a file of vectors has for each word.

    Raises:
        DataError: the file cannot be read or holds no vectors.
    """
    return _open(Path(path))[0]


def fill_embedding_dims(config: Any) -> None:
    """Fill in ``embedding_dim: null`` by the width of the vectors beside it, in a configuration.

    Args:
        config: nested mappings and lists, changed in place.

    Raises:
        DataError: a file of vectors cannot be read.
    """
    if isinstance(config, MutableMapping):
        if config.get("vectors") is not None and config.get("embedding_dim", 0) is None:
            config["embedding_dim"] = vector_width(config["vectors"])
        for value in config.values():
            fill_embedding_dims(value)
    elif isinstance(config, Sequence) and not isinstance(config, str):
        for value in config:
            fill_embedding_dims(value)


def matched(symbols: Iterable[str], vectors: Mapping[str, Vector]) -> dict[int, Vector]:
    """The vector of each symbol that has one, looked up as it is and else in lower case.

    >>> found = matched(["A", "b", "C"], {"a": np.zeros(1), "C": np.ones(1), "c": np.zeros(1)})
    >>> {place: float(vector[0]) for place, vector in found.items()}
    {0: 0.0, 2: 1.0}
    """
    found = {}
    for place, symbol in enumerate(symbols):
        for spelled in (symbol, lowered(symbol)):
            if spelled in vectors:
                found[place] = vectors[spelled]
                break
    return found


def _open(path: Path) -> tuple[int, Iterator[tuple[int, bytes]]]:
    """The width of a file's vectors, and its lines with words and their numbers."""
    lines = _lines(path)
    first = next(lines, None)
    stated = 0
    if first is not None and first[0] == 1 and (sizes := _SIZES.fullmatch(first[1])):
        stated, first = int(sizes[1]), next(lines, None)
    if first is None:
        raise DataError(
            f"{path}: it holds no vectors; give a file with a word and its numbers a line"
        )
    parts = first[1].split(b" ")[1:]
    width = stated or len(parts)
    if not 0 < width <= len(parts) or _finite(parts[-width:]) is None:
        raise DataError(
            f"{path}:{first[0]}: not a word and its numbers; give vectors as text, as GloVe, "
            "word2vec and fastText (.vec) write them, unpacked"
        )
    return width, chain([first], lines)


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that are not blank, with their numbers."""
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if b"\0" in line:
                    raise DataError(
                        f"{path}:{number}: binary data; unpack the file, and give vectors as text"
                    )
                line = line.rstrip(b" \t\r\n")
                if number == 1:
                    line = line.removeprefix(b"\xef\xbb\xbf")
                if line:
                    yield number, line.replace(b"\t", b" ")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise DataError(
            f"{path}: cannot be read ({reason}); correct the path of the vectors"
        ) from None


def _finite(parts: Sequence[bytes]) -> Vector | None:
    """The numbers as a vector; None if one is not a finite number."""
    try:
        numbers = np.array([float(part) for part in parts])
    except ValueError:
        return None
    if b"_" in b"".join(parts) or not (np.abs(numbers) <= LARGEST).all():  # as of `plain`
        return None
    return numbers.astype(np.float32)
