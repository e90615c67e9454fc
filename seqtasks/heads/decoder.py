"""A recurrent decoder that attends to an encoder's outputs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import torch
from torch import Tensor, nn

from seqtasks.data.vocabulary import Vocabulary
from seqtasks.embedding import TokenEmbedding
from seqtasks.encoder import RecurrentEncoder
from seqtasks.encoder.dropout import SequenceDropout
from seqtasks.errors import UsageError, check_choice, check_least
from seqtasks.heads.attention import Attention, NoAttention, find_attention
from seqtasks.heads.bridge import BRIDGES
from seqtasks.heads.copying import CopyGate
from seqtasks.heads.feeding import check_masks, output_size
from seqtasks.heads.language import NextToken
from seqtasks.heads.loss import Loss
from seqtasks.kernels.affine import Linear
from seqtasks.kernels.lengths import State, mask


class DecoderOutput(NamedTuple):
    """What a decoder makes of a target.

    Attributes:
        features: (batch, time, size), the attentional states, which the output layer scores by.
        weights: (batch, time, steps), what each step attended to.
        state: after the last token.
    """

    features: Tensor
    weights: Tensor
    state: State


class Parts(NamedTuple):
    """A decoder's state by name; as a `State` it is flat, with nothing where there is None.

    Attributes:
        values: of the attention.
        keys: of the attention.
        real: (batch, steps) bool, True at real steps of the source.
        coverage: (batch, steps), the sum of all weights so far.
        fed: (batch, size), the attentional state before, with input feeding.
        alignment: (batch, steps), the weights before, where attention looks back.
        copies: (batch, steps) int64, the numbers of the source's words, with copying.
        recurrent: the recurrence's own state.
    """

    values: Tensor
    keys: Tensor
    real: Tensor
    coverage: Tensor
    fed: Tensor | None
    alignment: Tensor | None
    copies: Tensor | None
    recurrent: State

    def joined(self) -> State:
        """The flat state; each tensor is (batch, …)."""
        *parts, recurrent = self
        return (*(part for part in parts if part is not None), *recurrent)


class AttentionDecoder(nn.Module):
    """Reads the target so far, attends to the source, scores the next token.

    The recurrence gives o_t, the attention gives a context c_t, and the attentional state is
    h_t = tanh(W [o_t; c_t]) (Luong, Pham and Manning 2015, equation 5). Without input feeding the
    recurrence does not depend on the attention: it runs over the whole target in one call, and
    then the attention does. With input feeding (section 3.3 there) the recurrence reads h_{t-1}
    beside each token, so it knows what was attended to; it runs step by step.

    Args:
        vocabulary: the target's tokens.
        encoder: whose outputs are attended to.
        embedding: makes the `TokenEmbedding` from the vocabulary.
        recurrence: makes a one-directional `RecurrentEncoder` from ``input_size``.
        attention: a name in `seqtasks.heads.attention.ATTENTIONS`, or what makes an `Attention`
            from ``query_size`` and ``memory_size``.
        output: makes the `NextToken` head from ``input_size`` and ``embedding``.
        bridge: how the recurrence starts: ``projection``, tanh of a linear map of the encoder's
            summary; ``last``, with the encoder's final state; ``zero``.
        input_feeding: the recurrence also reads the attentional state before.
        coverage_loss: weight in the objective of Σ_i min(a_ti, Σ_{t'<t} a_t'i), the attention
            that a step pays to what is covered already (See, Liu and Manning 2017, equation 12).
        copying: a source word that is attended to can be the next word, known or not (`CopyGate`).
        dropout: rate on the attentional state.

    Raises:
        UsageError: the recurrence is bidirectional, there is no such attention or bridge, or two
            options do not go together.
    """

    attention: Attention

    def __init__(
        self,
        vocabulary: Vocabulary,
        encoder: RecurrentEncoder,
        *,
        embedding: Callable[[Vocabulary], TokenEmbedding],
        recurrence: Callable[..., RecurrentEncoder],
        attention: str | Callable[..., Attention],
        output: Callable[..., NextToken],
        bridge: str = "projection",
        input_feeding: bool = False,
        coverage_loss: float = 0.0,
        copying: bool = False,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.embedding = embedding(vocabulary)
        width = self.embedding.output_size
        self.fed_size = output_size(recurrence, width) if input_feeding else 0
        self.recurrence = recurrence(input_size=width + self.fed_size)
        if self.recurrence.bidirectional:
            raise UsageError(
                "a decoder cannot read the target from its end; set it to false",
                option="recurrence.bidirectional",
            )
        if input_feeding:
            check_masks(self.recurrence, self.fed_size)
        size = self.recurrence.output_size
        make_bridge = BRIDGES[check_choice("bridge", bridge, BRIDGES)]
        self.bridge = make_bridge(encoder, self.recurrence)
        self.attention = find_attention(attention)(size, encoder.output_size)
        if self.attention.looks_back and not input_feeding:
            raise UsageError(
                f"a {type(self.attention).__name__} reads the weights of the step before, which "
                "it gets with input feeding; set `input_feeding`=true",
                option="attention",
            )
        self.attends = not isinstance(self.attention, NoAttention)
        if coverage_loss and not self.attends:
            raise UsageError(
                "it weighs attention, and this decoder has none; set it to 0, or choose an "
                "attention",
                option="coverage_loss",
            )
        self.coverage_loss = check_least("coverage_loss", coverage_loss)
        self.vocab_size, self.unk_id = len(vocabulary), vocabulary.unk_id or 0
        self.combine = Linear(size + self.attention.output_size, size)
        self.dropout = SequenceDropout(dropout)
        self.output = output(input_size=size, embedding=self.embedding)
        if getattr(self.output, "temperature", None) is not None:
            raise UsageError(
                "a decoder fits no temperature; set it to false", option="output.calibrate"
            )
        self.copier = CopyGate(size) if copying else None
        if copying and not (self.attends and self.output.alpha == self.output.beta == 0):
            raise UsageError(
                "it copies words that are attended to, and its loss has no penalties on "
                "activations; choose an attention, and set `output.alpha` and `output.beta` to 0",
                option="copying",
            )

    def start(
        self,
        memory: Tensor,
        lengths: Tensor,
        summary: Tensor,
        final: State,
        copies: Tensor | None = None,
    ) -> State:
        """The flat state (`Parts`) before the first token; the first axis is always the batch.

        Args:
            memory: (batch, steps, memory_size), the encoder's outputs.
            lengths: (batch,) int64.
            summary: (batch, memory_size), the encoder's.
            final: the encoder's state after the source.
            copies: (batch, steps) int64, the numbers of the source's words, with copying.
        """
        nothing = memory.new_zeros(memory.shape[:2])
        return Parts(
            self.attention.values(memory),
            self.attention.keys(memory),
            mask(lengths, memory.size(1)),
            nothing,
            memory.new_zeros(memory.size(0), self.fed_size) if self.fed_size else None,
            nothing if self.attention.looks_back else None,
            copies,
            self.bridge(summary, final),
        ).joined()

    @property
    def shared(self) -> list[int]:
        """Places in the flat state of the tensors that come from the source and never change."""
        told = {"fed": self.fed_size, "alignment": self.attention.looks_back, "copies": self.copier}
        names = [name for name in Parts._fields if told.get(name, True)]
        return [names.index(name) for name in ("values", "keys", "real", "copies") if name in names]

    def parts(self, state: State) -> Parts:
        """A flat state by name; each tensor is (batch, …), as in `Parts`."""
        values, keys, real, coverage, *rest = state
        fed = rest.pop(0) if self.fed_size else None
        alignment = rest.pop(0) if self.attention.looks_back else None
        copies = rest.pop(0) if self.copier is not None else None
        return Parts(values, keys, real, coverage, fed, alignment, copies, tuple(rest))

    def forward(self, tokens: Tensor, state: State) -> DecoderOutput:
        """Read a target from `start` on, (batch, time) int64 from ``<bos>``, or go on with it.

        A copied word that is not of the vocabulary is read as ``<unk>``.
        """
        if self.copier is not None:
            tokens = tokens.masked_fill(tokens >= self.vocab_size, self.unk_id)
        embedded = self.embedding(tokens)
        run = self.fed if self.fed_size else self.fused
        return run(embedded, self.parts(state))

    def fused(self, embedded: Tensor, parts: Parts) -> DecoderOutput:
        """All steps of the recurrence, then all of the attention; embedded (batch, time, size)."""
        outputs, final = self.recurrence(embedded, None, parts.recurrent)
        context, weights = self.attention(outputs, parts.keys, parts.values, parts.real)
        coverage = parts.coverage + weights.sum(dim=1)
        after = parts._replace(coverage=coverage, recurrent=final)
        return DecoderOutput(self.mixed(outputs, context), weights, after.joined())

    def fed(self, embedded: Tensor, parts: Parts) -> DecoderOutput:
        """Step by step, each with the attentional state of the one before it.

        The embedded tokens are (batch, time, embedding).
        """
        features: list[Tensor] = []
        alignments: list[Tensor] = []
        for vector in embedded.split(1, dim=1):
            assert parts.fed is not None
            inputs = torch.cat([vector, parts.fed.unsqueeze(1)], dim=-1)
            outputs, final = self.recurrence(inputs, None, parts.recurrent)
            keys = parts.keys
            if parts.alignment is not None:
                keys = self.attention.recall(keys, parts.coverage, parts.alignment)
            context, weights = self.attention(outputs, keys, parts.values, parts.real)
            features.append(self.mixed(outputs, context))
            alignments.append(weights)
            latest = weights.squeeze(1)
            parts = parts._replace(
                coverage=parts.coverage + latest,
                fed=features[-1].squeeze(1),
                alignment=None if parts.alignment is None else latest,
                recurrent=final,
            )
        return DecoderOutput(
            torch.cat(features, dim=1), torch.cat(alignments, dim=1), parts.joined()
        )

    def mixed(self, outputs: Tensor, context: Tensor) -> Tensor:
        """Attentional states, (batch, time, size)."""
        return self.dropout(torch.tanh(self.combine(torch.cat([outputs, context], dim=-1))))

    def step(self, tokens: Tensor, state: State) -> tuple[Tensor, State]:
        """One token (batch,) → logits (batch, words), for search."""
        features, weights, state = self(tokens.unsqueeze(1), state)
        return self.scores(features, weights, state).squeeze(1), state

    def scores(self, features: Tensor, weights: Tensor, state: State) -> Tensor:
        """What follows each step of a reading: logits (batch, time, words).

        The words are the vocabulary's; with copying those of the sources stand behind them.
        """
        if self.copier is None:
            return self.output(features)
        return self.copier(*self.copied(DecoderOutput(features, weights, state)))

    def copied(self, reading: DecoderOutput) -> tuple[Tensor, ...]:
        """The features, logits, weights and copies of a reading, as `CopyGate` takes them.

        They are (batch, time, size), (batch, time, vocab), (batch, time, steps) and (batch, steps).
        """
        copies = self.parts(reading.state).copies
        assert copies is not None
        return reading.features, self.output(reading.features), reading.weights, copies

    def loss(self, reading: DecoderOutput, targets: Tensor, lengths: Tensor) -> Loss:
        """Nats of the next tokens (batch, time) int64; in training with the coverage loss."""
        if self.copier is None:
            loss = self.output.loss(reading.features, targets, lengths)
        else:
            told = (*self.copied(reading), targets, lengths)
            loss = self.copier.loss(*told, label_smoothing=self.output.label_smoothing)
        if not (self.training and self.coverage_loss):
            return loss
        before = reading.weights.cumsum(dim=1) - reading.weights
        again = torch.minimum(reading.weights, before).sum(dim=-1)
        real = mask(lengths, targets.size(1))
        objective = loss.total if loss.objective is None else loss.objective
        return replace(loss, objective=objective + self.coverage_loss * again[real].sum())

    def attended(self, state: State) -> tuple[Tensor, Tensor]:
        """The sum of all attention to each source step so far, and which steps are real.

        Both are (batch, steps).
        """
        parts = self.parts(state)
        return parts.coverage, parts.real

    def alignments(self, tokens: Tensor, state: State) -> Tensor:
        """What each step of a target attends to, (batch, time, steps); arguments as `forward`."""
        return self(tokens, state).weights
