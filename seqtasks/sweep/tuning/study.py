"""What a search has tried so far, kept by Optuna in the folder of the search."""

from __future__ import annotations

import json
import math
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import optuna
from hydra.utils import instantiate
from omegaconf import OmegaConf
from optuna.exceptions import DuplicatedStudyError
from optuna.storages import BaseStorage, JournalStorage, RDBStorage
from optuna.storages.journal import JournalFileBackend
from optuna.study import StudyDirection
from optuna.trial import TrialState, create_trial

from seqtasks.errors import UsageError, first_line
from seqtasks.sweep.tuning.space import Space

JOURNAL, STUDY = "tune.journal", "tune"
"""The file in which Optuna keeps a search, unless a storage is named, and the study's name."""

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


def storage(folder: Path, place: str | None = None) -> BaseStorage:
    """Where a search is kept.

    Args:
        folder: of the search.
        place: the address of a database, with ``://``, or the path of a journal; None: the journal
            in the folder.
    """
    try:
        if place is not None and "://" in place:
            return RDBStorage(place)
        return JournalStorage(JournalFileBackend(str(place or folder / JOURNAL)))
    except Exception as error:  # of whichever database
        if place is None:
            raise
        raise UsageError(
            f"{place} cannot be opened: {first_line(error)}; write sqlite:///PATH, the address of "
            "a database, or the path of a journal in a folder that is there",
            option="tune.storage",
        ) from error


def judge(folder: Path, number: int) -> Callable[[int, float], bool]:
    """What is told the validations of a run, and says whether it promises too little.

    The pruner is that of the search's own configuration, ``multirun.yaml``. Of a run that was
    interrupted, validations that were told before are not told again.
    """
    tune = OmegaConf.load(folder / "multirun.yaml").tune
    place, name = tune.get("storage"), tune.get("study", STUDY)
    study = optuna.load_study(
        study_name=name, storage=storage(folder, place), pruner=instantiate(tune.pruner)
    )
    told = study.trials[number].intermediate_values
    trial = optuna.trial.Trial(study, study.trials[number]._trial_id)

    def hopeless(validation: int, score: float) -> bool:
        if validation not in told:
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
        place: of the storage, see `storage`; searches in several folders may share one.
        name: of the study there.

    Attributes:
        here: the machine and the folder, by which a shared storage knows whose a run is.
        left: numbers of runs that were interrupted.
    """

    def __init__(
        self,
        folder: Path,
        sampler: Callable[..., Any],
        seed: int,
        place: str | None = None,
        name: str = STUDY,
    ) -> None:
        self.folder, self.sampler, self.seed, self.name = folder, sampler, seed, name
        self.here = f"{socket.gethostname()}:{folder.absolute()}" if place is not None else ""
        self.place = place
        self.study: optuna.Study | None = None
        self.left: list[int] = []
        if place is not None or (folder / JOURNAL).is_file():
            self.join()

    def join(self) -> None:
        """Go on with the study of the storage, if it has begun.

        Runs of this folder that were interrupted are tried again, each under its number.
        """
        kept = storage(self.folder, self.place)
        if self.name not in optuna.get_all_study_names(kept):
            return
        self.study = optuna.load_study(study_name=self.name, storage=kept)
        running = self.study.get_trials(states=(TrialState.RUNNING,))
        self.left = [one.number for one in running if one.user_attrs.get("here") == self.here]
        for number in self.left:
            forget(self.folder / str(number))

    @property
    def begun(self) -> optuna.Study:
        """Optuna's study, of a search whose first run has ended."""
        assert self.study is not None
        return self.study

    def begin(
        self, result: Mapping[str, Any], first: Outcome, space: Space, about: Mapping[str, Any]
    ) -> None:
        """Keep the first run, and what is drawn from for those that follow.

        Where another search has begun the study meanwhile, its first run stands for this one.

        Args:
            result: of the run: its ``monitor``, ``mode`` and ``scores``.
            first: what it came to.
            space: that is searched.
            about: whatever has to be the same when the search is resumed.
        """
        ways = {"min": StudyDirection.MINIMIZE, "max": StudyDirection.MAXIMIZE}
        kept, way = storage(self.folder, self.place), ways[result["mode"]]
        try:
            study = optuna.create_study(study_name=self.name, storage=kept, direction=way)
        except DuplicatedStudyError:
            self.join()
            return
        study.set_user_attr("about", {**about, "monitor": result["monitor"]})
        study.set_user_attr("space", space.told())
        params = space.first()
        study.add_trial(
            create_trial(
                value=first.score,
                params=params,
                distributions={name: space.distributions[name] for name in params},
                intermediate_values=dict(enumerate(result["scores"])),
                user_attrs={"outcome": json.dumps(asdict(first)), "here": self.here},
            )
        )
        self.study = study

    def ask(self) -> tuple[int, dict[str, str]]:
        """The number of the next run, and its options as they are typed."""
        study = self.begun
        number = self.left.pop(0) if self.left else len(study.trials)
        study.sampler = self.sampler(seed=self.seed + number)
        if number < len(study.trials):
            trial = optuna.trial.Trial(study, study.trials[number]._trial_id)
        else:
            trial = study.ask()
            trial.set_user_attr("here", self.here)
        return trial.number, Space.of(study.user_attrs["space"]).draw(trial)

    def tell(self, outcome: Outcome) -> None:
        """Keep what a run came to."""
        state = STATES.get(outcome.ended, TrialState.PRUNED)
        trial = optuna.trial.Trial(self.begun, self.begun.trials[outcome.number]._trial_id)
        trial.set_user_attr("outcome", json.dumps(asdict(outcome)))
        value = outcome.score if state is TrialState.COMPLETE else None
        self.begun.tell(outcome.number, value, state=state)

    def place_of(self, number: int) -> Path | None:
        """The folder of a run, also of another search; None where it cannot be seen from here."""
        here = self.whereabouts(number)
        if here == self.here:
            return self.folder / str(number)
        place = Path(here.partition(":")[2], str(number))
        return place if place.is_dir() else None

    def whereabouts(self, number: int) -> str:
        """The machine and the folder of the search that a run belongs to."""
        return str(self.begun.trials[number].user_attrs.get("here", self.here))

    def mine(self) -> list[int]:
        """The numbers of the runs of this folder."""
        return [one.number for one in self.begun.trials if one.user_attrs.get("here") == self.here]

    def others(self) -> int:
        """How many runs are under way in other folders, as far as the storage knows."""
        running = self.begun.get_trials(states=(TrialState.RUNNING,))
        return sum(one.user_attrs.get("here") != self.here for one in running)

    @property
    def about(self) -> dict[str, Any]:
        """What the search is about; empty before its first run has ended."""
        found: dict[str, Any] = {} if self.study is None else self.study.user_attrs["about"]
        return found

    @property
    def monitor(self) -> str:
        """The score that the runs are compared by, of a search whose first run has ended."""
        return str(self.about["monitor"])

    def validations(self, number: int) -> list[tuple[int, float]]:
        """The scores of a run after each of its validations, which are counted from 1."""
        values = self.begun.trials[number].intermediate_values
        return [(at + 1, values[at]) for at in sorted(values)]

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
