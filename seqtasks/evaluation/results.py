"""Everything that a test of one model says, or of two on the same examples."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple

from seqtasks.bundle import load
from seqtasks.data.preparation.notes import repeat, said_before, taken_notes
from seqtasks.errors import UsageError
from seqtasks.evaluation.adaptation import Adaptation
from seqtasks.evaluation.adapted import adapted
from seqtasks.evaluation.bootstrap import Sums, compare_scores, interval
from seqtasks.evaluation.scoring import Evaluation, contributions, evaluate
from seqtasks.evaluation.split import Split, read_split
from seqtasks.evaluation.tuning import tuned_on_validation

_log = logging.getLogger(__name__)


class Tested(NamedTuple):
    """What a test of one model comes to.

    Attributes:
        evaluation: the scores.
        sums: what each part adds to each score.
        split: the examples.
        adaptation: how the model has adapted; None for not at all.
    """

    evaluation: Evaluation
    sums: dict[str, Sums]
    split: Split
    adaptation: Adaptation | None = None


def results(
    folder: str,
    other: str | None = None,
    *,
    changes: Sequence[str] = (),
    samples: int = 1000,
    confidence: float = 0.95,
    seed: int = 1,
    device: str = "cpu",
    trusted: Collection[str] = (),
    adaptation: Adaptation | None = None,
    tune: bool = False,
    say: Callable[[str], object] = _log.info,
) -> dict[str, Any]:
    """Test a saved model, and compare it with another one.

    Args:
        folder: of the model.
        other: the folder of a model to set beside it; None for none.
        changes: of the data, each ``data.NAME=VALUE``; none takes the model's own test data.
        samples: of the bootstrap; 0 for no intervals.
        confidence: the share of the samples that an interval holds.
        seed: of the samples.
        device: where the models run.
        trusted: modules of your own whose classes a bundle may name.
        adaptation: how a language model adapts to the test text, and so the other one; where
            there is no other one, the model as it is stands beside.
        tune: choose the numbers of the adaptation on the validation data, from those given on.
        say: is told what each try of ``tune`` comes to.

    Returns:
        Scores, intervals, differences from the other model, the adaptation and the task's report,
        for JSON.
    """
    if samples < 0:
        raise UsageError(f"it is at least 0, not {samples}", option="samples")
    if other is not None and not samples:
        raise UsageError("it needs samples to tell chance from more: set 1000", option="compare")
    if tune and adaptation is None:
        raise UsageError(
            "it chooses the numbers of a cache or of dynamic evaluation; add one of the two",
            option="tune",
        )
    bootstrap: Any = {"samples": samples, "confidence": confidence, "seed": seed}

    def scored(folder: str, how: Adaptation | None) -> Tested:
        model = load(folder, device, trusted)
        split = read_split(model, changes, trusted)
        if how is not None and tune:
            how = tuned_on_validation(model, how, split.name, changes, trusted, say)
        if how is not None:
            sums = adapted(model, split, how, trusted)
            scores = {name: one.whole for name, one in sums.items()}
            return Tested(Evaluation(scores, model.task.report()), sums, split, how)
        sums = contributions(model, split) if samples else {}
        return Tested(evaluate(model, split), sums, split)

    with taken_notes() as notes:
        ours, sums, split, how = scored(folder, adaptation)
    found: dict[str, Any] = {
        "bundle": str(folder),
        "tested_on": split.name,
        "examples": len(split.dataset),
        "scores": ours.scores,
    }
    if adaptation is not None:
        found["adaptation"] = told(how)
    if samples:
        found["bootstrap"] = bootstrap
        found["intervals"] = {name: list(interval(one, **bootstrap)) for name, one in sums.items()}
    if other is None and how is not None and samples:
        other, adaptation = folder, None
    if other is not None:
        with said_before(), taken_notes() as more:
            theirs, their_sums, their_split, their_how = scored(other, adaptation)
        repeat([note for note in more if note not in notes])
        places, their_places = split.dataset.places, their_split.dataset.places
        same = len(places) == len(their_places) and all(map(str.__eq__, places, their_places))
        if not same:
            raise UsageError(
                f"the models are tested on {len(places):,} and {len(their_places):,} examples, "
                "which are not the same; name one file for both: data.test=FILE",
                option="compare",
            )
        shared = [name for name in sums if name in their_sums]
        if not shared:
            raise UsageError(
                "the two models have no score in common; choose two of one task", option="compare"
            )
        found["compared"] = {
            "bundle": str(other),
            **({"adaptation": told(their_how)} if "adaptation" in found else {}),
            "scores": theirs.scores,
            "differences": {
                name: compare_scores(sums[name], their_sums[name], **bootstrap)._asdict()
                for name in shared
            },
        }
    return {**found, "report": ours.report} if ours.report else found


def told(adaptation: Adaptation | None) -> dict[str, Any] | None:
    """The numbers of an adaptation, for JSON; None for none."""
    if adaptation is None:
        return None
    return {
        part: {name.rstrip("_"): n for name, n in dataclasses.asdict(how).items() if n is not None}
        for part, how in adaptation._asdict().items()
        if how is not None
    }
