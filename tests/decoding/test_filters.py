"""The filters against the definitions of their papers, written out one token at a time."""

from __future__ import annotations

import math
import random
from itertools import product

import pytest
import torch

from seqtasks.decoding import filter_logits, penalise
from seqtasks.decoding.repetition import marks
from seqtasks.errors import UsageError


def distribution(logits):
    weights = [math.exp(logit - max(logits)) for logit in logits]
    return [weight / sum(weights) for weight in weights]


def smallest_set(order, shares, mass):
    kept, total = set(), 0.0
    for token in order:
        kept.add(token)
        total += shares[token]
        if total >= mass:
            break
    return kept


def plain(logits, temperature, top_k, top_p, typical_p):
    """The support of one row and its probabilities, each filter on what the one before left."""
    logits = [logit / temperature for logit in logits]

    def cut(kept):
        return [logit if token in kept else -math.inf for token, logit in enumerate(logits)]

    if top_k is not None:
        ranked = sorted(range(len(logits)), key=lambda token: (-logits[token], token))
        logits = cut(set(ranked[:top_k]))
    if top_p is not None:
        shares = distribution(logits)
        order = sorted(range(len(logits)), key=lambda token: (-shares[token], token))
        logits = cut(smallest_set(order, shares, top_p))
    if typical_p is not None:
        shares = distribution(logits)
        entropy = -sum(share * math.log(share) for share in shares if share)
        real = [token for token, share in enumerate(shares) if share]
        order = sorted(real, key=lambda token: (abs(-math.log(shares[token]) - entropy), token))
        logits = cut(smallest_set(order, shares, typical_p))
    return distribution(logits)


SETTINGS = list(product((1.0, 0.7, 2.0), (None, 5), (None, 0.6), (None, 0.2, 0.9)))


@pytest.mark.parametrize(("temperature", "top_k", "top_p", "typical_p"), SETTINGS)
def test_the_filters_are_those_of_the_papers(temperature, top_k, top_p, typical_p):
    random.seed(7)
    rows = [[random.gauss(0, 2) for _ in range(11)] for _ in range(6)]
    logits = torch.tensor(rows, dtype=torch.float64)
    found = filter_logits(logits, temperature, top_k, top_p, typical_p).softmax(-1)
    for row, given in zip(found.tolist(), rows, strict=True):
        assert row == pytest.approx(plain(given, temperature, top_k, top_p, typical_p), abs=1e-12)


@pytest.mark.parametrize("name", ["top_p", "typical_p"])
@pytest.mark.parametrize("mass", [0.05, 0.5, 0.97])
def test_a_mass_is_found_in_a_large_vocabulary(name, mass):
    """Near 1, or in flat rows, it takes more tokens than are looked at first."""
    random.seed(3)
    rows = [[random.gauss(0, width) for _ in range(300)] for width in (0.01, 1.0, 5.0)]
    kept = filter_logits(torch.tensor(rows, dtype=torch.float64), **{name: mass}).softmax(-1)
    settings = {"temperature": 1.0, "top_k": None, "top_p": None, "typical_p": None, name: mass}
    for row, given in zip(kept.tolist(), rows, strict=True):
        assert row == pytest.approx(plain(given, **settings), abs=1e-12)
    assert (kept > 0).sum(dim=1).max() > 64 or mass == 0.05


def test_typical_sampling_may_drop_the_most_probable_token():
    # Entropy 1.46 nats; the tokens' information is 0.69 and 2.30.
    logits = torch.tensor([[0.6, 0.1, 0.1, 0.1, 0.1]]).log().double()
    assert filter_logits(logits, typical_p=0.5).isfinite().tolist() == [[True] + [False] * 4]
    logits = torch.tensor([[0.4, 0.2, 0.2, 0.2]]).log().double()
    assert filter_logits(logits, typical_p=0.5).isfinite().tolist() == [[False, True, True, True]]


def test_typical_sampling_bears_what_is_ruled_out():
    logits = torch.tensor([[0.0, -math.inf, 0.0], [-math.inf, 1.0, -math.inf]])
    found = filter_logits(logits, typical_p=0.99).softmax(-1)
    assert found.tolist() == [[0.5, 0.0, 0.5], [0.0, 1.0, 0.0]]


def test_of_equally_typical_tokens_the_lower_ids_stay():
    kept = filter_logits(torch.zeros(1, 4), typical_p=0.5).isfinite()
    assert kept.tolist() == [[True, True, False, False]]


@pytest.mark.parametrize("typical_p", [0.0, -0.1, 1.01, math.nan])
def test_a_typical_mass_out_of_range_is_refused(typical_p):
    with pytest.raises(UsageError, match=r"typical_p: .*more than 0 and at most 1"):
        filter_logits(torch.zeros(1, 4), typical_p=typical_p)


@pytest.mark.parametrize("penalty", [0.5, 1.2, 3.0])
def test_the_penalty_divides_what_is_positive_and_multiplies_what_is_negative(penalty):
    random.seed(1)
    rows = [[random.gauss(0, 2) for _ in range(9)] for _ in range(4)]
    texts = [[3, 3, 0], [], [8], range(9)]
    logits = torch.tensor(rows, dtype=torch.float64)
    found = penalise(logits, marks(texts, logits), penalty)
    for row, given, text in zip(found.tolist(), rows, texts, strict=True):
        expected = [
            (logit / penalty if logit > 0 else logit * penalty) if token in text else logit
            for token, logit in enumerate(given)
        ]
        assert row == pytest.approx(expected)


def test_a_penalty_leaves_what_is_ruled_out():
    logits = torch.tensor([[-math.inf, 0.0]])
    assert penalise(logits, torch.tensor([[True, True]]), 2.0).tolist() == [[-math.inf, 0.0]]
