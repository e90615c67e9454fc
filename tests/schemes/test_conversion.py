"""Conversion of many sequences against that of each."""

from __future__ import annotations

import random

import pytest

from seqtasks.errors import DataError
from seqtasks.schemes import SCHEMES, Conversion, convert, detect


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


def test_detection_passes_over_sequences_and_keeps_none():
    class Rows:
        passes = 0

        def __iter__(self):
            self.passes += 1
            return iter([["O", "I-X"], ["B-X", "I-X"], ["I-Y", "B-Y", "I-Y"]])

        def __len__(self):
            raise AssertionError("only a pass over the sequences tells their number")

    rows = Rows()
    with pytest.raises(DataError, match=r"sequence 1, tag 2: .* in BIO; sequence 2, tag 1: .*IOB1"):
        detect(rows)
    assert rows.passes == 3
