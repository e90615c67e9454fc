"""What files and a task alone come to, on published data sets: nothing else is typed.

    python benchmarks/defaults.py PATH --only trec sst2 --seeds 1 2 3

PATH is the folder of the data sets, one below it for each, named as the experiments name them
(conf/experiment). The options say which files there are, in which form where that is not told by
themselves, and which part is held back as in the published split. Every seed is a command of its
own, whose seconds are those of the whole command. Words behind PATH are options for all, such as
`preset=best`, `budget=5min` or `threads=1`. The table gives the mean of the test scores with the
sample standard deviation, that of the validation scores by which the model is chosen, and the
longest time.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table


class Case(NamedTuple):
    """A data set.

    Attributes:
        options: words of the command, ``{}`` in place of the folder.
        score: the name of the test score.
        recipe: what the tuned recipe (docs/results.md) comes to.
    """

    options: tuple[str, ...]
    score: str
    recipe: float


CASES = {
    "ud_en_ewt": Case(
        (
            "task=tagging",
            "data=conll",
            "data.train={}/ud_en_ewt/en_ewt-ud-train.conllu",
            "data.val={}/ud_en_ewt/en_ewt-ud-dev.conllu",
            "data.test={}/ud_en_ewt/en_ewt-ud-test.conllu",
        ),
        "accuracy",
        0.955,
    ),
    "wnut17": Case(
        (
            "task=tagging",
            "data=conll",
            "data.train={}/wnut17/wnut17train.conll",
            "data.test={}/wnut17/emerging.test.annotated",
        ),
        "f1",
        0.329,
    ),
    "wnut17_glove": Case(
        (
            "task=tagging",
            "data=conll",
            "data.train={}/wnut17/wnut17train.conll",
            "data.val={}/wnut17/emerging.dev.conll",
            "data.test={}/wnut17/emerging.test.annotated",
            "task.embedding.tokens.vectors={}/glove_100d/glove.6B.100d.subset.txt",
            "task.embedding.tokens.embedding_dim=null",
        ),
        "f1",
        0.329,
    ),
    "trec": Case(
        (
            "task=classification",
            "data=lines",
            "data.train={}/trec/train.txt",
            "data.test={}/trec/test.txt",
        ),
        "accuracy",
        0.892,
    ),
    "sst2": Case(
        (
            "task=classification",
            "data=lines",
            "data.train={}/sst2/train.txt",
            "data.val={}/sst2/dev.txt",
            "data.test={}/sst2/test.txt",
        ),
        "accuracy",
        0.8065,
    ),
    "chnsenticorp": Case(
        (
            "task=classification",
            "data=table",
            "data.tokens.column=text_a",
            "data.train={}/chnsenticorp/train.tsv",
            "data.val={}/chnsenticorp/dev.tsv",
            "data.test={}/chnsenticorp/test.tsv",
        ),
        "accuracy",
        0.9042,
    ),
    "names": Case(
        (
            "task=classification",
            "data=labelled_files",
            "data.train=[{}/names/[!S]*.txt,{}/names/Spanish.txt]",
            "data.reader.repeated=unambiguous",
        ),
        "accuracy",
        0.8451,
    ),
    "japanese_vowels": Case(
        (
            "task=classification",
            "data=timeseries",
            "task/embedding=series",
            "data.train={}/japanese_vowels/JapaneseVowels_TRAIN.ts",
            "data.test={}/japanese_vowels/JapaneseVowels_TEST.ts",
        ),
        "accuracy",
        0.9784,
    ),
    "multi30k_de_en": Case(
        (
            "task=translation",
            "data=parallel",
            "data.train=[{}/multi30k/train.de,{}/multi30k/train.en]",
            "data.val=[{}/multi30k/val.de,{}/multi30k/val.en]",
            "data.test=[{}/multi30k/test_2016_flickr.de,{}/multi30k/test_2016_flickr.en]",
        ),
        "bleu",
        0.4357,
    ),
    "multi30k_en_de": Case(
        (
            "task=translation",
            "data=parallel",
            "data.train=[{}/multi30k/train.en,{}/multi30k/train.de]",
            "data.val=[{}/multi30k/val.en,{}/multi30k/val.de]",
            "data.test=[{}/multi30k/test_2016_flickr.en,{}/multi30k/test_2016_flickr.de]",
        ),
        "bleu",
        0.3905,
    ),
    "cmudict_g2p": Case(
        (
            "task=transduction",
            "data=parallel",
            "data.reader.references=true",
            "data.split_by=source",
            "data.train={}/cmudict_g2p/g014b2b.train",
            "data.test={}/cmudict_g2p/g014b2b.ref",
        ),
        "sequence_error_rate",
        0.231,
    ),
    "tinyshakespeare": Case(
        (
            "task=generation",
            "data=text",
            "data.tokens.level=character",
            "data.train={}/tinyshakespeare/input.txt",
            "data.test_fraction=0",
        ),
        "loss",
        1.427,
    ),
    "scan_simple": Case(
        (
            "task=transduction",
            "data=pattern",
            "data.reader.pattern='IN: (?P<source>.+) OUT: (?P<target>.+)'",
            "data.train={}/scan/tasks_train_simple.txt",
            "data.test={}/scan/tasks_test_simple.txt",
        ),
        "sequence_error_rate",
        0.001,
    ),
    "babi_qa1": Case(
        (
            "task=question_answering",
            "data=babi",
            "data.train={}/babi/en/qa1_single-supporting-fact_train.txt",
            "data.test={}/babi/en/qa1_single-supporting-fact_test.txt",
        ),
        "accuracy",
        1.0,
    ),
}


class Trained(NamedTuple):
    """What a command came to."""

    test: float
    val: float
    seconds: float
    parameters: int


def main() -> None:
    """Print a row for each data set; write JSON if asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="the folder of the data sets")
    parser.add_argument("options", nargs="*", help="of python -m seqtasks, for all")
    parser.add_argument("--only", nargs="+", choices=CASES, default=[*CASES], metavar="NAME")
    parser.add_argument("--seeds", nargs="+", type=int, default=[1])
    parser.add_argument("--json", type=Path, metavar="FILE")
    arguments = parser.parse_args()
    found: dict[str, list[Trained]] = {}
    for name in arguments.only:
        found[name] = [
            trained(CASES[name], arguments.data, [*arguments.options, f"seed={seed}"])
            for seed in arguments.seeds
        ]
        print(name, *found[name], flush=True)
    Console().print(table(found))
    if arguments.json:
        plain = {name: [run._asdict() for run in runs] for name, runs in found.items()}
        arguments.json.write_text(json.dumps(plain, indent=2))


def trained(case: Case, data: Path, options: list[str]) -> Trained:
    """Run the command of a data set."""
    words = [word.replace("{}", str(data)) for word in case.options]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "run"
        quiet = ["trainer.enable_progress_bar=false", f"hydra.run.dir={folder}"]
        command = [sys.executable, "-m", "seqtasks", *words, *options, *quiet]
        began = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        seconds = time.perf_counter() - began
        metrics: dict[str, Any] = json.loads((folder / "metrics.json").read_text())
    best = min if case.score in ("loss", "sequence_error_rate") else max
    key = f"val/{case.score}"
    val = best(row[key] for row in metrics["history"] if key in row)
    return Trained(metrics["test"][case.score], val, seconds, metrics["parameters"])


def table(found: dict[str, list[Trained]]) -> Table:
    """A row for each data set."""
    shown = Table()
    for heading in ("data", "score", "recipe", "test", "validation", "parameters", "minutes"):
        shown.add_column(heading, justify="left" if heading in ("data", "score") else "right")
    for name, runs in found.items():
        case = CASES[name]
        shown.add_row(
            name,
            case.score,
            f"{case.recipe:.4f}",
            spread([run.test for run in runs]),
            spread([run.val for run in runs]),
            f"{runs[0].parameters:,}",
            f"{max(run.seconds for run in runs) / 60:.1f}",
        )
    return shown


def spread(values: list[float]) -> str:
    """The mean, with the sample standard deviation of several."""
    mean = statistics.fmean(values)
    return f"{mean:.4f} ± {statistics.stdev(values):.4f}" if len(values) > 1 else f"{mean:.4f}"


if __name__ == "__main__":
    main()
