"""Speed of a language model: a step of training, and generation, each beside a plain loop.

    python benchmarks/language_model.py --threads 1 2 --json language_model.json

Training: two LSTM layers of 200 units, tied, 10,000 words, 20 streams in windows of 35, from tokens
to updated weights; the rival is the step of pytorch/examples' word_language_model, dropout of 0.
Its share of the machine is that of a square float32 product.

Generation: two LSTM layers of 256 units over 80 characters, sampled at a temperature of 0.8, one
text alone and 64 at once, as a saved model does; the rival calls torch's layers for each character.
Where onnxruntime is installed, the model that `python -m seqtasks.export` writes takes its turn
too. All take turns; figures are medians.
"""

from __future__ import annotations

import argparse
import functools
import importlib.util
from collections.abc import Callable

import torch
from exporting import exported
from figures import Figures, add_options
from seqtasks.tasks.generation import LanguageModel
from timing import GEMM_FLOPS, gemm, interleaved
from torch import nn
from word_language_model import CLIP, RATE, Plain

from seqtasks.data.batch import Batch
from seqtasks.data.vocabulary import SPECIALS, Vocabulary
from seqtasks.decoding import generate_text, read_prompts
from seqtasks.embedding import TokenEmbedding
from seqtasks.encoder import RecurrentEncoder
from seqtasks.heads.language import LanguageHead
from seqtasks.kernels.packing import pack

SYMBOLS, SIZE, TEMPERATURE = 80, 256, 0.8
"""Of the model that generates."""


def main() -> None:
    """Print the figures; write JSON if asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_options(parser, repeats=15)
    parser.add_argument("--words", type=int, default=10_000)
    parser.add_argument("--length", type=int, default=500, help="characters of each text")
    options = parser.parse_args()
    report = Figures(options)
    for threads in report.each_number_of_threads():
        training(report, f"training, {threads}", options.words)
        for texts in (1, 64):
            title = f"generation, {texts} at once, {threads}"
            generation(report, title, texts, max(options.length // texts, 20))
    report.write()


def model(words: int, size: int) -> LanguageModel:
    """Two tied LSTM layers."""
    torch.manual_seed(0)
    symbols = [*SPECIALS, *(chr(0x4E00 + n) for n in range(words - len(SPECIALS)))]
    vocabulary = Vocabulary(symbols, specials=range(len(SPECIALS)))
    return LanguageModel(
        {"tokens": vocabulary},
        embedding=functools.partial(TokenEmbedding, embedding_dim=size),
        encoder=functools.partial(RecurrentEncoder, hidden_size=size, num_layers=2),
        head=LanguageHead,
        state_reset=0.0,
        sampling={"max_length": 100},
    )


def training(report: Figures, title: str, words: int, batch: int = 20, window: int = 35) -> None:
    """Tokens a second of a step, and the share of the limit that it reaches."""
    task = model(words, 200).train()
    optimizer = torch.optim.SGD(task.parameters(), lr=0.1)
    tokens = torch.randint(len(SPECIALS), words, (batch, window + 1))
    data = Batch(
        tokens=tokens,
        lengths=torch.full((batch,), window + 1),
        first=torch.zeros(batch, dtype=torch.bool),
    )

    def step() -> None:
        optimizer.zero_grad()
        task.loss(task.carry("train", data), data).mean.backward()
        nn.utils.clip_grad_norm_(task.parameters(), CLIP)
        optimizer.step()

    runs = {"seqtasks": step, "plain step": plain_step(words, tokens), "gemm": gemm()}
    seconds = interleaved(runs, report.repeats)
    limit = GEMM_FLOPS / seconds.pop("gemm")
    report.add(f"{title}, tokens a second", {n: batch * window / s for n, s in seconds.items()})
    weights = sum(p.numel() for p in task.encoder.parameters()) + 200 * words
    work = 6 * weights * batch * window
    report.note(f"{title}, share of the limit", work / seconds["seqtasks"] / limit)


def plain_step(words: int, tokens: torch.Tensor) -> Callable[[], None]:
    """A step of pytorch/examples' word_language_model; the tokens are (batch, window + 1)."""
    model = Plain(words, 200, dropout=0.0)
    state = tuple(torch.zeros(2, len(tokens), 200) for _ in range(2))

    def step() -> None:
        logits, _ = model(tokens[:, :-1], state)
        model.zero_grad()
        nn.functional.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten()).backward()
        nn.utils.clip_grad_norm_(model.parameters(), CLIP)
        with torch.no_grad():
            for weight in model.parameters():
                weight -= RATE / 1000 * weight.grad

    return step


def generation(report: Figures, title: str, texts: int, length: int) -> None:
    """Characters a second."""
    task = model(SYMBOLS, SIZE).eval()
    pack(task)
    runs = {"seqtasks": written(task, texts, length), "plain loop": plain_loop(texts, length)}
    if all(importlib.util.find_spec(name) for name in ("onnx", "onnxruntime")):
        example = {"lengths": torch.tensor([4, 3, 2]), "example": [0, 1, 2]}
        batch = Batch(tokens=torch.zeros(3, 4, dtype=torch.int64), **example)
        other = exported(task, model(SYMBOLS, SIZE).eval(), batch)
        runs["seqtasks, exported"] = written(other, texts, length)
    with torch.inference_mode():
        seconds = interleaved(runs, report.repeats)
    count = texts * length
    report.add(f"{title}, characters a second", {n: count / s for n, s in seconds.items()})


def written(task: LanguageModel, texts: int, length: int) -> Callable[[], object]:
    """Texts of so many characters by our search."""

    def run() -> None:
        start = read_prompts(task, [[task.vocabulary.bos_id]] * texts)
        generate_text(task, start, length, min_length=length, temperature=TEMPERATURE, seed=1)

    return run


def plain_loop(texts: int, length: int) -> Callable[[], object]:
    """The same as one would write it in an afternoon."""
    table, output = nn.Embedding(SYMBOLS, SIZE), nn.Linear(SIZE, SYMBOLS)
    layers = nn.LSTM(SIZE, SIZE, num_layers=2, batch_first=True).eval()

    def run() -> list[list[int]]:
        tokens, state = torch.zeros(texts, 1, dtype=torch.int64), None
        chosen = []
        for _ in range(length):
            features, state = layers(table(tokens), state)
            shares = torch.softmax(output(features[:, -1]) / TEMPERATURE, dim=-1)
            tokens = torch.multinomial(shares, 1)
            chosen.append(tokens.squeeze(1).tolist())
        return chosen

    return run


if __name__ == "__main__":
    main()
