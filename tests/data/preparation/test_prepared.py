"""Data modules on the cache: read once, right after every change, the same as in memory."""

from __future__ import annotations

import logging
import os
import pickle

import numpy as np
import pytest
import torch

from seqtasks.data.batching.buckets import Buckets
from seqtasks.data.batching.streams import Streams
from seqtasks.data.dataset import SequenceDataset
from seqtasks.data.fields import CharacterField, CopyField, LabelField, TagField, TokenField
from seqtasks.data.fields.fitting import fit
from seqtasks.data.length_filter import LengthFilter
from seqtasks.data.module import SequenceData
from seqtasks.data.readers import ConllReader, LineReader, TextReader
from seqtasks.data.record import Record
from seqtasks.errors import DataError, UsageError


class CountingReader(LineReader):
    """Reads lines, and counts how often."""

    passes = 0

    def read(self, source, columns):
        type(self).passes += 1
        return super().read(source, columns)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("SEQTASKS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(CountingReader, "passes", 0)
    return tmp_path / "cache"


def written(path, count=40, text="word"):
    path.write_text("".join(f"l{n % 2} {text} w{n % 7} {'x ' * (n % 5)}\n" for n in range(count)))
    os.utime(path, (1, 1))
    return path


def prepared(path, reader=None, batching=None, **options):
    fields = {"tokens": TokenField(), "label": LabelField()}
    data = SequenceData(
        reader or CountingReader(), batching or Buckets(4), str(path), **{**fields, **options}
    )
    data.setup()
    return data


def lines(data):
    return {
        name: [record.values["tokens"] for record in split.records]
        for name, split in data.datasets.items()
    }


def same(one, other):
    assert one.keys() == other.keys()
    for name in one:
        if isinstance(one[name], torch.Tensor):
            torch.testing.assert_close(one[name], other[name], rtol=0, atol=0)
        else:
            assert one[name] == other[name]


def test_data_is_read_once_for_all_runs(tmp_path):
    path = written(tmp_path / "a.txt")
    first, second = prepared(path), prepared(path)
    assert CountingReader.passes == 1
    assert lines(first) == lines(second)
    assert first.vocabularies["tokens"].symbols == second.vocabularies["tokens"].symbols
    for split in ("train", "val", "test"):
        for one, other in zip(first.loader(split), second.loader(split), strict=True):
            same(one, other)


def test_other_splits_and_fields_read_the_same_records(tmp_path):
    path = written(tmp_path / "a.txt")
    plain, seeded = prepared(path), prepared(path, split_seed=3)
    folded = prepared(path, folds=4, fold=1)
    limited = prepared(path, limit=9)
    cased = prepared(path, tokens=TokenField(level="character"))
    filtered = prepared(path, filter=LengthFilter(max_tokens=4))
    assert CountingReader.passes == 1
    assert lines(plain) != lines(seeded)
    assert [len(folded.datasets["test"]), len(limited.datasets["train"])] == [10, 9]
    assert "w" in cased.vocabularies["tokens"]
    assert 0 < len(filtered.datasets["train"]) < len(plain.datasets["train"])


@pytest.mark.parametrize("change", ["longer", "content", "name", "reader", "vocabulary"])
def test_whatever_the_data_follows_from_is_looked_at(tmp_path, change):
    path = written(tmp_path / "a.txt")
    before = prepared(path)
    options = {}
    if change == "longer":
        written(path, count=50)
    elif change == "content":  # of the same size and time
        written(path, text="wort")
    elif change == "name":
        path = path.rename(tmp_path / "b.txt")
    elif change == "reader":
        options["reader"] = CountingReader(label="last")
        path.write_text("".join(f"w{n % 7} l{n % 2}\n" for n in range(40)))
    else:
        options["tokens"] = TokenField(min_count=3)
    after = prepared(path, **options)
    expected = prepared(path, **options, cache=None)
    assert lines(after) == lines(expected)
    assert [p.symbols for p in after.vocabularies.values()] == [
        p.symbols for p in expected.vocabularies.values()
    ]
    assert after.datasets["train"].records[0].path == str(path)
    same = lines(after) == lines(before)
    assert same == (change in ("name", "vocabulary"))


def test_a_reader_whose_source_is_no_file_is_asked_what_it_follows_from(tmp_path):
    class Numbers:
        passes, version = 0, "1"

        def read(self, source, columns):
            Numbers.passes += 1
            for n in range(int(source)):
                yield Record({"tokens": f"w{n} {Numbers.version}", "label": str(n % 2)}, "n", n)

    class Told(Numbers):
        def identity(self, source):
            return [source, Numbers.version]

    for passes, reader in ((2, Numbers), (3, Told)):
        for _ in range(2):
            prepared(30, reader())
        assert Numbers.passes == passes
    Numbers.version = "2"
    assert "2" in prepared(30, Told()).vocabularies["tokens"]
    assert Numbers.passes == 4


def test_a_test_reads_no_other_split(tmp_path):
    path = written(tmp_path / "a.txt")
    known = prepared(path).vocabularies
    path.write_text(path.read_text() + "new word\n")  # a label that the model does not know
    data = SequenceData(
        CountingReader(), Buckets(4), str(path), tokens=TokenField(), label=LabelField()
    )
    dataset = data.use(known)
    assert data.datasets == {"test": dataset}
    assert len(dataset) == 4


def test_what_was_warned_of_is_said_again(tmp_path, caplog):
    path = tmp_path / "a.txt"
    path.write_text(
        "".join(f"l{n % 2} word w{n}\n" for n in range(40)) + "rare word here too\n" * 3
    )
    for _ in range(2):
        caplog.clear()
        prepared(path, filter=LengthFilter(max_tokens=2), val=str(path), test=str(path))
        assert "leaves out 3 of 43 training examples" in caplog.text
        assert {record.levelno for record in caplog.records} == {logging.WARNING}


def test_a_file_that_changes_while_it_is_read_is_refused_and_not_kept(tmp_path, cache):
    path = written(tmp_path / "a.txt")

    class Slow(CountingReader):
        def read(self, source, columns):
            for record in super().read(source, columns):
                yield record
                if record.line == 5:
                    with path.open("a") as file:
                        file.write("l1 more\n")

    with pytest.raises(DataError, match=r"a\.txt: it has changed while it was read"):
        prepared(path, Slow())
    assert not list(cache.glob("*/manifest.json"))
    assert len(lines(prepared(path))["train"]) == 33


@pytest.mark.parametrize("change", ["replaced", "removed", "added"])
def test_a_shard_that_comes_or_goes_meanwhile_is_refused_too(tmp_path, cache, change):
    paths = [written(tmp_path / f"{number}.txt") for number in range(3)]

    class Slow(CountingReader):
        def read(self, source, columns):
            for record in super().read(source, columns):
                yield record
                if record.line == 5 and record.path == str(paths[2]):
                    if change == "replaced":
                        written(tmp_path / "new").replace(paths[0])
                    elif change == "removed":
                        paths[0].unlink()
                    else:
                        written(tmp_path / "3.txt")

    with pytest.raises(DataError, match=r"[03]\.txt: it has changed while it was read"):
        prepared(tmp_path / "*.txt", Slow())
    assert not list(cache.glob("*/manifest.json"))


def test_a_name_that_is_no_utf8_and_lists_in_a_list_are_remembered(tmp_path):
    raw = written(tmp_path / os.fsdecode(b"a\xff.txt"))
    for _ in range(2):
        assert prepared(raw).datasets["train"].records[0].path == str(raw)
    assert CountingReader.passes == 1

    class Pairs(CountingReader):
        def read(self, source, columns):
            return super().read(source[0], columns)

    paths = [[str(written(tmp_path / f"{name}{n}")) for n in range(2)] for name in "ab"]
    for text, passes in (("word", 2), ("word", 2), ("wort", 3)):
        written(tmp_path / "b1", text=text)
        prepared_from(paths, Pairs())
        assert Pairs.passes == passes


def test_a_shard_that_is_missing_is_named(tmp_path):
    shards = [str(written(tmp_path / f"{n}.txt", 4)) for n in range(300)]
    os.remove(shards[123])
    with pytest.raises(DataError, match=r"123\.txt: no such file"):
        prepared_from(shards)


def prepared_from(shards, reader=None):
    reader = reader or LineReader()
    data = SequenceData(reader, Buckets(4), shards, tokens=TokenField(), label=LabelField())
    data.setup()
    return data


def test_mapped_examples_are_those_in_memory(tmp_path):
    path = tmp_path / "a.conll"
    random = np.random.default_rng(0)
    sentences = [
        "".join(f"w{random.integers(30)} t{random.integers(3)}\n" for _ in range(length)) + "\n"
        for length in random.integers(1, 9, 60)
    ]
    path.write_text("".join(sentences))

    def fields():
        made = {"tokens": TokenField(), "tags": TagField(), "characters": CharacterField()}
        made["copies"] = CopyField("tokens", target="tokens", share_vocabulary_with="tokens")
        return made

    data = SequenceData(ConllReader(), Buckets(4), str(path), str(path), str(path), **fields())
    data.setup()
    records = list(data.datasets["train"].records)
    own = fields()
    for name, field in own.items():
        field.name = name
    fit(own, records, {})
    memory = SequenceDataset.of(own, records)
    for at in range(0, 60, 7):
        same(data.datasets["train"][range(at, min(at + 7, 60))], memory[range(at, min(at + 7, 60))])
    assert data.datasets["train"].encoded["tokens"].values.dtype == np.uint8


def test_another_process_gets_the_files_and_not_what_they_hold(tmp_path):
    limits = {"filter": LengthFilter(max_tokens=6), "limit": 800}
    data = prepared(written(tmp_path / "a.txt", 3000), **limits)
    for split in data.datasets.values():
        other = pickle.loads(sent := pickle.dumps(split))
        without = pickle.dumps(split.fields)
        assert len(sent) - len(without) < 3000
        same(other[range(9)], split[range(9)])
        assert list(other.records)[-1] == split.records[-1]
    text = tmp_path / "text.txt"
    text.write_text("one two three\n" * 300)
    data = SequenceData(TextReader(), Streams(4, 16), str(text), tokens=TokenField())
    data.setup()
    for split in data.datasets.values():
        assert pickle.loads(pickle.dumps(split)).records[0] == split.records[0]


@pytest.mark.parametrize("level", ["character", "word", "bpe"])
@pytest.mark.parametrize("workers", [0, 1])
def test_a_text_in_pieces_is_the_text_in_one(tmp_path, monkeypatch, level, workers):
    path = tmp_path / "text.txt"
    random = np.random.default_rng(1)
    path.write_text(" ".join(f"word{random.integers(50)}\n" * 2 for _ in range(900)))

    def batches(pieces):
        monkeypatch.setattr("seqtasks.data.readers.pieces.PIECE", pieces)
        field = TokenField(level=level, max_size=300 if level == "bpe" else None)
        batching = Streams(4, 16)
        data = SequenceData(
            TextReader(), batching, str(path), tokens=field, cache=None, num_workers=workers
        )
        data.setup()
        counts = [len(split) for split in data.datasets.values()]
        assert counts == [1, 1, 1]
        assert len(data.datasets["train"].records) == 1
        return [list(data.loader(split)) for split in data.datasets]

    for one, other in zip(batches(10**6), batches(500), strict=True):
        for left, right in zip(one, other, strict=True):
            same(left, right)


def test_a_length_filter_refuses_texts_in_pieces(tmp_path, monkeypatch):
    path = tmp_path / "text.txt"
    path.write_text("one two three four five six seven eight\n" * 30)
    monkeypatch.setattr("seqtasks.data.readers.pieces.PIECE", 100)
    options = {"filter": LengthFilter(min_tokens=20), "label": None, "cache": None}
    with pytest.raises(UsageError, match=r"data\.filter.*running text that is read in pieces"):
        prepared(path, TextReader(), Streams(2, 8), **options)
    monkeypatch.setattr("seqtasks.data.readers.pieces.PIECE", 10**6)
    assert len(prepared(path, TextReader(), Streams(2, 8), **options).datasets["train"]) == 1


def test_a_model_is_tested_without_the_words_that_it_was_trained_with(tmp_path):
    path, vectors = written(tmp_path / "a.txt"), tmp_path / "vectors.txt"
    vectors.write_text("more 0.5 1\nword 1 1\n")

    def fields():
        return {"tokens": TokenField(words=str(vectors)), "label": LabelField()}

    known = prepared(path, **fields()).vocabularies
    assert "more" in known["tokens"]
    vectors.unlink()
    data = SequenceData(CountingReader(), Buckets(4), str(path), **fields())
    assert len(data.use(known)) == 4
    with pytest.raises(DataError, match=r"vectors\.txt"):
        prepared(path, **fields())
