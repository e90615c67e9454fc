"""Options of a search as a person writes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml

from seqtasks.errors import UsageError


def search_options(given: Sequence[str]) -> dict[str, Any]:
    """Options by name, their values read as YAML; ``none`` stands for none.

    Args:
        given: each ``name=value``.

    Raises:
        UsageError: one is not written so.

    >>> search_options(["beam_size=1", "max_length=none"])
    {'beam_size': 1, 'max_length': None}
    """
    found = {}
    for option in given:
        name, equals, value = option.partition("=")
        if not equals:
            raise UsageError(f"{option!r}: an option is written name=value", option="search")
        try:
            found[name] = None if value == "none" else yaml.safe_load(value)
        except yaml.YAMLError as error:
            raise UsageError(f"{option}: {value!r} cannot be read", option="search") from error
    return found
