"""Options of a training with values that they may not take."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from omegaconf import OmegaConf
from small import TASKS

from seqtasks.api import compose
from seqtasks.run import run

SMALL = (
    "data.train.sentences=24",
    "data.val.sentences=8",
    "data.test.sentences=8",
    "encoder.hidden_size=8",
    "trainer.max_epochs=1",
    "data.batching.batch_size=8",
    "report=false",
)
CHOICES = {
    "tagging": ("task/head=crf", "task/embedding/case=learned", "data/filter=lengths"),
    "classification": ("optimizer=sgd", "scheduler=plateau", "lr_finder=range_test", "sweep=folds"),
    "generation": ("task/head=adaptive", "callbacks=nt_asgd", "trainer=gpu"),
    "translation": ("transfer=gradual", "callbacks=average_best", "scheduler=constant"),
    "joint": ("callbacks=ema", "logger=none"),
}
NUMBERS = [0, 1, -1, 2, 3, -7, 100, 2**31, 2**63, 2**70, -(2**70), 10**9, 10**12]
NUMBERS += [0.5, 1.5, -0.5, 5.0, 1e-300, 1e300, float("nan"), float("inf"), float("-inf")]
TEXTS = [
    "",
    " ",
    "abc",
    "é漢字\u202e",
    "x" * 5000,
    "a\nb\x1b[31m",
    "null",
    "1",
    "1.5",
    "../x",
    "auto",
]
TEXTS += [
    "none",
    "true",
    "[1]",
    "val/loss",
    "max",
    "a.b.C",
    "???",
    "\x00",
    "tokens",
    "cpu",
    "1_000",
]
OTHERS: list[Any] = [None, True, False, [], [1], [None], ["a", "b"], [[1]], [0.1] * 3, {}, {"a": 1}]
OTHERS += [{"_target_": "no.such"}, {"_target_": 5}, {"a": {"b": []}}]
OTHERS += [{"_target_": "builtins.dict", "_partial_": True}, list(range(3000))]
TYPED = [
    "1_000",
    "1e9",
    "'",
    "[",
    "{",
    "${x}",
    "${seed}",
    "a=b",
    "1,2",
    "-",
    "!!python/x",
    "'é'",
    "\\",
]
TYPED += [
    "range(3)",
    "glob(*)",
    "choice(1,2)",
    "2020-01-01",
    "0x10",
    "1:30",
    "~",
    "[a,]",
    "${oc.env:X}",
]
PROCESSES = {"devices", "num_nodes", "strategy", "num_workers"}
"""Options that begin processes, of which here there is one."""


def leaves(node: Any, path: str = "") -> Iterator[str]:
    """The paths of all options, those with options of their own among them."""
    for name, value in node.items():
        yield f"{path}{name}"
        if isinstance(value, dict):
            yield from leaves(value, f"{path}{name}.")


@functools.cache
def composed(options: tuple[str, ...]) -> Any:
    return OmegaConf.to_container(compose(*options))


def base(random: Random) -> tuple[str, tuple[str, ...]]:
    """A task and the command line of a small training."""
    task = random.choice([t for t in TASKS if t in CHOICES])
    chosen = [one for one in CHOICES[task] if random.random() < 0.3]
    return task, (f"task={task}", *SMALL, *chosen)


def changed(random: Random) -> tuple[str, str, Any]:
    """The name of an option, what it is given, and a function that trains with that."""
    task, options = base(random)
    plain = composed(options)
    name = random.choice([path for path in leaves(plain) if not path.startswith("sweep")])
    last = name.rpartition(".")[2]
    value = any_value(random, OmegaConf.select(OmegaConf.create(plain), name))
    if last in PROCESSES and type(value) in (int, float) and 1 < value < 2**60:
        value = -value
    if last == "sentences" and type(value) is int and value > 1000:
        value = 1.5  # it would take as long as it is asked to
    typed = random.random() < 0.15
    if typed:
        text = random.choice(TYPED) if random.random() < 0.7 else str(value)
        value = f"{name}={text}"

    def train() -> None:
        config = compose(*options, value) if typed else OmegaConf.create(placed(plain, name, value))
        folder = Path.cwd() / "run"
        folder.mkdir()
        run(config, folder, task, "")

    return name, f"{' '.join(options[:1] + options[8:])} {name}={value!r}"[:400], train


def any_value(random: Random, given: Any) -> Any:
    """A value, more often than not of the kind of the one that is given."""
    numbers = [n for n in NUMBERS if type(n) is type(given) or isinstance(given, float)]
    alike: list[Any] = TEXTS if isinstance(given, str) else numbers
    if alike and random.random() < 0.6:
        return random.choice(alike)
    return random.choice(random.choice([NUMBERS, TEXTS, OTHERS]))


def placed(node: Any, name: str, value: Any) -> Any:
    """A configuration with another value of an option."""
    first, _, rest = name.partition(".")
    return {**node, first: placed(node[first], rest, value) if rest else value}
