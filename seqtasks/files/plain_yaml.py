"""YAML of a stranger: what ``yaml.safe_dump`` writes of plain values, and nothing else."""

from __future__ import annotations

from collections import Counter
from typing import Any

import yaml

from seqtasks.files.plain_json import DEEPEST, LARGEST

EVENTS = 200_000
"""Values, names and brackets that a text has at most."""

KINDS = frozenset(
    f"tag:yaml.org,2002:{kind}" for kind in ["str", "int", "float", "bool", "null", "map", "seq"]
)
"""What a configuration is made of: no dates, sets or binary data, and no merged mappings."""


class _Loader(yaml.SafeLoader):
    """Makes plain values; each mapping has its names once, and takes in no other by ``<<``.

    The loader in C refuses the escapes by which names of files that are no UTF-8 are written.
    """

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        if node.tag not in KINDS:
            kind = node.tag.removeprefix("tag:yaml.org,2002:")
            raise ValueError(f"it holds a value of the kind {kind[:40]!r}, which no model has")
        return super().construct_object(node, deep)

    def flatten_mapping(self, node: Any) -> None:
        """Merge nothing: a name ``<<`` is refused as a value of the kind ``merge``."""

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        found = super().construct_mapping(node, deep)
        if len(found) < len(node.value):
            counts = Counter(self.construct_object(name, True) for name, _ in node.value)
            [(twice, _)] = counts.most_common(1)
            raise ValueError(f"it names {str(twice)[:40]!r} twice")
        return found

    def whole_number(self, node: Any) -> int:
        value = int(self.construct_yaml_int(node))
        if abs(value) >= LARGEST:
            raise ValueError(f"it holds {node.value[:20]}, which is too large a number")
        return value


_Loader.add_constructor("tag:yaml.org,2002:int", _Loader.whole_number)


def parsed(text: str) -> Any:
    """What a YAML text holds; one value under two names may be written once, with an alias.

    Raises:
        ValueError: it is no YAML, too long or too deep, or holds more than plain values.

    >>> parsed("{a: [1, null, true], b: c}")
    {'a': [1, None, True], 'b': 'c'}
    >>> parsed("{a: &x {b: 1}, c: {<<: *x}}")
    Traceback (most recent call last):
        ...
    ValueError: it holds a value of the kind 'merge', which no model has
    """
    try:
        check_events(text)
        return yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as error:
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}: " if mark else ""
        raise ValueError(f"{place}{problem}") from error
    except (RecursionError, TypeError, OverflowError) as error:  # a list as a name, for one
        raise ValueError(str(error)) from error


def check_events(text: str) -> None:
    """Refuse a text, before anything is made of it, for its length or its depth."""
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=yaml.SafeLoader)):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise ValueError(f"it is nested deeper than {DEEPEST} levels")
        if count > EVENTS:
            raise ValueError(f"it holds more than {EVENTS:,} values")
