"""Operators that move numbers about, or make tensors of a shape.

``result`` is what the traced operator gave, of its shape and type. It may have any shape.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from seqtasks.errors import UsageError
from seqtasks.graphs.graph import LEAVE
from seqtasks.graphs.operators.table import OPERATORS, Operand, Size, operand, single, translates
from seqtasks.graphs.writer import Writer

FURTHEST = 2**62
"""An index behind every end."""

Length = int | Size


OPERATORS |= {
    "aten.unsqueeze.default": lambda write, _, x, axis: write(
        "Unsqueeze", x.name, write.ints(axis)
    ),
    "aten.permute.default": lambda write, _, x, order: write(
        "Transpose", x.name, perm=[axis % x.rank for axis in order]
    ),
    "aten.expand.default": lambda write, _, x, shape: write(
        "Expand", x.name, write.shape(*(1 if size == -1 else size for size in shape))
    ),
    "aten.index_select.default": lambda write, _, x, axis, index: write(
        "Gather", x.name, index.name, axis=axis
    ),
    "aten.gather.default": lambda write, _, x, axis, index, **__: write(
        "GatherElements", x.name, index.name, axis=axis
    ),
    "aten.scatter_add.default": lambda write, _, x, axis, index, added: write(
        "ScatterElements", x.name, index.name, added.name, axis=axis, reduction="add"
    ),
}


@translates("aten.view.default", "aten._unsafe_view.default")
def view(write: Writer, result: Tensor, x: Operand, shape: Sequence[Length]) -> str:
    """The same numbers in another shape; a single unknown size follows from the others."""
    if -1 not in shape and sum(not isinstance(size, int) for size in shape) == 1:
        shape = [size if isinstance(size, int) else -1 for size in shape]
    return write("Reshape", x.name, write.shape(*shape))


@translates("aten.squeeze.dims")
def squeeze(write: Writer, result: Tensor, x: Operand, axes: Sequence[int]) -> str:
    """Without those of the axes that are of length 1."""
    gone = [axis for axis in axes if x.like.shape[axis] == 1]
    return write("Squeeze", x.name, write.ints(*gone)) if gone else x.name


@translates("aten.repeat.default")
def repeat(write: Writer, result: Tensor, x: Operand, times: Sequence[Length]) -> str:
    """Repeated along every axis."""
    more = len(times) - x.rank
    name = write("Unsqueeze", x.name, write.ints(*range(more))) if more else x.name
    return write("Tile", name, write.shape(*times))


@translates("aten.slice.Tensor")
def cut(
    write: Writer,
    result: Tensor,
    x: Operand,
    axis: int = 0,
    start: Length | None = None,
    end: Length | None = None,
    step: int = 1,
) -> str:
    """A part of an axis."""
    first = 0 if start is None else start
    last = FURTHEST if end is None or (isinstance(end, int) and end > FURTHEST) else end
    if first == 0 and last == FURTHEST and step == 1:
        return x.name
    bounds = (write.shape(first), write.shape(last))
    return write("Slice", x.name, *bounds, write.ints(axis), write.ints(step))


@translates("aten.select.int")
def select(write: Writer, result: Tensor, x: Operand, axis: int, index: Length) -> str:
    """One place of an axis, which goes."""
    if x.like.shape[axis] == 1:
        return write("Squeeze", x.name, write.ints(axis))
    return write("Gather", x.name, single(write, index), axis=axis)


@translates("aten.select_scatter.default")
def select_scatter(
    write: Writer, result: Tensor, x: Operand, part: Operand, axis: int, index: int
) -> str:
    """A tensor with one place of an axis replaced."""
    laid = Operand(write("Unsqueeze", part.name, write.ints(axis)), part.like.unsqueeze(axis))
    return slice_scatter(write, result, x, laid, axis, index, index + 1)


@translates("aten.slice_scatter.default")
def slice_scatter(
    write: Writer,
    result: Tensor,
    x: Operand,
    part: Operand,
    axis: int = 0,
    start: int | None = None,
    end: int | None = None,
    step: int = 1,
) -> str:
    """A tensor with a part of an axis replaced."""
    size = x.like.shape[axis]
    first, last = start or 0, FURTHEST if end is None else end
    known = all(isinstance(bound, int) and bound >= 0 for bound in (first, last)) and step == 1
    if not known:
        raise UsageError(
            f"export: a part that is replaced has no translation to ONNX here; {LEAVE}"
        )
    to_end = last >= FURTHEST or (str(size).isdigit() and last >= size)
    before = [cut(write, result, x, axis, 0, first)] if first else []
    after = [] if to_end else [cut(write, result, x, axis, last)]
    pieces = [*before, part.name, *after]
    return pieces[0] if len(pieces) == 1 else write("Concat", *pieces, axis=axis)


@translates("aten.cat.default")
def cat(write: Writer, result: Tensor, parts: Sequence[Operand], axis: int = 0) -> str:
    """One behind the other; a part without numbers has no place in it."""
    full = [part for part in parts if part.like.shape != (0,)]
    names = [operand(write, part, result.dtype) for part in full]
    return names[0] if len(names) == 1 else write("Concat", *names, axis=axis)


@translates("aten.split_with_sizes.default")
def split(
    write: Writer, result: Any, x: Operand, sizes: Sequence[Length], axis: int = 0
) -> tuple[str, ...]:
    """Pieces of given sizes."""
    if len(sizes) == 1:
        return (x.name,)
    return write.several("Split", [x.name, write.shape(*sizes)], len(sizes), axis=axis)


@translates("aten.flip.default")
def flip(write: Writer, result: Tensor, x: Operand, axes: Sequence[int]) -> str:
    """From the end to the beginning."""
    count = len(axes)
    starts, ends = write.ints(*[-1] * count), write.ints(*[-FURTHEST] * count)
    return write("Slice", x.name, starts, ends, write.ints(*axes), write.ints(*[-1] * count))


@translates("aten.index.Tensor")
def index(write: Writer, result: Tensor, x: Operand, indices: Sequence[Operand | None]) -> str:
    """Rows by number: the first axis by one tensor of numbers."""
    if len(indices) != 1 or indices[0] is None or indices[0].like.dtype == torch.bool:
        raise UsageError(
            f"export: indexing by several tensors has no translation to ONNX here; {LEAVE}"
        )
    return write("Gather", x.name, indices[0].name, axis=0)


@translates("aten.constant_pad_nd.default")
def pad(
    write: Writer, result: Tensor, x: Operand, amounts: Sequence[Length], value: float = 0.0
) -> str:
    """A value laid around; amounts stand as torch has them, from the last axis on."""
    pairs = [tuple(amounts[place : place + 2]) for place in range(0, len(amounts), 2)][::-1]
    axes = write.ints(*range(x.rank - len(pairs), x.rank))
    sizes = [before for before, _ in pairs] + [after for _, after in pairs]
    return write("Pad", x.name, write.shape(*sizes), write.constant(value, result.dtype), axes)


@translates("aten.arange.start_step")
def arange(
    write: Writer, result: Tensor, start: Length, end: Length, step: int = 1, **_: Any
) -> str:
    """Numbers in a row."""
    counted = write("Range", *(single(write, number) for number in (start, end, step)))
    return counted if result.dtype == torch.int64 else write.cast(counted, result.dtype)


@translates("aten.full.default")
def full(write: Writer, result: Tensor, shape: Sequence[Length], value: Any, **_: Any) -> str:
    """One value everywhere in a shape."""
    if not shape:
        return write.constant(value, result.dtype)
    return write("Expand", operand(write, value, result.dtype), write.shape(*shape))


@translates("aten.full_like.default")
def full_like(write: Writer, result: Tensor, x: Operand, value: float, **_: Any) -> str:
    """One value everywhere in the shape of another tensor."""
    return write("Expand", write.constant(value, result.dtype), write("Shape", x.name))


OPERATORS["aten.empty.memory_format"] = lambda write, result, shape, **_: full(
    write, result, shape, 0
)


@translates("aten.scalar_tensor.default")
def scalar(write: Writer, result: Tensor, value: Any, **_: Any) -> str:
    """A number as a tensor without axes."""
    name = operand(write, value, result.dtype)
    return write("Squeeze", name) if isinstance(value, Size) else name
