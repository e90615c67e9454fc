"""From a computation of a model to the content of an ONNX file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import onnx
import torch
from onnx import helper
from torch import Tensor, fx, nn
from torch.export import Dim

from seqtasks.errors import UsageError
from seqtasks.graphs.eight_bit import reads
from seqtasks.graphs.graph import LEAVE, Axes, Graph
from seqtasks.graphs.plain import plain
from seqtasks.graphs.source import Source
from seqtasks.graphs.translation import Translation, inputs_of, trace
from seqtasks.graphs.writer import IR_VERSION, OPSET, TYPES, Writer


class Traced(nn.Module):
    """A computation as a module, which is what torch traces.

    ``note`` is told the names of the outputs, since a trace forgets what it sets on a module.
    """

    def __init__(
        self, model: nn.Module, graph: Graph, note: Callable[[Iterable[str]], None]
    ) -> None:
        super().__init__()
        self.model, self.graph, self.note = model, graph, note

    def forward(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        """The outputs from the inputs, both of any shape and in the order of their names."""
        found = self.graph.compute(dict(zip(self.graph.inputs, inputs, strict=True)))
        self.note(found)
        return tuple(found.values())


def write_graph(source: Source, graph: Graph) -> tuple[onnx.ModelProto, set[str]]:
    """Write a computation of a model as ONNX.

    Returns:
        The ONNX graph, which names inputs and outputs as the computation does and has no input that
        it does not read; and the names of the parameters and buffers in it.

    Raises:
        UsageError: the computation cannot be traced, or one of its operators has no translation.
    """
    names_out: dict[str, None] = {}
    traced = Traced(source.model, graph, lambda found: names_out.update(dict.fromkeys(found)))
    write = Writer(source)
    with plain(source.model), torch.no_grad():
        shapes = tuple(
            {axis: Dim.AUTO for axis, name in enumerate(graph.axes[key]) if name is not None}
            for key in graph.inputs
        )
        example = tuple(tensor.clone() for tensor in graph.inputs.values())  # none twice
        kind = f"{graph.name} of a {type(source.model).__name__}"
        program = trace(traced, example, (shapes,), kind)
        outputs = Translation(program, write, traced).run(list(graph.inputs))
    given = dict(zip(graph.inputs, inputs_of(program, len(graph.inputs)), strict=True))
    symbols = symbol_names(given, graph.axes)
    results = []
    [*_, end] = program.graph.nodes
    for name, inner, node in zip(names_out, outputs, end.args[0], strict=True):
        write.nodes.append(helper.make_node("Identity", [inner], [name]))
        results.append(info(name, node.meta["val"], symbols))
    read = {name for node in write.nodes for name in reads(node)}
    inputs = [info(name, n.meta["val"], symbols) for name, n in given.items() if name in read]
    constants = list(write.initializers.values())
    proto = helper.make_model(
        helper.make_graph(write.nodes, graph.name, inputs, results, constants),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="seqtasks",
    )
    return proto, write.read


def symbol_names(given: Mapping[str, fx.Node], axes: Mapping[str, Axes]) -> dict[str, str]:
    """Find the names of axes for torch's symbols.

    Raises:
        UsageError: an axis that is to vary has a fixed length in the trace.
    """
    found: dict[str, str] = {}
    for key, node in given.items():
        for axis, name in enumerate(axes[key] if node.users else ()):
            length = str(node.meta["val"].shape[axis])
            if name is not None and length.isdigit():
                raise UsageError(
                    f"export: axis {axis} of '{key}' is to vary, and the model reads {length} "
                    f"steps of it alone; {LEAVE}"
                )
            if name is not None:
                found.setdefault(length, name)
    return found


def info(name: str, like: Any, symbols: Mapping[str, str]) -> onnx.ValueInfoProto:
    """Describe a tensor in a graph's signature; lengths that vary have names."""
    shape = [n if isinstance(n, int) else symbols.get(str(n), str(n)) for n in like.shape]
    return helper.make_tensor_value_info(name, TYPES[like.dtype], shape)
