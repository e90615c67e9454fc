"""A field and a reader of a user's own, written against what is documented."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from seqtasks.data.batching.buckets import Buckets
from seqtasks.data.fields import Field, TokenField
from seqtasks.data.module import SequenceData
from seqtasks.data.record import Record
from seqtasks.data.store.ragged import Ragged
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.errors import UsageError


class Scale(Vocabulary):
    """The greatest of some numbers."""

    def __init__(self, greatest=0):
        super().__init__([])
        self.greatest = greatest

    def to_json(self):
        return json.dumps(self.greatest)

    @classmethod
    def from_json(cls, text):
        return cls(json.loads(text))


class Measured:
    """The share of each number in the greatest, and its digits."""

    def __init__(self, shares, digits):
        self.shares, self.digits = shares, digits

    def columns(self):
        return {"shares": self.shares, "digits": self.digits}

    def __len__(self):
        return len(self.shares)

    def __getitem__(self, index):
        return self.shares[index], self.digits[index]


class MeasuredField(Field):
    """Numbers, written in two columns."""

    passes = 0

    def __init__(self, column=None):
        super().__init__(column)
        self.vocabulary = Scale()

    def fit(self, records):
        type(self).passes += 1
        self.vocabulary = Scale(max(int(self.value(record)) for record in records))

    def encode(self, records):
        texts = [self.value(record) for record in records]
        shares = np.array([int(text) / self.vocabulary.greatest for text in texts])
        return Measured(shares, Ragged.pack([list(map(int, text)) for text in texts], np.uint8))

    def view(self, columns):
        return Measured(**columns)

    def collate(self, values):
        return {
            self.name: torch.tensor([share for share, _ in values]),
            f"{self.name}_digits": [digits.tolist() for _, digits in values],
        }


class Counter:
    """Yields so many records."""

    def read(self, source, columns):
        for number in range(1, int(source) + 1):
            values = {"tokens": f"w{number % 3} w", "size": str(number)}
            yield Record({name: values[name] for name in columns}, "counter", number)

    def identity(self, source):
        return int(source)


def prepared(count, field, cache):
    data = SequenceData(
        Counter(), Buckets(4), count, tokens=TokenField(), size=field, cache=str(cache)
    )
    data.setup()
    return data


@pytest.mark.parametrize("count", [40, 9000])  # of several chunks
def test_a_field_of_several_columns_is_remembered_with_its_vocabulary(tmp_path, count):
    passes = MeasuredField.passes
    first, second = (prepared(count, MeasuredField(), tmp_path) for _ in range(2))
    assert MeasuredField.passes == passes + 1
    assert second.fields["size"].vocabulary.greatest == first.fields["size"].vocabulary.greatest
    greatest = second.fields["size"].vocabulary.greatest
    for data in (first, second):
        dataset = data.datasets["train"]
        for at in (0, len(dataset) // 2, len(dataset) - 1):
            batch, number = dataset[[at]], dataset.records[at].line
            assert batch.size.tolist() == [number / greatest]
            assert batch.size_digits == [list(map(int, str(number)))]


def listed(field, records):
    return [1 for _ in records]


def short(field, records):
    return np.zeros(len(records) - 1)


def changing(field, records):
    return np.zeros(len(records), np.uint8 if records[0].line < 100 else np.float32)


def objects(field, records):
    return np.array(list(records), dtype=object)


@pytest.mark.parametrize(
    ("encode", "message"),
    [
        (listed, "this one gives a list"),
        (short, "this one gives 3,599 rows for 3,600 records"),
        (changing, r"this one gives rows of float32 \(\) behind rows of uint8 \(\)"),
        (objects, "this one gives rows of Python objects"),
    ],
)
def test_what_no_file_can_hold_is_refused_by_the_field(tmp_path, monkeypatch, encode, message):
    monkeypatch.setattr(MeasuredField, "encode", encode)
    count = 12000 if encode is changing else 4500
    with pytest.raises(UsageError, match=message) as caught:
        prepared(count, MeasuredField(), tmp_path)
    assert str(caught.value).startswith("data.size")
