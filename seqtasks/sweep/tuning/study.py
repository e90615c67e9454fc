"""What a search has tried so far, kept by Optuna in the folder of the search."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import optuna
from hydra.utils import instantiate
from omegaconf import OmegaConf
from optuna.distributions import BaseDistribution
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.study import StudyDirection
from optuna.trial import TrialState, create_trial

from seqtasks.sweep.tuning.space import shown

JOURNAL = "tune.journal"
"""The file in which Optuna keeps a search."""

STATES = {"": TrialState.COMPLETE, "failed": TrialState.FAIL}
"""How a run has ended, as Optuna sees it; early is pruned."""

optuna.logging.set_verbosity(optuna.logging.WARNING)


@dataclass(frozen=True)
class Outcome:
    """What a run of a search came to.

    Attributes:
        number: of the run, which names its folder.
        options: option → value, as they are typed; of the first run those it has anyhow.
        score: of the weights that are kept, on the validation data; None if there are none.
        ended: ``""`` for a whole training, ``pruned``, ``cut`` by the time, or ``failed``.
        epochs: that it trained.
        seconds: that it took.
        error: the reason of a failure.
        trained: what the training came to, for the test.
    """

    number: int
    options: Mapping[str, str]
    score: float | None = None
    ended: str = ""
    epochs: int = 0
    seconds: float = 0.0
    error: str = ""
    trained: Mapping[str, Any] = field(default_factory=dict)


def storage(folder: Path) -> JournalStorage:
    """Where a search is kept."""
    return JournalStorage(JournalFileBackend(str(folder / JOURNAL)))


def judge(folder: Path, number: int) -> Callable[[int, float], bool]:
    """What is told the validations of a run, and says whether it promises too little.

    The pruner is that of the search's own configuration, ``multirun.yaml``.
    """
    config = OmegaConf.load(folder / "multirun.yaml")
    study = optuna.load_study(
        study_name="tune", storage=storage(folder), pruner=instantiate(config.tune.pruner)
    )
    trial = optuna.trial.Trial(study, study.trials[number]._trial_id)

    def hopeless(validation: int, score: float) -> bool:
        trial.report(score, validation)
        return trial.should_prune()

    return hopeless


class Study:
    """The runs of a search, and what is to be tried next.

    Args:
        folder: of the search; one that holds a search goes on with it.
        sampler: makes Optuna's sampler from its ``seed``.
        seed: of the draws, which follow from it and from what was tried, also in a search that was
            interrupted.
    """

    def __init__(self, folder: Path, sampler: Callable[..., Any], seed: int) -> None:
        self.folder, self.sampler, self.seed = folder, sampler, seed
        self.study: optuna.Study | None = None
        if (folder / JOURNAL).is_file():
            names = optuna.get_all_study_names(storage(folder))
            if names:
                self.study = optuna.load_study(study_name="tune", storage=storage(folder))
                self.take_up()

    def take_up(self) -> None:
        """Let runs that were interrupted be tried again."""
        study = self.begun
        for trial in study.get_trials(states=(TrialState.RUNNING,)):
            study.tell(trial.number, state=TrialState.FAIL)
            study.enqueue_trial(trial.params)
            forget(self.folder / str(trial.number))

    @property
    def begun(self) -> optuna.Study:
        """Optuna's study, of a search whose first run has ended."""
        assert self.study is not None
        return self.study

    def begin(
        self,
        result: Mapping[str, Any],
        first: Outcome,
        distributions: Mapping[str, BaseDistribution],
        own: Mapping[str, Any],
        about: Mapping[str, Any],
    ) -> None:
        """Keep the first run, and what is drawn from for those that follow.

        Args:
            result: of the run: its ``monitor``, ``mode`` and ``scores``.
            first: what it came to.
            distributions: by option.
            own: its values of these options.
            about: whatever has to be the same when the search is resumed.
        """
        ways = {"min": StudyDirection.MINIMIZE, "max": StudyDirection.MAXIMIZE}
        self.study = optuna.create_study(
            study_name="tune", storage=storage(self.folder), direction=ways[result["mode"]]
        )
        self.study.set_user_attr("about", {**about, "monitor": result["monitor"]})
        self.study.add_trial(
            create_trial(
                value=first.score,
                params={name: own[name] for name in distributions},
                distributions=dict(distributions),
                intermediate_values=dict(enumerate(result["scores"])),
                user_attrs={"outcome": json.dumps(asdict(first))},
            )
        )

    def ask(self) -> tuple[int, dict[str, str]]:
        """The number of the next run, and its options as they are typed."""
        study = self.begun
        study.sampler = self.sampler(seed=self.seed + len(self.outcomes))
        trial = study.ask(study.trials[0].distributions)
        return trial.number, {name: shown(value) for name, value in trial.params.items()}

    def tell(self, outcome: Outcome) -> None:
        """Keep what a run came to."""
        state = STATES.get(outcome.ended, TrialState.PRUNED)
        trial = optuna.trial.Trial(self.begun, self.begun.trials[outcome.number]._trial_id)
        trial.set_user_attr("outcome", json.dumps(asdict(outcome)))
        value = outcome.score if state is TrialState.COMPLETE else None
        self.begun.tell(outcome.number, value, state=state)

    @property
    def about(self) -> dict[str, Any]:
        """What the search is about; empty before its first run has ended."""
        found: dict[str, Any] = {} if self.study is None else self.study.user_attrs["about"]
        return found

    @property
    def monitor(self) -> str:
        """The score that the runs are compared by, of a search whose first run has ended."""
        return str(self.about["monitor"])

    @property
    def outcomes(self) -> list[Outcome]:
        """The runs that have ended, in their order."""
        trials = [] if self.study is None else self.study.trials
        kept = [t.user_attrs["outcome"] for t in trials if "outcome" in t.user_attrs]
        return [Outcome(**json.loads(text)) for text in kept]

    @property
    def ranking(self) -> list[Outcome]:
        """The runs, the best first; those without a score, and then the failed ones, come last."""
        sign = -1 if self.study and self.study.direction is StudyDirection.MAXIMIZE else 1

        def place(run: Outcome) -> tuple[bool, float]:
            return run.ended == "failed", math.inf if run.score is None else sign * run.score

        return sorted(self.outcomes, key=place)


def forget(folder: Path) -> None:
    """Remove the checkpoints of a run that nobody goes on with."""
    for path in folder.glob("checkpoints/*.ckpt"):
        path.unlink(missing_ok=True)
    with suppress(OSError):
        (folder / "checkpoints").rmdir()
