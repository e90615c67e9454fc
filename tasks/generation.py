"""One-to-many: a language model, which generates text token by token."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import Tensor

from seqtasks import metrics
from seqtasks.baselines.language import language_nats
from seqtasks.data.batch import Batch
from seqtasks.data.fields.unseen import SHOWN
from seqtasks.data.targets import check_some_known
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.decoding import check_sampling, generate_text, read_prompts
from seqtasks.embedding import TokenEmbedding
from seqtasks.encoder import RecurrentEncoder
from seqtasks.errors import UsageError
from seqtasks.graphs.graph import Graph, Run
from seqtasks.graphs.language import attach_language, language_graphs
from seqtasks.heads.calibration import USUAL_PASSES, fit_temperature
from seqtasks.heads.condition import Condition
from seqtasks.heads.language import NextToken
from seqtasks.heads.loss import Loss
from seqtasks.kernels.lengths import State, mask
from seqtasks.optim.processes import gathered
from seqtasks.task import Scores, Task

if TYPE_CHECKING:
    from torchmetrics import Metric

    from seqtasks.baselines.budget import Budget
    from seqtasks.data.module import SequenceData

_log = logging.getLogger(__name__)


class Carried(NamedTuple):
    """What a window leaves to the next one: the numbers of its rows (rows,), and their state."""

    rows: Tensor
    state: State


class LanguageModel(Task):
    """The probability of each next token; reading "machine" it is to say "achine".

    Over continuous text the state goes on from one window to the next and the gradient stops
    there (truncated backpropagation through time).

    Args:
        vocabularies: ``tokens``.
        embedding: makes the `TokenEmbedding` from a vocabulary.
        encoder: makes a one-directional `RecurrentEncoder` from ``input_size``.
        head: makes the `NextToken` head from ``input_size`` and ``embedding``: `LanguageHead` or
            `AdaptiveLanguageHead`.
        state_reset: in training, the share of streams whose state starts afresh with a window;
            a model that always carries its state need not know how to read from the beginning.
        condition: makes the `Condition` that every sequence starts from; predictions then read it
            in place of a prompt. None starts from nothing.
        sampling: keyword arguments of `seqtasks.decoding.stream_text`: ``max_length``,
            ``min_length``, ``temperature``, ``top_k``, ``top_p``, ``typical_p``,
            ``repetition_penalty``, ``stop``, ``seed``.
        ngram_order: of the n-gram model among the baselines; None for none.
        training: ``optimizer``, ``scheduler`` and ``dropout_scale``, as in `Task`.

    Raises:
        UsageError: the encoder is bidirectional.
    """

    target = "tokens"
    pipeline = "text-generation"
    monitor, mode = "val/perplexity", "min"

    def __init__(
        self,
        vocabularies: Mapping[str, Vocabulary],
        *,
        embedding: Callable[[Vocabulary], TokenEmbedding],
        encoder: Callable[..., RecurrentEncoder],
        head: Callable[..., NextToken],
        state_reset: float,
        sampling: Mapping[str, Any],
        condition: Callable[..., Condition] | None = None,
        ngram_order: int | None = None,
        **training: Any,
    ) -> None:
        super().__init__(vocabularies, **training)
        self.vocabulary = vocabularies["tokens"]
        self.embedding = embedding(self.vocabulary)
        self.condition = None if condition is None else condition(vocabularies)
        fed = 0 if self.condition is None else self.condition.fed
        self.encoder = encoder(input_size=self.embedding.output_size + fed)
        if self.encoder.bidirectional:
            raise UsageError(
                "a language model reads from left to right; set it to false",
                option="encoder.bidirectional",
            )
        if self.condition is not None:
            self.condition.fit(self.encoder)
            self.inputs = (self.condition.field,)
        self.head = head(input_size=self.encoder.output_size, embedding=self.embedding)
        self.state_reset = state_reset
        self.sampling = dict(sampling)
        check_sampling(**self.sampling)
        self.ngram_order = ngram_order
        self.carried: dict[tuple[str, int], Carried] = {}  # by split and part of a batch
        self.resumed: State = ()  # of all rows, from a checkpoint
        self.share = 1.0  # see `on_train_batch_start`

    def forward(self, batch: Batch, state: State | None = None) -> tuple[Tensor, State]:
        """What scores every token after the first, (batch, time, hidden), and the state."""
        if state is None:
            state = self.start(batch)
        return self.read(batch.tokens[:, :-1], (batch.lengths - 1).clamp(min=0), state)

    def start(self, batch: Batch) -> State | None:
        """The state before the first token, (batch, …), or None for that of no condition."""
        return None if self.condition is None else self.condition.start(batch)

    def scored(self, batch: Batch) -> Batch:
        """The batch, in which a text that the model has no start for has no tokens to score."""
        return batch if self.condition is None else self.condition.scored(batch)

    def expect(self, unseen: Mapping[str, Sequence[str]]) -> None:
        """Say, too, whose texts have no score: those of labels that the model cannot start from."""
        labels = [] if self.condition is None else unseen.get(self.condition.field, [])
        if labels and unseen != self.unseen:
            _log.warning(
                "The model starts from '%s', and training never shows %s: texts of such a label "
                "have no score, and are left out of all scores and of the baselines",
                self.inputs[0],
                ", ".join(labels[:SHOWN]) + (", …" if len(labels) > SHOWN else ""),
            )
        super().expect(unseen)

    def fit_to_training_data(self, data: SequenceData) -> None:
        """Refuse, by a DataError, a validation split of which no text has a score."""
        if self.condition is not None:
            check_some_known(data, self.condition.field)

    def loss(self, outputs: tuple[Tensor, State], batch: Batch) -> Loss:
        """The loss of every token after the first, from the features (batch, time, hidden)."""
        lengths = (batch.lengths - 1).clamp(min=0)
        return self.head.loss(outputs[0], batch.tokens[:, 1:], lengths)

    def carry(self, split: str, batch: Batch) -> tuple[Tensor, State]:
        """Run on a batch, each row afresh or from the state that the window before it left.

        Features are (batch, time, hidden), state tensors (batch, …).
        """
        first = batch.get("first")
        if first is None:  # separate sequences
            return self(batch)
        if self.condition is not None:
            raise UsageError(
                "it starts separate texts, not running ones; set data/batching=buckets",
                option="condition",
            )
        fresh = first
        if split == "train" and self.state_reset:
            fresh = fresh | self.reset(batch)
        place = split, int(batch.get("part", 0))
        given = self.carried.get(place)
        if given is None and split == "train" and self.resumed:
            given = Carried(row_numbers(batch), own_rows(self.resumed, row_numbers(batch)))
        state = None
        if given is not None and len(given.rows) == len(first):  # else other rows, which all begin
            state = tuple(clear_rows(tensor.to(self.device), fresh) for tensor in given.state)
        outputs, state = self(batch, state)
        left = tuple(tensor.detach() for tensor in state)
        self.carried[place] = Carried(row_numbers(batch), left)
        return outputs, state

    def reset(self, batch: Batch) -> Tensor:
        """(rows,) bool, which rows begin afresh by chance: the same in however many processes."""
        count, row = int(batch.get("rows", len(batch.first))), row_numbers(batch)
        generator = None
        if len(row) != count and "seed" in batch:
            generator = torch.Generator(self.device).manual_seed(batch.seed)
        drawn = torch.rand(count, generator=generator, device=self.device) < self.state_reset
        return drawn[row.clamp(max=count - 1)]  # rows behind the last one read nothing

    def training_step(self, batch: Batch, batch_index: int) -> Tensor:
        """What the step minimises, a scalar; each row goes on from the window before it."""
        return self.learn(self.loss(self.carry("train", batch), batch), batch, batch_index)

    def on_train_batch_start(self, batch: Batch, batch_index: int) -> None:
        """Take the share of the window that the step of the optimizer learns from."""
        self.share = float(batch.get("share", 1.0))

    def optimizer_step(self, epoch: int, index: int, optimizer: Any, *closure: Any) -> None:
        """Step at a rate in proportion to the window, where windows vary (see `Streams`)."""
        rates = [group["lr"] for group in optimizer.param_groups]
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["lr"] = rate * self.share
        super().optimizer_step(epoch, index, optimizer, *closure)
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["lr"] = rate

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Keep the state of every row of all processes: training may go on within an epoch."""
        kept = [one for (split, _), one in sorted(self.carried.items()) if split == "train"]
        if self.resumed and not kept:  # no window since
            checkpoint["carried"] = [*self.resumed]
        if kept:
            rows = torch.cat(gathered(torch.cat([one.rows for one in kept]), self.device))
            checkpoint["carried"] = [
                torch.cat(gathered(torch.cat(parts), self.device))[rows.argsort()]
                for parts in zip(*(one.state for one in kept), strict=True)
            ]

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Take the state of all rows, each tensor (rows, …), of which each process has its own."""
        super().on_load_checkpoint(checkpoint)
        self.carried, self.resumed = {}, tuple(checkpoint.get("carried", []))

    def on_validation_start(self) -> None:
        """Forget the state that another pass left, perhaps in another precision."""
        self.carried.pop(("evaluate", 0), None)

    on_test_start = on_validation_start

    def evaluate(self, batch: Batch, metrics: Mapping[str, Any]) -> None:
        """Add a window's nats to every metric; a process that has read all its texts idles."""
        if not batch.get("predicted", 1):
            return
        batch = self.scored(batch)
        outputs = self.carry("evaluate", batch)
        loss = self.loss(outputs, batch)
        for name in ("loss", "perplexity"):
            metrics[name].update(loss.total, loss.count)
        metrics["bits_per_char"].update(loss.total, batch.text_length.sum())
        if "uncalibrated_perplexity" in metrics:
            with self.head.uncalibrated():
                loss = self.loss(outputs, batch)
            metrics["uncalibrated_perplexity"].update(loss.total, loss.count)

    @property
    def calibration_passes(self) -> int:
        return 0 if self.head.temperature is None else USUAL_PASSES

    @torch.no_grad()
    def calibrate(self, data: SequenceData) -> None:
        """Fit the head's temperature to the validation split, shared out among processes."""
        if self.head.temperature is not None:
            self.eval()
            self.head.temperature.fill_(fit_temperature(lambda by: self.derivatives(data, by)))

    def derivatives(self, data: SequenceData, inverse: float) -> Tensor:
        """Of the validation split's nats with respect to 1 / temperature, (2,) float64."""
        self.carried.pop(("evaluate", 0), None)
        total = torch.zeros(2, dtype=torch.float64)
        for batch in data.loader("val"):
            if not batch.get("predicted", 1) or not batch.is_counted:
                continue
            batch = self.scored(batch.to(self.device))
            features, _ = self.carry("evaluate", batch)
            targets = batch.tokens[:, 1:]
            real = mask((batch.lengths - 1).clamp(min=0), targets.size(1))
            total += self.head.temperature_derivatives(features[real], targets[real], inverse).cpu()
        return torch.stack(gathered(total, self.device)).sum(dim=0)

    def report(self) -> dict[str, Any]:
        found = self.head.temperature
        return {} if found is None else {"temperature": round(float(found), 4)}

    def metrics(self) -> dict[str, Metric]:
        return {"perplexity": metrics.Perplexity(), "bits_per_char": metrics.BitsPerCharacter()}

    def test_metrics(self) -> dict[str, Metric]:
        """The perplexity without the temperature, where one is fitted."""
        fitted = self.head.temperature is not None
        return {"uncalibrated_perplexity": metrics.Perplexity()} if fitted else {}

    def predict(self, batch: Batch) -> list[str]:
        """A continuation of each prompt, or a text for each condition."""
        if "tokens" in batch:
            lengths = batch.lengths.tolist()
            prompts = [row[:n] for row, n in zip(batch.tokens.tolist(), lengths, strict=True)]
        else:
            prompts = [[self.vocabulary.specials["<bos>"]] for _ in batch.example]
        if (end := self.vocabulary.eos_id) is not None:  # a prompt goes on
            prompts = [row[:-1] if row[-1:] == [end] else row for row in prompts]
        start = read_prompts(self, prompts, state=self.start(batch), device=self.device)
        return generate_text(self, start, rows=batch.example, **self.sampling)

    def step(self, tokens: Tensor, state: State) -> tuple[Tensor, State]:
        """One token (batch,) → logits (batch, vocab) and the state."""
        features, state = self.read(tokens.unsqueeze(1), None, state)
        return self.head(features).squeeze(1), state

    def read(
        self, tokens: Tensor, lengths: Tensor | None, state: State | None
    ) -> tuple[Tensor, State]:
        """Tokens (batch, time) → what the head scores, (batch, time, hidden), and the state."""
        features = self.embedding(tokens)  # (batch, time, embedding)
        if self.condition is None:
            return self.encoder(features, lengths, state)
        if state is None:
            raise UsageError(
                f"this language model starts from its '{self.condition.field}'; give one",
                option="condition",
            )
        return self.condition.read(self.encoder, features, lengths, state)

    def graphs(self, batch: Batch) -> list[Graph]:
        """From tokens and a state to logits and the state; before it what a condition starts."""
        return language_graphs(self, batch)

    def attach(self, runs: Mapping[str, Run]) -> None:
        attach_language(self, runs)

    def baselines(self, data: SequenceData, budget: Budget) -> dict[str, Scores]:
        """Uniform and n-gram models, and the best possible one where it is known."""
        size, order = len(self.vocabulary), self.ngram_order
        field = None if self.condition is None else self.condition.field
        count, characters, nats = language_nats(data, size, order, budget, field)
        return {
            name: {
                "loss": total / count,
                "perplexity": math.exp(total / count),
                "bits_per_char": total / characters / math.log(2),
            }
            for name, total in nats.items()
        }


def clear_rows(tensor: Tensor, cleared: Tensor) -> Tensor:
    """(batch, …) with zeros in the rows where ``cleared`` (batch,) is True."""
    return tensor.masked_fill(cleared.view(-1, *[1] * (tensor.dim() - 1)), 0)


def row_numbers(batch: Batch) -> Tensor:
    """(rows,) the number of each row among those of all processes and parts."""
    numbers: Tensor | None = batch.get("row")
    return torch.arange(len(batch.first), device=batch.first.device) if numbers is None else numbers


def own_rows(state: State, rows: Tensor) -> State:
    """Of the state of all rows, that of some, by number; zeros where there is no such row.

    The rows are (rows,) int64, and state tensors (rows, …).
    """
    count = len(state[0])
    picked = (tensor.to(rows.device)[rows.clamp(max=count - 1)] for tensor in state)
    return tuple(clear_rows(tensor, rows >= count) for tensor in picked)
