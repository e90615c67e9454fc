"""The words of the worst sentences."""

from __future__ import annotations

import pytest

from seqtasks.data.dataset import SequenceDataset
from seqtasks.data.fields import TagField, TokenField
from seqtasks.data.record import Record
from seqtasks.evaluation.sentences import with_words


@pytest.mark.parametrize(
    ("text", "level", "words"),
    [
        (["New", "York"], "word", ["New", "York"]),
        ("New York", "word", ["New", "York"]),
        ("北京", "character", ["北", "京"]),
        (None, "word", ["1", "2"]),
    ],
)
def test_a_sentence_has_its_words(text, level, words):
    values = {"tags": ["B-LOC", "I-LOC"]} | ({"tokens": text} if text else {})
    records = [Record({**values, "tags": ["O"]}, "f", 1), Record(values, "f", 7)]
    fields = {"tags": TagField()} | ({"tokens": TokenField(level=level)} if text else {})
    dataset = SequenceDataset(fields, records, {}, [0, 0])
    for name, field in fields.items():
        field.name = name
    row = {"index": 1, "wrong": 1, "expected": ["B-LOC", "I-LOC"], "predicted": ["O", "I-LOC"]}
    [found] = with_words({"sentences": [row], "other": 1}, dataset)["sentences"]
    assert found == {"place": "f:7", "words": words, **row}
    assert with_words({"other": 1}, dataset) == {"other": 1}
