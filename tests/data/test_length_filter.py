from __future__ import annotations

import logging

import pytest

from seqtasks.data.batching.buckets import Buckets
from seqtasks.data.fields import TokenField
from seqtasks.data.length_filter import LengthFilter
from seqtasks.data.module import SequenceData
from seqtasks.data.readers import ParallelReader
from seqtasks.errors import DataError, UsageError

PAIRS = ["a\tb c", "a b c d e\tb", "a b\tb c", "a b c d e f\ta b c d", "b a c\tb c a"]


def data(tmp_path, **limits):
    path = tmp_path / "pairs.tsv"
    path.write_text("\n".join(PAIRS), encoding="utf-8")
    return SequenceData(
        ParallelReader(),
        Buckets(2),
        str(path),
        str(path),
        test_fraction=0,
        filter=LengthFilter(**limits),
        source=TokenField(),
        target=TokenField(),
    )


def test_pairs_out_of_the_limits_are_left_out_of_training_alone_and_counted(tmp_path, caplog):
    caplog.set_level(logging.WARNING)
    made = data(tmp_path, max_tokens=5, max_ratio=3)
    made.setup()
    assert [record.line for record in made.datasets["train"].records] == [1, 3, 5]
    assert len(made.datasets["val"]) == 5
    assert "leaves out 2 of 5 training examples" in caplog.text
    assert "1 with one side over 3 times as long as the other" in caplog.text
    assert "1 longer than 5 tokens" in caplog.text


def test_nothing_is_said_where_nothing_is_left_out(tmp_path, caplog):
    made = data(tmp_path, max_tokens=50)
    made.setup()
    assert len(made.datasets["train"]) == 5
    assert not caplog.text


def test_limits_that_leave_nothing_or_say_nothing_are_refused(tmp_path):
    with pytest.raises(
        DataError, match="none of the 5 training examples is left: 5 shorter than 9"
    ):
        data(tmp_path, min_tokens=9).setup()
    with pytest.raises(UsageError, match="needs a limit"):
        LengthFilter()
    with pytest.raises(UsageError, match=r"max_ratio: it is at least 1"):
        LengthFilter(max_ratio=0.5)
