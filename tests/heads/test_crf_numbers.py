"""A CRF under padding, without steps, over thousands of steps and in every precision."""

from __future__ import annotations

import math
import random

import pytest
import torch
from chains import (
    LENGTHS,
    SETS,
    emissions_of,
    head_of,
    legal_tags,
    over_schemes,
)
from torch.nn import functional

from seqtasks.heads.chain import log_partition
from seqtasks.kernels.lengths import mask
from seqtasks.schemes import tags as spell


@over_schemes
def test_padding_and_batch_mates_change_nothing(scheme):
    lengths = LENGTHS[[1, 3, 2, 0]]
    head, logits = head_of(scheme), emissions_of(scheme)
    tags = legal_tags(head, LENGTHS)
    padded = functional.pad(logits, (0, 0, 0, 3)).masked_fill(
        ~mask(LENGTHS, 7)[..., None], math.nan
    )
    moved = padded[[1, 3, 2, 0]].requires_grad_()
    logits.requires_grad_()
    junk = functional.pad(tags, (0, 3)).masked_fill(~mask(LENGTHS, 7), -100)[[1, 3, 2, 0]]
    losses = [head.loss(logits, tags, LENGTHS), head.loss(moved, junk, lengths)]
    torch.testing.assert_close(losses[0].total, losses[1].total)
    assert losses[0].count == losses[1].count
    gradients = []
    for loss, leaf in zip(losses, (logits, moved), strict=True):
        parameters = (leaf, head.start, head.transitions, head.end)
        gradients.append(torch.autograd.grad(loss.total, parameters))
    [mine, *shared], [other, *others] = gradients
    torch.testing.assert_close(other[:, :4], mine[[1, 3, 2, 0]])
    assert not other[:, 4:].any()
    torch.testing.assert_close(shared, others)
    one, two = head.marginals(logits, LENGTHS), head.marginals(moved, lengths)
    torch.testing.assert_close(two[:, :4], one[[1, 3, 2, 0]])
    assert not two[:, 4:].any()
    rows = head.best(logits, LENGTHS, 4)
    for row, index in zip(head.best(moved, lengths, 4), (1, 3, 2, 0), strict=True):
        assert [found.tokens for found in row] == [found.tokens for found in rows[index]]
    alone = [
        head.decode(logits[i : i + 1, : max(n, 1)], LENGTHS[i : i + 1])
        for i, n in enumerate(LENGTHS)
    ]
    assert [row for [row] in alone] == head.decode(logits, LENGTHS)


@over_schemes
def test_nothing_to_tag(scheme):
    head = head_of(scheme)
    for batch, time in ((3, 0), (0, 4), (2, 4)):
        features = torch.randn(batch, time, 6, dtype=torch.float64)
        lengths, tags = torch.zeros(batch).long(), torch.zeros(batch, time).long()
        logits = head(features)
        loss = head.loss(logits, tags, lengths)
        assert loss.mean == 0
        loss.mean.backward()
        assert head.decode(logits, lengths) == [[]] * batch
        assert [len(found) for found in head.best(logits, lengths, 2)] == [1] * batch
        assert not head.marginals(logits, lengths).any()
        assert log_partition(*head.scores(logits), lengths).tolist() == [0.0] * batch


@pytest.mark.parametrize("scheme", [None, "BIOES"])
def test_thousands_of_steps_stay_exact_in_float32(scheme):
    length = 2000
    lengths = torch.tensor([length, length - 1])
    head = head_of(scheme)
    logits = emissions_of(scheme, lengths, scale=8.0)
    draw = random.Random(0)
    if scheme:
        names = [
            spell(
                [("X", n, n + draw.randint(0, 1)) for n in range(0, length - 2, 3)], length, scheme
            )
            for _ in range(2)
        ]
        tags = torch.tensor([[SETS[scheme].index(name) for name in row] for row in names])
    else:
        tags = torch.randint(3, (2, length))
    exact, leaf = head.loss(logits, tags, lengths), logits.float().requires_grad_()
    exact_marginals = head.marginals(logits, lengths)
    head.float()
    loss = head.loss(leaf, tags, lengths)
    assert loss.total.dtype == torch.float32
    torch.testing.assert_close(loss.total.double(), exact.total, rtol=1e-6, atol=0.0)
    loss.total.backward()
    one_hot = functional.one_hot(tags, logits.size(2)) * mask(lengths, length).unsqueeze(2)
    expected = (exact_marginals - one_hot).float()
    torch.testing.assert_close(leaf.grad, expected, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(
        head.marginals(leaf, lengths), exact_marginals.float(), rtol=1e-4, atol=1e-5
    )
    [found, _], [wanted, _] = head.best(leaf, lengths, 1), head.double().best(leaf, lengths, 1)
    assert found[0].tokens == wanted[0].tokens == head.float().decode(leaf, lengths)[0]
    assert found[0].log_prob == pytest.approx(wanted[0].log_prob, abs=1e-9)


def test_scores_of_any_size_give_finite_gradients():
    head = head_of("BIOES").float()
    tags = torch.tensor([[1, 2, 0, 3]])
    for size in (1e3, 1e6, 1e30):
        leaf = (emissions_of("BIOES", torch.tensor([4])).float() * size).requires_grad_()
        loss = head.loss(leaf, tags, torch.tensor([4]))
        loss.total.backward()
        assert loss.total.isfinite()
        assert leaf.grad.isfinite().all()
        assert head.transitions.grad.isfinite().all()


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_mixed_precision_sums_in_float32(dtype):
    head = head_of("BIOES").float()
    features, tags = torch.randn(4, 4, 6), legal_tags(head, LENGTHS)
    with torch.autocast("cpu", dtype=dtype):
        logits = head(features)
        assert logits.dtype == dtype
        mixed = head.loss(logits, tags, LENGTHS)
        gradients = torch.autograd.grad(mixed.total, (head.transitions, logits))
        probabilities, decoded = head.marginals(logits, LENGTHS), head.decode(logits, LENGTHS)
    plain = head.loss(logits.float(), tags, LENGTHS)
    assert mixed.total.dtype == torch.float32
    assert torch.equal(mixed.total, plain.total)
    [expected] = torch.autograd.grad(plain.total, [head.transitions])
    torch.testing.assert_close(gradients[0], expected)
    assert gradients[1].dtype == dtype
    assert torch.equal(probabilities, head.marginals(logits.float(), LENGTHS))
    assert decoded == head.decode(logits.float(), LENGTHS)
