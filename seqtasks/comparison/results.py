"""Everything that a comparison of runs says, as plain values."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from seqtasks.comparison.drawn import Drawn, draw
from seqtasks.comparison.options import differing, several, whole
from seqtasks.comparison.pools import compared, examples, pooled
from seqtasks.comparison.runs import Run, find_runs
from seqtasks.comparison.settings import Setting, settings_of
from seqtasks.comparison.significance import mean_score, shared
from seqtasks.errors import SeqtasksError, UsageError, check_least
from seqtasks.evaluation.bootstrap import check_confidence, interval_of

COSTS = ("epochs", "steps", "seconds", "parameters", "peak_memory", "peak_gpu_memory")
"""What ``metrics.json`` says that a run has taken."""


def compare(
    given: Sequence[Path],
    *,
    beside: str | None = None,
    samples: int = 1000,
    confidence: float = 0.95,
    seed: int = 1,
    device: str = "cpu",
    trusted: Collection[str] = (),
    say: Callable[[str], object] = print,
) -> dict[str, Any]:
    """Set runs beside each other.

    Args:
        given: folders of runs, and of what holds runs, such as sweeps.
        beside: the label of the setting that the others are compared with, or an option in it; None
            for the one with the best validation.
        samples: of the bootstrap; 0 leaves the test examples alone, and there are no intervals.
        confidence: the share of the samples that an interval holds.
        seed: of the samples.
        device: where the models run.
        trusted: modules of your own whose classes a bundle may name.
        say: is told what takes long.

    Returns:
        For JSON: ``everywhere``, the options of all runs; ``settings`` with label, ``scores`` and
        ``runs``; ``comparisons`` with differences, intervals and p-values; ``differing`` options;
        ``notes`` on what could not be compared.

    Raises:
        UsageError: a folder holds no runs, or no setting has such a label.
        BundleError: what a run has left is damaged.
    """
    check_least("samples", samples, 0)
    check_confidence(confidence)
    runs, unfinished = find_runs(given)
    settings, everywhere = settings_of(runs)
    reference = None if beside is None else named(settings, beside)
    notes = [f"{folder}: it has no scores (yet), and is left out" for folder in unfinished]
    how: dict[str, Any] = {"samples": samples, "seed": seed, "device": device, "trusted": trusted}
    tested = [
        (setting, [drawn for run in setting.runs if (drawn := tried(run, notes, say=say, **how))])
        for setting in (settings if samples else ())
    ]
    pools = pooled([(one, drawn) for one, drawn in tested if len(drawn) == len(one.runs)])
    comparisons = [compared(pool, reference, confidence, notes) for pool in pools if len(pool) > 1]
    if len(settings) > 1:
        alone = [pool[0][0].label for pool in pools if len(pool) == 1]
        notes += [f"{label}: no other is tested on the same examples" for label in alone]
    by_label = {one.label: drawn for one, drawn in tested if len(drawn) == len(one.runs)}
    names = differing([whole(run) for run in runs])
    bootstrap = {"samples": samples, "confidence": confidence, "seed": seed}
    return {
        "everywhere": everywhere,
        "names": names_of(runs),
        "settings": [described(one, by_label.get(one.label, []), confidence) for one in settings],
        "bootstrap": bootstrap if samples else None,
        "comparisons": comparisons,
        "differing": {
            name: [several([whole(run).get(name) for run in one.runs]) for one in settings]
            for name in names
        },
        "notes": notes,
    }


def named(settings: Sequence[Setting], label: str) -> Setting:
    """The one setting with a label, or with an option in it.

    Raises:
        UsageError: there is none, or there are several.
    """
    fitting = [one for one in settings if label in (one.label, *one.label.split())]
    if len(fitting) != 1:
        raise UsageError(
            f"{len(fitting)} settings are called '{label}'; choose one of: "
            + ", ".join(f"'{one.label}'" for one in settings),
            option="beside",
        )
    return fitting[0]


def tried(run: Run, notes: list[str], **how: Any) -> Drawn | None:
    """What the model of a run comes to on samples of its test; a note why not, and None."""
    try:
        return draw(run, **how)
    except SeqtasksError as error:
        notes.append(f"{run.folder}: its test cannot be repeated, so no intervals: {error}")
    return None


def names_of(runs: Sequence[Run]) -> dict[str, str]:
    """What the tasks call scores in words of their own."""
    found: dict[str, str] = {}
    for run in runs:
        found |= run.results.get("report", {}).get("score_names", {})
    return found


def described(setting: Setting, drawn: Sequence[Drawn], confidence: float) -> dict[str, Any]:
    """A setting as plain values."""
    intervals = {
        name: list(interval_of(mean_score(drawn, name), confidence))
        for name in (shared(drawn) if drawn else ())
    }
    return {
        "label": setting.label,
        "scores": {name: asdict(spread) for name, spread in setting.scores.items()},
        "intervals": intervals,
        "examples": examples(drawn),
        "runs": [
            {
                "label": label,
                "folder": str(run.folder),
                "scores": run.scores,
                **{name: run.results[name] for name in COSTS if name in run.results},
                "device": run.results.get("environment", {}).get("device"),
                "history": run.results.get("history", []),
            }
            for run, label in zip(setting.runs, setting.labels, strict=True)
        ],
    }
