"""Objects from Hydra's configuration, whose errors name the option that has to change."""

from __future__ import annotations

import functools
import inspect
from typing import Any, TypeVar

from hydra.errors import InstantiationException
from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf

from seqtasks.errors import Located, SeqtasksError, UsageError

Kind = TypeVar("Kind")


class Part(Located):
    """A located partial that says when it stands in a task of another kind."""

    def __call__(self, /, *arguments: Any, **options: Any) -> Any:
        keywords = {**self.keywords, **options}
        try:
            inspect.signature(self.func).bind(*self.args, *arguments, **keywords)
        except TypeError as error:
            function: Any = self.func
            while isinstance(function, functools.partial):
                function = function.func
            name = getattr(function, "__name__", str(function))
            said = f"{name} cannot be made here: {error}; look at its options, or choose another"
            refused = UsageError(said, option="")
            refused.below(self.root, self.shared)
            raise refused from error
        except ValueError:  # a function that does not say what it takes
            pass
        return super().__call__(*arguments, **options)


def make_part(config: DictConfig, place: str) -> Any:
    """What a node of a configuration describes, as `hydra.utils.instantiate` makes it.

    A `SeqtasksError` of a constructor names its option from the configuration's root, also where
    a partial, or one within it, is called later. The place is the node's dotted path in the whole
    configuration, such as ``callbacks.checkpoint``.
    """
    try:
        made = instantiate(OmegaConf.select(config, place))
    except InstantiationException as error:
        if not isinstance(error.__cause__, SeqtasksError):
            raise
        error.__cause__.below(str(error).rpartition("full_key: ")[2])  # Hydra has it as text alone
        raise error.__cause__ from None
    return _located(made, config, place)


def check_kind(made: Any, kind: type[Kind], place: str) -> Kind:
    """What a part of the configuration makes, if it is of a kind (UsageError: it is of another)."""
    if not isinstance(made, kind):
        raise UsageError(
            f"it makes a {type(made).__name__}, where a {kind.__name__} is expected; choose "
            f"another of the group {place.partition('.')[0]}",
            option=place,
        )
    return made


def _located(made: Any, config: DictConfig, place: str) -> Any:
    """A partial and those among its keywords with their places; anything else as it is."""
    if not isinstance(made, functools.partial):
        return made
    node = OmegaConf.select(config, place)
    shared = {}
    for name, value in made.keywords.items():
        if isinstance(value, functools.partial):
            source = f"{place}.{name}"
            if OmegaConf.is_interpolation(node, name):  # such as ${encoder}
                plain: Any = OmegaConf.to_container(node)
                source = shared[name] = plain[name].strip("${}")
            made.keywords[name] = _located(value, config, source)
    return Part.at(place, made, shared)
