"""Dynamic evaluation against its equations."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from seqtasks.decoding import DynamicEvaluation, following, gradient_sizes, weights_of


@pytest.fixture
def model():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2)).double()
    model[0].bias.requires_grad_(False)  # which does not learn
    return model


def nats(model, seed):
    random = torch.Generator().manual_seed(seed)
    inputs = torch.randn(8, 3, generator=random, dtype=torch.float64)
    return model(inputs).square().mean()


def gradients(model, seed):
    return torch.autograd.grad(nats(model, seed), weights_of(model))


def test_sizes_are_roots_of_mean_squares(model):
    found = gradient_sizes(weights_of(model), (nats(model, seed) for seed in range(3)))
    several = [gradients(model, seed) for seed in range(3)]
    for size, *parts in zip(found, *several, strict=True):
        torch.testing.assert_close(size, torch.stack(parts).square().mean(0).sqrt())


@pytest.mark.parametrize("decay", [0.0, 0.3, 0.9])
@pytest.mark.parametrize("rule", ["rms", "sgd"])
def test_two_steps_are_those_of_the_equations(model, rule, decay):
    weights = weights_of(model)
    trained = [weight.detach().clone() for weight in weights]
    sizes = gradient_sizes(weights, [nats(model, 9)]) if rule == "rms" else None
    dynamic = DynamicEvaluation.of(rule, rate=0.05, decay=decay)
    expected = trained
    with following(dynamic, model, sizes) as follower:
        for seed in (1, 2):
            slopes = gradients(model, seed)
            if rule == "sgd":
                expected = [
                    now - 0.05 * slope + decay * (first - now)
                    for now, first, slope in zip(expected, trained, slopes, strict=True)
                ]
            else:
                mean = sum(size.mean() for size in sizes) / len(sizes)
                expected = [
                    now
                    - 0.05 * slope / (size + dynamic.epsilon)
                    + decay * (size / mean).clamp(max=1 / max(decay, 1e-9)) * (first - now)
                    for now, first, slope, size in zip(
                        expected, trained, slopes, sizes, strict=True
                    )
                ]
            follower.learn(nats(model, seed))
            for weight, now in zip(weights, expected, strict=True):
                torch.testing.assert_close(weight.detach(), now)
        follower.go_back()
        assert all(map(torch.equal, weights, trained))


def test_weights_are_those_of_training_afterwards_whatever_happens(model):
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}

    def interrupted():
        with following(DynamicEvaluation.of("sgd", rate=1.0), model) as follower:
            follower.learn(nats(model, 1))
            assert not torch.equal(model[1].weight, before["1.weight"])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())
    assert all(weight.grad is None for weight in model.parameters())
