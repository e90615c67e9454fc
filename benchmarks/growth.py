"""How time and memory grow with length, batch, layers, vocabulary, labels of a CRF, and beams.

    python benchmarks/growth.py --json growth.json --plot growth.svg

Each row is a training pass (of beams, a search) whose one size grows while the others stay small.
The exponent is the slope of time, and of peak memory beyond what is held before, against the size
on logarithmic axes, over the upper half of the sizes: 1 for what grows in proportion, 2 for the
labels of a CRF, whose transitions are their square. Medians, one thread unless told otherwise.
"""

from __future__ import annotations

import argparse
import math
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import torch
from encoder import peak_memory
from figures import Figures, add_options
from torch import Tensor, nn

from seqtasks.data.vocabulary import SPECIALS, Vocabulary
from seqtasks.decoding import beam_search
from seqtasks.embedding import TokenEmbedding
from seqtasks.encoder import RecurrentEncoder
from seqtasks.heads.crf import CRFTagging
from seqtasks.heads.language import LanguageHead

WIDTH = 64
"""Units and features of all models."""

Run = Callable[[], object]


class Growth(NamedTuple):
    """What grows.

    Attributes:
        make: from a size to a run of that size.
        sizes: from small to large.
        expected: the exponent that time should have, at most.
    """

    make: Callable[[int], Run]
    sizes: tuple[int, ...]
    expected: float


def main() -> None:
    """Print a line for each size; write JSON and draw the plot if asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_options(parser, repeats=5)
    parser.add_argument("--only", nargs="+", default=list(GROWTHS), metavar="NAME")
    parser.add_argument("--largest", type=float, default=1.0, help="share of the largest sizes")
    parser.add_argument("--plot", type=Path, metavar="FILE")
    options = parser.parse_args()
    options.threads = options.threads or [1]
    figures = Figures(options)
    for _ in figures.each_number_of_threads():
        for name in options.only:
            measure(figures, name, GROWTHS[name], options.largest)
    figures.write()
    if options.plot:
        draw(figures, options.plot)


def measure(figures: Figures, name: str, growth: Growth, share: float) -> None:
    """The seconds and megabytes of each size, and their exponents."""
    sizes = [size for size in growth.sizes if size <= share * growth.sizes[-1]]
    rows = []
    for size in sizes:
        run = growth.make(size)
        run()
        seconds = statistics.median(timed(run) for _ in range(figures.repeats))
        rows.append((size, seconds, peak_memory(run, "cpu")))
        memory = "" if rows[-1][2] is None else f", {rows[-1][2]:,.1f} MB"
        print(f"{name} {size:,}: {1e3 * seconds:,.2f} ms{memory}", flush=True)
    figures.note(
        name,
        {
            "size": sizes,
            "seconds": [row[1] for row in rows],
            "megabytes": [row[2] for row in rows],
            "expected": growth.expected,
            "exponent": slope(sizes, [row[1] for row in rows]),
            "exponent of memory": slope(sizes, [row[2] or 0.0 for row in rows]),
        },
    )


def timed(run: Run) -> float:
    """Seconds of a run."""
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def slope(sizes: list[int], values: list[float]) -> float | None:
    """The exponent over the upper half of the sizes; None with fewer than two values above 0."""
    pairs = [*zip(sizes, values, strict=True)][-max(2, (len(sizes) + 1) // 2) :]
    points = [(math.log(size), math.log(value)) for size, value in pairs if value > 0]
    if len(points) < 2:
        return None
    return round(statistics.linear_regression(*zip(*points, strict=True)).slope, 2)


def encoded(cell: str, batch: int, length: int, layers: int) -> Run:
    """A training pass of an encoder."""
    encoder = RecurrentEncoder(WIDTH, WIDTH, layers, cell=cell, residual=layers > 1)
    inputs = torch.randn(batch, length, WIDTH)

    def run() -> None:
        encoder.zero_grad()
        encoder(inputs)[0].sum().backward()

    return run


def scored(words: int, tokens: int = 320) -> Run:
    """A training pass of the output layer of a language model."""
    symbols = [*SPECIALS, *map(str, range(words - len(SPECIALS)))]
    vocabulary = Vocabulary(symbols, specials=range(len(SPECIALS)))
    embedding = TokenEmbedding(vocabulary, embedding_dim=WIDTH)
    head = LanguageHead(WIDTH, embedding)
    read = torch.randint(len(SPECIALS), words, (8, tokens // 8))
    lengths = torch.full((8,), tokens // 8)

    def run() -> None:
        head.zero_grad()
        head.loss(embedding(read), read, lengths).mean.backward()

    return run


def labelled(labels: int, batch: int = 8, length: int = 20) -> Run:
    """A training pass of a CRF, and the best labels."""
    names = Vocabulary([str(number) for number in range(labels)], specials=())
    head = CRFTagging(WIDTH, names)
    features, lengths = torch.randn(batch, length, WIDTH), torch.full((batch,), length)
    targets = torch.randint(labels, (batch, length))

    def run() -> None:
        head.zero_grad()
        outputs = head(features)
        head.loss(outputs, targets, lengths).mean.backward()
        head.decode(outputs.detach(), lengths)

    return run


def searched(beam: int, words: int = 1000, length: int = 30) -> Run:
    """A search of a model whose state is a vector."""
    torch.manual_seed(0)
    table, turn, output = (
        nn.Embedding(words, WIDTH),
        nn.Linear(WIDTH, WIDTH),
        nn.Linear(WIDTH, words),
    )

    def step(tokens: Tensor, state: tuple[Tensor, ...]) -> tuple[Tensor, tuple[Tensor, ...]]:
        after = torch.tanh(table(tokens) + turn(state[0]))
        return output(after), (after,)

    start = (torch.zeros(4, WIDTH),)
    first = torch.zeros(4, dtype=torch.int64)
    options = {"beam_size": beam, "max_length": length, "min_length": length - 1, "eos_id": 1}
    return lambda: beam_search(step, start, first, **options)


GROWTHS = {
    "steps, LSTM": Growth(
        lambda n: encoded("lstm", 1, n, 1), (100, 1000, 10_000, 30_000, 100_000), 1
    ),
    "steps, GRU": Growth(
        lambda n: encoded("gru", 1, n, 1), (100, 1000, 10_000, 30_000, 100_000), 1
    ),
    "steps, minGRU": Growth(
        lambda n: encoded("mingru", 1, n, 1), (100, 1000, 10_000, 30_000, 100_000), 1
    ),
    "batch": Growth(lambda n: encoded("lstm", n, 50, 1), (1, 4, 16, 64, 256, 1024), 1),
    "layers": Growth(lambda n: encoded("lstm", 8, 50, n), (1, 2, 4, 8, 16, 32), 1),
    "vocabulary": Growth(scored, (1000, 10_000, 100_000, 300_000, 1_000_000), 1),
    "labels of a CRF": Growth(labelled, (10, 30, 100, 300, 1000), 2),
    "beam": Growth(searched, (1, 4, 16, 64, 256), 1),
}


def draw(figures: Figures, path: Path) -> None:
    """A panel for each size that grows, with the expected slope through the last point."""
    from matplotlib import pyplot

    columns = math.ceil(len(figures.notes) / 2)
    figure, axes = pyplot.subplots(2, columns, figsize=(2.9 * columns, 5.4), squeeze=False)
    for axis in axes.flat:
        axis.set_visible(False)
    for axis, (name, found) in zip(axes.flat, figures.notes.items(), strict=False):
        axis.set_visible(True)
        sizes, seconds = found["size"], found["seconds"]
        ideal = [seconds[-1] * (size / sizes[-1]) ** found["expected"] for size in sizes]
        axis.loglog(sizes, ideal, color="#bbbbbb", linestyle="--", zorder=1)
        axis.loglog(sizes, seconds, marker="o", color="#1f6f8b", zorder=2)
        axis.set_title(f"{name}: {found['exponent']}", fontsize=9)
        axis.tick_params(labelsize=7)
        axis.grid(color="#eeeeee")
        axis.set_ylim(min(seconds) / 2, max(seconds) * 2)
    figure.supylabel("seconds", fontsize=9)
    figure.tight_layout()
    figure.savefig(path)


if __name__ == "__main__":
    main()
