"""The benchmark of learning words, on a few words."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import torch
from small import ROOT


@pytest.fixture(autouse=True)
def benchmarks(monkeypatch):
    """The folder of benchmarks, where they find each other."""
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))


def test_the_plain_loop_learns_and_scores_every_token(monkeypatch):
    import word_language_model as benchmark

    torch.manual_seed(0)
    model = benchmark.Plain(7, 32)
    tokens = torch.arange(2000) % 7
    uniform = benchmark.nats(model, tokens)
    assert uniform / 1999 == pytest.approx(torch.tensor(7.0).log().item(), rel=0.02)
    for _ in range(20):
        benchmark.learn(model, tokens.view(20, -1), rate=10.0)
    learnt = benchmark.nats(model, tokens)
    assert learnt < 0.9 * uniform
    monkeypatch.setattr(benchmark, "READ", 13)
    assert benchmark.nats(model, tokens) == pytest.approx(learnt, rel=1e-4)


def test_both_learn_side_by_side(monkeypatch, tmp_path, capsys):
    import word_language_model as benchmark

    text, report = tmp_path / "it's.txt", tmp_path / "report.json"
    text.write_text("one two three four five six\n" * 200)
    sizes = ["--size", "8", "--words", "10", "--epochs", "2", "--json", str(report)]
    options = ["logger=none", "data.batching.batch_size=4", "data.batching.window=8", "seed=2"]
    monkeypatch.setattr(sys, "argv", ["word_language_model.py", str(text), *options, *sizes])
    benchmark.main()
    figures = json.loads(report.read_text())
    for name in ("plain loop", "seqtasks"):
        (first, begun), (second, ended) = figures[name]
        assert second < first < 12
        assert 0 < begun < ended
    lines = capsys.readouterr().out.splitlines()[-3:]
    assert [line.split()[0] for line in lines] == ["epoch", "1", "2"]


def test_an_epoch_without_its_seconds_is_no_shorter_table(monkeypatch, tmp_path):
    import word_language_model as benchmark

    def trained(config, *given):
        Path(config.callbacks.clock.path).write_text("1.5\n")
        return {"history": [{"val/perplexity": 9.0}, {"val/perplexity": 8.0}]}

    monkeypatch.setattr(benchmark, "run", trained)
    with pytest.raises(ValueError, match="shorter"):
        benchmark.ours(["task=generation"], tmp_path)
