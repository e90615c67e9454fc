"""Conversion of many sequences against that of each."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from seqtasks.errors import DataError, UsageError
from seqtasks.schemes import SCHEMES, Conversion, convert, detect, find_spans


def result(function, *arguments):
    """What a function gives, or the message of its error."""
    try:
        return function(*arguments)
    except DataError as error:
        return str(error)


@pytest.mark.parametrize("target", SCHEMES)
@pytest.mark.parametrize("source", SCHEMES)
def test_three_labels_tell_the_new_one(source, target):
    draw, conversion, right = random.Random(0), Conversion(source, target), 0
    marks = SCHEMES[source].marks
    labels = ["O", *(f"{mark}-{kind}" for mark in marks for kind in "XY")]
    for _ in range(3000):
        row = draw.choices(labels, k=draw.randint(0, 5))
        expected = result(convert, row, source, target)
        assert result(conversion.convert, row) == expected
        right += isinstance(expected, list)
    assert right > 100
    assert len(conversion.known) <= (len(labels) + 1) ** 2 * len(labels)


@pytest.mark.parametrize("target", SCHEMES)
@pytest.mark.parametrize("source", SCHEMES)
def test_broken_sequences_keep_the_spans_that_are_read_in_them(source, target):
    draw, kept = random.Random(0), Conversion(source, target, invalid="keep")
    mended = Conversion(source, target, invalid="repair")
    marks = SCHEMES[source].marks
    labels = ["O", "NN", *(f"{mark}-{kind}" for mark in marks for kind in "XY")]
    broken = 0
    for _ in range(3000):
        row = draw.choices(labels, k=draw.randint(0, 6))
        loose, strict = (find_spans(row, source, invalid=how) for how in ("repair", "drop"))
        assert find_spans(mended.convert(row), target) == loose
        there = kept.convert(row)
        assert find_spans(there, target, invalid="repair") == loose
        assert [label == "NN" for label in there] == [label == "NN" for label in row]
        apart = all(one[0] != two[0] or one[2] + 1 < two[1] for one, two in pairwise(loose))
        if apart or target not in ("BIO", "IOB2", "IOB1"):
            assert find_spans(there, target, invalid="drop") == strict
        broken += strict != loose
    assert broken > 100


def test_detection_passes_over_sequences_and_keeps_none():
    class Rows:
        passes = 0

        def __iter__(self):
            self.passes += 1
            return iter([["O", "I-X"], ["B-X", "I-X"], ["I-Y", "B-Y", "I-Y"]])

        def __len__(self):
            raise AssertionError("only a pass over the sequences tells their number")

    rows = Rows()
    assert detect(rows) == "IOB1"
    assert rows.passes == 3


def test_an_unknown_treatment_of_mistakes_is_refused():
    with pytest.raises(UsageError, match="invalid: there is no 'mend'"):
        Conversion("BIO", "BIO", invalid="mend")
