"""What suits a cache and dynamic evaluation best on validation text."""

from __future__ import annotations

import functools
import logging
import math
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any

from torch import Tensor

from seqtasks.bundle import Bundle
from seqtasks.data.preparation.notes import said_before
from seqtasks.decoding import (
    Cache,
    CachePointer,
    Diverged,
    DynamicEvaluation,
    Steps,
    following,
    mix,
    read_text,
)
from seqtasks.decoding.dynamic import RULES
from seqtasks.evaluation.adaptation import Adaptation, check_language_model, gradients_for
from seqtasks.evaluation.adapted import Text, texts
from seqtasks.evaluation.split import Split, read_split
from seqtasks.metrics import perplexity

TOKENS = 20_000
"""Of the validation split, from its beginning, at most."""

SHARES = (0.0, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6)
"""Of the probability that a cache gives away, those that are tried."""

DOUBLINGS = 8
"""In one direction, at most."""

_log = logging.getLogger(__name__)

DECAY = RULES["rms"]["decay"]
"""Where the decay of dynamic evaluation begins if none is given, or one that is too great."""

Reading = list[Steps]
"""What a model without a cache finds in each text."""

Say = Callable[[str], object]
"""Is told what a try comes to."""


def tuned(
    bundle: Bundle,
    adaptation: Adaptation,
    split: Split,
    trusted: Collection[str] = (),
    say: Say = _log.info,
) -> Adaptation:
    """An adaptation whose numbers suit the beginning of a split.

    Rate and then decay of dynamic evaluation, and then θ of the cache with the best of some λ, are
    doubled or halved from where they stand for as long as the text gets more probable, and
    compared with 0.

    Args:
        bundle: a language model.
        adaptation: where to begin.
        split: of validation.
        trusted: modules of your own whose classes the bundle may name.
        say: is told what each try comes to.
    """
    check_language_model(bundle)
    model: Any = bundle.task
    cache, dynamic = adaptation
    given = beginning(bundle, split)
    sizes = gradients_for(bundle, dynamic, trusted) if dynamic else None
    if dynamic is not None:
        dynamic = tuned_dynamic(dynamic, lambda one: read(model, given, one, sizes), say)
    if cache is not None:
        cache = tuned_cache(cache, read(model, given, dynamic, sizes), say)
    return Adaptation(cache, dynamic)


def tuned_on_validation(
    bundle: Bundle,
    adaptation: Adaptation,
    tested: str,
    changes: Sequence[str],
    trusted: Collection[str] = (),
    say: Say = _log.info,
) -> Adaptation | None:
    """An adaptation that suits the validation text of a model; None where none is of use.

    Args:
        bundle: a language model.
        adaptation: where to begin.
        tested: the split that it is for.
        changes: of the data's options; a file of the test is left out.
        trusted: modules of your own whose classes the bundle may name.
        say: is told what each try comes to.
    """
    own = [change for change in changes if not change.startswith("data.test=")]
    if tested == "val":
        _log.warning(
            "No test text is set apart, so the cache and the learning are fitted to the very text "
            "that they are tested on; data.test=FILE names another"
        )
    with said_before():
        split = read_split(bundle, own, trusted, split="val")
    return tuned(bundle, adaptation, split, trusted, say).effective


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
    """What a model finds in some texts, its weights following them by ``dynamic``.

    The sizes are one tensor of each weight's shape, as `gradients_for` gives them.
    """
    device = model.device
    if dynamic is None or not dynamic.rate:
        return whole(
            (one, read_text(model, one.tokens, state=one.state, device=device)) for one in given
        )
    how = {"device": device, "window": dynamic.segment}
    with following(dynamic, model, sizes) as follower:
        how["follower"] = follower
        return whole((one, read_text(model, one.tokens, state=one.state, **how)) for one in given)


def whole(read: Iterable[tuple[Text, Iterable[Steps]]]) -> Reading:
    """The steps of each text as one; small tensors of each would keep memory in pieces."""
    found = Reading()
    for text, parts in read:
        done, count = 0, len(text.tokens) - 1
        for part in parts:
            if not done:
                found.append(Steps(*(one.new_empty(count, *one.shape[1:]) for one in part)))
            for all_steps, one in zip(found[-1], part, strict=True):
                all_steps[done : done + len(one)] = one
            done += len(part.targets)
    return found


def tuned_dynamic(
    dynamic: DynamicEvaluation, read: Callable[[DynamicEvaluation], Reading], say: Say
) -> DynamicEvaluation:
    """The rate, and for it the decay, by which the texts that are read are most probable."""

    @functools.cache
    def cost(rate: float, decay: float) -> float:
        try:
            reading = read(replace(dynamic, rate=rate, decay=decay))
        except Diverged:
            nats, count = math.inf, 1
        else:
            nats = -sum(float(steps.log_probs.sum()) for steps in reading)
            count = sum(len(steps.targets) for steps in reading)
        say(f"rate {rate:g}, decay {decay:g}: perplexity {perplexity(nats, count):.5g}")
        return nats

    rate = climb(lambda rate: cost(rate, dynamic.decay), dynamic.rate, RULES[dynamic.rule]["rate"])
    if not rate:
        return replace(dynamic, rate=rate)
    decay = climb(lambda decay: cost(rate, min(decay, 0.99)), dynamic.decay, DECAY)
    return replace(dynamic, rate=rate, decay=min(decay, 0.99))


def tuned_cache(cache: CachePointer, reading: Reading, say: Say) -> CachePointer:
    """The cache whose θ and λ make the texts most probable."""

    @functools.cache
    def best(theta: float) -> tuple[float, float]:
        """Nats and λ."""
        shares = [
            Cache(cache.size).look_up(steps.features, steps.targets, theta) for steps in reading
        ]
        nats, share = min((nats_of(shares, share), share) for share in SHARES)
        count = sum(len(steps.targets) for steps in reading)
        say(f"θ {theta:g}, λ {share:g}: perplexity {perplexity(nats, count):.5g}")
        return nats, share

    def nats_of(shares: Sequence[Tensor], share: float) -> float:
        pairs = zip(reading, shares, strict=True)
        return -sum(float(mix(steps.log_probs, one, share).sum()) for steps, one in pairs)

    theta = climb(lambda theta: best(theta)[0], cache.theta, CachePointer.theta)
    return replace(cache, theta=theta, lambda_=best(theta)[1])


def climb(cost: Callable[[float], float], start: float, usual: float) -> float:
    """The number with the least cost among 0 and start · 2ⁿ, up to the first that costs more.

    A start that costs no less than 0, as 0 itself, gives way to the usual number, which is halved
    while its cost is infinite.

    >>> climb(lambda number: abs(number - 5), 1.0, 0.5), climb(lambda number: number, 8.0, 0.5)
    (4.0, 0.0)
    >>> climb(lambda number: abs(number - 5), 0.0, 3.0)
    6.0
    """
    start = start if cost(start) < cost(0.0) else usual
    while cost(start) == math.inf > cost(0.0):
        start /= 2
    best = start
    for factor in (2.0, 0.5):
        for _ in range(DOUBLINGS):
            if not cost(best * factor) < cost(best):
                break
            best *= factor
        if best != start:
            break
    return min(0.0, best, key=cost)
