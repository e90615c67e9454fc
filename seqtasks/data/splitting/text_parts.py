"""Consecutive parts of running texts, for training, validation and test."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from seqtasks.data.splitting.random_parts import too_little
from seqtasks.data.store.record_file import RecordFile
from seqtasks.data.store.records import Cuts, Records

Places = NDArray[np.int64]

_SPACE = re.compile(r"\s")


def split_texts(file: RecordFile, fractions: Sequence[float], whole_words: bool) -> list[Records]:
    """Split every text into consecutive parts, of which the first is for training.

    Args:
        file: texts in pieces, each with raw strings as values.
        fractions: share of each part to take off the end, in order of the text.
        whole_words: move each cut to the next white space.

    Raises:
        DataError: a part would be empty.
    """
    bounds = np.cumsum([1 - sum(fractions), *fractions])[:-1]
    parts: list[list[Records]] = [[] for _ in range(len(bounds) + 1)]
    for text in _texts(file):
        borders = [np.zeros(len(file.fields), np.int64)]
        for bound in bounds:
            borders.append(text.border(bound, borders[-1], whole_words))
        borders.append(text.ends[-1])
        for part, start, stop in zip(parts, borders[:-1], borders[1:], strict=True):
            taken = text.between(start, stop)
            if any(str(v).strip() for record in taken for v in record.values.values()):
                part.append(taken)
    if not all(parts):
        raise too_little()
    return [_joined(file, part) for part in parts]


class _Text:
    """One text in several pieces.

    Attributes:
        rows: (pieces,) of the file.
        ends: (pieces, fields), the characters up to the end of each piece.
    """

    def __init__(self, file: RecordFile, start: int, stop: int) -> None:
        self.file, self.rows = file, np.arange(start, stop)
        self.sizes = file.sizes[start:stop].astype(np.int64)
        self.ends: Places = np.cumsum(self.sizes, axis=0)

    def border(self, bound: float, before: Places, whole_words: bool) -> Places:
        """(fields,) the place of a cut at a share of the text, behind the cut before."""
        places = np.maximum((self.ends[-1] * bound).astype(np.int64), before)
        for at in np.flatnonzero(places > before).tolist() if whole_words else []:
            places[at] = self.next_space(at, int(places[at]))
        return places

    def next_space(self, field: int, place: int) -> int:
        """The place of the first white space from a place on, or the end of the text."""
        ends = self.ends[:, field]
        for piece in range(int(np.searchsorted(ends, place, side="right")), len(ends)):
            begin = int(ends[piece] - self.sizes[piece, field])
            text = str(self.file.values(int(self.rows[piece]))[self.file.fields[field]])
            if found := _SPACE.search(text, max(place - begin, 0)):
                return begin + found.start()
        return int(ends[-1])

    def between(self, start: Places, stop: Places) -> Records:
        """The text between two places of each field."""
        begins = self.ends - self.sizes
        starts = np.clip(start - begins, 0, self.sizes)
        stops = np.clip(stop - begins, 0, self.sizes)
        kept = (starts < stops).any(axis=1)
        count = int(kept.sum())
        number = np.arange(count)
        cuts = Cuts(starts[kept], stops[kept], number == 0, number == count - 1)
        return Records(self.file, self.rows[kept], cuts)


def _texts(file: RecordFile) -> Iterator[_Text]:
    begins = [*np.flatnonzero(file.begins).tolist(), len(file)]
    for start, stop in itertools.pairwise(begins):
        yield _Text(file, start, stop)


def _joined(file: RecordFile, parts: Sequence[Records]) -> Records:
    rows = np.concatenate([part.rows for part in parts if part.rows is not None])
    cuts = [part.cuts for part in parts if part.cuts is not None]
    return Records(file, rows, Cuts(*map(np.concatenate, zip(*cuts, strict=True))))
