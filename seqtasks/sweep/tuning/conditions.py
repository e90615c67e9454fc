"""Options that are searched only beside some values of others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any

from seqtasks.cli.options import as_value
from seqtasks.errors import UsageError

When = Mapping[str, Mapping[str, Sequence[str]]]
"""Option → other option → the values of that, as they are typed, beside which it is searched."""


def read(written: Any) -> When:
    """What is written below ``tune.when``.

    Raises:
        UsageError: it names no options with values.

    >>> read({"encoder.dropout": {"encoder.num_layers": [2, 3]}})
    {'encoder.dropout': {'encoder.num_layers': ['2', '3']}}
    """
    said = "write OPTION: {OTHER: VALUE}, or a list of values, such as {encoder.num_layers: [2, 3]}"
    needs = [*written.values()] if isinstance(written, dict) else [written]
    values = [value for need in needs if isinstance(need, dict) for value in need.values()]
    if not all(isinstance(need, dict) for need in needs) or any(
        isinstance(x, dict) for x in values
    ):
        raise UsageError(f"{as_value(written)} is no condition; {said}", option="tune.when")
    return {
        str(option): {str(other): [*map(as_value, listed(x))] for other, x in needed.items()}
        for option, needed in written.items()
    }


def listed(value: Any) -> list[Any]:
    """A value, or those of a list."""
    return value if isinstance(value, list) else [value]


def holds(beside: Mapping[str, Sequence[str]], values: Mapping[str, str]) -> bool:
    """Whether an option is searched beside the values of others; those without one are left out.

    >>> holds({"layers": ["2", "3"]}, {"layers": "2"}), holds({"layers": ["2"]}, {"size": "8"})
    (True, False)
    """
    return all(values.get(other) in texts for other, texts in beside.items())


def ordered(options: Iterable[str], when: When) -> list[str]:
    """Options in an order in which each follows those that it depends on.

    Raises:
        UsageError: some depend on each other in a circle.

    >>> ordered(["a", "b", "c"], {"a": {"c": ["1"]}})
    ['b', 'c', 'a']
    """
    names = list(options)
    graph = {name: [one for one in when.get(name, ()) if one in names] for name in names}
    sorter = TopologicalSorter(graph)
    try:
        sorter.prepare()
    except CycleError as error:
        circle = ", ".join(dict.fromkeys(error.args[1]))
        raise UsageError(
            f"{circle} depend on each other; leave one of these conditions out", option="tune.when"
        ) from error
    found: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=names.index)
        found += ready
        sorter.done(*ready)
    return found
