"""Command lines of the verbs, against models that were saved before."""

from __future__ import annotations

import importlib
import io
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

from chaos.fuzzing.mutations import mutated
from gauntlet.models import MODELS
from saved import save

from seqtasks import compare, doctor, evaluate, export, generate, picture, predict, report

VERBS = {
    "compare": compare,
    "predict": predict,
    "generate": generate,
    "evaluate": evaluate,
    "export": export,
    "picture": picture,
    "report": report,
    "doctor": doctor,
}
USUAL: Mapping[str, Sequence[str]] = {
    "compare": ("--samples", "5", "--output", "out.html"),
    "predict": ("--input", "in"),
    "generate": ("--prompt", "the"),
    "evaluate": ("--samples", "5", "data.test.sentences=5"),
    "export": ("--format", "onnx", "--output", "out"),
    "picture": ("--states", "--text", "the dog", "--output", "out.json"),
    "report": (),
    "doctor": (),
}
FLAGS: Mapping[str, Sequence[str]] = {
    "compare": (),
    "predict": ("--scores", "--no-header"),
    "generate": ("--score", "--no-prompt", "--json"),
    "evaluate": ("--json",),
    "export": (),
    "picture": ("--states", "--attention", "--gradients", "--alignment", "--curves", "--norms"),
    "report": (),
    "doctor": ("--all",),
}
TAKE: Mapping[str, Sequence[str]] = {
    "compare": (
        *("--output", "--json", "--beside", "--samples", "--confidence", "--seed", "--device"),
        "--trust",
    ),
    "predict": (
        *("--input", "--output", "--format", "--output-format", "--encoding", "--column", "--name"),
        *("--batch-size", "--n-best", "--search", "--prefix", "--prefixes", "--ensemble"),
        *("--attention", "--device", "--trust"),
    ),
    "generate": (
        *("--prompt", "--prompt-file", "--condition", "--stop", "--samples", "--beam", "--seed"),
        *("--batch-size", "--temperature", "--top-k", "--top-p", "--min-p", "--max-length"),
        *("--repetition-penalty", "--device", "--trust", "--no-repeat-ngram", "--min-length"),
    ),
    "evaluate": ("--compare", "--samples", "--confidence", "--seed", "--device", "--trust"),
    "export": ("--format", "--output", "--trust"),
    "picture": (
        *("--text", "--output", "--layer", "--state", "--units", "--unit", "--target", "--last"),
        *("--device", "--trust"),
    ),
    "report": ("--output", "--examples", "--trust", "--device"),
    "doctor": ("--size", "--option"),
}
VALUES = (
    *("", " ", "abc", "é漢字\u202e", "x" * 5000, "a\nb\x1b[31m", "\udcff", "none", "null", "1.5"),
    *("0", "1", "-1", "2", "7", "1e9", "1000000000000", "99999999999999999999", "nan", "inf"),
    *("-inf", "0.5", "in", "no/such/file", ".", "cpu", "cuda:9", "mps", "meta", "csv"),
    *("jsonl", "conll", "utf-16", "rot13", "tokens=a", "beam_size=0", "beam_size=1", "max_length="),
    *(
        "max_length=1e12",
        "length_penalty=nan",
        "n_best=2",
        "x=1",
        "temperature=0",
        "[]",
        "{",
        "!!x",
    ),
    *(
        "data.test=no",
        "data.limit=-1",
        "data.reader=3",
        "lstm",
        "gru",
        "hidden_size=3",
        "h",
        "out.png",
    ),
)


def models(folder: Path) -> dict[str, Path]:
    """Models of every task, saved below a folder."""
    for name, options in MODELS.items():
        save(folder / name, *options)
    return {name: folder / name for name in MODELS}


def command(random: Random, saved: Mapping[str, Path]) -> tuple[str, list[str]]:
    """A verb and its arguments."""
    verb = random.choice([*VERBS, "predict", "predict", "generate"])
    name = "generator" if verb == "generate" and random.random() < 0.8 else random.choice([*saved])
    words = [str(saved[name])] if verb != "doctor" else ["lstm"]
    if random.random() < 0.1:
        words = random.choice([[], ["no/such"], ["."], [""], ["x" * 300], ["\udcff"]])
    if random.random() < 0.85:
        words += USUAL[verb]
    for _ in range(random.choice([1, 1, 2, 3])):
        chosen = random.choice([*FLAGS[verb], *TAKE[verb] * 3, "more"])
        if chosen in FLAGS[verb]:
            words.append(chosen)
        else:
            value = random.choice(VALUES)
            words += [value] if chosen == "more" else [f"{chosen}={value}"]
    return verb, words


def run(verb: str, words: Sequence[str], random: Random, folder: Path) -> None:
    """Run a verb with an input of a few lines, as often as not a damaged one."""
    content = b"the dog sleeps\n\nle chien dort\ta\n" * random.choice([1, 3])
    given = mutated(content, random) if random.random() < 0.5 else content
    (folder / "in").write_bytes(given)
    before = sys.stdin
    sys.stdin = io.TextIOWrapper(io.BytesIO(given))
    try:
        importlib.import_module(f"seqtasks.{verb}").main([*words])
    finally:
        sys.stdin = before
