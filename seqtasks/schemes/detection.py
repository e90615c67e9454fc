"""Detection of the scheme that labels follow."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from seqtasks.schemes.breaks import Breaks, Pair, find_breaks, keeps, passed
from seqtasks.schemes.scheme import OUTSIDE, SCHEMES, Scheme, find_scheme


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

    The one that the fewest sequences break; see `recognise`.

    >>> detect([["O", "B-PER", "I-PER"], ["O"]]), detect([["I-PER", "B-PER"]]), detect([["DT"]])
    ('BIO', 'IOB1', None)
    """
    found = recognise(sequences)
    return None if found is None else found.scheme


def recognise(
    sequences: Iterable[Sequence[str]], known: str | None = None, seen: set[Pair] | None = None
) -> Breaks | None:
    """The scheme that sequences of labels follow, and those that break it; None if there is none.

    A scheme that no sequence breaks is found by all labels that stand side by side. Where all have
    mistakes, labels with types, and those of word segmentation, are taken for the scheme with the
    fewest; other labels for none. Where there is a span only one scheme fits as a rule, except that
    the marks which BIOES and BMES share are taken for BIOES.

    Args:
        sequences: the labels of each sequence, read anew each time that they are iterated over.
        known: a scheme that is taken before the others, and where no scheme is kept to.
        seen: all neighbours in the sequences, if a pass over them has told these already.
    """
    if seen is None:
        seen = set()
        for _ in passed(sequences, seen):
            pass
    labels = {label for label, _ in seen if label is not None}
    fitting = [scheme.name for scheme in _fitting(labels)]
    kept = [name for name in [known, *fitting] if name is not None and keeps(seen, name)]
    if kept:
        return Breaks(kept[0])
    if known is not None:
        return find_breaks(sequences, known)
    # Labels with types, or of word segmentation, are those of a scheme in spite of mistakes.
    typed = {label for label in labels if label[1:2] == "-"} or labels & {*"BMES"}
    likely = [
        scheme.name
        for scheme in _fitting(typed, all_of_them=False)
        if scheme_of(label for label in typed if label in scheme) is not None
    ]
    found = [find_breaks(sequences, name) for name in likely]
    found = [one for one in found if one.mistaken]
    return min(found, key=lambda one: len(one.broken), default=None)


def resolve_scheme(
    scheme: str | None, labels: Collection[str], learnt: str | None = None
) -> str | None:
    """The scheme that an option names: ``auto`` is `scheme_of` the labels, None is no scheme.

    Where the order of the labels in the data has told which scheme is ``learnt``, and it has all
    the labels of one, it is taken before what their marks alone tell.

    Raises:
        UsageError: there is no such scheme.
    """
    if scheme != "auto":
        return None if scheme is None else find_scheme(scheme).name
    found = scheme_of(labels)
    if found is None or learnt is None or not all(map(find_scheme(learnt).__contains__, labels)):
        return found
    return find_scheme(learnt).name


def _fitting(labels: Collection[str], all_of_them: bool = True) -> list[Scheme]:
    """The schemes that have all the labels, or some, of which some begin and some end a span."""
    fitting = []
    for scheme in dict.fromkeys(SCHEMES.values()):
        parts = {scheme.parts(label) for label in labels if label in scheme} - {OUTSIDE}
        begun = any(scheme.opens(OUTSIDE, part) for part in parts)
        ended = any(scheme.closes(part) for part in parts)
        if begun and ended and (not all_of_them or all(label in scheme for label in labels)):
            fitting.append(scheme)
    return fitting
