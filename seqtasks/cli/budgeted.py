"""A configuration with a budget: what the time decides in place of other options."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from omegaconf import DictConfig, OmegaConf

from seqtasks.errors import UsageError

DECIDED: dict[str, Any] = {
    "max_time": None,
    "min_epochs": None,
    "min_steps": None,
    "val_check_interval": None,
    "check_val_every_n_epoch": 1,
}
"""Options of the trainer that the time decides: the value of each under a budget."""

STOPPING = "callbacks.early_stopping"


def leave_to_budget(config: DictConfig, words: Iterable[str], says: Callable[[str], bool]) -> None:
    """Let a budget decide how long training is, and when it validates, in a configuration.

    ``trainer.max_epochs`` holds where it is typed, by itself or by a choice such as
    ``debug=quick``; early stopping where it is typed itself. Both end a training that would go on.

    Args:
        config: composed by Hydra, with a budget.
        words: of the command line, ``trainer.max_epochs=3``.
        says: whether an option is typed, or a choice that says it.
    """
    names = [word.lstrip("+~").partition("=")[0] for word in words]
    stops = any(name.startswith(STOPPING) for name in names)

    def leave(option: str, value: Any) -> None:
        if OmegaConf.select(config, option) is None:
            return
        OmegaConf.update(config, option, value)
        config.preset.chosen = [
            one for one in config.preset.chosen if not one.startswith((f"{option}=", f"{option}."))
        ]

    for name, value in DECIDED.items():
        if not says(f"trainer.{name}"):
            leave(f"trainer.{name}", value)
    if not says("trainer.max_epochs"):
        leave("trainer.max_epochs", -1)
    if not stops:
        leave(STOPPING, None)
    elif OmegaConf.select(config, STOPPING) is not None:  # epochs are not what it counts
        OmegaConf.update(config, f"{STOPPING}.check_on_train_epoch_end", False, force_add=True)


def check_budgeted(config: DictConfig) -> None:
    """Refuse an option that says what a budget decides (UsageError)."""
    for name, value in DECIDED.items():
        if config.trainer.get(name) not in (None, value):
            raise UsageError(
                "the time decides it where a budget is given; leave one of them out",
                option=f"trainer.{name}",
            )
