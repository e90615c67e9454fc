"""Size, speed and score of a model in torch, in ONNX, and in ONNX with eight bits.

    python benchmarks/export.py runs/tagging/latest/bundle --examples 500

The model is exported twice into a temporary folder. Its own test data are read by the options that
it was trained with, so that a relative path starts from the folder where this is called. The three
take turns at predicting a batch of 1 and one of 32 examples from raw lines; times are medians. The
score is the share of right labels, or of outputs that are right as a whole; of a language model the
nats a token.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.table import Table
from timing import interleaved, machine

from seqtasks import bundle
from seqtasks.bundle import Bundle
from seqtasks.bundle.build import build
from seqtasks.bundle.export import export_bundle, size
from seqtasks.data.raw_inputs import as_text
from seqtasks.data.record import Record
from seqtasks.prediction.abilities import Generates
from seqtasks.prediction.text_generator import Text, TextGenerator

BATCHES = (1, 32)


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--examples", type=int, default=500, metavar="N", help="that are scored")
    parser.add_argument("--repeats", type=int, default=7, metavar="N")
    parser.add_argument("--trust", action="append", default=[], metavar="MODULE")
    options = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as temporary:
        folders = {"torch": bundle.located(options.bundle)}
        for name, int8 in (("ONNX", False), ("ONNX, 8 bits", True)):
            folders[name] = Path(temporary) / name
            model = bundle.load(options.bundle, trusted=options.trust)
            export_bundle(model, folders[name], int8=int8)
        models = {name: bundle.load(path, trusted=options.trust) for name, path in folders.items()}
        sizes = {name: size(folder) for name, folder in folders.items()}
    examples = records(models["torch"])[: options.examples]
    show(models, sizes, examples, options.repeats)


def records(model: Bundle) -> list[Record]:
    """The examples of a bundle's test data."""
    data = build(model.config["data"])
    data.setup()
    return list(data.datasets[data.test_split].records)


def show(
    models: dict[str, Bundle], sizes: dict[str, int], examples: list[Record], repeats: int
) -> None:
    """Print the table."""
    seconds = {
        count: interleaved(
            {name: predicting(model, examples[:count]) for name, model in models.items()}, repeats
        )
        for count in BATCHES
    }
    scores = {name: score(model, examples) for name, model in models.items()}
    names = list(scores["torch"])
    table = Table("", "KiB", *(f"ms, batch of {count}" for count in BATCHES), *names)
    for name in models:
        times = [f"{1000 * seconds[count][name]:.2f}" for count in BATCHES]
        values = [f"{scores[name][key]:.4f}" for key in names]
        table.add_row(name, f"{sizes[name] / 1024:,.0f}", *times, *values)
    console = Console()
    console.print(f"{len(examples)} examples; {machine()}")
    console.print(table)


def predicting(model: Bundle, examples: list[Record]) -> Any:
    """A function that predicts some examples, from their raw inputs."""
    inputs = [example.values for example in examples]
    return lambda: model.predict(inputs, batch_size=len(inputs))


def score(model: Bundle, examples: list[Record]) -> dict[str, float]:
    """The scores of the predictions; of a language model the nats a token."""
    task: Any = model.task
    if isinstance(task, Generates):
        texts = [Text(n, as_text(e.values["tokens"])) for n, e in enumerate(examples)]
        found = TextGenerator(model).score(texts)
        return {"nats": sum(o["nats"] for o in found) / sum(o["tokens"] for o in found)}
    predicted = model.predict([example.values for example in examples])
    right = total = 0
    for example, answer in zip(examples, predicted, strict=True):
        expected = example.values[task.target]
        if isinstance(answer, list) and isinstance(expected, list):
            right += sum(a == b for a, b in zip(answer, expected, strict=False))
            total += len(expected)
        else:
            wanted = expected if isinstance(expected, str) else " ".join(expected)
            right += str(answer) == wanted
            total += 1
    return {"accuracy" if isinstance(predicted[0], list) else "exact": right / total}


if __name__ == "__main__":
    main()
