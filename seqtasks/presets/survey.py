"""A reading of the beginning of the training data, from which `Facts` follow."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from seqtasks.data.fields import (
    Field,
    TagField,
    TokenField,
    VectorSequenceField,
)
from seqtasks.data.fields.columns import join_columns, split_columns
from seqtasks.data.fields.field import listed
from seqtasks.data.module import SequenceData
from seqtasks.data.preparation.notes import said_before
from seqtasks.data.readers.files import find_files
from seqtasks.data.readers.opening import counting_bytes
from seqtasks.data.readers.paths import RemotePath
from seqtasks.data.readers.remarks import unsaid
from seqtasks.data.record import Record, Value
from seqtasks.data.symbols.unspaced import are_sentences
from seqtasks.data.symbols.words import words_of
from seqtasks.errors import SeqtasksError
from seqtasks.presets.facts import Facts, Text
from seqtasks.schemes.detection import scheme_of

MOST_EXAMPLES, MOST_CHARACTERS = 20_000, 8_000_000
"""What is read at most."""


def survey(data: SequenceData) -> Facts:
    """Facts of the training data of a module that has not read it.

    Raises:
        DataError: a file cannot be used.
    """
    fields = {name: field for name, field in data.fields.items() if not field.derived}
    read: list[int] = []
    with said_before(), unsaid(), counting_bytes(read.append):
        records, exact = beginning(data, fields)
    examples = len(records)
    size = stored_bytes(data.sources["train"])
    if not exact and size and sum(read):
        examples = max(examples, round(examples * size / sum(read)))
    if data.limit is not None:
        examples = min(examples, data.limit)
    columns = {name: [record.values[name] for record in records] for name in fields}
    texts = {name: field for name, field in fields.items() if isinstance(field, TokenField)}
    tags = {
        name: Counter(chain.from_iterable(map(listed, columns[name])))
        for name, field in fields.items()
        if isinstance(field, TagField)
    }
    together = sum(tags.values(), Counter())
    return Facts(
        examples=examples,
        exact=exact,
        running=getattr(data.reader, "continuous", False),
        texts={name: text_of(columns[name]) for name in texts},
        spans=any(scheme_of(found) is not None for found in tags.values()),
        outside=together["O"] / max(1, together.total()),
        steps=steps_of_series(fields, columns),
        copied=copied(columns),
        shared=shared(columns),
        vectors=any(field.words is not None for field in texts.values()),
    )


def beginning(data: SequenceData, fields: Mapping[str, Field]) -> tuple[list[Record], bool]:
    """The first training examples that have all their values, and whether there are no others."""
    columns = {name: field.column for name, field in fields.items()}
    required = [name for name, field in fields.items() if not field.may_be_empty]
    records: list[Record] = []
    characters = 0
    for record in data.reader.read(data.sources["train"], split_columns(columns)):
        if record.fault:
            continue
        record = join_columns(record, columns)
        if not all(record.values[name] for name in required):
            continue
        records.append(record)
        characters += sum(map(length_of, record.values.values()))
        if len(records) == MOST_EXAMPLES or characters >= MOST_CHARACTERS:
            return records, False
    return records, True


def length_of(value: Value) -> int:
    """The characters of a value."""
    return len(value) if isinstance(value, str) else sum(map(len, value))


def stored_bytes(source: Any) -> int:
    """The bytes of the files of a source as they are stored; 0 where nobody can tell."""
    try:
        files = find_files(source)
    except SeqtasksError:  # pairs of files, or what is no file at all
        if isinstance(source, (list, tuple)) and len(source) > 1:
            return sum(map(stored_bytes, source))
        return 0
    sizes = [0 if isinstance(path, RemotePath) else path.stat().st_size for path in files]
    return sum(sizes) if all(sizes) else 0


def text_of(values: Sequence[Value]) -> Text:
    """What the texts of a field are like."""
    count = max(1, len(values))
    cut = [words_of(value) if isinstance(value, str) else value for value in values]
    lengths = [len(words) for words in cut]
    counts = Counter(chain.from_iterable(cut))
    return Text(
        sum(lengths) / count,
        sum(map(length_of, values)) / count,
        len(counts),
        are_sentences([word for word, _ in counts.most_common(1000)]),
        any(isinstance(value, list) for value in values[:1]),
        max(lengths, default=0),
        max(map(length_of, values), default=0),
    )


def steps_of_series(fields: Mapping[str, Field], columns: Mapping[str, Sequence[Value]]) -> float:
    """The steps of a sequence of vectors on average; 0 without any."""
    for name, field in fields.items():
        if isinstance(field, VectorSequenceField) and columns[name]:
            read: list[Any] = [json.loads(str(value)) for value in columns[name][:100]]
            return sum(map(len, read)) / len(read)
    return 0.0


def copied(columns: Mapping[str, Sequence[Value]]) -> float:
    """The share of the words of ``target`` that stand in the ``source`` of their example."""
    there = total = 0
    for source, target in zip(columns.get("source", ()), columns.get("target", ()), strict=True):
        known, words = set(listed(source)), listed(target)
        there, total = there + sum(word in known for word in words), total + len(words)
    return there / max(1, total)


def shared(columns: Mapping[str, Sequence[Value]]) -> float:
    """The share of the different words of ``target`` that some ``source`` holds."""
    words = [
        set(chain.from_iterable(map(listed, columns.get(f, ())))) for f in ("source", "target")
    ]
    return len(words[0] & words[1]) / max(1, len(words[1]))
