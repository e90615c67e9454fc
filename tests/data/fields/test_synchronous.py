"""Synchronous translation: what is written at each step, and how it is scored."""

from __future__ import annotations

import json

import pytest
from small import SMALL

from seqtasks import bundle
from seqtasks.bundle.build import build
from seqtasks.data.fields import SynchronousField
from seqtasks.data.record import Record
from seqtasks.data.vocabulary import WAIT
from seqtasks.errors import UsageError
from seqtasks.metrics import CorpusBLEU
from seqtasks.run import run

PAIRS = [("a b c", "x y"), ("a b", "x y z"), ("c", "")]


def field(**options):
    made = SynchronousField(**options)
    made.name = "tags"
    return made


def records():
    return [Record({"tokens": source, "tags": target}, "f", 1) for source, target in PAIRS]


@pytest.mark.parametrize(
    ("delay", "expected"),
    [
        (0, [["x", "y", WAIT], ["x", "y"], [WAIT]]),
        (1, [[WAIT, "x", "y"], [WAIT, "x"], [WAIT]]),
        (9, [[WAIT] * 3, [WAIT] * 2, [WAIT]]),
    ],
)
def test_a_step_has_the_target_word_that_comes_so_much_later(delay, expected):
    made = field(delay=delay)
    made.fit(records())
    rows = [[made.vocabulary.symbols[n] for n in row] for row in made.encode(records())]
    assert rows == expected


def test_words_that_are_not_known_are_legal_and_the_whole_target_is_kept():
    made = field(min_count=2)
    made.fit(records())
    assert made.vocabulary.symbols == [WAIT, "<unk>", "x", "y"]
    assert made.encode([Record({"tokens": "a b c", "tags": "x z q r"})])[0].tolist() == [2, 1, 1]
    assert made.written(records()[1]) == ["x y z"]
    with pytest.raises(UsageError, match=r"delay: it is at least 0, not -1"):
        field(delay=-1)


def test_a_tagger_translates_and_its_bleu_is_that_of_its_predictions(composed, tmp_path):
    config = composed("task=synchronous", *SMALL, "data.tags.delay=1")
    config.trainer.max_epochs = 2
    results = run(config, tmp_path / "run", "synchronous")
    assert 0 < results["baselines"]["most frequent tag of each word"]["bleu"] < 100
    loaded = bundle.load(tmp_path / "run" / "bundle")
    data = build(json.loads(json.dumps(loaded.config["data"])))
    data.setup()
    rows = data.datasets["test"].records
    found = loaded.predict([" ".join(record.values["tokens"]) for record in rows])
    metric = CorpusBLEU()
    metric.update([" ".join(row) for row in found], [record.values["tags"] for record in rows])
    assert float(metric.compute()) == pytest.approx(results["test"]["bleu"], abs=1e-6)
