"""The cache against its equations, written out one step after the other."""

from __future__ import annotations

import math

import pytest
import torch
from torch.overrides import TorchFunctionMode

from seqtasks.decoding import Cache, mix


def by_definition(features, targets, size, theta):
    """Equation 3 of Grave et al. 2017, for the last ``size`` steps before each."""
    shares = []
    for t in range(len(targets)):
        past = range(max(0, t - size), t)
        weights = [math.exp(theta * float(features[t] @ features[i])) for i in past]
        right = [w for w, i in zip(weights, past, strict=True) if targets[i] == targets[t]]
        shares.append(sum(right) / sum(weights) if weights else math.nan)
    return torch.tensor(shares, dtype=torch.float64)


@pytest.fixture
def text():
    torch.manual_seed(0)
    return torch.randn(60, 5, dtype=torch.float64), torch.randint(0, 4, (60,))


@pytest.mark.parametrize("theta", [0.0, 0.7])
@pytest.mark.parametrize("size", [1, 7, 100])
@pytest.mark.parametrize("window", [1, 9, 60])
def test_the_cache_is_its_equation_however_the_text_is_cut(text, monkeypatch, size, window, theta):
    monkeypatch.setattr("seqtasks.decoding.cache_pointer.PRODUCTS_AT_ONCE", 4 * (size + 1))
    cache, found = Cache(size), []
    for features, targets in zip(*(part.split(window) for part in text), strict=True):
        found.append(cache.look_up(features, targets, theta))
        cache.remember(features, targets)
    assert len(cache.values) == min(size, 60)
    expected = by_definition(*text, size, theta)
    torch.testing.assert_close(torch.cat(found), expected, equal_nan=True)


def test_room_for_more_steps_than_there_are_costs_nothing(text):
    class Counted(TorchFunctionMode):
        def __torch_function__(self, function, types, arguments=(), options=None):
            counts[-1] += function is torch.Tensor.softmax
            return function(*arguments, **options or {})

    counts, found = [], []
    for size in (60, 10**9):
        counts.append(0)
        with Counted():
            found.append(Cache(size).look_up(*text, 0.5))
    assert counts == [1, 1]
    assert torch.equal(found[0][1:], found[1][1:])


def test_what_is_looked_up_is_not_remembered(text):
    cache = Cache(10)
    once = cache.look_up(*text, 0.5)
    assert torch.equal(once[1:], cache.look_up(*text, 0.5)[1:])
    assert cache.look_up(text[0][:0], text[1][:0], 0.5).shape == (0,)


def test_half_precision_is_summed_in_32_bits(text):
    features, targets = text[0].bfloat16(), text[1]
    found = Cache(10).look_up(features, targets, 0.5)
    expected = by_definition(features.double(), targets, 10, 0.5)
    torch.testing.assert_close(found.double(), expected, equal_nan=True, rtol=1e-5, atol=1e-6)


def test_a_cache_without_a_share_or_a_past_leaves_the_model_alone():
    log_probs = torch.randn(5, dtype=torch.float64)
    shares = torch.tensor([math.nan, 0.0, 0.5, 1.0, 0.2])
    assert torch.equal(mix(log_probs, shares, 0.0), log_probs)
    mixed = mix(log_probs, shares, 0.25)
    assert mixed[0] == log_probs[0]
    expected = 0.75 * log_probs.exp() + 0.25 * shares.double()
    torch.testing.assert_close(mixed[1:].exp(), expected[1:])
    never = torch.tensor([-math.inf], dtype=torch.float64)
    assert mix(never, torch.zeros(1), 0.25) == -math.inf
