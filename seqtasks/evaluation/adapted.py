"""Scores of a language model that adapts to the text it is tested on."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torchmetrics import Metric

from seqtasks import metrics
from seqtasks.bundle import Bundle
from seqtasks.data.batch import Batch
from seqtasks.decoding import State
from seqtasks.evaluation.adaptation import Adaptation, adapting
from seqtasks.evaluation.bootstrap import Sums
from seqtasks.evaluation.scoring import batches
from seqtasks.evaluation.split import Split


class Text(NamedTuple):
    """A text that is read from its beginning: an example, or a document of running text.

    Attributes:
        tokens: (tokens,) int64, all of them.
        state: before the first token; None for the model's own.
        parts: each a batch of one row, with the targets of its tokens; neighbours share a token.
    """

    tokens: Tensor
    state: State | None
    parts: list[Batch]

    @property
    def counts(self) -> list[int]:
        """The targets of each part."""
        return [int((part.lengths[0] - 1).clamp(min=0)) for part in self.parts]


def texts(bundle: Bundle, split: Split) -> Iterator[Text]:
    """The texts of a split, whose parts are those of `seqtasks.evaluation.contributions`."""
    task: Any = bundle.task
    found: list[Batch] = []
    for part in batches(bundle, split, alone=True):
        first = part.get("first")
        if found and (first is None or bool(first[0])):
            yield text_of(task, found)
            found = []
        found.append(part)
    if found:
        yield text_of(task, found)


def text_of(task: Any, parts: list[Batch]) -> Text:
    """The text of some parts; without targets where the model has no start for it."""
    state = None
    if getattr(task, "condition", None) is not None:
        parts = [task.scored(part) for part in parts]
        with torch.no_grad():
            state = task.start(parts[0])
    text = Text(parts[0].tokens[0, :1], state, parts)
    rest = [part.tokens[0, 1 : 1 + count] for part, count in zip(parts, text.counts, strict=True)]
    return text._replace(tokens=torch.cat([text.tokens, *rest]))


def adapted(
    bundle: Bundle, split: Split, adaptation: Adaptation, trusted: Collection[str] = ()
) -> dict[str, Sums]:
    """The contribution of each part of each text to each score of a model that adapts.

    In evaluation every text is read from a fresh state; so is it here, from an empty cache and
    the weights of training.

    Args:
        bundle: a language model.
        split: the examples.
        adaptation: how it adapts.
        trusted: modules of your own whose classes the bundle may name.
    """
    kinds: dict[str, Metric] = {
        "loss": metrics.MeanLoss(),
        "perplexity": metrics.Perplexity(),
        "bits_per_char": metrics.BitsPerCharacter(),
    }
    sums = {name: Sums(metric) for name, metric in kinds.items()}
    with adapting(bundle, adaptation, trusted) as score:
        for text in texts(bundle, split):
            found = score(text.tokens, state=text.state)
            for part, values in zip(text.parts, found.split(text.counts), strict=True):
                units = {"bits_per_char": part.text_length.sum()}
                for name, metric in kinds.items():
                    metric.update(-values.sum(), units.get(name, len(values)))
                    sums[name].take()
                    metric.reset()
    return sums
