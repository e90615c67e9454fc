"""Validation and test parts of separate examples and of running texts."""

from __future__ import annotations

import numpy as np
import pytest
from stored import stored

from seqtasks.data.record import Record
from seqtasks.data.splitting.random_parts import (
    hold_out,
    permutation,
    sample_records,
    split_records,
)
from seqtasks.data.splitting.text_parts import split_texts
from seqtasks.errors import DataError, UsageError


def lines(part):
    return [record.line for record in part]


def grouped(records, split_by):
    """Lists of the records that agree, in the order in which the first of each occurs."""
    groups = {}
    for number, record in enumerate(records):
        key = number if split_by is None else record.values[split_by]
        groups.setdefault(key, []).append(record)
    return list(groups.values())


def taken(groups, numbers):
    return [record.line for number in sorted(numbers) for record in groups[number]]


@pytest.mark.parametrize("split_by", [None, "source"])
@pytest.mark.parametrize("count", [30, 700])
def test_parts_and_folds_are_those_of_lists(tmp_path, split_by, count):
    draw = np.random.default_rng(count)
    given = [Record({"source": f"w{draw.integers(count // 4)}"}, "f", n) for n in range(count)]
    records, groups = stored(tmp_path, given), grouped(given, split_by)
    order = np.random.default_rng(5).permutation(len(groups)).tolist()
    val, test = round(0.2 * len(groups)), round(0.1 * len(groups))
    expected = [order[val + test :], order[:val], order[val : val + test]]
    found = split_records(records, [0.2, 0.1], seed=5, split_by=split_by)
    assert [lines(part) for part in found] == [taken(groups, part) for part in expected]

    tested = set(order[1::3])
    rest, fold = hold_out(records, 3, 1, seed=5, split_by=split_by)
    assert lines(fold) == taken(groups, tested)
    assert lines(rest) == taken(groups, {*range(len(groups))} - tested)

    kept = np.random.default_rng(5).permutation(len(rest)).tolist()[:7]
    assert lines(sample_records(rest, 7, seed=5)) == [lines(rest)[at] for at in sorted(kept)]


def numbered(folder, count):
    return stored(folder, [Record({"tokens": f"t{n}"}, "f", n) for n in range(count)])


def test_a_permutation_is_the_one_of_large_numbers():
    for count in (0, 1, 7, 1000):
        expected = np.random.default_rng(3).permutation(count)
        assert permutation(count, 3).tolist() == expected.tolist()


def test_random_splits_are_disjoint_reproducible_and_complete(tmp_path):
    records = numbered(tmp_path, 50)
    rest, val, test = split_records(records, [0.1, 0.2], seed=4)
    assert (len(rest), len(val), len(test)) == (35, 5, 10)
    assert sorted(lines(rest) + lines(val) + lines(test)) == list(range(50))
    again = split_records(records, [0.1, 0.2], seed=4)
    assert [lines(part) for part in again] == [lines(part) for part in (rest, val, test)]
    assert lines(split_records(records, [0.1, 0.2], seed=5)[1]) != lines(val)
    with pytest.raises(DataError, match="too little to split"):
        split_records(records[:3], [0.1], seed=0)


def test_a_limit_draws_examples_in_their_order(tmp_path):
    records = numbered(tmp_path, 30)
    some, more = (lines(sample_records(records, count, seed=2)) for count in (5, 9))
    assert some == sorted(some)
    assert set(some) < set(more)
    with pytest.raises(UsageError, match="there are 30 examples to train on, not 31"):
        sample_records(records, 31, seed=2)


def test_a_limit_draws_whole_texts(tmp_path):
    pieces = [Record({"tokens": f"t{n}"}, "f", n, n % 3 == 0, n % 3 == 2) for n in range(12)]
    drawn = sample_records(stored(tmp_path, pieces), 2, seed=1)
    assert len(drawn) == 6
    assert drawn.begins.tolist() == [True, False, False] * 2
    with pytest.raises(UsageError, match="there are 4 examples"):
        sample_records(stored(tmp_path, pieces), 5, seed=1)


def test_texts_are_split_in_order(tmp_path):
    text = "one two three four five six seven eight nine ten"
    records = stored(tmp_path, [Record({"tokens": text}, "f", 1)])
    parts = split_texts(records.file, [0.2, 0.3], whole_words=True)
    values = [part[0].values["tokens"] for part in parts]
    assert "".join(values) == text
    assert all(v.split()[0] in text.split() for v in values)
    cut = split_texts(records.file, [0.1], whole_words=False)
    assert cut[0][0].values["tokens"] == text[: int(len(text) * 0.9)]


@pytest.mark.parametrize("whole_words", [True, False])
def test_the_pieces_of_a_text_are_split_where_the_text_would_be(tmp_path, whole_words):
    texts = ["one two  three\nfour five six seven eight nine ten", "so be it " * 5, "short text"]
    whole = stored(tmp_path, [Record({"tokens": text}, "f", 1) for text in texts])
    pieces = [
        Record({"tokens": text[at : at + 4]}, "f", 1, at == 0, at + 4 >= len(text))
        for text in texts
        for at in range(0, len(text), 4)
    ]
    cut = stored(tmp_path, pieces)
    expected, found = (split_texts(r.file, [0.2, 0.3], whole_words) for r in (whole, cut))
    for one, other in zip(expected, found, strict=True):
        joined = ["".join(r.values["tokens"] + "|" * r.ends for r in part) for part in (one, other)]
        assert joined[0] == joined[1]
        assert other.begins.sum() == len(one)
        assert [r.begins for r in other] == other.begins.tolist()


def test_no_part_of_a_text_is_in_two_splits(tmp_path):
    records = stored(tmp_path, [Record({"tokens": f"a {'b' * 97} c"}, "f", 1)])
    with pytest.raises(DataError, match="too little to split"):  # the only space is at the end
        split_texts(records.file, [0.1, 0.1], whole_words=True)


def test_examples_that_agree_are_split_off_together(tmp_path):
    records = stored(tmp_path, [Record({"source": str(n // 3)}, "a", n) for n in range(60)])
    parts = split_records(records, [0.2, 0.1], seed=1, split_by="source")
    assert sorted(record.line for part in parts for record in part) == list(range(60))
    assert [len(part) for part in parts] == [42, 12, 6]
    words = [{record.values["source"] for record in part} for part in parts]
    assert not (words[0] | words[1]) & words[2]
    assert not words[0] & words[1]


def test_folds_keep_examples_that_agree_together_and_test_each_once(tmp_path):
    records = stored(tmp_path, [Record({"source": f"w{n % 7}"}, "f", n) for n in range(20)])
    tested = []
    for fold in range(3):
        train, test = hold_out(records, 3, fold, seed=1, split_by="source")
        assert not {r.values["source"] for r in train} & {r.values["source"] for r in test}
        assert len(train) + len(test) == 20
        tested += test
    assert sorted(record.line for record in tested) == list(range(20))
    with pytest.raises(DataError, match="there are 7 examples"):
        hold_out(records, 8, 0, seed=1, split_by="source")
