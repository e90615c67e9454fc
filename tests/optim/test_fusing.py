"""Adam by one kernel: the same updates, and only where nobody has said otherwise."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from seqtasks.optim.fusing import fuse

KINDS = (torch.optim.Adam, torch.optim.AdamW)


def steps(optimizer: torch.optim.Optimizer, weights: list[nn.Parameter], count: int) -> None:
    generator = torch.Generator().manual_seed(2)
    for _ in range(count):
        for weight in weights:
            weight.grad = torch.randn(weight.shape, generator=generator, dtype=weight.dtype)
        optimizer.step()


def made(dtype=torch.float32) -> list[nn.Parameter]:
    torch.manual_seed(1)
    return [nn.Parameter(torch.randn(shape, dtype=dtype)) for shape in ((37, 5), (1001,))]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_updates_are_those_of_the_loop(kind, dtype):
    ours, theirs = made(dtype), made(dtype)
    fast, plain = (kind(w, lr=0.01, weight_decay=0.1) for w in (ours, theirs))
    fuse(fast)
    steps(fast, ours, 5)
    steps(plain, theirs, 5)
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one, other)


def test_a_state_that_is_read_again_goes_on_the_same():
    whole, parted = made(), made()
    one, first = torch.optim.Adam(whole), torch.optim.Adam(parted)
    fuse(one)
    fuse(first)
    steps(one, whole, 3)
    steps(first, parted, 3)
    second = torch.optim.Adam(parted)
    fuse(second)
    second.load_state_dict(copy.deepcopy(first.state_dict()))
    steps(one, whole, 2)
    steps(second, parted, 2)
    assert all(map(torch.equal, whole, parted))


@pytest.mark.parametrize(
    "given", [{"fused": False}, {"foreach": True}, {"differentiable": True}, {"capturable": True}]
)
def test_what_the_maker_said_stays(given):
    optimizer = torch.optim.Adam(made(), **given)
    before = copy.deepcopy(optimizer.param_groups[0]["fused"])
    fuse(optimizer)
    assert optimizer.param_groups[0]["fused"] is before


def test_other_optimizers_stay_as_they_are():
    optimizer = torch.optim.SGD(made(), lr=0.1)
    fuse(optimizer)
    assert optimizer.param_groups[0]["fused"] is None
