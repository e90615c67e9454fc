"""Which source symbols each target symbol of an encoder-decoder attends to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor

from seqtasks.bundle import Bundle
from seqtasks.data.fields import TokenField
from seqtasks.errors import UsageError
from seqtasks.inspection.reading import encode_text
from seqtasks.kernels.lengths import State
from seqtasks.prediction.model import Inputs
from seqtasks.prediction.symbols import symbols_of


@dataclass(frozen=True)
class Alignment:
    """Attention over one pair of texts.

    Attributes:
        source: the symbols that were read.
        target: the symbols that were written, the end of the text among them.
        weights: (target, source); each row is at least 0 and adds up to 1.
    """

    source: list[str]
    target: list[str]
    weights: Tensor

    def to_json(self) -> dict[str, Any]:
        """The same as plain lists; weights with six digits."""
        rows = [[round(weight, 6) for weight in row] for row in self.weights.tolist()]
        return {"source": self.source, "target": self.target, "weights": rows}


@runtime_checkable
class Attends(Protocol):
    """A decoder that says what each step attends to.

    Attributes:
        attends: False where the decoder was made without attention.
    """

    attends: bool

    def alignments(self, tokens: Tensor, state: State) -> Tensor:
        """The weights (batch, time, steps) while a target (batch, time) is read."""
        ...


def attends(bundle: Bundle) -> bool:
    """Whether `align` can show the attention of a model."""
    decoder: Any = getattr(bundle.task, "decoder", None)
    return isinstance(decoder, Attends) and decoder.attends


@torch.inference_mode()
def align(bundle: Bundle, given: Inputs, target: str | None = None) -> Alignment:
    """Attention while a target is written, step by step as in training.

    Args:
        bundle: an encoder-decoder.
        given: what is read, raw.
        target: what is written, raw; None takes what the model itself answers.

    Raises:
        UsageError: the model has no decoder that attends, a text is empty, or the model answers
            with an empty one.
        DataError: a text does not fit its field.
    """
    task: Any = bundle.task
    decoder: Any = getattr(task, "decoder", None)
    if not isinstance(decoder, Attends):
        raise UsageError(
            f"{type(task).__name__} has no attention to look at: an encoder-decoder is expected, "
            "as task=translation trains"
        )
    if not decoder.attends:
        raise UsageError(
            "this model was trained without attention: there is nothing to show; "
            "choose a model that attends"
        )
    if target is None:
        target = bundle.predict([given])[0] or ""
        if not target.strip():
            raise UsageError(
                "the model's own answer is empty; give what it is to write", option="target"
            )
    reading = encode_text(bundle, given, target, least=1)
    written = reading.batch[task.target]
    weights = decoder.alignments(written[:, :-1], task.start(reading.batch))[0].cpu()
    field: Any = bundle.fields[task.target]
    assert isinstance(field, TokenField)
    symbols = symbols_of(field, target, written.size(1))
    return Alignment(reading.symbols, symbols[1:], weights)
