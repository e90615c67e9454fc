"""How an exported bundle is made hostile: a function for each kind, from its graph to another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from chaos.damage import Damage

GRAPHS: dict[str, Damage] = {}
"""Kinds of damage to a bundle of graphs."""


def kind(name: str, change: Callable[[Any, Random], Any]) -> None:
    """Count a change of a graph among the kinds."""

    def damage(folder: Path, outside: Path, draw: Random) -> None:
        import onnx

        path = folder / "model.onnx"
        model = onnx.load(path)
        changed = change(model, draw)
        content = changed if isinstance(changed, bytes) else model.SerializeToString()
        path.write_bytes(content)

    GRAPHS[f"graph_{name}"] = damage


def external(model: Any, draw: Random) -> None:
    """Let the numbers of a weight stand in a file of the working folder."""
    from onnx import TensorProto

    tensor = draw.choice([one for one in model.graph.initializer if len(one.dims) == 2])
    size = len(tensor.raw_data)
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in (("location", "secret"), ("offset", "0"), ("length", str(size))):
        entry = tensor.external_data.add()
        entry.key, entry.value = key, value


def external_inside(model: Any, draw: Random) -> None:
    """The same in the branch of a node."""
    inner = subgraph()
    tensor = inner.initializer.add()
    tensor.name, tensor.data_type, tensor.data_location = "w", 1, 1
    tensor.dims.append(4)
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", "secret"
    before(model, node("If", ["no"], ["taken"], then_branch=inner, else_branch=inner))


def subgraph() -> Any:
    from onnx import helper

    value = helper.make_tensor_value_info("out", 1, [4])
    return helper.make_graph([node("Identity", ["w"], ["out"])], "inner", [], [value])


def node(*arguments: Any, **options: Any) -> Any:
    from onnx import helper

    return helper.make_node(*arguments, **options)


def constant(model: Any, name: str, values: Any, kind: str = "i8") -> str:
    from onnx import numpy_helper

    model.graph.initializer.append(numpy_helper.from_array(np.array(values, kind), name))
    return name


def before(model: Any, *nodes: Any) -> None:
    """Put nodes in front of all others."""
    kept = list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend([*nodes, *kept])


def into_output(model: Any, name: str, *nodes: Any) -> None:
    """Let the first output follow from a tensor too, so that it is computed."""
    output = model.graph.output[0].name
    for one in model.graph.node:
        one.output[:] = ["true output" if part == output else part for part in one.output]
    constant(model, "zero", 0.0, "f4")
    before(model, *nodes)
    model.graph.node.extend(
        [
            node("ReduceMax", [name], ["largest"], keepdims=0),
            node("Mul", ["largest", "zero"], ["nothing"]),
            node("Add", ["true output", "nothing"], [output]),
        ]
    )


def loop(model: Any, draw: Random) -> None:
    from onnx import helper

    inner = helper.make_graph(
        [node("Identity", ["go"], ["more"]), node("Identity", ["x"], ["y"])],
        "body",
        [
            helper.make_tensor_value_info("at", 7, []),
            helper.make_tensor_value_info("go", 9, []),
            helper.make_tensor_value_info("x", 1, []),
        ],
        [helper.make_tensor_value_info("more", 9, []), helper.make_tensor_value_info("y", 1, [])],
    )
    constant(model, "rounds", 1 << 62)
    constant(model, "yes", True, "?")
    constant(model, "start", 1.0, "f4")
    into_output(model, "end", node("Loop", ["rounds", "yes", "start"], ["end"], body=inner))


def filled(model: Any, draw: Random) -> None:
    constant(model, "shape", [3_000_000_000])
    into_output(model, "much", node("ConstantOfShape", ["shape"], ["much"]))


def expanded(model: Any, draw: Random) -> None:
    constant(model, "one", [1.0], "f4")
    constant(model, "shape", draw.choice([[3_000_000_000], [60_000, 60_000], [1 << 40]]))
    into_output(model, "much", node("Expand", ["one", "shape"], ["much"]))


def tiled(model: Any, draw: Random) -> None:
    constant(model, "one", [1.0], "f4")
    constant(model, "times", [3_000_000_000])
    into_output(model, "much", node("Tile", ["one", "times"], ["much"]))


def counted(model: Any, draw: Random) -> None:
    for name, value in (("from", 0), ("to", 10 ** draw.choice([10, 15])), ("by", 1)):
        constant(model, name, value)
    nodes = [node("Range", ["from", "to", "by"], ["rows"]), node("Cast", ["rows"], ["m"], to=1)]
    into_output(model, "m", *nodes)


def doubled(model: Any, draw: Random) -> None:
    constant(model, "x0", [1.0], "f4")
    nodes = [node("Concat", [f"x{n}"] * 2, [f"x{n + 1}"], axis=0) for n in range(34)]
    into_output(model, "x34", *nodes)


def multiplied(model: Any, draw: Random) -> None:
    constant(model, "column", np.ones((60_000, 1)), "f4")
    constant(model, "row", np.ones((1, 60_000)), "f4")
    into_output(model, "much", node("MatMul", ["column", "row"], ["much"]))


def padded(model: Any, draw: Random) -> None:
    constant(model, "one", [1.0], "f4")
    constant(model, "pads", [0, 2_000_000_000])
    into_output(model, "much", node("Pad", ["one", "pads"], ["much"]))


def long_work(model: Any, draw: Random) -> None:
    """A product of a hundred million rows by powers of two: little memory, much time."""
    constant(model, "x0", np.ones((3000, 3000)), "f4")
    nodes = [node("MatMul", [f"x{n}", f"x{n}"], [f"x{n + 1}"]) for n in range(400)]
    into_output(model, "x400", *nodes)


def drawn(model: Any, draw: Random) -> None:
    into_output(model, "much", node("RandomUniform", [], ["much"], shape=[1 << 31]))


def custom(model: Any, draw: Random) -> None:
    from onnx import helper

    model.opset_import.append(helper.make_opsetid(draw.choice(["com.microsoft", "mine"]), 1))


def custom_node(model: Any, draw: Random) -> None:
    model.graph.node[0].domain = "mine"


def function(model: Any, draw: Random) -> None:
    found = model.functions.add()
    found.name, found.domain = "f", "mine"


def nested(model: Any, draw: Random) -> bytes:
    """Graphs in attributes of nodes of graphs."""
    inner = b""
    for _ in range(draw.choice([30, 3_000])):
        attribute = message(6, inner)
        inner = message(1, message(5, attribute))
    return message(7, inner)


def message(number: int, content: bytes) -> bytes:
    """A field of protobuf that holds bytes."""
    size, count = b"", len(content)
    while True:
        size += bytes([count & 127 | (128 if count > 127 else 0)])
        count >>= 7
        if not count:
            return bytes([number << 3 | 2]) + size + content


def sparse(model: Any, draw: Random) -> None:
    found = model.graph.sparse_initializer.add()
    found.dims.append(1 << 40)


def tensor_inside(model: Any, draw: Random) -> None:
    from onnx import TensorProto

    value = TensorProto(name="v", data_type=1, dims=[1 << 31])
    before(model, node("Constant", [], ["c"], value=value))


def no_number(model: Any, draw: Random) -> None:
    floats = [one for one in model.graph.initializer if one.data_type == 1]
    tensor = draw.choice([one for one in floats if len(one.dims) == 2])
    wrong = draw.choice([float("nan"), float("inf"), float("-inf")])
    tensor.raw_data = np.float32(wrong).tobytes() + tensor.raw_data[4:]


def declared(model: Any, draw: Random) -> None:
    draw.choice(list(model.graph.initializer)).dims.append(10 ** draw.choice([1, 9, 18]))


def other_output(model: Any, draw: Random) -> None:
    model.graph.output[0].name = "other"
    model.graph.node.append(node("Identity", [model.graph.node[-1].output[0]], ["other"]))


def wider_output(model: Any, draw: Random) -> None:
    output = model.graph.output[0].name
    for one in model.graph.node:
        one.output[:] = ["true output" if part == output else part for part in one.output]
    model.graph.node.append(node("Concat", ["true output"] * 2, [output], axis=-1))
    del model.graph.output[0].type.tensor_type.shape.dim[:]


def other_input(model: Any, draw: Random) -> None:
    found = model.graph.input.add()
    found.CopyFrom(model.graph.input[0])
    found.name = "secret"


def cut_off(model: Any, draw: Random) -> bytes:
    content: bytes = model.SerializeToString()
    return content[: draw.randrange(len(content))]


def flipped(model: Any, draw: Random) -> bytes:
    content = bytearray(model.SerializeToString())
    content[: draw.randrange(1, 200)] = draw.randbytes(60)
    return bytes(content)


for _change in (
    *(external, external_inside, loop, filled, expanded, tiled, counted, doubled, multiplied),
    *(padded, long_work, drawn, custom, custom_node, function, nested, sparse, tensor_inside),
    *(no_number, declared, other_output, wider_output, other_input, cut_off, flipped),
):
    kind(_change.__name__, _change)
