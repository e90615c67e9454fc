"""What a person has typed, and what follows from it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from omegaconf import DictConfig, OmegaConf

from seqtasks.cli.typed import typed_values


class Typed(NamedTuple):
    """What is typed on a command line.

    Attributes:
        words: all of it.
        groups: the names of those that a choice is typed for, or that are taken away.
        values: option → value, of all options that are typed or that a typed choice says.
    """

    words: Sequence[str]
    groups: Collection[str]
    values: Mapping[str, Any]

    def says(self, name: str) -> bool:
        """Whether a group is chosen, or an option is typed, or what stands above or below it."""
        if "." not in name:
            return name in self.groups
        return any(
            name == one or name.startswith(f"{one}.") or one.startswith(f"{name}.")
            for one in self.values
        )

    @classmethod
    def of(cls, words: Sequence[str], config: DictConfig, usual: DictConfig) -> Typed:
        """What some words set.

        Args:
            words: of the command line.
            config: composed from them.
            usual: composed without them: what differs is said by them.
        """
        before, after = leaves(usual), leaves(config)
        values = {name: value for name, value in after.items() if before.get(name, name) != value}
        groups = []
        for name, value in typed_values(words).items():
            if isinstance(value, Mapping):
                values |= below(name, value)
            elif "." in name:
                values[name] = after.get(name, value)
            else:
                groups.append(name)
        own = {name: value for name, value in values.items() if not name.startswith("preset")}
        return cls(words, groups, own)


def leaves(config: DictConfig) -> dict[str, Any]:
    """The values of a configuration by dotted name, interpolations as they are written."""
    return below("", OmegaConf.to_container(config, resolve=False))


def below(name: str, node: Any) -> dict[str, Any]:
    """The values of nested options by dotted name.

    >>> below("a", {"b": 1, "c": {"d": [2]}, "e": {}})
    {'a.b': 1, 'a.c.d': [2], 'a.e': {}}
    """
    if not isinstance(node, Mapping) or not node:
        return {name: node}
    found: dict[str, Any] = {}
    for key, value in node.items():
        found |= below(f"{name}.{key}" if name else str(key), value)
    return found
