"""The tasks that write texts: their scores, their report, what they are given to read."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest
from hydra.utils import instantiate

from seqtasks import bundle, predict
from seqtasks.baselines.rewriting import find_guess
from seqtasks.data.batching.buckets import Buckets
from seqtasks.data.fields import TokenField
from seqtasks.data.module import SequenceData
from seqtasks.data.readers import TextReader
from seqtasks.errors import DataError, UsageError
from seqtasks.metrics.text_scores import TextScores
from seqtasks.run import run

TINY = ["encoder.hidden_size=12", "trainer.max_epochs=1", "logger=none", "task.search.max_length=6"]
WORDS = {"ab": "A B", "ba": "B A", "abba": "A B A", "aab": "AA B", "bab": "B A B", "aa": "AA"}
G2P = "ab\tAH B\n" + "".join(f"{word}\t{name}\n" for word, name in WORDS.items()) * 5
STORIES = 'question,story,answer\nwho ?,"A sat\n, B ran",A\nwhere is A ?,A is in C,C D\n' * 10


@pytest.fixture
def ran(composed, tmp_path):
    """A function that trains on a file: the results, and the run's folder."""

    def make(task: str, *options: str, train: str, test: str = ""):
        for name, text in {"train.txt": train, "test.txt": test or train}.items():
            (tmp_path / name).write_text(text)
        files = [f"data.train={tmp_path}/train.txt", f"data.test={tmp_path}/test.txt"]
        folder = tmp_path / "run"
        return run(composed(f"task={task}", *files, *TINY, *options), folder, task), folder

    return make


def test_several_pronunciations_from_file_to_report(ran, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    options = [
        "data=parallel",
        "data.reader.references=true",
        "data.split_by=source",
        "data.val_fraction=0.3",
    ]
    options += ["task.scores=[sequence_error_rate,symbol_error_rate,bleu,ter]"]
    options += ["+task.score_names.sequence_error_rate=word error rate"]
    test = "ab\tA B\tAH B\nba\tB A\n"
    results, folder = ran("transduction", *options, train=G2P, test=test)
    assert results["test"]["sequence_error_rate"] in (0, 0.5, 1)
    assert set(results["report"]["signatures"]) == {"bleu", "ter"}
    assert "nrefs:var|case:lc|eff:no|tok:none" in results["report"]["signatures"]["bleu"]
    worst = results["report"]["worst"]
    assert len(worst) == 2 * results["test"]["sequence_error_rate"]
    assert json.loads((folder / "metrics.json").read_text())["report"]["worst"] == worst
    printed = capsys.readouterr().out
    assert "bleu: nrefs:var|case:lc" in printed
    assert worst
    assert "word error rate" in printed
    for place in ("report.html", "bundle/README.md"):
        text = (folder / place).read_text(encoding="utf-8")
        assert "word error rate" in text
        assert "sequence error rate" not in text
    assert "Some of the worst outputs" in printed
    assert "A B  |  AH B" in printed
    loaded = bundle.load(folder / "bundle")
    assert all(isinstance(text, str) for text in loaded.predict(["ab", "zzz", "a" * 40]))


def test_the_best_of_several_references_decides(ran):
    options = ["data=parallel", "data.reader.references=true", "task.baseline=copy"]
    options += ["task.scores=[sequence_error_rate,symbol_error_rate,length_ratio]"]
    test = "ab\tX\tab\nba\tB A\n"
    results, _ = ran("transduction", *options, train=G2P, test=test)
    copied = results["baselines"]["copy of the source"]
    assert copied == {"sequence_error_rate": 0.5, "symbol_error_rate": 2 / 3, "length_ratio": 2 / 3}


def test_questions_from_a_table_to_predictions(ran, monkeypatch, capsys):
    options = ["data=table", "data.reader.format=csv"]
    results, folder = ran("question_answering", *options, train=STORIES)
    assert results["baselines"] == {"most frequent answer to the first word": {"accuracy": 1}}
    assert r"printf '%b\n' 'who ?\tA sat' | python -m" in capsys.readouterr().out
    loaded = bundle.load(folder / "bundle")
    assert loaded.task.vocabularies["source"].symbols[4] == "<sep>"
    given = io.TextIOWrapper(io.BytesIO(b"who ?\tA sat , B ran\n\nwhat\tnever seen\n"))
    monkeypatch.setattr(sys, "stdin", given)
    taken = io.TextIOWrapper(io.BytesIO())
    monkeypatch.setattr(sys, "stdout", taken)
    predict.main([str(folder)])
    assert taken.buffer.getvalue().count(b"\n") == 3
    with pytest.raises(DataError, match=r"input:2: 1 text\(s\) in 'source', 2 expected with a tab"):
        loaded.predict(["who ?\tA sat", "who ?"])


def test_a_column_of_several_that_is_not_there_is_named(ran):
    with pytest.raises(DataError, match=r"no column 'story' .* name one with data\.source\.column"):
        ran(
            "question_answering",
            "data=table",
            "data.reader.format=csv",
            train="question,answer\na,b\n",
        )


def test_bad_sources_are_refused_by_their_line(ran):
    with pytest.raises(DataError, match=r"train\.txt:1: 'source' has 4 tokens, more than data"):
        ran("transduction", "data=parallel", "data.source.max_length=3", train="abba\tA B\n" * 30)
    with pytest.raises(DataError, match=r"train\.txt:1: no value of 'source'"):
        ran("transduction", "data=parallel", train="\tA B\n" * 30)
    with pytest.raises(DataError, match=r"train\.txt:1: 1 column\(s\) found, 2 expected"):
        ran("transduction", "data=parallel", train="ab\n" * 30)


def test_running_text_has_no_examples_to_keep_together():
    with pytest.raises(UsageError, match="where examples stand apart"):
        SequenceData(TextReader(), Buckets(), "a.txt", split_by="tokens", tokens=TokenField())


def test_the_monitored_score_says_which_way_is_better():
    for name, mode in (("loss", "min"), ("ter", "min"), ("bleu", "max")):
        scores = TextScores(["bleu", "ter"], name, str.split)
        assert (scores.monitor, scores.mode) == (f"val/{name}", mode)
    ranking = TextScores(["length_ratio", "accuracy", "bleu"], "bleu", str.split).worst().ranking
    assert "eff:yes" in ranking.signature
    only = TextScores(["length_ratio"], "loss", list).worst().ranking
    assert type(only).__name__ == "ExactMatch"
    with pytest.raises(UsageError, match="The choices are copy, frequent, closest"):
        find_guess("zebra")


def test_a_published_set_is_read_by_its_experiment(composed, real_data, tmp_path):
    for name, size in (("cmudict_g2p", 12000), ("scan_length", 3920), ("babi_qa1", 1000)):
        config = composed(f"experiment={name}", f"paths.data={real_data}")
        splits = instantiate(config.data).read()
        assert len(splits["test"]) == size
        words = {str(record.values["source"]) for record in splits["val"]}
        if name == "cmudict_g2p":
            assert not words & {str(record.values["source"]) for record in splits["train"]}
            assert Path(splits["test"][0].path).name == "g014b2b.ref"


@pytest.mark.parametrize("baseline", ["closest", "copy"])
def test_of_many_pairs_a_baseline_learns_from_some_and_says_so(ran, monkeypatch, baseline):
    monkeypatch.setattr("seqtasks.tasks.translation.LEARNT_FROM", 5)
    options = ["data=parallel", "data.reader.references=true"]
    train = "".join(f"{letter}\tX {number}\n" for number, letter in enumerate("abcdefghij" * 3))
    results, _ = ran("transduction", *options, f"task.baseline={baseline}", train=train)
    [name] = results["baselines"]
    assert name.endswith(" (of 5 pairs)") == (baseline == "closest")
