"""Taggers whose labels follow a tag scheme: what they decode, and how it is scored."""

from __future__ import annotations

import itertools
import json
import random

import pytest
import torch
from hydra.utils import instantiate
from seqeval.metrics import f1_score
from seqeval.scheme import IOB2, IOBES

from seqtasks import bundle
from seqtasks.errors import DataError
from seqtasks.run import run
from seqtasks.schemes import tags as spell
from seqtasks.schemes import violation

KINDS = [("PER", 0), ("LOC", 6)]


def corpus(path, scheme, seed):
    """Sentences whose words tell their labels, the first of which has every label."""
    draw = random.Random(seed)
    places = [(0, 2), (3, 3), (4, 5)]
    every = [(kind, n + first, n + last) for kind, n in KINDS for first, last in places]
    sentences = [(every, 13)]
    for _ in range(39):
        length, found, place = draw.randint(1, 7), [], 0
        while place < length:
            last = min(length - 1, place + draw.randint(0, 2))
            if draw.random() < 0.5:
                found.append((draw.choice(KINDS)[0], place, last))
            place = last + 1
        sentences.append((found, length))
    lines = []
    for found, length in sentences:
        labels = spell(found, length, scheme)
        lines += [f"w{draw.randint(0, 2)}{label} {label}" for label in labels] + [""]
    path.write_text("\n".join(lines))
    return str(path)


def options(folder, scheme, *more):
    files = [f"data.{n}={corpus(folder / f'{n}.txt', scheme, n)}" for n in ("train", "val", "test")]
    small = ["encoder.hidden_size=8", "logger=none", "trainer.max_epochs=1"]
    return ["task=tagging", "data=conll", *files, *small, *more]


@pytest.mark.parametrize("head", ["crf", "softmax"])
@pytest.mark.parametrize("scheme", ["BIO", "IOB1", "BIOES", "BMES"])
def test_a_tagger_decodes_only_what_the_scheme_allows(composed, tmp_path, head, scheme):
    chosen = f"task.head.scheme={scheme}"
    config = composed(*options(tmp_path, scheme, f"task/head={head}", chosen))
    data = instantiate(config.data)
    data.setup()
    torch.manual_seed(0)
    task = instantiate(config.task)(data.vocabularies)
    optimizer = torch.optim.Adam(task.parameters(), lr=0.3)
    indices = list(range(32))
    for _ in range(2):
        batch = data.datasets["train"][indices]
        optimizer.zero_grad()
        task.loss(task(batch), batch).mean.backward()
        optimizer.step()
    for name, parameter in task.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().sum() > 0, name
    task.eval()
    predicted = task.predict(data.datasets["test"][list(range(40))])
    assert [violation(row, scheme) for row in predicted] == [None] * 40
    assert sum(map(len, predicted)) > 100


def test_a_crf_trains_is_scored_and_predicts_the_same_from_its_bundle(composed, tmp_path, capsys):
    chosen = ["task/head=crf", "task.head.class_weights={O: 0.5, S-PER: 2}"]
    more = ["task.strict_spans=true", "trainer.max_epochs=8", "optimizer.lr=0.05"]
    config = composed(*options(tmp_path, "BIOES", *chosen, *more, "data.batching.batch_size=8"))
    results = run(config, tmp_path / "run", "tagging")
    assert set(results["test"]) >= {"loss", "accuracy", "f1"}
    assert results["test"]["f1"] > 0.8
    last = torch.load(tmp_path / "run" / "checkpoints" / "last.ckpt", weights_only=True)
    assert any("'val/f1'" in key and "max" in key for key in last["callbacks"])
    assert "f1" in capsys.readouterr().out
    saved = json.loads((tmp_path / "run" / "bundle" / "metrics.json").read_text())
    assert saved["test"] == results["test"]
    loaded = bundle.load(tmp_path / "run" / "bundle")
    assert loaded.task.head.constraint.scheme == "BIOES"
    assert loaded.task.head.weights.tolist().count(0.5) == 1
    lines = ["w1B-PER w2E-PER w1O", "", "w0I-LOC", "w1I-PER w1S-LOC w2B-PER w1O"]
    predicted = loaded.predict(lines)
    assert predicted[0] == ["B-PER", "E-PER", "O"]
    assert [len(row or ()) for row in predicted] == [3, 0, 1, 4]
    assert all(violation(row, "BIOES") is None for row in predicted if row)
    assert predicted == [loaded.predict([line])[0] for line in lines]


@pytest.mark.parametrize(
    ("scheme", "strict"), [("BIO", False), ("BIO", True), ("BIOES", True), ("BMES", False)]
)
def test_scores_of_a_tagger_are_those_of_what_it_decodes(composed, tmp_path, scheme, strict):
    chosen = ["task/head=crf", "task.head.scheme=null", f"task.strict_spans={strict}"]
    config = composed(*options(tmp_path, scheme, *chosen))
    data = instantiate(config.data)
    data.setup()
    torch.manual_seed(0)
    task = instantiate(config.task)(data.vocabularies).eval()
    torch.nn.init.normal_(task.head.transitions)
    task.setup("fit")
    metrics = task.split_scores("val")
    batch = data.datasets["test"][list(range(40))]
    logits = 3.0 * torch.nn.functional.one_hot(batch.tags, len(task.labels))
    logits += torch.randn(logits.shape)
    task.score(metrics, logits, batch)
    predicted = task.names(task.head.decode(logits, batch.lengths))
    assert any(violation(row, scheme) for row in predicted)
    expected = [record.values["tags"] for record in data.datasets["test"].records]
    pairs = [*zip(itertools.chain(*predicted), itertools.chain(*expected), strict=True)]
    share = sum(one == two for one, two in pairs) / len(pairs)
    assert metrics["accuracy"].compute().item() == pytest.approx(share)
    mode = {"mode": "strict", "scheme": IOB2 if scheme == "BIO" else IOBES} if strict else {}
    known = [
        [[tag.replace("M-", "I-") for tag in row] for row in rows] for rows in (expected, predicted)
    ]
    wanted = f1_score(*known, zero_division=0, **mode)
    assert metrics["f1"].compute().item() == pytest.approx(wanted)
    assert 0.2 < wanted < 0.8


@pytest.mark.parametrize("at_once", [1, 2, 1000])
def test_tags_that_a_crf_cannot_learn_are_named_by_their_line(
    composed, tmp_path, at_once, monkeypatch
):
    monkeypatch.setattr("seqtasks.heads.crf.ROWS_AT_ONCE", at_once)
    broken = "w1O O\n\nw2O O\nw1I-PER I-PER\n\n"
    chosen = options(tmp_path, "BIO", "task/head=crf", "data.tags.scheme=null")
    place = tmp_path / "train.txt"
    place.write_text(broken + place.read_text())
    with pytest.raises(DataError, match=r"train\.txt:3: the tags 'O I-PER' are not BIO: tag 2"):
        run(composed(*chosen), tmp_path / "run", "tagging")
    config = composed(*chosen, "data.tags.scheme=auto")
    data = instantiate(config.data)
    data.setup()
    instantiate(config.task)(data.vocabularies).fit_to_training_data(data)


@pytest.mark.parametrize("head", ["crf", "softmax"])
def test_a_penalty_of_o_is_chosen_by_the_span_f1_of_the_validation_data(composed, tmp_path, head):
    chosen = [f"task/head={head}", "task.head.outside_penalty=auto"]
    config = composed(*options(tmp_path, "BIO", *chosen))
    data = instantiate(config.data)
    data.setup()
    torch.manual_seed(0)
    task = instantiate(config.task)(data.vocabularies)
    outside = 1.5 * torch.nn.functional.one_hot(
        torch.tensor(task.labels.index["O"]), len(task.labels)
    )

    def shy(batch):
        noise = torch.randn((*batch.tags.shape, len(task.labels)), generator=draw)
        return torch.nn.functional.one_hot(batch.tags, len(task.labels)) + 0.5 * noise + outside

    def score():
        draw.manual_seed(2)
        task.setup("fit")
        metrics = task.split_scores("test")
        batch = data.datasets["test"][list(range(40))]
        task.score(metrics, task(batch), batch)
        return metrics["f1"].compute().item()

    task.forward, draw = shy, torch.Generator().manual_seed(1)
    before = score()
    metrics = task.split_scores("test")
    metrics["f1"].reset()
    draw.manual_seed(1)
    task.calibrate(data)
    assert 0.8 <= task.head.penalty.item() <= 2.2
    assert score() > before + 0.1
    copy = instantiate(config.task)(data.vocabularies)
    copy.load_state_dict(task.state_dict())
    assert copy.head.penalty == task.head.penalty
    assert task.report()["outside_penalty"] == pytest.approx(task.head.penalty.item())
