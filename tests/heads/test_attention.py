"""Attention against the equations of the papers."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from seqtasks.errors import UsageError
from seqtasks.heads.attention import ATTENTIONS, find_attention
from seqtasks.kernels.lengths import mask

SIZES = {"dot": 5}
"""Features of a query, 6 unless said; those of a memory are 5."""


def made(kind: str, **options):
    torch.manual_seed(0)
    size = SIZES.get(kind, 6)
    attention = find_attention(kind)(size, 5, **options)
    return attention, torch.randn(3, 2, size), torch.randn(3, 4, 5)


def attend(attention, query, memory, lengths):
    keys, values = attention.keys(memory), attention.values(memory)
    return attention(query, keys, values, mask(torch.tensor(lengths), memory.size(1)))


@pytest.mark.parametrize("kind", [kind for kind in ATTENTIONS if kind != "none"])
def test_attention_weighs_real_steps_alone_and_sums_to_one(kind):
    attention, query, memory = made(kind, **{"num_heads": 3} if kind == "multi_head" else {})
    context, weights = attend(attention, query, memory, [4, 1, 2])
    assert context.shape == (3, 2, attention.output_size)
    torch.testing.assert_close(weights.sum(-1), torch.ones(3, 2))
    assert not weights[1, :, 1:].any()
    assert not weights[2, :, 2:].any()
    only = attention.values(memory)[1, ..., :1, :].flatten()  # of all heads, one behind the other
    torch.testing.assert_close(context[1], only.expand(2, -1))
    longer = nn.functional.pad(memory, (0, 0, 0, 3), value=50.0)
    torch.testing.assert_close(attend(attention, query, longer, [4, 1, 2])[0], context)


def test_products_and_tanh_units_score_as_in_the_papers():
    general, query, memory = made("multiplicative")
    expected = torch.einsum("bti,ij,bsj->bts", query, general.key.weight, memory)
    torch.testing.assert_close(general.scores(query, general.keys(memory)), expected)
    dot, query, memory = made("dot")
    expected = torch.einsum("bti,bsi->bts", query, memory)
    torch.testing.assert_close(dot.scores(query, dot.keys(memory)), expected)
    assert not list(dot.parameters())
    additive, query, memory = made("additive")
    scores = additive.scores(query, additive.keys(memory))
    one = torch.tanh(additive.query(query[0, 1]) + additive.key(memory[0, 2])) @ additive.weight
    torch.testing.assert_close(scores[0, 1, 2], one)


def test_heads_equal_those_of_torch():
    heads, query, memory = made("multi_head", num_heads=3)
    theirs = nn.MultiheadAttention(6, 3, bias=False, kdim=5, vdim=5, batch_first=True)
    pairs = zip(("q", "k", "v"), (heads.query, heads.key, heads.value), strict=True)
    for name, ours in pairs:
        getattr(theirs, f"{name}_proj_weight").data.copy_(ours.weight)
    theirs.out_proj.weight.data.copy_(torch.eye(6))
    real = mask(torch.tensor([4, 1, 2]), 4)
    expected, shares = theirs(query, memory, memory, key_padding_mask=~real)
    context, weights = attend(heads, query, memory, [4, 1, 2])
    torch.testing.assert_close(context, expected)
    torch.testing.assert_close(weights, shares)


def test_location_is_a_convolution_over_the_weights_before():
    location, query, memory = made("location", channels=2, width=3)
    before = torch.rand(3, 4)
    keys = location.recall(location.keys(memory), torch.full((3, 4), 9.0), before)
    filters, place = location.convolution.weight[:, 0], 2
    near = before[1, place - 1 : place + 2]
    features = location.location(filters @ near)
    inner = location.query(query[1, 0]) + location.key(memory[1, place]) + features
    score = location.scores(query, keys)[1, 0, place]
    torch.testing.assert_close(score, torch.tanh(inner) @ location.weight)


def test_coverage_is_a_feature_of_each_step_alone():
    covering, query, memory = made("coverage")
    covered = torch.rand(3, 4)
    keys = covering.recall(covering.keys(memory), covered, torch.full((3, 4), 9.0))
    weight = covering.location.weight[:, 0] * covering.convolution.weight.item()
    inner = covering.query(query[1, 0]) + covering.key(memory[1, 2]) + covered[1, 2] * weight
    score = covering.scores(query, keys)[1, 0, 2]
    torch.testing.assert_close(score, torch.tanh(inner) @ covering.weight)


def test_without_attention_there_is_no_context_and_no_weight():
    nothing, query, memory = made("none")
    context, weights = attend(nothing, query, memory, [4, 1, 2])
    assert context.shape == (3, 2, 0)
    assert weights.shape == (3, 2, 4)
    assert not weights.any()


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        ("addtive", {}, "Did you mean 'additive'?"),
        (
            "dot",
            {},
            "6 and 5; set the hidden_size of the decoder's recurrence to 5",
        ),
        ("multi_head", {"num_heads": 4}, "4 heads do not divide the 6 features"),
        ("location", {"past": "coverag"}, "Did you mean 'coverage'?"),
        ("location", {"width": 4}, "width: it is an odd number, at least 1, not 4"),
    ],
)
def test_an_attention_that_cannot_be_is_refused(kind, options, message):
    with pytest.raises(UsageError, match=message.replace("?", r"\?")):
        find_attention(kind)(6, 5, **options)
