"""Speed of a language model: training against the matrix-multiply limit, and generation.

    python benchmarks/language_model.py --json language_model.json

Training: two LSTM layers of 200 units, tied, 10,000 words, 20 streams in windows of 35, from tokens
to updated weights. Generation: two LSTM layers of 256 units over characters, one text alone.
The limit is a square float32 product timed in turn with the training steps; medians.
"""

from __future__ import annotations

import argparse
import functools
import json
from pathlib import Path

import torch
from seqtasks.tasks.generation import LanguageModel
from timing import GEMM_FLOPS, gemm, interleaved

from seqtasks.data.batch import Batch
from seqtasks.data.vocabulary import SPECIALS, Vocabulary
from seqtasks.decoding import generate_text, read_prompts
from seqtasks.embedding import TokenEmbedding
from seqtasks.encoder import RecurrentEncoder
from seqtasks.heads.language import LanguageHead


def main() -> None:
    """Print both figures; write JSON if asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    report = {**training(options.repeats), **generation(options.repeats)}
    for name, value in report.items():
        print(f"{name:>32} {value:,.2f}")
    if options.json:
        options.json.write_text(json.dumps(report, indent=2))


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


def training(repeats: int, batch: int = 20, window: int = 35, words: int = 10_000) -> dict:
    """Share of the limit that a training step reaches."""
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
        torch.nn.utils.clip_grad_norm_(task.parameters(), 0.25)
        optimizer.step()

    seconds = interleaved({"step": step, "gemm": gemm()}, repeats)
    weights = sum(p.numel() for p in task.encoder.parameters()) + 200 * words
    limit = GEMM_FLOPS / seconds["gemm"]
    return {
        "training, tokens a second": batch * window / seconds["step"],
        "the limit, GFLOP/s": limit / 1e9,
        "training, share of the limit": 6 * weights * batch * window / seconds["step"] / limit,
    }


def generation(repeats: int, length: int = 500) -> dict:
    """Characters a second of one text."""
    task = model(80, 256).eval()

    def run() -> None:
        start = read_prompts(task, [[task.vocabulary.bos_id]])
        generate_text(task, start, length, min_length=length, temperature=0.8, seed=1, rows=[1])

    with torch.inference_mode():
        seconds = interleaved({"generate": run}, max(3, repeats // 3))
    return {"generation, characters a second": length / seconds["generate"]}


if __name__ == "__main__":
    main()
