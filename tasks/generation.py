"""One-to-many: a language model, which generates text token by token."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor
from torchmetrics import Metric

from seqtasks.baselines import bigram_nats, unigram_nats
from seqtasks.cells.contract import State
from seqtasks.data.batch import Batch
from seqtasks.data.module import SequenceData
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.decoding import generate
from seqtasks.embedding import TokenEmbedding
from seqtasks.encoder import RecurrentEncoder
from seqtasks.errors import UsageError
from seqtasks.heads.language import LanguageHead
from seqtasks.heads.loss import Loss
from seqtasks.metrics import BitsPerCharacter, Perplexity
from seqtasks.task import Scores, Task


class LanguageModel(Task):
    """The probability of each next token; reading "machine" it is to say "achine".

    Over continuous text the state goes on from one window to the next and the gradient stops
    there (truncated backpropagation through time).

    Args:
        vocabularies: ``tokens``.
        embedding: makes the `TokenEmbedding` from a vocabulary.
        encoder: makes a one-directional `RecurrentEncoder` from ``input_size``.
        head: makes the `LanguageHead` from ``input_size`` and ``embedding``.
        state_reset: in training, the share of streams whose state starts afresh with a window;
            a model that always carries its state need not know how to read from the beginning.
        sampling: keyword arguments of `seqtasks.decoding.generate`: ``max_length``,
            ``temperature``, ``top_k``, ``top_p``, ``seed``.
        training: ``optimizer`` and ``scheduler``, as in `Task`.

    Raises:
        UsageError: the encoder is bidirectional.
    """

    target = "tokens"
    monitor, mode = "val/perplexity", "min"

    def __init__(
        self,
        vocabularies: Mapping[str, Vocabulary],
        *,
        embedding: Callable[[Vocabulary], TokenEmbedding],
        encoder: Callable[..., RecurrentEncoder],
        head: Callable[..., LanguageHead],
        state_reset: float,
        sampling: Mapping[str, Any],
        **training: Any,
    ) -> None:
        super().__init__(vocabularies, **training)
        self.vocabulary = vocabularies["tokens"]
        self.embedding = embedding(self.vocabulary)
        self.encoder = encoder(input_size=self.embedding.output_size)
        if self.encoder.bidirectional:
            raise UsageError(
                "encoder.bidirectional: a language model reads from left to right; set it to false"
            )
        self.head = head(input_size=self.encoder.output_size, embedding=self.embedding)
        self.state_reset = state_reset
        self.sampling = dict(sampling)
        self.carried: dict[str, State | None] = {}

    def forward(self, batch: Batch, state: State | None = None) -> tuple[Tensor, State]:
        """Logits (batch, time, vocab) of every token after the first, and the state."""
        features = self.embedding(batch.tokens[:, :-1])  # (batch, time, embedding)
        lengths = (batch.lengths - 1).clamp(min=0)
        outputs, state = self.encoder(features, lengths, state)  # (batch, time, hidden)
        return self.head(outputs), state

    def loss(self, outputs: tuple[Tensor, State], batch: Batch) -> Loss:
        """Nats of every token after the first."""
        lengths = (batch.lengths - 1).clamp(min=0)
        return self.head.loss(outputs[0], batch.tokens[:, 1:], lengths)

    def carry(self, split: str, batch: Batch) -> tuple[Tensor, State]:
        """Run on a batch from the state that the window before it left."""
        given = None if batch.get("first", True) else self.carried.get(split)
        if given is not None and split == "train" and self.state_reset:
            goes_on = torch.rand(len(batch.tokens), device=self.device) >= self.state_reset
            given = tuple(scale_rows(tensor, goes_on) for tensor in given)
        outputs, state = self(batch, given)
        self.carried[split] = tuple(tensor.detach() for tensor in state)
        return outputs, state

    def training_step(self, batch: Batch, batch_index: int) -> Tensor:
        """One window of every stream."""
        loss = self.loss(self.carry("train", batch), batch)
        self.log_training(loss, batch)
        return loss.mean

    def evaluate(self, batch: Batch, metrics: Mapping[str, Any]) -> None:
        """Add a window's nats to every metric."""
        loss = self.loss(self.carry("evaluate", batch), batch)
        metrics["loss"].update(loss.total, loss.count)
        metrics["perplexity"].update(loss.total, loss.count)
        metrics["bits_per_char"].update(loss.total, batch.text_length.sum())

    def metrics(self) -> dict[str, Metric]:
        """Perplexity a token and bits a character."""
        return {"perplexity": Perplexity(), "bits_per_char": BitsPerCharacter()}

    def predict(self, batch: Batch) -> list[str]:
        """A continuation of each prompt."""
        last, before = last_token(batch.tokens, batch.lengths)
        if self.vocabulary.eos_id is not None:  # a prompt goes on
            ended = (last == self.vocabulary.eos_id).long()
            last, before = last_token(batch.tokens, batch.lengths - ended)
        # All but the last token set the state; the last one is what sampling starts from.
        _, state = self.encoder(self.embedding(batch.tokens), before)
        texts = generate(
            self.step,
            state,
            last,
            eos_id=self.vocabulary.eos_id,
            forbidden=self.vocabulary.special_ids,
            rows=batch.example,
            **self.sampling,
        )
        return [self.vocabulary.decode(text) for text in texts]

    def step(self, tokens: Tensor, state: State) -> tuple[Tensor, State]:
        """One token (batch,) → logits (batch, vocab) and the state."""
        outputs, state = self.encoder(self.embedding(tokens.unsqueeze(1)), None, state)
        return self.head(outputs).squeeze(1), state

    def baselines(self, data: SequenceData) -> dict[str, Scores]:
        """Uniform, unigram and bigram models, and the best possible one where it is known."""
        train = data.datasets["train"].encoded["tokens"]
        dataset = data.datasets[data.test_split]
        test = dataset.encoded["tokens"]
        count = int((test.lengths - 1).sum())
        size = len(self.vocabulary)
        nats = {
            "uniform": count * math.log(size),
            "unigram": unigram_nats(_targets(train), _targets(test), size),
            "bigram": bigram_nats(train, test, size),
        }
        best = getattr(data.reader, "best_nats", None)
        if best is not None:
            nats["best possible"] = best(data.sources[data.test_split])
        characters = sum(dataset.text_lengths)
        return {name: _scores(total, count, characters) for name, total in nats.items()}


def last_token(tokens: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
    """Each row's token at its end, (batch,), and how many stand before it, (batch,)."""
    before = (lengths - 1).clamp(min=0)
    return tokens.gather(1, before.unsqueeze(1)).squeeze(1), before


def scale_rows(tensor: Tensor, factors: Tensor) -> Tensor:
    """(batch, …) with each row times its factor (batch,)."""
    return tensor * factors.view(-1, *[1] * (tensor.dim() - 1))


def _targets(sequences: Any) -> list[Any]:
    return [tokens[1:] for tokens in sequences]


def _scores(nats: float, count: int, characters: int) -> Scores:
    return {
        "loss": nats / count,
        "perplexity": math.exp(nats / count),
        "bits_per_char": nats / characters / math.log(2),
    }
