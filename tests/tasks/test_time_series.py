"""Classifiers and taggers of sequences of vectors, from a file to a bundle."""

from __future__ import annotations

import json
import math
import random

import pytest
import torch
from hydra.utils import instantiate

from seqtasks import bundle
from seqtasks.errors import BundleError
from seqtasks.run import run

OPTIONS = [
    "data=timeseries",
    "task/embedding=series",
    "encoder.hidden_size=8",
    "trainer.max_epochs=2",
    "logger=none",
]


def waves(path, count, seed):
    """Two channels: the label says which of them swings; the first has an offset of 1000."""
    draw = random.Random(seed)
    lines = ["@classLabel true left right", "@data"]
    for number in range(count):
        length, label = draw.randint(3, 9), number % 2
        channels = [[draw.gauss(0, 0.1) for _ in range(length)] for _ in range(2)]
        channels[label] = [v + 3 * math.sin(2 * t) for t, v in enumerate(channels[label])]
        channels[0] = [v + 1000 for v in channels[0]]
        parts = [",".join(map(repr, channel)) for channel in channels]
        lines.append(":".join([*parts, ("left", "right")[label]]))
    path.write_text("\n".join(lines))
    return str(path)


def classifier(folder, *more):
    files = [f"data.{s}={waves(folder / f'{s}.ts', 40, s)}" for s in ("train", "val", "test")]
    return ["task=classification", *OPTIONS, *files, *more]


def lines(path):
    """What a person would type for the file's examples."""
    rows = [line.split(":")[:-1] for line in path.read_text().splitlines()[2:]]
    channels = [[[float(v) for v in part.split(",")] for part in row] for row in rows]
    return [json.dumps([list(step) for step in zip(*row, strict=True)]) for row in channels]


def test_a_classifier_learns_from_vectors_and_its_bundle_predicts(composed, tmp_path, capsys):
    options = ["trainer.max_epochs=12", "optimizer.lr=0.02", "data.batching.batch_size=8"]
    config = composed(*classifier(tmp_path, *options))
    results = run(config, tmp_path / "run", "classification")
    assert results["test"]["accuracy"] > 0.9
    assert "echo '[[" in capsys.readouterr().out
    typed = lines(tmp_path / "test.ts")
    for kept, whole in zip(results["examples"], typed, strict=False):
        steps = json.loads(kept)
        assert len(kept) <= 500
        assert len(steps) > 1
        assert steps == json.loads(whole)[: len(steps)]
    loaded = bundle.load(tmp_path / "run" / "bundle")
    predicted = loaded.predict(typed, batch_size=7)
    right = [guess == ("left", "right")[n % 2] for n, guess in enumerate(predicted)]
    assert sum(right) / len(right) == pytest.approx(results["test"]["accuracy"])
    assert predicted == [loaded.predict([line])[0] for line in typed]
    assert loaded.predict(["", typed[0]])[0] is None
    path = tmp_path / "run" / "bundle" / "series.vocabulary.json"
    assert abs(json.loads(path.read_text())["mean"][0] - 1000) < 1
    path.write_text("{}")
    with pytest.raises(BundleError, match=r"series.vocabulary.json is damaged"):
        bundle.load(tmp_path / "run" / "bundle")


def test_a_batch_equals_its_members_and_every_parameter_gets_a_gradient(composed, tmp_path):
    config = composed(*classifier(tmp_path, "task.embedding.series.projection_size=5"))
    data = instantiate(config.data)
    data.setup()
    task = instantiate(config.task)(data.vocabularies)
    task.train()
    batch = data.datasets["train"][[3, 0, 7, 5]]
    task.loss(task(batch), batch).mean.backward()
    assert all(p.grad.abs().sum() > 0 for p in task.parameters())
    task.eval()
    with torch.no_grad():
        together = task(batch)
        alone = torch.cat([task(data.datasets["train"][[n]]) for n in (3, 0, 7, 5)])
    torch.testing.assert_close(together, alone, rtol=1e-4, atol=1e-5)
    lengths = batch.lengths
    assert lengths.max() > lengths.min()
    share = 1 - lengths.sum().item() / (4 * lengths.max().item())
    real, places = task.places(batch)
    assert 1 - real.item() / places == pytest.approx(share)


def test_sequences_are_batched_by_length(composed, tmp_path):
    data = instantiate(composed(*classifier(tmp_path, "data.batching.batch_size=5")).data)
    data.setup()
    counts = sorted(len(json.loads(line)) for line in lines(tmp_path / "val.ts"))
    longest = [max(counts[n : n + 5]) for n in range(0, 40, 5)]
    assert [int(batch.lengths.max()) for batch in data.loader("val")] == longest


def test_a_tagger_labels_every_vector_of_a_table(composed, tmp_path):
    draw = random.Random(0)
    rows = ["id,x,y,tags"]
    for name in range(30):
        for _ in range(draw.randint(1, 6)):
            x, y = draw.gauss(0, 1), draw.gauss(0, 1)
            rows.append(f"s{name},{x},{y},{'plus' if x > 0 else 'minus'}")
    (tmp_path / "steps.csv").write_text("\n".join(rows))
    options = [f"data.train={tmp_path / 'steps.csv'}", "data.reader.sequence=id"]
    config = composed("task=tagging", *OPTIONS, *options)
    run(config, tmp_path / "run", "tagging")
    metrics = json.loads((tmp_path / "run" / "metrics.json").read_text())
    assert list(metrics["baselines"]) == ["most frequent tag"]
    [labels] = bundle.load(tmp_path / "run" / "bundle").predict(["[[1, 2], [3, 4], [0, 0]]"])
    assert len(labels) == 3
    assert set(labels) <= {"plus", "minus"}


def test_japanese_vowels_compose_and_read(composed, real_data):
    folder = real_data / "japanese_vowels"
    if not folder.is_dir():
        pytest.skip("no data set japanese_vowels")
    config = composed("experiment=japanese_vowels", f"paths.data={real_data}")
    data = instantiate(config.data)
    data.setup()
    assert [len(data.datasets[s]) for s in ("train", "val", "test")] == [243, 27, 370]
    lengths = data.datasets["test"].encoded["series"].lengths
    assert (lengths.min(), lengths.max()) == (7, 29)
    assert data.datasets["test"][0].series.shape[2] == 12
