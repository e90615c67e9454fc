"""What a language model reports: exact, whatever the batch, the window and the resuming."""

from __future__ import annotations

import math

import pytest
import torch
from hydra.utils import instantiate
from small import SMALL

from seqtasks.baselines.budget import Budget
from seqtasks.data.batching.deal import Deal


def evaluated(composed, *options: str) -> dict[str, float]:
    config = composed("task=generation", *SMALL, *options)
    data = instantiate(config.data)
    data.setup()
    torch.manual_seed(0)
    task = instantiate(config.task)(data.vocabularies).double().eval()
    task.setup("fit")
    metrics = task.split_scores("val")
    with torch.no_grad():
        for batch in data.val_dataloader():
            task.evaluate(batch, metrics)
    return {name: float(metric.compute()) for name, metric in metrics.items()}


@pytest.mark.parametrize("level", ["word", "character", "bpe"])
def test_scores_depend_on_neither_window_nor_batch_size(composed, level):
    options = [f"data.tokens.level={level}", "data.tokens.max_size=300"]
    sizes = [(8, 4), (1, 1000), (3, 17)]
    found = [
        evaluated(composed, *options, f"data.batching.batch_size={b}", f"data.batching.window={w}")
        for b, w in sizes
    ]
    for scores in found[1:]:
        assert scores == pytest.approx(found[0], rel=1e-9)
    assert found[0]["perplexity"] == pytest.approx(math.exp(found[0]["loss"]))


def test_bits_per_character_counts_the_text_itself(composed):
    scores = evaluated(composed, "data.tokens.level=character", "data.batching.batch_size=2")
    assert scores["bits_per_char"] == pytest.approx(scores["loss"] / math.log(2), rel=1e-6)


def test_the_uniform_baseline_is_the_size_of_the_vocabulary(composed):
    config = composed("task=generation", *SMALL)
    data = instantiate(config.data)
    data.setup()
    task = instantiate(config.task)(data.vocabularies)
    scores = task.baselines(data, Budget())
    assert scores["uniform"]["perplexity"] == pytest.approx(len(data.vocabularies["tokens"]))
    order = [scores[n]["loss"] for n in ("uniform", "unigram", "bigram", "best possible")]
    assert order == sorted(order, reverse=True)


def test_a_process_that_has_read_its_documents_runs_no_model(composed):
    config = composed("task=generation", *SMALL, "data.batching.window=2")
    data = instantiate(config.data)
    data.setup()
    task = instantiate(config.task)(data.vocabularies).eval()
    task.setup("test")
    read, whole, totals = [], [], []
    task.encoder.register_forward_hook(lambda *_: read.append(1))
    for rank in range(3):  # of a single document
        loader = data.batching.loader(data.datasets["test"], training=False, deal=Deal(rank, 3))
        for batch in loader:
            task.evaluate(batch, task.split_scores("test"))
            whole.append(rank)
        totals.append(len(read))
    assert totals == [whole.count(0)] * 3
    assert whole.count(0) == whole.count(1) > 1
