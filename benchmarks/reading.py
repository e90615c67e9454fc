"""Reading clean files into the store, here and in another checkout, in turn.

    git worktree add ../before REVISION
    python benchmarks/reading.py --against ../before

Each round is a process for each checkout, which reads a file of every layout twice and gives the
fewer seconds of its processor; figures are medians over the rounds. No garbage is collected while
a file is read: a collection looks at every module imported, and falls into one layout or another.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Print the seconds of each layout, and their ratio if there is another checkout."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--against", type=Path, metavar="CHECKOUT")
    parser.add_argument("--records", type=int, default=150_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)  # in a process of its own
    options = parser.parse_args()
    if options.read:
        print(json.dumps({name: seconds(name, options.read) for name in LAYOUTS}))
        return
    checkouts = [path for path in (options.against, ROOT) if path is not None]
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), options.records)
        rounds = [[measured(path, folder) for path in checkouts] for _ in range(options.rounds)]
    for name in LAYOUTS:
        found = [statistics.median(one[at][name] for one in rounds) for at in range(len(checkouts))]
        ratio = f"  {found[1] / found[0]:.3f} of the other" if options.against else ""
        print(f"{name:10}{found[-1]:8.3f} s{ratio}")


def measured(checkout: Path, folder: str) -> dict[str, float]:
    """The seconds of each layout with the code of a checkout."""
    environment = {**os.environ, "PYTHONPATH": str(checkout.absolute())}
    command = [sys.executable, __file__, "--read", folder]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def write(folder: Path, count: int) -> None:
    """Write the same records in every layout, of 5 to 30 words each."""
    draw = random.Random(1)
    letters = "abcdefghijklmnop"
    words = ["".join(draw.choices(letters, k=draw.randint(2, 9))) for _ in range(20_000)]
    texts = [" ".join(draw.choices(words, k=draw.randint(5, 30))) for _ in range(count)]
    rows = [(text, f"l{number % 5}") for number, text in enumerate(texts)]
    contents = {
        "lines.txt": [f"{label} {text}" for text, label in rows],
        "table.csv": ["tokens,label", *(f'"{text}, {text[:9]}",{label}' for text, label in rows)],
        "table.tsv": ["tokens\tlabel", *(f"{text}\t{label}" for text, label in rows)],
        "table.jsonl": [json.dumps({"tokens": text, "label": label}) for text, label in rows],
        "source.txt": texts,
        "target.txt": [text[::-1] for text in texts],
        "tags.conll": [
            "\n".join([*(f"{word} NN B-NP" for word in text.split()), ""]) for text in texts
        ],
    }
    for name, lines in contents.items():
        (folder / name).write_text("\n".join([*lines, ""]), encoding="utf-8")


LAYOUTS: dict[str, tuple[str, list[str], str]] = {
    "lines": ("LineReader", ["lines.txt"], "label"),
    "unlabelled": ("LineReader", ["lines.txt"], ""),
    "csv": ("TableReader", ["table.csv"], "label"),
    "tsv": ("TableReader", ["table.tsv"], "label"),
    "jsonl": ("TableReader", ["table.jsonl"], "label"),
    "conll": ("ConllReader", ["tags.conll"], "tags"),
    "parallel": ("ParallelReader", ["source.txt", "target.txt"], "target"),
    "text": ("TextReader", ["lines.txt"], ""),
}
"""Name → the reader, the files, and the field beside the tokens."""


def seconds(name: str, folder: Path) -> float:
    """The processor's seconds of reading one layout, the fewer of two."""
    from seqtasks.data import readers
    from seqtasks.data.batching.buckets import Buckets
    from seqtasks.data.fields import LabelField, TagField, TokenField
    from seqtasks.data.module import SequenceData

    kind, files, beside = LAYOUTS[name]
    kinds: dict[str, Any] = {"label": LabelField, "tags": TagField, "target": TokenField}
    paths: Any = [str(folder / file) for file in files]
    taken = []
    for _ in range(2):
        fields = {"source" if beside == "target" else "tokens": TokenField()}
        fields |= {beside: kinds[beside]()} if beside else {}
        data = SequenceData(getattr(readers, kind)(), Buckets(1), paths, cache=None, **fields)
        gc.collect()
        gc.disable()
        start = time.process_time()
        data.stored()
        taken.append(time.process_time() - start)
        gc.enable()
    return min(taken)


if __name__ == "__main__":
    main()
