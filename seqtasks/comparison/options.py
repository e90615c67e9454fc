"""The options of runs: what was typed for each, and in what whole configurations differ."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from seqtasks.comparison.runs import Run

REPEATED = ("seed", "data.fold")
"""Options whose values repeat an experiment."""

INCIDENTAL = (
    *("hydra", "sweep", "paths", "logger", "report", "examples", "overwrite", "ckpt_path"),
    *("threads", "task_name", "run_name", "tags", "print_config", "train", "test"),
    *("optimized_metric", "trainer.enable_progress_bar"),
    *("preset.read", "preset.chosen"),
)
"""Options, and sections of them, that say nothing of the model."""


def options_of(runs: Sequence[Run]) -> list[dict[str, str]]:
    """The options of each run, by which runs are told apart.

    They are those that were typed, or, where a program has begun one of the runs, those in which
    the configurations differ. Runs that these do not tell apart have one more: ``in``, the folder
    that was given, or else ``run``, their own.
    """
    found = [typed(run) for run in runs]
    if any(run.command is None for run in runs):
        flats = [whole(run) for run in runs]
        names = differing(flats)
        found = [{name: one[name] for name in names if name in one} for one in flats]
    for run, options in zip(runs, found, strict=True):
        options.update({**repeated(run), **options})
    for name in ("in", "run"):
        if len({frozenset(options.items()) for options in found}) == len(runs):
            break
        if name == "in" and len({run.given for run in runs}) == 1:
            continue
        for run, options in zip(runs, found, strict=True):
            options[name] = str(run.given if name == "in" else run.folder)
    return found


def typed(run: Run) -> dict[str, str]:
    """What was typed for a run, without what says nothing of the model.

    >>> from pathlib import Path
    >>> words = ["--config-dir", "my", "task=tagging", "+encoder.cell=gru", "hydra.run.dir=x"]
    >>> typed(Run(Path("a"), Path("a"), {}, {}, words))
    {'task': 'tagging', 'encoder.cell': 'gru'}
    """
    found = {}
    for word in run.command or ():
        name, equals, value = word.lstrip("+").partition("=")
        if word.startswith("~"):
            found[word[1:].partition("=")[0]] = "null"
        elif equals and not word.startswith("-"):
            found[name] = value
    return {name: value for name, value in found.items() if tells(name)}


def repeated(run: Run) -> dict[str, str]:
    """The seed of a run, and its fold if it has one."""
    data = run.config.get("data") or {}
    found = {"seed": run.config.get("seed")}
    if data.get("folds"):
        found["data.fold"] = data.get("fold")
    return {name: shown(value) for name, value in found.items() if value is not None}


def tells(name: str) -> bool:
    """Whether an option says something of the model.

    >>> tells("hydra.run.dir"), tells("report"), tells("task.report")
    (False, False, True)
    """
    return not any(name == one or name.startswith((f"{one}.", f"{one}/")) for one in INCIDENTAL)


def whole(run: Run) -> dict[str, str]:
    """The options of a run's configuration, without those that name its own folder."""
    own = (run.config.get("paths") or {}).get("run")
    found = flat(run.config)
    return {name: value for name, value in found.items() if own is None or own not in value}


def flat(config: Mapping[str, Any], place: str = "") -> dict[str, str]:
    """The options of a whole configuration by their whole names, as they would be typed.

    >>> flat({"a": {"b": [1, None], "c": True}, "d": {}})
    {'a.b': '[1, null]', 'a.c': 'true'}
    """
    found: dict[str, str] = {}
    for key, value in config.items():
        name = f"{place}{key}"
        if isinstance(value, Mapping):
            found |= flat(value, f"{name}.")
        else:
            found[name] = shown(value)
    return found


def shown(value: Any) -> str:
    """A value as it would be typed."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def differing(flats: Sequence[Mapping[str, str]]) -> list[str]:
    """The names of the options in which whole configurations differ, but for the seed and the fold.

    A part of the configuration may stand in a second place, as ``encoder`` does in ``task``, and
    ``seed`` in ``data``: of names that end alike and have the same values, the shortest is kept.

    >>> one = {"encoder.cell": "gru", "task.encoder.cell": "gru", "seed": "1"}
    >>> differing([one, {"encoder.cell": "lstm", "task.encoder.cell": "lstm", "seed": "2"}])
    ['encoder.cell']
    """
    names = dict.fromkeys(name for one in flats for name in one)
    values = {name: tuple(one.get(name) for one in flats) for name in names}
    kept: list[str] = []
    for name in sorted(names, key=lambda name: name.count(".")):
        copied = any(name.endswith(f".{one}") and values[name] == values[one] for one in kept)
        if len({*values[name]}) > 1 and tells(name) and not copied:
            kept.append(name)
    return [name for name in names if name in kept and name not in REPEATED]


def several(values: Sequence[str | None]) -> str:
    """The values of an option in some runs, as one text.

    >>> several(["1", "2", "1"]), several([None, None])
    ('1, 2', '–')
    """
    return ", ".join(Counter("–" if value is None else value for value in values))
