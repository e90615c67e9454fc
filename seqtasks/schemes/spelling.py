"""Spelling of spans: from labels to spans, back, and from one scheme to another.

Labels are one for each token, and schemes are names in `SCHEMES`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from seqtasks.errors import DataError, check_choice
from seqtasks.schemes.scheme import OUTSIDE, Span, TagPart, find_scheme

_READINGS = ("refuse", "repair", "drop")
"""The readings of labels that a scheme does not allow at their places."""


def violation(labels: Sequence[str], scheme: str) -> str | None:
    """The first mistake in a sequence of labels, and its place; None if there is none.

    >>> violation(["O", "I-PER"], "BIO")
    "tag 2: 'I-PER' cannot follow 'O' in BIO"
    >>> violation(["O", "B-PER"], "BIOES")
    "tag 2: 'B-PER' cannot end a sequence in BIOES"
    """
    rules = find_scheme(scheme)
    for place, label in enumerate(labels, 1):
        if label not in rules:
            return f"tag {place}: {rules.unlike(label)}"
    parts = [OUTSIDE, *map(rules.parts, labels)]
    for place, (before, after) in enumerate(pairwise([*parts, OUTSIDE]), 1):
        if rules.follows(before, after):
            continue
        if place > len(labels):
            return f"tag {place - 1}: {str(before)!r} cannot end a sequence in {rules.name}"
        wrong = f"follow {str(before)!r}" if place > 1 else "begin a sequence"
        return f"tag {place}: {str(after)!r} cannot {wrong} in {rules.name}"
    return None


def find_spans(labels: Sequence[str], scheme: str, *, invalid: str = "refuse") -> list[Span]:
    """The spans of a sequence of labels, in order.

    Args:
        labels: of the sequence.
        scheme: of the labels.
        invalid: what becomes of labels that the scheme does not allow at their places: ``refuse``
            raises, ``repair`` reads them as ``conlleval`` does, ``drop`` leaves out spans without
            a proper beginning or end; see `Scheme.read` for the last two. Both take labels that
            the scheme does not have for O.

    Raises:
        DataError: ``refuse`` finds a label that the scheme does not have, or one at a wrong place;
            the message names the label and its place, counted from 1.
        UsageError: there is no such scheme, or no such choice of ``invalid``.

    >>> find_spans(["B-PER", "I-PER", "O", "B-LOC"], "BIO")
    [('PER', 0, 1), ('LOC', 3, 3)]
    >>> [find_spans(["O", "I-PER"], "BIO", invalid=how) for how in ("repair", "drop")]
    [[('PER', 1, 1)], []]
    """
    rules = find_scheme(scheme)
    if check_choice("invalid", invalid, _READINGS) == "refuse":
        wrong = violation(labels, scheme)
        if wrong is not None:
            raise DataError(f"{wrong}; correct it, or name the scheme that the tags follow")
    return rules.read(map(rules.own, labels), strict=invalid == "drop")


def tags(spans: Iterable[Span], length: int, scheme: str) -> list[str]:
    """The labels that spell some spans.

    Args:
        spans: in any order.
        length: the number of tokens in the sequence.
        scheme: of the labels.

    Raises:
        DataError: a span is empty, overlaps another or reaches outside of the sequence.

    >>> tags([("LOC", 3, 3), ("PER", 0, 1)], 4, "BIOES")
    ['B-PER', 'E-PER', 'O', 'S-LOC']
    """
    return [str(part) for part in _spelled([(span, True) for span in spans], length, scheme)]


def _spelled(spans: Iterable[tuple[Span, bool]], length: int, scheme: str) -> list[TagPart]:
    """The parts of the labels; a span that is not proper has no proper beginning, if it can."""
    rules = find_scheme(scheme)
    parts = [OUTSIDE] * length
    end = -1
    for (kind, first, last), proper in sorted(spans, key=lambda one: one[0][1:]):
        if not end < first <= last < length:
            raise DataError(
                f"the span {(kind, first, last)} is empty, overlaps the one before it, or reaches "
                f"outside of {length} tokens; give each its first and last token, counted from 0"
            )
        before = parts[first - 1] if first else OUTSIDE
        alone = first == last
        begins = [TagPart(mark, kind) for mark in (rules.alone if alone else rules.first)]
        begins = [part for part in begins if rules.opens(before, part)]
        if not proper:
            marks = rules.last + rules.marks if alone else rules.first + rules.inside
            wrong = [TagPart(mark, kind) for mark in marks]
            begins = [part for part in wrong if not rules.opens(before, part)] + begins
        parts[first + 1 : last] = [TagPart(rules.inside, kind)] * (last - first - 1)
        parts[last] = TagPart(rules.last, kind)
        parts[first] = next(part for part in begins if not rules.goes_on(before, part))
        end = last
    return parts


def convert(
    labels: Sequence[str], source: str, target: str, *, invalid: str = "refuse"
) -> list[str]:
    """The same spans, read from the source's labels by `find_spans`, in the target scheme.

    >>> convert(["I-PER", "I-PER", "B-PER", "O"], "IOB1", "BIOES")
    ['B-PER', 'E-PER', 'S-PER', 'O']
    """
    return tags(find_spans(labels, source, invalid=invalid), len(labels), target)


def respell(labels: Sequence[str], source: str, target: str) -> list[str]:
    """The same spans in the target scheme, of which those without a proper end stay without one.

    So the target's labels hold the spans of the source's, as ``conlleval`` reads them and as the
    strict reading does: see `Scheme.read`. Labels that the source does not have stay as they are.
    In a BIO target a span stands properly where it follows one of its own type directly: BIO has
    no other way to tell the two apart.

    >>> respell(["O", "I-PER", "I-PER", "O", "B-LOC"], "BIO", "BIOES")
    ['O', 'I-PER', 'E-PER', 'O', 'S-LOC']
    """
    rules = find_scheme(source)
    parts = _spelled(rules.judged(map(rules.own, labels)), len(labels), target)
    pairs = zip(labels, parts, strict=True)
    return [str(part) if label in rules else label for label, part in pairs]
