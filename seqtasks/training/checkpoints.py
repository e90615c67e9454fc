"""Checkpoints: the best and the last weights, and the mean of the best."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
from pytorch_lightning.callbacks import ModelCheckpoint
from pytorch_lightning.utilities.exceptions import SIGTERMException
from torch import Tensor

from seqtasks.errors import UsageError
from seqtasks.files.replacing import replacing
from seqtasks.files.space import told_space
from seqtasks.training.interruption import validation_is_due
from seqtasks.training.time_budget import budget_of


class Checkpoint(ModelCheckpoint):
    """Keeps the best and the last weights; a resumed run takes the best so far along.

    Options are those of Lightning's `ModelCheckpoint`. One that follows no score saves also when a
    signal ends training, between two steps; one with ``every_n_train_steps`` or
    ``train_time_interval`` saves at the end of an epoch besides. What is due with a step that a
    validation follows is saved after it, so that no resumed run leaves the validation out. One that
    follows a score of the validation, by a name that begins with ``val/``, saves the weights that
    were validated and no others. Under a budget of time nothing is saved at the end of an epoch
    that no validation follows.
    """

    score: Tensor | None = None
    """The monitored score at the last validation, for a run resumed after it."""

    step: int | None = None
    """The optimizer's at that validation."""

    origin: Path | None = None
    """The folder of the checkpoint that this training goes on from."""

    writes = True
    """Whether this process writes the checkpoints of all that train together."""

    @property
    def state_key(self) -> str:
        """The same with other intervals, which a resumed run may choose."""
        name = self.filename if self.monitor is None else None
        return self._generate_state_key(monitor=self.monitor, mode=self.mode, filename=name)

    def setup(self, trainer: pl.Trainer, pl_module: pl.LightningModule, stage: str) -> None:
        if self.save_top_k not in (0, 1) and "{" not in (self.filename or "{epoch}"):
            raise UsageError(
                f"{self.filename} is one name for several files; let it hold '{{epoch}}-{{step}}'",
                option="callbacks.checkpoint.filename",
            )
        super().setup(trainer, pl_module, stage)
        self.writes = trainer.is_global_zero
        if self._every_n_train_steps or self._train_time_interval is not None:
            self._every_n_epochs = 1
            if self.follows_validation:
                raise UsageError(
                    f"a checkpoint by {self.monitor} is saved when that is computed; set "
                    "trainer.val_check_interval in place of every_n_train_steps and "
                    "train_time_interval"
                )

    def on_train_batch_end(self, trainer: pl.Trainer, pl_module: Any, *step: Any) -> None:
        if self.follows_validation or trainer.fit_loop._should_accumulate():  # without gradients
            return
        last = trainer.fit_loop.epoch_loop.batch_progress.is_last_batch
        if not last and not validation_is_due(trainer):
            super().on_train_batch_end(trainer, pl_module, *step)

    def on_validation_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        if not trainer.sanity_checking:
            self.score = trainer.callback_metrics.get(self.monitor or "")
            self.step = trainer.global_step
        super().on_validation_end(trainer, pl_module)
        loop = trainer.fit_loop
        if loop.epoch_loop.batch_progress.is_last_batch:
            return
        if not self.follows_validation and budget_of(trainer) is None:
            super().on_train_batch_end(trainer, pl_module, None, None, loop.batch_idx)
        elif not self._should_skip_saving_checkpoint(trainer):
            self._save_topk_checkpoint(trainer, self._monitor_candidates(trainer))

    @property
    def follows_validation(self) -> bool:
        """Whether the score is one of the validation."""
        return str(self.monitor).startswith("val/")

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        budget = budget_of(trainer)
        if budget is not None and budget.due != trainer.global_step:
            return
        if not self.follows_validation or self.step == trainer.global_step:
            super().on_train_epoch_end(trainer, pl_module)

    def on_exception(self, trainer: pl.Trainer, pl_module: Any, exception: BaseException) -> None:
        """Save the last step if a signal ends training; a validation cut short is done again."""
        super().on_exception(trainer, pl_module, exception)
        ended = isinstance(exception, SIGTERMException) and self.monitor is None
        if not ended or self._should_skip_saving_checkpoint(trainer):
            return
        if trainer.validating:
            progress = trainer.fit_loop.epoch_loop.val_loop.batch_progress
            progress.reset()
            progress.increment_ready()
            progress.increment_started()
        self._save_topk_checkpoint(trainer, self._monitor_candidates(trainer))

    def _monitor_candidates(self, trainer: pl.Trainer) -> dict[str, Tensor]:
        found = super()._monitor_candidates(trainer)
        return found if self.score is None else {str(self.monitor): self.score, **found}

    def on_load_checkpoint(self, trainer: pl.Trainer, *_: Any) -> None:
        self.origin = Path(trainer.ckpt_path).parent if trainer.ckpt_path else None

    def state_dict(self) -> dict[str, Any]:
        return {**super().state_dict(), "score": self.score, "step": self.step}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Copy the kept checkpoints of the interrupted run into this run's folder.

        Those beside the checkpoint that is gone on from come first: its folder may have been moved
        since, and what a full disk did not take was saved elsewhere.
        """
        self.score, self.step = state_dict["score"], state_dict["step"]
        folder = Path(str(self.dirpath))

        def moved(path: str) -> str:
            name = Path(path).name
            places = (*([self.origin / name] if self.origin else []), Path(path), folder / name)
            source = next((place for place in places if path and place.is_file()), None)
            if source is None:
                return ""
            target = folder / name
            if self.writes and not target.exists():
                with told_space(folder), replacing(target) as part:
                    shutil.copy2(source, part)
            return str(target)

        kept = {moved(path): score for path, score in state_dict["best_k_models"].items()}
        kept.pop("", None)
        paths = ("best_model_path", "kth_best_model_path", "last_model_path")
        state = {**state_dict, **{name: moved(state_dict[name]) for name in paths}}
        super().load_state_dict({**state, "best_k_models": kept, "dirpath": self.dirpath})


class BestMean(Checkpoint):
    """Keeps the best weights, of which the mean is tested and saved.

    Junczys-Dowmunt, Dwojak and Sennrich 2016, "The AMU-UEDIN submission to the WMT16 news
    translation task"; Vaswani et al. 2017, "Attention is all you need", section 6.1. The options
    are those of `Checkpoint`; ``save_top_k`` says of how many. Validation, early stopping and the
    choice go by the weights themselves.
    """


def chosen(callback: ModelCheckpoint) -> list[str]:
    """The checkpoints whose mean is tested and saved, the best first; of most kinds the best."""
    if not isinstance(callback, BestMean):
        return [callback.best_model_path] if callback.best_model_path else []
    sign = 1 if callback.mode == "min" else -1
    scores = {path: sign * float(score) for path, score in callback.best_k_models.items()}
    return sorted(scores, key=lambda path: scores[path])
