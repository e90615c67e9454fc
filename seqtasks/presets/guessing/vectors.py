"""Sequences of vectors: files of the UEA archive, and numpy's."""

from __future__ import annotations

from seqtasks.data.readers.arrays import array_shapes
from seqtasks.data.readers.paths import format_suffix
from seqtasks.presets.decision import Decision
from seqtasks.presets.guessing.given import Given


def are_vectors(given: Given) -> str | None:
    """What shows that a file holds sequences of vectors, None if nothing does."""
    suffix = format_suffix(given.path)
    if suffix == ".npz" or (suffix == ".ts" and given.first.filled[0].startswith(("#", "@"))):
        return f"the file ends in {suffix}"
    return None


def vector_options(given: Given) -> list[Decision]:
    """The embedding of vectors, and the arrays of series and labels by their shapes."""
    decisions = []
    if "task/embedding" not in given.typed:
        decisions.append(Decision("task/embedding", "series", "the steps are vectors"))
    if format_suffix(given.path) != ".npz":
        return decisions
    shapes = array_shapes(given.path)
    for field, size in (("series", 3), ("label", 1)):
        shaped = [
            name for name, shape in shapes.items() if len(shape) == size and name != "lengths"
        ]
        if given.wants(field) and field not in shapes and len(shaped) == 1:
            said = f"the only array of {size} dimension{'s' * (size > 1)}"
            decisions.append(Decision(f"data.{field}.column", shaped[0], said))
    return decisions
