"""Test files with labels that the training file lacks: runs go on, and score the names."""

from __future__ import annotations

import itertools
import json
import math
import random

import pytest
import torch
from hydra.utils import instantiate
from seqeval.metrics import f1_score as span_f1
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score
from sklearn.preprocessing import MultiLabelBinarizer

from seqtasks import bundle
from seqtasks.data.fields import LabelField
from seqtasks.data.fields.unseen import known_labels
from seqtasks.data.record import Record
from seqtasks.errors import DataError
from seqtasks.evaluation import evaluate, read_split, results
from seqtasks.run import run

SMALL = ["encoder.hidden_size=8", "logger=none", "trainer.max_epochs=1", "threads=1"]
SMALL += ["data.batching.batch_size=8", "optimizer.lr=0.05"]
LABELS = {"train": "aabbc", "val": "abcx", "test": "abcxyz"}
HEADS = {
    "single_label": [],
    "ordinal": ["data.label.order=[a,b,c]"],
    "multi_label": ["field@data.label=labels", "data.label.separator=';'"],
}


def table(folder, sets=False):
    """Texts of words that tell the label; ``z`` stands in the test alone, ``x`` in training not."""
    draw = random.Random(0)
    for split, labels in LABELS.items():
        rows = ["tokens,label"]
        for n in range(30):
            label = labels[n % len(labels)]
            more = f";{draw.choice(labels)}" if sets and n % 3 == 0 else ""
            rows.append(f"w{label} u{draw.randint(0, 4)} v,{label}{more}")
        (folder / f"{split}.csv").write_text("\n".join(rows))
    return [f"data.{split}={folder / f'{split}.csv'}" for split in LABELS]


@pytest.mark.parametrize("head", HEADS)
def test_a_classifier_is_scored_on_the_names(composed, tmp_path, head, caplog):
    files = table(tmp_path, sets=head == "multi_label")
    options = ["task=classification", "data=table", *files, f"task/head={head}", *HEADS[head]]
    config = composed(*options, *SMALL)
    found = run(config, tmp_path / "run", "classification")
    said = "has 3 labels in the test examples that training never shows: "
    assert caplog.text.count(said) == 1
    assert "has 1 label in the validation examples that training never shows: x (" in caplog.text
    assert math.isfinite(found["test"]["loss"])
    rows = [line.split(",") for line in (tmp_path / "test.csv").read_text().splitlines()[1:]]
    model = bundle.load(tmp_path / "run" / "bundle")
    answers = [model.predict([text])[0] for text, _ in rows]
    right = [label for _, label in rows]
    labels = ["a", "b", "c", "x", "y", "z"]
    scores, report = found["test"], found["report"]
    if head == "multi_label":
        to_sets = MultiLabelBinarizer(classes=labels)
        right = to_sets.fit_transform([label.split(";") for label in right])
        answers = to_sets.fit_transform(answers)
        for average in ("micro", "macro"):
            expected = f1_score(right, answers, average=average, zero_division=0)
            assert scores[f"f1_{average}"] == pytest.approx(expected, abs=1e-6)
        assert scores["exact_match"] == pytest.approx(accuracy_score(right, answers))
    else:
        assert scores["accuracy"] == pytest.approx(accuracy_score(right, answers))
        there = list(report["labels"])
        assert sorted(there) == labels
        assert report["confusion"] == confusion_matrix(right, answers, labels=there).tolist()
        if head == "single_label":
            expected = f1_score(right, answers, average="macro", zero_division=0)
            assert scores["f1"] == pytest.approx(expected, abs=1e-6)
    assert report["classes"]["x"]["recall"] == 0 < report["classes"]["x"]["examples"]
    [baseline] = found["baselines"].values()
    assert all(math.isfinite(value) for value in baseline.values())
    assert "x" in (tmp_path / "run" / "report.html").read_text()

    again = results(str(tmp_path / "run" / "bundle"), samples=20)
    assert again["scores"] == pytest.approx(scores, abs=1e-6)
    assert again["report"] == json.loads(json.dumps(report))
    for name, (low, high) in again["intervals"].items():
        assert low <= high, name
    clean = results(str(tmp_path / "run"), changes=[f"data.test={tmp_path}/train.csv"], samples=0)
    assert "x" not in clean["report"]["labels"]
    caplog.clear()
    results(str(tmp_path / "run"), str(tmp_path / "run"), samples=2)
    assert caplog.text.count(said) == 1  # of both models


def test_scores_of_one_bundle_fit_each_file_in_turn(composed, tmp_path):
    options = ["task=classification", "data=table", *table(tmp_path), "report=false", "examples=0"]
    run(composed(*options, *SMALL), tmp_path / "run", "classification")
    model = bundle.load(tmp_path / "run" / "bundle")
    names = {"train": "abc", "test": "abcxyz", "val": "abcx"}
    for split, labels in [*names.items(), *names.items()]:
        found = evaluate(model, read_split(model, [f"data.test={tmp_path}/{split}.csv"]))
        assert sorted(found.report["labels"]) == [*labels]


def test_a_validation_file_without_a_known_label_is_refused(composed, tmp_path):
    options = ["task=classification", "data=table", *table(tmp_path)]
    (tmp_path / "val.csv").write_text("tokens,label\na b,x\nb c,y\n")
    with pytest.raises(DataError, match=r"data.val: none of the 2 validation examples has a label"):
        run(composed(*options, *SMALL), tmp_path / "run", "classification")


def tagged(folder):
    draw = random.Random(1)
    tags = {"train": ["O", "B-X", "I-X"], "val": ["O", "B-X", "I-Z"]}
    for split in ("train", "val", "test"):
        lines = []
        for _ in range(24):
            row = draw.choices(tags.get(split, ["O", "B-X", "I-X", "B-Z", "I-Z"]), k=5)
            row = [tag if at or tag[0] != "I" else "O" for at, tag in enumerate(row)]
            if split == "train":
                row = ["O", "B-X", "I-X", "O", "B-X"][: draw.randint(2, 5)]
            lines += [f"w{tag} {tag}" for tag in row] + [""]
        (folder / f"{split}.txt").write_text("\n".join(lines))
    return [f"data.{split}={folder / f'{split}.txt'}" for split in ("train", "val", "test")]


@pytest.mark.parametrize("head", ["softmax", "crf"])
def test_a_tagger_is_scored_on_the_names(composed, tmp_path, head, caplog):
    chosen = [f"task/head={head}", "task.head.scheme=null", "examples=1"]
    config = composed("task=tagging", "data=conll", *tagged(tmp_path), *chosen, *SMALL)
    found = run(config, tmp_path / "run", "tagging")
    assert "2 labels in the test examples that training never shows" in caplog.text
    model = bundle.load(tmp_path / "run" / "bundle")
    blocks = (tmp_path / "test.txt").read_text().strip().split("\n\n")
    pairs = [[line.split() for line in block.split("\n")] for block in blocks]
    right = [[tag for _, tag in rows] for rows in pairs]
    answers = model.predict([" ".join(word for word, _ in rows) for rows in pairs])
    flat = [[*itertools.chain(*side)] for side in (right, answers)]
    assert found["test"]["accuracy"] == pytest.approx(accuracy_score(*flat))
    assert found["test"]["f1"] == pytest.approx(span_f1(right, answers, zero_division=0))
    [baseline] = found["baselines"].values()
    assert 0 < baseline["accuracy"] < 1
    again = results(str(tmp_path / "run" / "bundle"), samples=20)
    assert again["scores"] == pytest.approx(found["test"], abs=1e-6, nan_ok=True)


def test_a_joint_task_counts_unseen_labels_as_errors(composed, tmp_path):
    sentences = {"train": ["a", "b"] * 6, "val": ["a", "x"], "test": ["x", "a", "y"]}
    for split, labels in sentences.items():
        rows = [f"w u v\tN V {'Z' if split == 'test' else 'N'}\t{label}" for label in labels]
        (tmp_path / f"{split}.tsv").write_text("\n".join(["tokens\ttags\tlabel", *rows]))
    files = [f"data.{split}={tmp_path / f'{split}.tsv'}" for split in sentences]
    columns = ["data.tokens.column=tokens", "data.tags.column=tags", "data.label.column=label"]
    config = composed("task=joint", "data=table", *files, *columns, *SMALL, "report=false")
    found = run(config, tmp_path / "run", "joint")["test"]
    assert found["accuracy"] < 0.7
    assert found["label_accuracy"] < 0.4
    assert math.isfinite(found["loss"])


CONDITION = ["task=generation", "data=table", "data.tokens.level=character", "data.tokens.eos=true"]
CONDITION += ["data.tokens.column=text", "task/condition=label", "report=true", "examples=3"]


def spoken(path, labels):
    path.write_text("\n".join(["text\tlabel", *(f"{label * 3}b\t{label}" for label in labels)]))


def test_texts_of_a_condition_that_training_never_shows_have_no_score(composed, tmp_path, caplog):
    spoken(tmp_path / "train.tsv", "ab" * 12)
    for name, labels in {"known": "aab", "more": "aaxby"}.items():
        spoken(tmp_path / f"{name}.tsv", labels)
    files = [f"data.{n}={tmp_path}/{f}.tsv" for n, f in (("train", "train"), ("val", "more"))]
    config = composed(*CONDITION, *SMALL, *files, f"data.test={tmp_path}/more.tsv")
    found = run(config, tmp_path / "run", "generation")
    said = "The model starts from 'label', and training never shows x, y: texts of such a label"
    assert caplog.text.count(said) == 1
    folder = str(tmp_path / "run" / "bundle")
    known = results(folder, changes=[f"data.test={tmp_path}/known.tsv"], samples=0)["scores"]
    assert found["test"] == pytest.approx(known, rel=1e-5)
    uniform = found["baselines"]["uniform"]
    model = bundle.load(folder)
    assert uniform["perplexity"] == pytest.approx(len(model.task.vocabulary))
    assert model.predict(["a", "b"])
    with pytest.raises(DataError, match=r"the model has not learnt the label 'q' in 'label'"):
        model.predict(["a", "q"])
    assert not model.fields["label"].unseen.labels


def test_labels_of_records_that_are_refused_are_said_of_no_other():
    field = LabelField()
    field.name = "label"
    field.fit([Record({"label": label}) for label in "aabb"])

    def read(label, line, *wrong):
        with known_labels([field]):
            numbers = field.encode([Record({"label": label}, "input", line)])
            for error in wrong:
                raise error
        return numbers.tolist()

    with pytest.raises(DataError, match="another field"):
        read("x", 1, DataError("another field is wrong"))
    assert read("a", 2) == [0]
    with pytest.raises(DataError, match="input:3: the model has not learnt the label 'y'"):
        read("y", 3)


def test_a_validation_file_of_conditions_that_are_not_learnt_is_refused(composed, tmp_path):
    spoken(tmp_path / "train.tsv", "ab" * 12)
    spoken(tmp_path / "val.tsv", "xy")
    files = [f"data.{name}={tmp_path}/{name}.tsv" for name in ("train", "val")]
    data = instantiate((config := composed(*CONDITION, *SMALL, *files)).data)
    data.setup()
    torch.manual_seed(0)
    task = instantiate(config.task)(data.vocabularies)
    with pytest.raises(DataError, match="none of the 2 validation examples has a label"):
        task.fit_to_training_data(data)
