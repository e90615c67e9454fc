"""Published data sets, read as a user downloads them; skipped where they are not at hand."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from seqtasks.data.readers import (
    BabiReader,
    ConllReader,
    LineReader,
    ParallelReader,
    PatternReader,
    TableReader,
    TextReader,
)
from seqtasks.data.record import Columns

BESIDE = Path(__file__).parents[3].parent / "shared" / "data"
DATA = Path(os.environ.get("SEQTASKS_DATA", BESIDE))

TAGGING: Columns = {"tokens": None, "tags": None}
LABELLED: Columns = {"tokens": None, "label": None}


def data(name: str) -> Path:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"no data set {name} (set SEQTASKS_DATA to the folder that holds it)")
    return path


@pytest.mark.parametrize(
    ("split", "sentences", "words"),
    [("train", 12544, 204577), ("dev", 2001, 25147), ("test", 2077, 25094)],
)
def test_ud_english(split: str, sentences: int, words: int) -> None:
    path = data("ud_en_ewt") / f"en_ewt-ud-{split}.conllu"
    records = list(ConllReader().read(path, {**TAGGING, "xpos": None}))
    assert len(records) == sentences
    assert sum(len(record.values["tokens"]) for record in records) == words
    for record in records:
        assert len({len(value) for value in record.values.values()}) == 1
    tags = {tag for record in records for tag in record.values["tags"]}
    assert len(tags) == 17
    assert "_" not in tags


@pytest.mark.parametrize(
    ("name", "sentences", "tokens"),
    [
        ("wnut17train.conll", 3394, 62730),
        ("emerging.dev.conll", 1009, 15733),
        ("emerging.test.annotated", 1287, 23394),
    ],
)
def test_wnut17(name: str, sentences: int, tokens: int) -> None:
    records = list(ConllReader().read(data("wnut17") / name, TAGGING))
    assert len(records) == sentences
    assert sum(len(record.values["tokens"]) for record in records) == tokens
    tags = {tag for record in records for tag in record.values["tags"]}
    assert len(tags) == 13
    assert {tag[:2] for tag in tags} == {"O", "B-", "I-"}
    assert any(token[0] == "#" for record in records for token in record.values["tokens"])


@pytest.mark.parametrize(
    ("name", "lines", "classes"),
    [
        ("trec/train.txt", 5452, 6),
        ("trec/test.txt", 500, 6),
        ("sst2/train.txt", 6920, 2),
        ("sst2/dev.txt", 872, 2),
        ("sst2/test.txt", 1821, 2),
    ],
)
def test_label_and_text(name: str, lines: int, classes: int) -> None:
    path = data(name.split("/")[0]) / name.split("/")[1]
    records = list(LineReader().read(path, LABELLED))
    assert len(records) == lines
    assert len({record.values["label"] for record in records}) == classes
    written = path.read_text(encoding="utf-8").split("\n")
    for record in records:
        assert f"{record.values['label']} {record.values['tokens']}" == written[record.line - 1]


@pytest.mark.parametrize(("split", "rows"), [("train", 9600), ("dev", 1200), ("test", 1200)])
def test_chnsenticorp(split: str, rows: int) -> None:
    path = data("chnsenticorp") / f"{split}.tsv"
    records = list(TableReader().read(path, {"tokens": "text_a", "label": None}))
    assert len(records) == rows
    counts = Counter(record.values["label"] for record in records)
    assert set(counts) == {"0", "1"}
    assert min(counts.values()) > 0.45 * rows


@pytest.mark.parametrize(
    ("split", "pairs"), [("train", 29000), ("val", 1014), ("test_2016_flickr", 1000)]
)
def test_multi30k(split: str, pairs: int) -> None:
    folder = data("multi30k")
    source = [folder / f"{split}.de", folder / f"{split}.en"]
    records = list(ParallelReader().read(source, {"source": None, "target": None}))
    assert len(records) == pairs
    if split == "train":
        assert records[0].values == {
            "source": "zwei junge weiße männer sind im freien in der nähe vieler büsche .",
            "target": "two young , white males are outside near many bushes .",
        }


def whole(reader: TextReader, path: Path) -> str:
    """A text out of its pieces."""
    return "".join(record.values["tokens"] for record in reader.read(path, {"tokens": None}))


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("timemachine", "The Time Machine, by H. G. Wells [1898]", "of man."),
        ("warandpeace", "An Anonymous Volunteer, and David Widger", "conscious."),
    ],
)
def test_gutenberg(name: str, first: str, last: str) -> None:
    path = data(name) / f"{name}.txt"
    text = whole(TextReader(strip_gutenberg=True), path)
    lines = text.strip().split("\n")
    assert (lines[0], lines[-1]) == (first, last)
    assert "gutenberg" not in text.lower()
    assert text in path.read_text(encoding="utf-8")


def test_tinyshakespeare() -> None:
    path = data("tinyshakespeare") / "input.txt"
    text = whole(TextReader(), path)
    assert len(text) == 1115394
    assert len(set(text)) == 65


def test_cmudict() -> None:
    folder = data("cmudict_g2p")
    reader = ParallelReader(references=True)
    records = list(reader.read(folder / "g014b2b.ref", {"source": None, "target": None}))
    assert len(records) == 12000
    assert sum("\t" in record.values["target"] for record in records) == 673
    train = list(reader.read(folder / "g014b2b.train", {"source": None, "target": None}))
    assert len(train) == 113438
    assert not any("\t" in record.values["target"] for record in train)


@pytest.mark.parametrize(
    ("name", "pairs", "longest"), [("test_simple", 4182, 48), ("train_length", 16990, 22)]
)
def test_scan(name: str, pairs: int, longest: int) -> None:
    reader = PatternReader("IN: (?P<source>.+) OUT: (?P<target>.+)")
    path = data("scan") / f"tasks_{name}.txt"
    records = list(reader.read(path, {"source": None, "target": None}))
    assert len(records) == pairs
    assert max(len(str(record.values["target"]).split()) for record in records) == longest


@pytest.mark.parametrize("task", range(1, 21))
def test_babi(task: int) -> None:
    columns: Columns = {"story": None, "question": None, "answer": None}
    path = data("babi") / "en" / f"qa{task}_*_test.txt"
    records = list(BabiReader().read(str(path), columns))
    assert len(records) == 1000
    assert len({record.values["answer"] for record in records}) > 1
