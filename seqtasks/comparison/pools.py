"""Settings that are tested on the same examples, and what they differ by."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from seqtasks.comparison.drawn import Drawn
from seqtasks.comparison.settings import Setting
from seqtasks.comparison.significance import BY_SYMBOL, comparable, holm, mean_score, shared
from seqtasks.evaluation.bootstrap import compare_drawn

Pool = list[tuple[Setting, list[Drawn]]]
"""Settings of the same test examples, with what each run of theirs comes to on them."""


def pooled(settings: Pool) -> list[Pool]:
    """The settings by the examples that they are tested on."""
    found: dict[frozenset[str], Pool] = {}
    for setting, drawn in settings:
        found.setdefault(frozenset(run.examples for run in drawn), []).append((setting, drawn))
    return list(found.values())


def compared(
    pool: Pool, reference: Setting | None, confidence: float, notes: list[str]
) -> dict[str, Any]:
    """What the settings of a pool differ by from one of them.

    Args:
        pool: two settings or more.
        reference: the one; None, or one of another pool, stands for the best in validation.
        confidence: the share of the samples that an interval holds.
        notes: gains a line for each setting that lacks scores of the other.
    """
    chosen = [(setting, drawn) for setting, drawn in pool if setting is reference]
    [(one, theirs)] = chosen or [best(pool)]
    found: dict[str, dict[str, Any]] = {}
    for setting, ours in pool:
        if setting is one:
            continue
        names = comparable(ours, theirs)
        if left_out := [name for name in shared(ours) if name in BY_SYMBOL and name not in names]:
            notes.append(
                f"{setting.label} has other target symbols than {one.label}: no "
                f"{' and no '.join(left_out)}, which count by symbol, can be compared"
            )
        found[setting.label] = {
            name: compare_drawn(
                mean_score(ours, name) - mean_score(theirs, name), confidence
            )._asdict()
            for name in names
        }
    for name in dict.fromkeys(name for rows in found.values() for name in rows):
        rows = {label: each[name] for label, each in found.items() if name in each}
        corrected = holm({label: row["p_value"] for label, row in rows.items()})
        for label, row in rows.items():
            row["p_holm"] = corrected[label]
    return {
        "beside": one.label,
        "chosen_by": "" if chosen else theirs[0].monitor,
        "examples": examples(theirs),
        "differences": found,
    }


def best(pool: Pool) -> tuple[Setting, list[Drawn]]:
    """The setting with the best validation; the first one where none has any."""
    monitor, mode = pool[0][1][0].monitor, pool[0][1][0].mode
    sign = -1 if mode == "min" else 1
    values = [sign * setting.best_validation(monitor, mode) for setting, _ in pool]
    known = [at for at, value in enumerate(values) if not math.isnan(value)]
    return pool[max(known, key=lambda at: values[at], default=0)]


def examples(drawn: Sequence[Drawn]) -> int:
    """How many test examples some runs are tested on, of several folds all together."""
    return sum({run.examples: run.total for run in drawn}.values())
