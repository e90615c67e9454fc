"""The choices of the groups, and the mistake of setting them like options."""

from __future__ import annotations

from collections.abc import Iterable

from omegaconf import DictConfig, OmegaConf

from seqtasks.errors import UsageError

TAKES_A_NAME = {"task/decoder/attention"}
"""Groups whose part of the configuration may also be the name of a choice."""


def group_place(group: str) -> str:
    """Where in the configuration a choice of a group stands.

    >>> group_place("task/head"), group_place("field@data.pair")
    ('task.head', 'data.pair')
    """
    return group.partition("@")[2] or group.replace("/", ".")


def check_choices(config: DictConfig, groups: Iterable[str]) -> None:
    """Refuse ``task.head=crf``, which puts a text in the place of a part of the configuration.

    The groups are those that can be chosen from, as ``hydra.runtime.choices`` names them.
    """
    if "task" not in (chosen := set(groups)):  # as of task=[tagging]
        raise UsageError("it is one name of the group, such as task=tagging", option="task")
    for group in sorted(chosen - TAKES_A_NAME):
        parent, _, name = group_place(group).rpartition(".")
        node = OmegaConf.select(config, parent) if parent else config
        found = node.get(name) if isinstance(node, DictConfig) else None
        if isinstance(found, str):
            raise UsageError(
                f"{group_place(group)}={found} sets an option to a text; what chooses is "
                f"{group}={found}"
            )
