"""What an output is made to begin with."""

from __future__ import annotations

from seqtasks.data.fields import TokenField
from seqtasks.decoding import text_tokens
from seqtasks.decoding.prompts import named
from seqtasks.errors import UsageError
from seqtasks.prediction.model import Model


def prefix_tokens(model: Model, prefix: str) -> list[int]:
    """The target tokens of a raw prefix."""
    field = model.fields[str(model.task.target)]
    assert isinstance(field, TokenField)
    unknown: dict[str, None] = {}
    tokens = list(text_tokens(field, prefix, unknown))
    if unknown:
        raise UsageError(f"the model's outputs have no {named(unknown)}", option="prefix")
    return tokens[1:] if field.bos else tokens
