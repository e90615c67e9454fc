"""Intervals and comparisons of scores, against what is known of them."""

from __future__ import annotations

import math

import pytest
import torch
from torchmetrics.classification import MulticlassCalibrationError, MulticlassConfusionMatrix

from seqtasks.errors import UsageError
from seqtasks.evaluation.bootstrap import Sums, compare_scores, interval, resample_counts
from seqtasks.metrics import CorpusBLEU, MeanLoss, SymbolErrorRate

DRAWN = {"samples": 4000, "confidence": 0.9, "seed": 3}


def parts_of(metric, *updates):
    sums = Sums(metric)
    for update in updates:
        metric.update(*update)
        sums.take()
        metric.reset()
    return sums


def test_the_interval_of_a_share_is_the_binomial_one():
    right = [float(place < 140) for place in range(200)]
    sums = parts_of(MeanLoss(), *((value, 1) for value in right))
    low, high = interval(sums, **DRAWN)
    deviation = math.sqrt(0.7 * 0.3 / 200)
    assert low == pytest.approx(0.7 - 1.645 * deviation, abs=0.01)
    assert high == pytest.approx(0.7 + 1.645 * deviation, abs=0.01)


def test_a_score_that_is_no_mean_is_that_of_the_whole_sample():
    texts = [(["a b c d"], [["a b c d"]]), (["a x c"], [["a b c"]]), (["q"], [["a b c d e"]])]
    sums = parts_of(CorpusBLEU(), *texts)
    counts = torch.tensor([[2.0, 0, 1], [1, 1, 1]]).double()
    for row, found in zip(counts.long().tolist(), sums.resampled(counts).tolist(), strict=True):
        metric = CorpusBLEU()
        for (outputs, references), count in zip(texts, row, strict=True):
            metric.update(outputs * count, references * count)
        assert found == pytest.approx(metric.compute().item())


def test_equal_models_do_not_differ_and_others_do():
    outputs = [f"{place % 5} b c" for place in range(60)]
    references = [["1 b c"]] * 60
    pairs = [([o], [r]) for o, r in zip(outputs, references, strict=True)]
    same = parts_of(SymbolErrorRate(), *pairs)
    found = compare_scores(same, same, **DRAWN)
    assert (found.difference, found.interval, found.p_value) == (0, (0, 0), 1)
    perfect = parts_of(SymbolErrorRate(), *((r, [r]) for r in references))
    better = compare_scores(perfect, same, **DRAWN)
    assert better.difference == pytest.approx(-48 / 180)
    assert better.interval.high < 0
    assert better.p_value == pytest.approx(1 / 4001)
    with pytest.raises(UsageError, match="scored on 60 and 1 parts"):
        compare_scores(same, parts_of(SymbolErrorRate(), pairs[0]), **DRAWN)


def test_chance_is_not_taken_for_a_difference():
    draw = torch.Generator().manual_seed(5)
    ours, theirs = (torch.rand(2, 300, generator=draw) < 0.6).float().tolist()
    sums = [parts_of(MeanLoss(), *((value, 1) for value in row)) for row in (ours, theirs)]
    found = compare_scores(*sums, **DRAWN)
    assert found.interval.low < 0 < found.interval.high
    assert found.p_value > 0.05


def test_which_metrics_are_sums():
    assert Sums.fits(MulticlassConfusionMatrix(3))
    assert not Sums.fits(MulticlassCalibrationError(3))


def test_draws_are_of_the_size_of_the_data_and_follow_the_seed():
    [drawn] = resample_counts(50, 20, seed=1)
    assert drawn.sum(dim=1).tolist() == [50.0] * 20
    assert torch.equal(drawn, *resample_counts(50, 20, seed=1))
    assert not torch.equal(drawn, *resample_counts(50, 20, seed=2))


def test_samples_of_many_parts_are_drawn_some_at_once(monkeypatch):
    sums = parts_of(MeanLoss(), *((float(place % 3), 1) for place in range(50)))
    [whole], found = resample_counts(50, 20, seed=1), interval(sums, **DRAWN)
    compared = compare_scores(sums, sums, **DRAWN)
    monkeypatch.setattr("seqtasks.evaluation.bootstrap.NUMBERS_AT_ONCE", 170)
    some = list(resample_counts(50, 20, seed=1))
    assert [len(counts) for counts in some] == [3] * 6 + [2]
    assert torch.equal(torch.cat(some), whole)
    assert interval(sums, **DRAWN) == found
    assert compare_scores(sums, sums, **DRAWN) == compared


def test_samples_without_an_example_that_has_a_score_are_left_out():
    updates = [(1.5, 1), (2.5, 1), *[(0.0, 0)] * 4]  # four have a label that training never shows
    sums = parts_of(MeanLoss(), *updates)
    low, high = interval(sums, **DRAWN)
    assert (low, high) == (1.5, 2.5)
    found = compare_scores(
        sums, parts_of(MeanLoss(), *((n + 1.0 * c, c) for n, c in updates)), **DRAWN
    )
    assert found.difference == -1
    assert found.interval == pytest.approx((-1, -1))
    none = parts_of(MeanLoss(), (0.0, 0), (0.0, 0))
    assert all(math.isnan(end) for end in interval(none, **DRAWN))
