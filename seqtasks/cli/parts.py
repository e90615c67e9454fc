"""Objects from Hydra's configuration, whose errors name the option that has to change."""

from __future__ import annotations

import functools
from typing import Any

from hydra.errors import InstantiationException
from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf

from seqtasks.errors import Located, SeqtasksError


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
    return Located.at(place, made, shared)
