"""Cross-validation: the folds of the training examples."""

from __future__ import annotations

import itertools

import pytest

from seqtasks.data.batching.buckets import Buckets
from seqtasks.data.fields import LabelField, TokenField
from seqtasks.data.module import SequenceData
from seqtasks.data.readers import LineReader, TextReader
from seqtasks.errors import DataError, UsageError


def made(folder, count=23, reader=LineReader, **options):
    path = folder / "train.txt"
    path.write_text("".join(f"label{n % 2} text{n}\n" for n in range(count)))
    options |= {"tokens": TokenField(), "label": LabelField()}
    return SequenceData(reader(), Buckets(4), str(path), **options)


def lines(data):
    return {split: [record.line for record in part] for split, part in data.read().items()}


def test_every_example_is_tested_once_and_validation_comes_from_the_rest(tmp_path):
    folds = [lines(made(tmp_path, folds=5, fold=fold, val_fraction=0.2)) for fold in range(5)]
    assert sorted(itertools.chain(*(fold["test"] for fold in folds))) == list(range(1, 24))
    assert sorted(len(fold["test"]) for fold in folds) == [4, 4, 5, 5, 5]
    for fold in folds:
        assert sorted(itertools.chain(*fold.values())) == list(range(1, 24))
        assert len(fold["val"]) == 4
    assert folds[0] == lines(made(tmp_path, folds=5, fold=0, val_fraction=0.2, test_fraction=0))
    assert folds[0]["test"] != lines(made(tmp_path, folds=5, fold=0, split_seed=1))["test"]


def test_named_validation_examples_stay_what_they_are(tmp_path):
    (tmp_path / "val.txt").write_text("label0 other\n" * 3)
    fold = lines(made(tmp_path, folds=2, fold=1, val=str(tmp_path / "val.txt")))
    assert fold["val"] == [1, 2, 3]
    assert sorted(fold["train"] + fold["test"]) == list(range(1, 24))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"folds": 1}, "folds: it is at least 2"),
        ({"folds": 3, "fold": 3}, "fold from 0 to folds - 1, not 3 and 3"),
        ({"folds": 3, "test": "test.txt"}, "a test is named too; set test or folds to null"),
        ({"folds": 3, "reader": TextReader}, "this reader gives running text"),
    ],
)
def test_folds_that_cannot_be_are_refused(tmp_path, options, message):
    with pytest.raises(UsageError, match=message):
        made(tmp_path, **options)


def test_more_folds_than_examples_are_refused(tmp_path):
    with pytest.raises(DataError, match="there are 4 examples in the training data"):
        made(tmp_path, count=4, folds=5).read()


def test_what_a_split_does_is_said_in_every_run_that_takes_it_from_the_cache(tmp_path, caplog):
    path = tmp_path / "train.txt"
    path.write_text("".join(f"label{n % 2} text{n}\n" for n in range(20)) + "alone text\n")
    for _ in range(2):
        caplog.clear()
        fields = {"tokens": TokenField(), "label": LabelField()}
        options = {"folds": 4, "cache": str(tmp_path / "cache")}
        SequenceData(LineReader(), Buckets(4), str(path), **options, **fields).setup()
        said = "1 label has a single example, which stays in training in every fold: alone"
        assert caplog.text.count(said) == 1
