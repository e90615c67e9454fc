"""Detection of the scheme that labels follow."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise

from seqtasks.errors import DataError
from seqtasks.schemes.scheme import OUTSIDE, SCHEMES, Scheme, find_scheme
from seqtasks.schemes.spelling import violation


def scheme_of(labels: Iterable[str]) -> str | None:
    """The scheme of a set of labels, by their marks alone; None if they spell no spans.

    In a scheme every label is ``O`` or a mark before a type, and one of them can begin a span.
    Without types only word segmentation (B, E and S, with or without M) is recognised. I and B
    are BIO if every type that has an I has a B, else IOB1; the marks that BIOES and BMES share
    are BIOES with types and BMES without.

    >>> scheme_of(["O", "B-PER", "I-PER"]), scheme_of(["O", "I-PER", "B-LOC", "I-LOC"])
    ('BIO', 'IOB1')
    >>> scheme_of("BMES"), scheme_of(["NN", "O"]), scheme_of(["O"])
    ('BMES', None, None)
    """
    found = set(labels)
    if any(len(label) == 1 and label != "O" for label in found):
        return "BMES" if {"B", "E", "S"} <= found <= {"B", "M", "E", "S"} else None
    for scheme in _fitting(found):
        if scheme.name != "BIO" or all(f"B{label[1:]}" in found for label in found if label != "O"):
            return scheme.name
    return None


def detect(sequences: Iterable[Sequence[str]]) -> str | None:
    """The scheme that the label sequences of a file follow; None if they spell no spans.

    Where there is a span only one scheme fits, except that the marks which BIOES and BMES share
    are taken for BIOES.

    Args:
        sequences: the labels of each sequence, read anew each time that they are iterated over.

    Raises:
        DataError: the labels have types and the marks of a scheme, but some are at a wrong place;
            the message names it, counted from 1.

    >>> detect([["O", "B-PER", "I-PER"], ["O"]]), detect([["I-PER", "B-PER"]]), detect([["DT"]])
    ('BIO', 'IOB1', None)
    """
    labels: set[str] = set()
    for sequence in sequences:
        labels.update(sequence)
    wrong = []
    for scheme in _fitting(labels):
        first = _first_violation(sequences, scheme.name)
        if first is None:
            return scheme.name
        wrong.append(first)
    if scheme_of(labels) is None:
        return None
    raise DataError(f"the tags follow no scheme: {'; '.join(wrong)}; correct them")


def resolve_scheme(scheme: str | None, labels: Collection[str]) -> str | None:
    """The scheme that an option names: ``auto`` is `scheme_of` the labels, None is no scheme.

    Raises:
        UsageError: there is no such scheme.
    """
    if scheme is None or scheme == "auto":
        return scheme and scheme_of(labels)
    return find_scheme(scheme).name


def _first_violation(sequences: Iterable[Sequence[str]], scheme: str) -> str | None:
    """The first mistake in some sequences, and its place; None if there is none."""
    allowed: set[tuple[str | None, str | None]] = set()  # labels side by side, None at the ends
    for number, labels in enumerate(sequences, 1):
        pairs = {*pairwise([None, *labels, None])}
        if not pairs <= allowed:
            found = violation(labels, scheme)
            if found is not None:
                return f"sequence {number}, {found}"
            allowed |= pairs
    return None


def _fitting(labels: Collection[str]) -> list[Scheme]:
    """The schemes that have all the labels, some of which begin and some of which end a span."""
    fitting = []
    for scheme in dict.fromkeys(SCHEMES.values()):
        parts = {scheme.parts(label) for label in labels if label in scheme} - {OUTSIDE}
        begun = any(scheme.opens(OUTSIDE, part) for part in parts)
        ended = any(scheme.closes(part) for part in parts)
        if begun and ended and all(label in scheme for label in labels):
            fitting.append(scheme)
    return fitting
