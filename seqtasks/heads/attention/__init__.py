"""What a decoder attends with, by name."""

from __future__ import annotations

import functools
from collections.abc import Callable

from seqtasks.errors import check_choice
from seqtasks.heads.attention.additive import AdditiveAttention
from seqtasks.heads.attention.contract import Attention
from seqtasks.heads.attention.location import LocationAwareAttention
from seqtasks.heads.attention.multi_head import MultiHeadAttention
from seqtasks.heads.attention.multiplicative import DotAttention, MultiplicativeAttention
from seqtasks.heads.attention.none import NoAttention

ATTENTIONS: dict[str, Callable[..., Attention]] = {
    "additive": AdditiveAttention,
    "dot": DotAttention,
    "multiplicative": MultiplicativeAttention,
    "multi_head": MultiHeadAttention,
    "location": LocationAwareAttention,
    "coverage": functools.partial(LocationAwareAttention, past="coverage", channels=1, width=1),
    "none": NoAttention,
}

__all__ = [
    "ATTENTIONS",
    "AdditiveAttention",
    "Attention",
    "DotAttention",
    "LocationAwareAttention",
    "MultiHeadAttention",
    "MultiplicativeAttention",
    "NoAttention",
    "find_attention",
]


def find_attention(attention: str | Callable[..., Attention]) -> Callable[..., Attention]:
    """What makes an attention from ``query_size`` and ``memory_size``, given itself or by name.

    Raises:
        UsageError: ``ATTENTIONS`` has no such name.
    """
    if not isinstance(attention, str):
        return attention
    return ATTENTIONS[check_choice("attention", attention, ATTENTIONS)]
