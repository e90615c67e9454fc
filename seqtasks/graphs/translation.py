"""A traced computation, translated to ONNX operator by operator."""

from __future__ import annotations

import operator
import warnings
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.export import ExportedProgram

from seqtasks.errors import UsageError, first_line
from seqtasks.graphs.operators import OPERATORS, Operand, Weight
from seqtasks.graphs.operators.table import Size
from seqtasks.graphs.source import everything
from seqtasks.graphs.writer import Writer

CHECKS = (
    "aten._assert_async",
    "aten._assert_scalar",
    "aten._assert_tensor_metadata",
    "aten.sym_constrain_range",
    "<built-in function",
)
"""Checks that a trace makes of its inputs, which the graph leaves out; the built-in functions are
comparisons of sizes, which only checks read."""

ARITHMETIC = {
    operator.add: "Add",
    operator.sub: "Sub",
    operator.mul: "Mul",
    operator.floordiv: "Div",
}
"""Arithmetic with sizes, which are whole numbers from 0 up."""

WHOLE = ("linear", "layer_norm", "logaddexp", "lerp", "addcmul", "select_scatter", "slice_scatter")
"""Operators that ONNX has too, or whose own translation is shorter than that of their parts."""


def trace(
    module: nn.Module, example: tuple[Tensor, ...], shapes: Any, name: str
) -> ExportedProgram:
    """Trace a module, and rewrite the trace in torch's core operators, all but those of `WHOLE`.

    Args:
        module: the computation.
        example: its inputs, of any shape.
        shapes: their axes that vary, as `torch.export.export` takes them.
        name: what the module is, for an error.

    Raises:
        UsageError: the module decides something by the numbers that it reads.
    """
    try:
        with warnings.catch_warnings():
            # A deprecated call inside torch.
            warnings.filterwarnings("ignore", message=r".*isinstance\(treespec, LeafSpec\)")
            program = torch.export.export(
                module.eval(), example, dynamic_shapes=shapes, strict=False
            )
            table = torch.export.default_decompositions()
            for whole in WHOLE:
                packet = getattr(torch.ops.aten, whole)
                for overload in packet.overloads():
                    table.pop(getattr(packet, overload), None)
            return program.run_decompositions(table)
    except UsageError:
        raise
    except Exception as error:  # whatever a module does that a trace cannot follow
        raise UsageError(
            f"export: {name} cannot be traced ({first_line(error)}); write it in operators of "
            "torch alone, without decisions that depend on numbers"
        ) from error


def inputs_of(program: ExportedProgram, count: int) -> list[fx.Node]:
    """The nodes of a trace's inputs, which come behind those of the parameters."""
    return [node for node in program.graph.nodes if node.op == "placeholder"][-count:]


class Translation:
    """Writes the trace of a module, which is the graph's model or a part of it, into the graph."""

    def __init__(self, program: ExportedProgram, write: Writer, module: nn.Module) -> None:
        self.program, self.write = program, write
        self.parts = dict(everything(module))
        self.values: dict[fx.Node, Any] = {}

    def run(self, inputs: Sequence[str]) -> list[str]:
        """Write every node, given the inputs' names; returns the outputs' names.

        Raises:
            UsageError: an operator has no translation.
        """
        given, results = iter(inputs), []
        for node in self.program.graph.nodes:
            if node.op == "placeholder":
                self.values[node] = self.placeholder(node, given)
            elif node.op == "call_function":
                self.values[node] = self.call(node)
            else:
                [outputs] = self.resolved(node.args)
                results = [output.name for output in outputs]
        return results

    def placeholder(self, node: fx.Node, given: Any) -> Operand:
        """Find what a placeholder stands for: a parameter, a constant, or the next input."""
        signature = self.program.graph_signature
        path = {**signature.inputs_to_parameters, **signature.inputs_to_buffers}.get(node.name)
        constant = signature.inputs_to_lifted_tensor_constants.get(node.name)
        if constant is not None:
            tensor: Any = self.program.constants[constant]
            return Operand(self.write.constant(tensor), tensor)
        if path is None:
            return Operand(next(given), node.meta["val"])
        name = self.write.source.names[id(self.parts[path])]
        if node.users:
            self.write.root.read.add(name)
        return Weight(name, self.parts[path], self.write)

    def call(self, node: fx.Node) -> Any:
        """Write one operator; returns its outputs, joined with their shapes and types."""
        target, result = node.target, node.meta.get("val")
        arguments, options = self.resolved((node.args, dict(node.kwargs)))
        if target is operator.getitem:
            return arguments[0][arguments[1]]
        if target in ARITHMETIC:
            parts = [self.write.shape(part) for part in arguments]
            return Size(self.write(ARITHMETIC[target], *parts))
        name = str(target)
        if name.startswith(CHECKS):
            return None
        if name == "aten.sym_size.int":
            tensor, axis = arguments
            return Size(self.write.size(tensor.name, axis % tensor.rank))
        if name not in OPERATORS:
            raise UsageError(
                f"export: the model computes {name}, which has no translation to ONNX here; "
                "leave it in torch, or write the computation in other operators"
            )
        found = OPERATORS[name](self.write, result, *arguments, **options)
        if isinstance(result, Tensor):
            return Operand(found, result)
        return [
            None if name is None else Operand(name, like)
            for name, like in zip(found, result or (), strict=False)
        ]

    def resolved(self, arguments: Any) -> Any:
        """Replace earlier nodes in arguments by their outputs."""
        return fx.map_arg(arguments, self.values.__getitem__)
