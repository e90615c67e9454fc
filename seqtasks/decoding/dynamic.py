"""Dynamic evaluation: a model goes on learning from the text that it has just been scored on.

Krause, Kahembwe, Murray and Renals 2018, "Dynamic evaluation of neural sequence models". A text is
read in short segments; each is scored first and learnt from afterwards, so that no token is seen
before it is predicted. With θ_g the weights as they were trained, g the gradient of a segment's
mean nats, and M the root of the mean squared gradient of each weight over the training text,

    rms:  θ ← θ - η g / (M + ε) + λ min(M / mean(M), 1 / λ) (θ_g - θ)
    sgd:  θ ← θ - η g + λ (θ_g - θ)

(their equations 5 to 10).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from seqtasks.decoding.steps import Impossible
from seqtasks.errors import UsageError, check_choice, check_least, check_rate

RULES: Mapping[str, Mapping[str, float]] = {
    "rms": {"rate": 0.00005, "decay": 0.002, "epsilon": 0.0001},
    "sgd": {"rate": 0.03, "decay": 0.0},
}
"""The defaults of each rule."""


@dataclass(frozen=True)
class DynamicEvaluation:
    """How a model learns from the text that it reads.

    Attributes:
        rule: ``rms``, which needs the training text, or ``sgd``.
        rate: η; at 0 the model stays as it is.
        decay: λ, how fast the weights go back to those of training.
        epsilon: ε, of ``rms`` alone.
        segment: tokens that are scored before the weights learn from them.

    Raises:
        UsageError: there is no such rule, or a number is out of its range.
    """

    rule: str
    rate: float
    decay: float
    epsilon: float | None = None
    segment: int = 5

    def __post_init__(self) -> None:
        if not 0 <= self.rate < math.inf:
            raise UsageError(f"it is at least 0 and finite, not {self.rate}", option="rate")
        check_rate("decay", self.decay)
        if self.rule != "rms" and self.epsilon is not None:
            raise UsageError(f"{self.rule} divides by nothing; leave it out", option="epsilon")
        if self.rule == "rms" and not 0 < (self.epsilon or 0) < math.inf:
            raise UsageError(f"it is above 0 and finite, not {self.epsilon}", option="epsilon")
        check_least("segment", self.segment, 1)

    @classmethod
    def of(cls, rule: str = "rms", **given: Any) -> DynamicEvaluation:
        """Make one from a rule; numbers that are not given are the rule's defaults.

        >>> DynamicEvaluation.of("sgd", rate=0.1)
        DynamicEvaluation(rule='sgd', rate=0.1, decay=0.0, epsilon=None, segment=5)
        """
        return cls(rule, **{**RULES[check_choice("rule", rule, RULES)], **given})


class Diverged(UsageError):
    """The weights have learnt too fast from a text for a model to give numbers."""


class Follower:
    """The weights of a model while they follow a text.

    Args:
        dynamic: how they follow it.
        weights: the weights that learn.
        sizes: for ``rms``, the size of each weight's gradient in training (`gradient_sizes`).
    """

    def __init__(
        self,
        dynamic: DynamicEvaluation,
        weights: Sequence[nn.Parameter],
        sizes: Sequence[Tensor] | None = None,
    ) -> None:
        self.rate, self.weights = dynamic.rate, weights
        self.trained = [weight.detach().clone() for weight in weights]
        self.divisors: Sequence[Any] = [1.0] * len(weights)
        self.pulls: Sequence[Any] = [dynamic.decay] * len(weights)
        if sizes is not None:
            mean = torch.stack([size.mean() for size in sizes]).mean()
            self.divisors = [size + (dynamic.epsilon or 0) for size in sizes]
            self.pulls = [(dynamic.decay * size / mean).clamp(max=1.0) for size in sizes]

    def learn(self, nats: Tensor) -> None:
        """Take a step towards less of some nats, a scalar, and one back to the trained weights."""
        gradients = torch.autograd.grad(nats, self.weights, allow_unused=True)
        with torch.no_grad():
            for weight, trained, pull, gradient, divisor in zip(
                self.weights, self.trained, self.pulls, gradients, self.divisors, strict=True
            ):
                if gradient is not None:
                    weight.lerp_(trained, pull).sub_(self.rate * gradient / divisor)

    def go_back(self) -> None:
        """Go back to the trained weights, for another text."""
        with torch.no_grad():
            for weight, trained in zip(self.weights, self.trained, strict=True):
                weight.copy_(trained)


@contextmanager
def following(
    dynamic: DynamicEvaluation, model: nn.Module, sizes: Sequence[Tensor] | None = None
) -> Iterator[Follower]:
    """Within the context a model's weights may follow texts; afterwards they are as trained.

    The sizes, for ``rms``, are one tensor of each weight's shape (`gradient_sizes`).

    Raises:
        Diverged: the model gives NaN in the context, though the trained weights are finite.
    """
    follower = Follower(dynamic, weights_of(model), sizes)
    try:
        yield follower
    except Impossible as error:
        if not all(bool(weight.isfinite().all()) for weight in follower.trained):
            raise
        raise Diverged(
            f"at {dynamic.rate:g} the weights learn so fast that the model's logits are NaN; "
            f"lower it, which is {RULES[dynamic.rule]['rate']:g} by default",
            option="dynamic.rate",
        ) from error
    finally:
        follower.go_back()


def weights_of(model: nn.Module) -> list[nn.Parameter]:
    """The weights that learn, each once."""
    return [weight for weight in model.parameters() if weight.requires_grad]


def gradient_sizes(weights: Sequence[nn.Parameter], nats: Iterable[Tensor]) -> list[Tensor]:
    """The root of the mean squared gradient of each weight.

    Args:
        weights: those that learn.
        nats: of batches of the training text, each a mean, a scalar.

    Returns:
        One tensor of each weight's shape.
    """
    sums, count = [torch.zeros_like(weight) for weight in weights], 0
    for count, mean in enumerate(nats, 1):  # noqa: B007
        gradients = torch.autograd.grad(mean, weights, allow_unused=True)
        for total, gradient in zip(sums, gradients, strict=True):
            if gradient is not None:
                total.addcmul_(gradient, gradient)
    return [total.div_(max(count, 1)).sqrt_() for total in sums]
