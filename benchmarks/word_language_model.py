"""How fast a language model of words learns, beside a plain loop over torch's own layers.

    python benchmarks/word_language_model.py PATH/warandpeace.txt data.reader.strip_gutenberg=true

Both: two LSTM layers of 200 units, embeddings of 200 that also score, the 10,000 most frequent
words, six epochs over the same tokens, then the same validation tokens, read in one stream with
the state carried on. The table gives the validation perplexity after each epoch, exp(nats ÷
tokens), and the CPU seconds until then.

The loop is what a person writes after torch's tutorials, in the manner of pytorch/examples'
word_language_model: 20 streams in windows of 35, weights of the embedding drawn from ±0.1, SGD at
a rate of 20, gradients clipped at 0.25, dropout of 0.2, and a quarter of the rate whenever
validation gets worse. Ours is `python -m seqtasks task=generation data=text` with those sizes and
its own defaults; further arguments are options of that command.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
import time
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

import torch
from timing import machine
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from seqtasks.api import compose, prepare
from seqtasks.run import run

ROWS, WINDOW, RATE, CLIP, DROPOUT, DRAWN = 20, 35, 20.0, 0.25, 0.2, 0.1
READ = 700
"""Tokens of the one validation stream that are read at once."""


class Epoch(NamedTuple):
    """What an epoch came to.

    Attributes:
        perplexity: of the validation tokens.
        seconds: of the processor, from the start of training.
    """

    perplexity: float
    seconds: float


def main() -> None:
    """Print the table; write JSON if asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, help="a text")
    parser.add_argument("options", nargs="*", help="of python -m seqtasks, for ours")
    parser.add_argument("--size", type=int, default=200, help="of each layer and vector")
    parser.add_argument("--words", type=int, default=10_000)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--json", type=Path, metavar="FILE")
    arguments = parser.parse_args()
    options = options_of(arguments)
    with tempfile.TemporaryDirectory() as folder:
        runs = {"plain loop": [*plain(options, arguments.size, arguments.epochs)]}
        runs["seqtasks"] = ours(options, Path(folder))
    show(runs)
    if arguments.json:
        report = {"machine": machine(), "options": options, **runs}
        arguments.json.write_text(json.dumps(report, indent=2))


def options_of(arguments: argparse.Namespace) -> list[str]:
    """The options of `python -m seqtasks` for a text and two tied layers."""
    path = str(arguments.file.absolute()).replace("'", "\\'")
    return [
        "task=generation",
        "data=text",
        f"data.train='{path}'",
        f"data.tokens.max_size={arguments.words}",
        "encoder.num_layers=2",
        f"encoder.hidden_size={arguments.size}",
        f"task.embedding.embedding_dim={arguments.size}",
        f"trainer.max_epochs={arguments.epochs}",
        *arguments.options,
    ]


def ours(options: list[str], folder: Path) -> list[Epoch]:
    """The epochs of our training."""
    clock = folder / "seconds"
    probe = ["+callbacks.clock._target_=cpu_clock.CpuClock", f"+callbacks.clock.path={clock}"]
    config = compose(*options, *probe, "report=false", "trainer.limit_test_batches=0")
    found = run(config, folder / "run", "generation")["history"]
    seconds = clock.read_text().split()
    return [
        Epoch(row["val/perplexity"], float(one)) for row, one in zip(found, seconds, strict=True)
    ]


class Plain(nn.Module):
    """Embedding, recurrent layers and a tied softmax, with dropout in between."""

    def __init__(self, words: int, size: int, dropout: float = DROPOUT) -> None:
        super().__init__()
        self.table = nn.Embedding(words, size)
        self.layers = nn.LSTM(size, size, num_layers=2, dropout=dropout, batch_first=True)
        self.output = nn.Linear(size, words)
        self.dropout = nn.Dropout(dropout)
        nn.init.uniform_(self.table.weight, -DRAWN, DRAWN)
        nn.init.zeros_(self.output.bias)
        self.output.weight = self.table.weight

    def forward(
        self, tokens: Tensor, state: tuple[Tensor, Tensor] | None
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """Tokens (rows, time) → logits (rows, time, words) and the state."""
        features, state = self.layers(self.dropout(self.table(tokens)), state)
        return self.output(self.dropout(features)), state


def plain(options: list[str], size: int, epochs: int) -> Iterator[Epoch]:
    """The epochs of the plain loop, over the data that ours prepares."""
    config = compose(*options)
    data = prepare(config)
    train, val = (
        torch.from_numpy(data.datasets[split].encoded["tokens"].values[:].astype("int64"))
        for split in ("train", "val")
    )
    if config.threads:
        torch.set_num_threads(config.threads)
    torch.manual_seed(config.seed)
    model, rate, best = Plain(len(data.vocabularies["tokens"]), size), RATE, math.inf
    rows = train[: len(train) // ROWS * ROWS].view(ROWS, -1)  # the rest is too short to divide
    began = time.process_time()
    for _ in range(epochs):
        learn(model, rows, rate)
        loss = nats(model, val) / (len(val) - 1)
        rate, best = (rate, loss) if loss < best else (rate / 4, best)
        yield Epoch(math.exp(loss), time.process_time() - began)


def learn(model: Plain, rows: Tensor, rate: float) -> None:
    """One epoch of gradient descent, with the state carried from window to window."""
    model.train()
    state = None
    for start in range(0, rows.size(1) - 1, WINDOW):
        targets = rows[:, start + 1 : start + 1 + WINDOW]
        logits, state = model(rows[:, start : start + targets.size(1)], state)
        state = tuple(part.detach() for part in state)
        model.zero_grad()
        cross_entropy(logits.flatten(0, 1), targets.flatten()).backward()
        nn.utils.clip_grad_norm_(model.parameters(), CLIP)
        with torch.no_grad():
            for weight in model.parameters():
                weight -= rate * weight.grad


@torch.no_grad()
def nats(model: Plain, tokens: Tensor) -> float:
    """Of all tokens but the first, in one stream."""
    model.eval()
    total, state = 0.0, None
    for start in range(0, len(tokens) - 1, READ):
        targets = tokens[start + 1 : start + 1 + READ]
        logits, state = model(tokens[None, start : start + len(targets)], state)
        total += float(cross_entropy(logits[0], targets, reduction="sum"))
    return total


def show(runs: dict[str, list[Epoch]]) -> None:
    """Print a line for each epoch."""
    print(f"{'epoch':>5}", *(f"{name:>12} {'CPU s':>8}" for name in runs))
    for number, row in enumerate(zip_longest(*runs.values()), 1):
        cells = [" " * 21 if one is None else f"{one[0]:>12.2f} {one[1]:>8.0f}" for one in row]
        print(f"{number:>5}", *cells)


if __name__ == "__main__":
    main()
