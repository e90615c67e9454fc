"""What suits a cache and dynamic evaluation best on validation text."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from seqtasks.bundle import Bundle
from seqtasks.data.preparation.notes import said_before
from seqtasks.decoding import (
    Cache,
    CachePointer,
    DynamicEvaluation,
    Steps,
    following,
    mix,
    read_text,
)
from seqtasks.evaluation.adaptation import Adaptation, check_language_model, gradients_for
from seqtasks.evaluation.adapted import Text, texts
from seqtasks.evaluation.split import Split, read_split

TOKENS = 20_000
"""Of the validation split, from its beginning, at most."""

SHARES = (0.0, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6)
"""Of the probability that a cache gives away, those that are tried."""

DOUBLINGS = 8
"""In one direction, at most."""

_log = logging.getLogger(__name__)

Reading = Sequence[Sequence[Steps]]
"""What a model without a cache finds in each text, a window after the other."""


def tuned(
    bundle: Bundle, adaptation: Adaptation, split: Split, trusted: Collection[str] = ()
) -> Adaptation:
    """An adaptation whose numbers suit the beginning of a split.

    Rate and then decay of dynamic evaluation, and then θ of the cache with the best of some λ, are
    doubled or halved from where they stand for as long as the text gets more probable.

    Args:
        bundle: a language model.
        adaptation: where to begin.
        split: of validation.
        trusted: modules of your own whose classes the bundle may name.
    """
    check_language_model(bundle)
    model: Any = bundle.task
    cache, dynamic = adaptation
    given = beginning(bundle, split)
    if dynamic is None:
        reading = read(model, given)
    else:
        sizes = gradients_for(bundle, dynamic, trusted)

        @functools.cache
        def cost(one: DynamicEvaluation) -> float:
            return nats(read(model, given, one, sizes))

        dynamic = tuned_dynamic(dynamic, cost)
        reading = read(model, given, dynamic, sizes)
    return Adaptation(cache and tuned_cache(cache, reading), dynamic)


def tuned_on_validation(
    bundle: Bundle,
    adaptation: Adaptation,
    tested: str,
    changes: Sequence[str],
    trusted: Collection[str] = (),
) -> Adaptation | None:
    """An adaptation that suits the validation text of a model; None where none is of use.

    Args:
        bundle: a language model.
        adaptation: where to begin.
        tested: the split that it is for.
        changes: of the data's options; a file of the test is left out.
        trusted: modules of your own whose classes the bundle may name.
    """
    own = [change for change in changes if not change.startswith("data.test=")]
    if tested == "val":
        _log.warning(
            "No test text is set apart, so the cache and the learning are fitted to the very text "
            "that they are tested on; data.test=FILE names another"
        )
    with said_before():
        split = read_split(bundle, own, trusted, split="val")
    return tuned(bundle, adaptation, split, trusted).effective


def beginning(bundle: Bundle, split: Split) -> list[Text]:
    """The first texts of a split, cut behind `TOKENS`."""
    found, left = list[Text](), TOKENS
    for text in texts(bundle, split):
        found.append(text._replace(tokens=text.tokens[: left + 1]))
        left -= len(text.tokens)
        if left <= 0:
            break
    return found


def read(
    model: Any,
    given: Sequence[Text],
    dynamic: DynamicEvaluation | None = None,
    sizes: Sequence[Tensor] | None = None,
) -> Reading:
    """What a model finds in some texts, its weights following them by ``dynamic``."""
    device = model.device
    if dynamic is None:
        return [
            whole(one, read_text(model, one.tokens, state=one.state, device=device))
            for one in given
        ]
    how = {"device": device, "window": dynamic.segment}
    with following(dynamic, model, sizes) as follower:
        how["follower"] = follower
        return [whole(one, read_text(model, one.tokens, state=one.state, **how)) for one in given]


def whole(text: Text, parts: Iterable[Steps]) -> list[Steps]:
    """The steps of a text as one, or none; small tensors of each would keep memory in pieces."""
    found: Steps | None = None
    done, count = 0, len(text.tokens) - 1
    for part in parts:
        found = found or Steps(*(one.new_empty(count, *one.shape[1:]) for one in part))
        for all_steps, one in zip(found, part, strict=True):
            all_steps[done : done + len(one)] = one
        done += len(part.targets)
    return [] if found is None else [found]


def nats(reading: Reading) -> float:
    """How improbable the texts are, in total."""
    return -sum(float(steps.log_probs.sum()) for text in reading for steps in text)


def tuned_dynamic(
    dynamic: DynamicEvaluation, cost: Callable[[DynamicEvaluation], float]
) -> DynamicEvaluation:
    """The rate, and for it the decay, that cost least."""
    rate = climb(lambda rate: cost(replace(dynamic, rate=rate)), dynamic.rate)
    dynamic = replace(dynamic, rate=rate)
    decay = climb(lambda decay: cost(replace(dynamic, decay=min(decay, 0.99))), dynamic.decay)
    return replace(dynamic, decay=min(decay, 0.99))


def tuned_cache(cache: CachePointer, reading: Reading) -> CachePointer:
    """The cache whose θ and λ make the texts most probable."""
    log_probs = torch.cat([steps.log_probs for text in reading for steps in text])

    @functools.cache
    def best(theta: float) -> tuple[float, float]:
        """Nats and λ."""
        shares = []
        for text in reading:
            past = Cache(cache.size)
            for steps in text:
                shares.append(past.look_up(steps.features, steps.targets, theta))
                past.remember(steps.features, steps.targets)
        found = torch.cat(shares)
        return min((-float(mix(log_probs, found, share).sum()), share) for share in SHARES)

    theta = climb(lambda theta: best(theta)[0], cache.theta)
    return replace(cache, theta=theta, lambda_=best(theta)[1])


def climb(cost: Callable[[float], float], start: float) -> float:
    """The number with the least cost among start · 2ⁿ, up to the first that costs more.

    >>> climb(lambda number: abs(number - 5), 1.0), climb(lambda number: number, 8.0)
    (4.0, 0.03125)
    """
    best, least = start, cost(start)
    for factor in (2.0, 0.5):
        for _ in range(DOUBLINGS):
            found = cost(best * factor)
            if not found < least:
                break
            best, least = best * factor, found
        if best != start:
            break
    return best
