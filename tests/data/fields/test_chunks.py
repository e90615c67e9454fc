"""Fields that are fitted to a stream, and encode a split in chunks."""

from __future__ import annotations

import numpy as np
import pytest

from seqtasks.data.dataset import encode
from seqtasks.data.fields import (
    CaseField,
    CharacterField,
    CopyField,
    LabelField,
    LabelSetField,
    NumberField,
    SynchronousField,
    TagField,
    TokenField,
    VectorField,
    VectorSequenceField,
)
from seqtasks.data.fields.fitting import fit
from seqtasks.data.record import Record
from seqtasks.data.store.columns import columns_of
from seqtasks.data.store.ragged import Ragged

WORDS = ["Anna", "left", "Rome", "and", "met", "12", "of", "the", "İ", "Σas", "<unk>", "é"]
COUNT = 40


class Living(Record):
    """A record that is counted while anything holds it."""

    count = 0

    def __init__(self, *parts):
        super().__init__(*parts)
        Living.count += 1

    def __del__(self):
        Living.count -= 1


class Stream:
    """Records that are made as they are read, and may not all be held at once."""

    def __iter__(self):
        for number in range(COUNT):
            yield Living(values(number), "file.txt", number + 1)
            assert Living.count < 5, "the records are held"

    def __len__(self):
        raise AssertionError("only a pass over the records tells their number")


def values(number):
    words = [WORDS[(number * step) % len(WORDS)] for step in range(1, 5)]
    text = " ".join(words)
    tags = ["O", "B-X", "I-X", "O"] if number % 2 else ["B-X", "O", "B-Y", "I-Y"]
    return {
        "tokens": text,
        "listed": words,
        "source": f"{text}\tand {text}",
        "target": f"{text} x{number}\t{text}",
        "tags": tags,
        "label": f"label {number % 3}",
        "several": ", ".join(sorted(set(words))),
        "number": str(number / 7),
        "vector": f"{number} 2 3",
        "steps": [[number, 1.5]] * (number % 3 + 1),
        "translation": f"{text} y",
    }


FIELDS = {
    "words": {"tokens": TokenField(bos=True, min_count=2)},
    "characters": {"tokens": TokenField(level="character", eos=True, lowercase=True)},
    "bpe": {"tokens": TokenField(level="bpe", max_size=280)},
    "cut": {"tokens": TokenField(max_length=3, truncate=True, bos=True, eos=True)},
    "listed": {"listed": TokenField(lowercase=True, max_size=9)},
    "separator": {"source": TokenField(separator="<sep>", level="character")},
    "references": {"target": TokenField(references=True)},
    "beside": {
        "tokens": TokenField(max_length=3, truncate=True),
        "case": CaseField(),
        "characters": CharacterField(max_length=3),
        "tags": TagField(),
    },
    "spelled": {"listed": TokenField(), "characters": CharacterField("listed")},
    "copies": {
        "source": TokenField(separator="<sep>"),
        "target": TokenField(references=True, max_size=7),
        "copies": CopyField(separator="<sep>"),
    },
    "shared": {
        "source": TokenField(separator="<sep>", share_vocabulary_with="target"),
        "target": TokenField(references=True),
    },
    "tags": {"tags": TagField(scheme="auto")},
    "tags in another scheme": {"tags": TagField(scheme="auto", target="BIOES")},
    "tags of a scheme": {"tags": TagField(scheme="BIO", target="IOB1")},
    "label": {"label": LabelField()},
    "ordered": {"label": LabelField(order=["label 2", "label 1", "label 0"])},
    "labels": {"several": LabelSetField()},
    "number": {"number": NumberField()},
    "vector": {"vector": VectorField()},
    "steps": {"steps": VectorSequenceField()},
    "synchronous": {"tokens": TokenField(), "translation": SynchronousField(None, delay=1)},
}


def appended(parts):
    """Columns of several chunks as those of one."""
    if not isinstance(parts[0], Ragged):
        return np.concatenate(parts)
    ends = np.cumsum([0, *(length for part in parts for length in part.lengths)])
    return Ragged(np.concatenate([part.values for part in parts]), ends)


def flat(column):
    """A column as something to compare: its type and content."""
    if isinstance(column, Ragged):
        return str(column.values.dtype), column.values.tolist(), column.offsets.tolist()
    return str(column.dtype), column.tolist()


def same(one, other):
    """Whether two encoded values are equal."""
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    return np.array_equal(one, other)


@pytest.mark.parametrize("fields", FIELDS.values(), ids=FIELDS)
def test_chunks_laid_end_to_end_are_the_whole(fields):
    for name, field in fields.items():
        field.name = name
    records = [Record(values(number), "file.txt", number + 1) for number in range(COUNT)]
    fit(fields, Stream(), {})
    symbols = {name: field.vocabulary.to_json() for name, field in fields.items()}
    fit(fields, records, {})
    assert {name: field.vocabulary.to_json() for name, field in fields.items()} == symbols

    encoders = {name: field.encoder(Stream()) for name, field in fields.items()}
    whole = encode(
        fields, {name: field.encoder(records) for name, field in fields.items()}, records
    )
    for size in (1, 7):
        chunks = [
            encode(fields, encoders, records[start : start + size])
            for start in range(0, COUNT, size)
        ]
        for name, field in fields.items():
            found = [columns_of(chunk[name]) for chunk in chunks]
            columns = {key: appended([one[key] for one in found]) for key in found[0]}
            expected = columns_of(whole[name])
            assert {key: flat(column) for key, column in columns.items()} == {
                key: flat(column) for key, column in expected.items()
            }
            view = field.view(columns)
            assert len(view) == COUNT
            assert all(same(view[at], whole[name][at]) for at in range(COUNT))


def test_numbers_take_the_smallest_type_that_holds_the_vocabulary():
    field = TokenField()
    field.name = "tokens"
    for size, dtype in ((200, np.uint8), (252, np.uint8), (253, np.uint16), (70_000, np.uint32)):
        record = Record({"tokens": " ".join(map(str, range(size)))})
        field.fit([record])
        assert len(field.vocabulary) == size + 4
        encoded = field.encode([record])
        assert encoded.values.dtype == dtype
        assert field.encode([Record({"tokens": "0"})]).values.dtype == dtype
        assert sorted(encoded[0].tolist()) == list(range(4, size + 4))


def test_an_empty_chunk_has_columns_too():
    for fields in FIELDS.values():
        for name, field in fields.items():
            field.name = name
        fit(fields, Stream(), {})
        encoders = {name: field.encoder(Stream()) for name, field in fields.items()}
        for name, encoded in encode(fields, encoders, []).items():
            full = columns_of(encoders[name]([Record(values(0), "file.txt", 1)]))
            empty = columns_of(encoded)
            assert len(encoded) == 0
            assert {key: flat(one)[0] for key, one in empty.items()} == {
                key: flat(one)[0] for key, one in full.items()
            }
