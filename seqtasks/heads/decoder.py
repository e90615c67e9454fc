"""A recurrent decoder that attends to an encoder's outputs."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from seqtasks.cells.contract import State, mask
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.dropout import SequenceDropout
from seqtasks.embedding import TokenEmbedding
from seqtasks.encoder import RecurrentEncoder
from seqtasks.errors import UsageError
from seqtasks.heads.attention import find_attention
from seqtasks.heads.bridge import Bridge
from seqtasks.heads.language import NextToken


class AttentionDecoder(nn.Module):
    """Reads the target so far, attends to the source, scores the next token.

    The recurrence does not depend on the attention (Luong et al. 2015, section 3, without input
    feeding), so training runs it over the whole target in one call.

    Args:
        vocabulary: the target's tokens.
        memory_size: features of the encoder's outputs.
        embedding: makes the `TokenEmbedding` from the vocabulary.
        recurrence: makes a one-directional `RecurrentEncoder` from ``input_size``.
        attention: ``additive`` or ``multiplicative``.
        output: makes the `NextToken` head from ``input_size`` and ``embedding``.
        dropout: rate on the attentional state.

    Raises:
        UsageError: the recurrence is bidirectional, or there is no such attention.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        memory_size: int,
        *,
        embedding: Callable[[Vocabulary], TokenEmbedding],
        recurrence: Callable[..., RecurrentEncoder],
        attention: str,
        output: Callable[..., NextToken],
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.embedding = embedding(vocabulary)
        self.recurrence = recurrence(input_size=self.embedding.output_size)
        if self.recurrence.bidirectional:
            raise UsageError("task.decoder.recurrence.bidirectional is false: the future is unseen")
        size = self.recurrence.output_size
        self.bridge = Bridge(memory_size, self.recurrence.state_shapes)
        self.attention = find_attention(attention)(size, memory_size)
        self.combine = nn.Linear(size + memory_size, size)
        self.dropout = SequenceDropout(dropout)
        self.output = output(input_size=size, embedding=self.embedding)

    def start(self, memory: Tensor, lengths: Tensor, summary: Tensor) -> State:
        """The state before the first token; every tensor's first axis is the batch.

        Args:
            memory: (batch, steps, memory_size), the encoder's outputs.
            lengths: (batch,) int64.
            summary: (batch, memory_size).

        Returns:
            Memory, its attention keys, its mask, and then the recurrence's own state.
        """
        keys = self.attention.keys(memory)
        return (memory, keys, mask(lengths, memory.size(1)), *self.bridge(summary))

    def forward(self, tokens: Tensor, state: State) -> tuple[Tensor, State]:
        """What the output layer scores the next tokens by.

        Args:
            tokens: (batch, time) int64, beginning with ``<bos>``.
            state: from `start` or an earlier call.

        Returns:
            The attentional state (batch, time, size), and the state after the last token.
        """
        memory, keys, real, *recurrent = state
        outputs, final = self.recurrence(self.embedding(tokens), None, tuple(recurrent))
        context, _ = self.attention(outputs, keys, memory, real)
        mixed = torch.tanh(self.combine(torch.cat([outputs, context], dim=-1)))
        return self.dropout(mixed), (memory, keys, real, *final)

    def step(self, tokens: Tensor, state: State) -> tuple[Tensor, State]:
        """One token (batch,) → logits (batch, vocab), for search."""
        features, state = self(tokens.unsqueeze(1), state)
        return self.output(features).squeeze(1), state
