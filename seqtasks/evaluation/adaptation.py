"""Language models that adapt to the text they are scored on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any, NamedTuple

from torch import Tensor

from seqtasks.bundle import Bundle, with_weights
from seqtasks.decoding import (
    CachePointer,
    DynamicEvaluation,
    adaptive_log_probs,
    following,
)
from seqtasks.errors import UsageError, located
from seqtasks.evaluation.training_gradients import training_gradients
from seqtasks.prediction.abilities import Generates


class Adaptation(NamedTuple):
    """How a language model adapts to a text.

    Attributes:
        cache: what the model is mixed with; None for nothing.
        dynamic: how the weights follow the text; None for weights that stay.
    """

    cache: CachePointer | None = None
    dynamic: DynamicEvaluation | None = None

    @property
    def effective(self) -> Adaptation | None:
        """Without what has no effect; None where nothing has one, so that the scores are plain."""
        cache = self.cache if self.cache and self.cache.lambda_ else None
        dynamic = self.dynamic if self.dynamic and self.dynamic.rate else None
        return Adaptation(cache, dynamic) if cache or dynamic else None


def asked(given: Mapping[str, Any]) -> Adaptation | None:
    """How a command line wants a model to adapt, by the names of its options; None for not at all.

    What has no effect is left out, unless ``tune`` is to choose the numbers.

    >>> asked({"cache_theta": 0.2, "samples": 3})
    Adaptation(cache=CachePointer(size=2000, theta=0.2, lambda_=0.05), dynamic=None)
    """

    def part(name: str, make: Callable[..., Any]) -> Any:
        found = {
            n.removeprefix(f"{name}_"): v for n, v in given.items() if n.startswith(f"{name}_")
        }
        if not found and not given.get(name):
            return None
        with located(name):
            return make(**found)

    found = Adaptation(part("cache", CachePointer), part("dynamic", DynamicEvaluation.of))
    return found if given.get("tune") and any(found) else found.effective


Scorer = Callable[..., Tensor]
"""From token ids, and a ``state`` before the first, to what `adaptive_log_probs` returns."""


@contextmanager
def adapting(
    bundle: Bundle, adaptation: Adaptation, trusted: Collection[str] = ()
) -> Iterator[Scorer]:
    """What scores texts, one after the other, each from the trained weights and an empty cache.

    Afterwards the model's weights are those that it came with.

    Raises:
        UsageError: the model is no language model or has no weights, or the training text that
            its gradients are wanted of cannot be read.
    """
    model: Any = bundle.task
    check_language_model(bundle)
    how: dict[str, Any] = {"cache": adaptation.cache, "device": model.device}
    with ExitStack() as stack:
        if (dynamic := adaptation.dynamic) is not None:
            sizes = gradients_for(bundle, dynamic, trusted)
            how["follower"] = stack.enter_context(following(dynamic, model, sizes))
            how["window"] = dynamic.segment
        yield partial(adaptive_log_probs, model, **how)


def gradients_for(
    bundle: Bundle, dynamic: DynamicEvaluation, trusted: Collection[str]
) -> list[Tensor] | None:
    """What the rule of dynamic evaluation divides gradients by; None for nothing.

    It is one tensor of each weight's shape, from `training_gradients`.
    """
    wanted = dynamic.rule == "rms"
    return training_gradients(bundle, dynamic.segment, trusted) if wanted else None


def check_language_model(bundle: Bundle) -> None:
    """Refuse a model that cannot adapt."""
    if not isinstance(bundle.task, Generates):
        raise UsageError(
            f"the bundle holds a {type(bundle.task).__name__}; a cache and dynamic evaluation are "
            "for language models: leave them out"
        )
    with_weights(bundle, "a cache and dynamic evaluation")
