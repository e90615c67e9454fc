"""What fields refuse of values, what data refuses as a whole, and what its stores refuse."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import pytorch_lightning as pl
from hydra.core.global_hydra import GlobalHydra
from small import SMALL

from seqtasks.api import compose
from seqtasks.data.batch import Batch
from seqtasks.data.batching.buckets import Buckets
from seqtasks.data.batching.streams import Streams
from seqtasks.data.dataset import SequenceDataset
from seqtasks.data.fields import LabelField, LabelSetField, NumberField, TagField, TokenField
from seqtasks.data.fields.copies import CopyField
from seqtasks.data.fields.fitting import check_shared
from seqtasks.data.fields.segmentation import _jieba
from seqtasks.data.fields.series import VectorSequenceField
from seqtasks.data.fields.tag_vocabulary import TagVocabulary
from seqtasks.data.fields.unseen import UnseenLabels, refuse_unseen, room
from seqtasks.data.fields.vectors import VectorField
from seqtasks.data.length_filter import LengthFilter
from seqtasks.data.module import SequenceData, check_folds
from seqtasks.data.preparation.examples import Columns
from seqtasks.data.record import Record
from seqtasks.data.sample.reader import SampleReader
from seqtasks.data.splitting.random_parts import hold_out, sample_records, too_little
from seqtasks.data.store import cache as stores
from seqtasks.data.store.cache import Cache
from seqtasks.data.store.flat_file import check_there
from seqtasks.data.store.record_file import write_records
from seqtasks.data.store.termination import termination_raised
from seqtasks.data.symbols import counting
from seqtasks.data.symbols.counting import check_size
from seqtasks.data.targets import check_some_known
from seqtasks.data.word_vectors import read_vectors
from seqtasks.run import make_data


def records(name: str, *values: Any, path: str = "a.txt") -> list[Record]:
    return [Record({name: value}, path, line) for line, value in enumerate(values, 1)]


def fitted(field: Any, *values: Any, name: str = "x") -> Any:
    """A field that is fitted to some values, on the lines of a.txt."""
    field.name = name
    field.fit(records(name, *values))
    return field


def encoded(field: Any, *values: Any) -> Any:
    return field.encode(records(field.name, *values))


def one_tag_for_two_tokens() -> None:
    field = fitted(TagField(), ["A", "B"], name="tags")
    field.encode([Record({"tokens": ["a", "b"], "tags": ["A"]}, "a.txt", 1)])


def tokens(*values: str, **options: Any) -> Any:
    field = fitted(TokenField(**options), "a b", "b c", name="tokens")
    return SequenceDataset.of({"tokens": field}, records("tokens", *values))


def prepared(*options: str, **files: str) -> Any:
    """The data of a configuration, whose files are written here."""
    for name, content in files.items():
        Path(f"{name}.txt").write_text(content, encoding="utf-8")
    GlobalHydra.instance().clear()
    own = any(option.startswith("data=") for option in options)
    return make_data(compose(*(SMALL[3:] if own else SMALL), *options))[0]


LINES = ("task=classification", "data=lines", "data.train=train.txt")
TWO = "good a b\nbad b a\n" * 10


def along(tokens_of: str) -> Any:
    return prepared(
        "task=tagging",
        "data=conll",
        "data.train=train.txt",
        f"data.tokens.{tokens_of}",
        train="a X\nb Y\n\n" * 20,
    )


def shared(owner: str = "tokens", **options: Any) -> None:
    field = TokenField(share_vocabulary_with=owner, **options)
    field.name = "pair"
    check_shared(field, {"tokens": TokenField(), "pair": field})


def broken_tags() -> None:
    Path("train.txt").write_text("a B-X\nb E-X\n\n" * 40 + "c Z-X\n\n" * 40, encoding="utf-8")
    prepared("task=tagging", "data=conll", "data.train=train.txt", "data.tags.scheme=BIO")


def all_broken() -> None:
    Path("train.txt").write_text("a O\nb I-X\n\n" * 40, encoding="utf-8")
    scheme = ("data.tags.scheme=BIO", "data.tags.invalid=skip")
    prepared("task=tagging", "data=conll", "data.train=train.txt", *scheme)


def too_many_unseen() -> None:
    unseen = UnseenLabels()
    for number in range(room(2) + 1):
        unseen.meet(f"l{number}", f"b.txt:{number + 1}")
    unseen.index({"a": 0, "b": 1})


def never_shown() -> None:
    field = fitted(LabelField(), "a", "b", name="label")
    field.encode(records("label", "c", path="input"))
    refuse_unseen(field)


class Changing:
    """A reader whose file changes while it is read."""

    def identity(self, source: Any) -> str:
        return str(source)

    def read(self, source: Any, columns: Any) -> Iterator[Record]:
        yield Record(dict.fromkeys(columns, "a"), "a", 1)
        Path(source).write_text("more than before", encoding="utf-8")


class Nothing:
    def read(self, source: Any, columns: Any) -> Iterator[Record]:
        yield from ()


def data_of(reader: Any, **options: Any) -> None:
    Path("train.txt").write_text("before", encoding="utf-8")
    fields = {"tokens": TokenField(), "label": LabelField()}
    SequenceData(reader, Buckets(batch_size=2), train="train.txt", cache=None, **fields).setup()


def scheduled_accumulation() -> None:
    data = prepared(*LINES, train=TWO)
    schedule = pl.callbacks.GradientAccumulationScheduler({0: 1, 4: 2})
    data.trainer = pl.Trainer(callbacks=[schedule], logger=False, enable_checkpointing=False)
    data.train_dataloader()


def resumed() -> None:
    data = prepared(*LINES, train=TWO)
    data.load_state_dict({"done": 2, "plan": {"batches": 99, "accumulated": 1, "seed": data.seed}})


def full_disk() -> None:
    def no_room(place: Path, size: int) -> None:
        raise OSError(28, "No space left on device")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stores, "_check_space", no_room)
        Cache(None)._alone(lambda part: {}, lambda place, content: None, 10)


def changed_store() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stores, "whole", lambda place: None)
        stores._made(Path("part"), Path("place"), lambda part: {})


def stored(*given: Record) -> None:
    Path("records").mkdir()
    write_records(Path("records"), ["x"], given)


def many_symbols() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counting, "MOST_SYMBOLS", 1)
        check_size({"a": 1, "b": 1})


def terminated() -> None:
    with termination_raised():
        signal.raise_signal(signal.SIGTERM)


def vectors(content: bytes) -> None:
    Path("v.txt").write_bytes(content)
    read_vectors("v.txt", ["a"])


def no_jieba() -> None:
    _jieba.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "jieba", None)
        _jieba()


def known_to_none() -> None:
    field = fitted(LabelField(), "a", "b", name="label")
    dataset = SequenceDataset.of({"label": field}, records("label", "c", "d"))
    data: Any = SimpleNamespace(datasets={"val": dataset}, fields={"label": field})
    check_some_known(data, "label")


def derived() -> None:
    field = CopyField(along="source")
    field.name = "copies"
    field.value(Record({"tokens": "a"}))


def three(folds: int) -> None:
    data = prepared(*LINES, train=TWO)
    hold_out(data.read()["train"], folds, 0, 1)


def limited() -> None:
    data = prepared(*LINES, train=TWO)
    sample_records(data.read()["train"], 999, 1)


SERIES = ("[[1, 2], [3, 4]]", "[[1, 2]]")

ROWS = {
    "data.batch:Batch.__getattr__": (
        lambda: Batch(target=1).target_text,
        "data.target.keep_text: the scores need these texts; set it to true",
    ),
    "data.batching.buckets:Buckets.__init__": (
        lambda: Buckets(batch_size=0),
        "batch_size: give this or batch_tokens, at least 1, not 0 and None",
    ),
    "data.batching.buckets:Buckets.__init__#2": (
        lambda: Buckets(batch_tokens=9, balance="label"),
        "balance: label goes with batches of so many sequences: set batch_size, and batch_tokens",
    ),
    "data.batching.buckets:Buckets.classes": (
        lambda: Buckets(batch_size=2, balance="labels").classes(tokens("a b")),
        "batching.balance: no field labels has one label for each example; Fields that have: none",
    ),
    "data.batching.streams:Streams.loader": (
        lambda: Streams(2, 2).loader(
            tokens("a b", level="bpe", bpe_dropout=0.1, max_size=99), training=True
        ),
        "tokens.bpe_dropout: it encodes each batch anew, and streams are cut from one running text",
    ),
    "data.batching.streams:Streams.loader#2": (
        lambda: Streams(2, 2).loader(tokens("a"), training=True),
        "a.txt:1: no token to predict: each text has a single token at most; give more text, or",
    ),
    "data.dataset:aligned": (
        lambda: along("bos=true"),
        "data.tags: it has a value for each token of 'tokens', whose level must then be word",
    ),
    "data.fields.bounds:Bounds.refusal": (
        lambda: tokens("a b", " "),
        "a.txt:2: an empty sentence in 'tokens'; remove the line",
    ),
    "data.fields.bounds:Bounds.refusal#2": (
        lambda: tokens("a b", "a b a b", max_length=3),
        "a.txt:2: 'tokens' has 4 tokens, more than tokens.max_length=3; split the line, raise the",
    ),
    "data.fields.bounds:Bounds.refusal#3": (
        lambda: SequenceDataset.of(
            {"tokens": fitted(TokenField(max_length=3), "a b", "b c", name="tokens")},
            [
                Record({"tokens": "a "}, "a.txt", 1, True, False),
                Record({"tokens": "b"}, "a.txt", 2, False),
            ],
        ),
        "'tokens' is a running text that is read in several pieces, and tokens.max_length=3 is a",
    ),
    "data.fields.broken_tags:refusal": (
        broken_tags,
        "have labels that it lacks; name the scheme that they follow: data.tags.scheme, auto to",
    ),
    "data.fields.copies:CopyField.__init__": (
        lambda: CopyField(along="source", level="bpe"),
        "level: words and characters can be copied, not bpe; give it and the source's level the",
    ),
    "data.fields.field:Field.__init__": (
        lambda: LabelField(["a", "b"]),
        "column: name one column, or null for the reader's choice, not ['a', 'b']",
    ),
    "data.fields.field:Field.value": (
        derived,
        "copies.along: the data has no field 'source'; its fields are tokens",
    ),
    "data.fields.field:check_varied": (
        lambda: fitted(LabelField(), "a", "a"),
        "x: the training data has 1 distinct labels, at least 2 are needed; look at the training",
    ),
    "data.fields.fitting:check_shared": (
        lambda: shared("token"),
        "data.pair.share_vocabulary_with=token: the data has no field of tokens of that name",
    ),
    "data.fields.fitting:check_shared#2": (
        lambda: shared(min_count=2),
        "one vocabulary has one min_count; set data.pair.min_count=1, as data.tokens has it",
    ),
    "data.fields.fitting:check_shared#3": (
        lambda: shared(words="v.txt"),
        "data.pair.words=v.txt: the vocabulary is that of data.tokens; set data.tokens.words",
    ),
    "data.fields.label_sets:LabelSetField.__init__": (
        lambda: LabelSetField(separator=""),
        "separator: give one character or more, such as ','",
    ),
    "data.fields.labels:LabelField.__init__": (
        lambda: LabelField(order=["a", "a"]),
        "order: name two labels or more, each once, from the lowest to the highest, as in [low",
    ),
    "data.fields.labels:LabelField.check_order": (
        lambda: fitted(LabelField(order=["low", "high"]), "low", "hihg"),
        "a.txt:2: the label 'hihg' in 'x' is not in x.order=[low, high]; Did you mean 'high'?",
    ),
    "data.fields.labels:LabelField.label": (
        lambda: fitted(LabelField(), "a", ["a", "b"]),
        "a.txt:2: 2 labels in 'x' where one is expected; to learn several: task/head=multi_label",
    ),
    "data.fields.values:values_of": (
        lambda: fitted(LabelField(), "a", ["a", "b"], ["a", "c"]),
        "2 records cannot be used:\n  a.txt:2: 2 labels in 'x' where one is expected; to learn",
    ),
    "data.fields.number:NumberField.number": (
        lambda: encoded(fitted(NumberField()), "N/A"),
        "a.txt:1: 'N/A' in 'x' where a finite number below 3.4e38 is expected; write one",
    ),
    "data.fields.segmentation:_jieba": (
        no_jieba,
        "words of Chinese text need the package jieba: pip install 'seqtasks[chinese]'; or read",
    ),
    "data.fields.series:VectorSequenceField.fit": (
        lambda: fitted(VectorSequenceField()),
        "x: there is no training example",
    ),
    "data.fields.series:VectorSequenceField.steps": (
        lambda: fitted(VectorSequenceField(), "[["),
        "a.txt:1: 'x' is not a JSON list of steps (",
    ),
    "data.fields.series:VectorSequenceField.steps#2": (
        lambda: fitted(VectorSequenceField(), "[1]"),
        "a.txt:1: 'x' is not a list of lists; write one list of numbers a step, as in [[0.1, 2]",
    ),
    "data.fields.series:VectorSequenceField.steps#3": (
        lambda: fitted(VectorSequenceField(), "[]"),
        "a.txt:1: 'x' has no step; remove the example",
    ),
    "data.fields.series:VectorSequenceField.steps#4": (
        lambda: fitted(VectorSequenceField(max_length=1), *SERIES),
        "a.txt:1: 'x' has 2 steps, more than x.max_length=1; split the example, or raise the limit",
    ),
    "data.fields.series:VectorSequenceField.steps#5": (
        lambda: fitted(VectorSequenceField(), "[[1, 2], [3]]"),
        "a.txt:1: 'x' has 1 numbers at step 1, 2 expected as at its first; give every step the",
    ),
    "data.fields.series:VectorSequenceField._check_size": (
        lambda: fitted(VectorSequenceField(), '[[1, 2], [3, "a"]]'),
        "a.txt:1: a step of 'x' that lacks a finite number below 3.4e38; it holds 'a' at step 1",
    ),
    "data.fields.tag_vocabulary:TagVocabulary.from_json": (
        lambda: TagVocabulary.from_json("{"),
        "not the labels of tokens: ",
    ),
    "data.fields.tag_vocabulary:TagVocabulary.from_json#2": (
        lambda: TagVocabulary.from_json('["a", "a"]'),
        "not the labels of tokens, which are distinct strings, and names of schemes",
    ),
    "data.fields.tags:TagField.__init__": (
        lambda: TagField(scheme=None, target="BIO"),
        "target: BIO is to be the name of a scheme, and scheme the file's own scheme, or auto",
    ),
    "data.fields.tags:TagField.encode_by": (
        one_tag_for_two_tokens,
        "a.txt:1: 2 tokens in 'tokens' but 1 labels in 'tags'; give each token one label",
    ),
    "data.fields.tokens:TokenField.__init__": (
        lambda: TokenField(["a", "b"]),
        "column: say what the columns ['a', 'b'] are: separator=<sep> joins them by a symbol",
    ),
    "data.fields.tokens:TokenField.__init__#2": (
        lambda: TokenField(bpe_dropout=0.1),
        "bpe_dropout: 0.1 goes with level=bpe, not level=word",
    ),
    "data.fields.tokens:TokenField.__init__#3": (
        lambda: TokenField(words="v.txt", level="bpe"),
        "words: v.txt goes with whole words, and byte pairs spell every word already; set it to",
    ),
    "data.fields.tokens:TokenField.fit": (
        lambda: fitted(TokenField(level="character"), ["a", "b"]),
        "x.level: character does not fit: the data gives its tokens one by one, which are taken",
    ),
    "data.fields.tokens:TokenField.texts": (
        lambda: fitted(TokenField(["q", "s"], separator="<sep>"), "a"),
        "a.txt:1: 1 text(s) in 'x', 2 expected with a tab between them: q, s",
    ),
    "data.fields.tokens:TokenField.texts#2": (
        lambda: fitted(TokenField(["q", "s"], separator="<sep>"), "a\t "),
        "a.txt:1: an empty text between the tabs of 'x'; write it, or remove the line",
    ),
    "data.fields.unseen:UnseenLabels.index": (
        too_many_unseen,
        "that training never shows, beside 2 that it shows; name the column of the labels",
    ),
    "data.fields.unseen:refuse_unseen": (
        never_shown,
        "input:1: the model has not learnt the label 'c' in 'label'",
    ),
    "data.fields.vectors:VectorField.encode": (
        lambda: encoded(fitted(VectorField(), "1 2"), "1 2 3"),
        "a.txt:1: 'x' holds 3 numbers where the training data's first has 2; correct the line",
    ),
    "data.fields.vectors:_numbers": (
        lambda: fitted(VectorField(), "1 b"),
        "a.txt:1: 'x' needs numbers: ",
    ),
    "data.fields.vectors:_numbers#2": (
        lambda: fitted(VectorField(), "1 nan"),
        "a.txt:1: 'x' needs finite numbers below 3.4e38, not '1 nan'; correct the line",
    ),
    "data.length_filter:LengthFilter.__init__": (
        LengthFilter,
        "a filter of lengths needs a limit: set one of min_tokens, max_tokens, max_ratio",
    ),
    "data.length_filter:LengthFilter.__init__#2": (
        lambda: LengthFilter(max_tokens=0),
        "max_tokens: it is at least 1, or null for none, not 0",
    ),
    "data.length_filter:LengthFilter.within": (
        lambda: LengthFilter(max_tokens=2).within([], {}),
        "filter: no field of the data has a length; set it to null",
    ),
    "data.length_filter:LengthFilter.report": (
        lambda: LengthFilter(max_tokens=2).report({"longer than 2 tokens": 3}, 3),
        "filter: none of the 3 training examples is left: 3 longer than 2 tokens; widen the limits",
    ),
    "data.module:SequenceData.__init__": (
        lambda: prepared("task=classification", "data=lines"),
        "data.train: it is not set; name your training file",
    ),
    "data.module:SequenceData.__init__#2": (
        lambda: prepared(*LINES, "data.val_fraction=1.5"),
        "data.val_fraction: it is above 0, data.test_fraction at least 0, and both together below",
    ),
    "data.module:SequenceData.__init__#3": (
        lambda: prepared(*LINES, "data.limit=0"),
        "data.limit: it is at least 1, or null for all examples, not 0",
    ),
    "data.module:SequenceData.__init__#4": (
        lambda: prepared(*LINES, "data.split_by=lable"),
        "data.split_by: lable: name one of the fields tokens, label where examples stand apart, or",
    ),
    "data.module:SequenceData.stored": (
        lambda: prepared("task=classification", "data=lines", "data.train=[]"),
        "give a path, a list of paths or a glob, not []",
    ),
    "data.module:SequenceData.deal": (
        scheduled_accumulation,
        "callbacks: the batches of an epoch are laid out for one number of batches a step; leave",
    ),
    "data.module:SequenceData.load_state_dict": (
        resumed,
        "ckpt_path: the checkpoint was written after batch 2 of an epoch that is laid out in",
    ),
    "data.module:check_folds": (
        lambda: check_folds(1, 0, None, False),
        "folds: it is at least 2, or null, and fold from 0 to folds - 1, not 1 and 0",
    ),
    "data.module:check_folds#2": (
        lambda: check_folds(3, 0, "test.txt", False),
        "folds: each part of the training data is the test in turn, and a test is named too; set",
    ),
    "data.module:check_folds#3": (
        lambda: check_folds(3, 0, None, True),
        "folds: folds are parts of separate examples, and this reader gives running text; set it",
    ),
    "data.preparation.examples:write_examples": (
        lambda: prepared(
            "task=generation",
            "data=text",
            "data.train=train.txt",
            "data/filter=lengths",
            "data.filter.max_tokens=9",
            train="a b c\n" * 400_000,
        ),
        "filter: it leaves out separate examples, and the training data is running text that is",
    ),
    "data.preparation.examples:Columns.append": (
        lambda: Columns(Path(), "x").append(object(), np.array([True])),
        "x: what a field encodes is an array with a row for each record, a Ragged, or has columns",
    ),
    "data.preparation.faults:Faults.refusal": (
        lambda: prepared(*LINES, "data.missing=error", train=f"{TWO}good\nbad\n"),
        "train.txt:21: ",
    ),
    "data.preparation.source_records:_build": (
        lambda: data_of(Changing()),
        "train.txt: it has changed while it was read; begin again when it is whole",
    ),
    "data.preparation.source_records:_build#2": (
        lambda: data_of(Nothing()),
        "source: no examples in train.txt",
    ),
    "data.preparation.split_examples:usable": (
        all_broken,
        "data.tags: it leaves out every training example",
    ),
    "data.sample.reader:SampleReader.read": (
        lambda: list(SampleReader().read({"seed": 1, "sentences": 2}, {"x": "tokns"})),
        "sample: no column 'tokns' for field 'x' in the view 'sentences'; it has tokens",
    ),
    "data.sample.reader:_count_and_seed": (
        lambda: list(SampleReader().read({"seed": 1}, {"tokens": None})),
        "sample: the source is {seed: a whole number from 0, sentences: one from 1}, not {'seed'",
    ),
    "data.splitting.random_parts:hold_out": (
        lambda: three(99),
        "folds: there are 16 examples in the training data, and each of 99 folds tests on one at",
    ),
    "data.splitting.random_parts:sample_records": (
        limited,
        "limit: there are ",
    ),
    "data.splitting.random_parts:too_little": (
        too_little,
        "train: the data is too little to split into training, validation and test parts; give",
    ),
    "data.store.cache:Cache.__init__": (
        lambda: Cache(None, 0),
        "cache_gigabytes: it is above 0, not 0",
    ),
    "data.store.cache:Cache._alone": (
        full_disk,
        "free some space, or name a folder on another disk",
    ),
    "data.store.cache:_made": (
        changed_store,
        "place: another process has changed it; prepare the data again",
    ),
    "data.store.flat_file:check_there": (
        lambda: check_there(Path("gone/file")),
        "gone: the prepared data was removed while this run used it; begin again, with a larger",
    ),
    "data.store.record_file:RecordWriter.add": (
        lambda: stored(Record({}, "a.txt", 3)),
        "a.txt:3: the reader gives no value for the field 'x'",
    ),
    "data.store.record_file:_torn": (
        lambda: stored(Record({"x": "a"}, "a.txt", 3, False)),
        "a.txt:3: the records of one text follow each other, each but the first with begins=False",
    ),
    "data.store.record_file:_no_text": (
        lambda: stored(Record({"x": 3}, "a.txt", 3)),
        "a.txt:3: here or further on is a value that is no text and no list of texts: not 3",
    ),
    "data.store.termination:_raise": (
        terminated,
        "ended by a signal while the data was prepared; begin again",
    ),
    "data.symbols.counting:check_size": (
        many_symbols,
        "level: the training data has more than 1 distinct symbols, more than are counted in",
    ),
    "data.targets:check_some_known": (
        known_to_none,
        "data.val: none of the 2 validation examples has a label that the training examples have",
    ),
    "data.word_vectors:read_vectors": (
        lambda: vectors(b"b 1 2\na 1\n"),
        "v.txt:2: the vector of 'a' needs 2 finite numbers; correct the line",
    ),
    "data.word_vectors:_open": (
        lambda: vectors(b""),
        "v.txt: it holds no vectors; give a file with a word and its numbers a line",
    ),
    "data.word_vectors:_open#2": (
        lambda: vectors(b"the dog\n"),
        "v.txt:1: not a word and its numbers; give vectors as text, as GloVe, word2vec and fast",
    ),
    "data.word_vectors:_lines": (
        lambda: vectors(b"a 1 2\n\0\0\n"),
        "v.txt:2: binary data; unpack the file, and give vectors as text",
    ),
    "data.word_vectors:_lines#2": (
        lambda: read_vectors("missing.txt", ["a"]),
        "missing.txt: cannot be read (",
    ),
}
