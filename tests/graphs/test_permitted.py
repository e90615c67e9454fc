"""What a graph may hold, and what an export writes."""

from __future__ import annotations

import ast
import contextlib

import onnx
import pytest
from onnx import helper, numpy_helper
from small import ROOT

from seqtasks.errors import BundleError
from seqtasks.graphs.messages import Unusual, walk
from seqtasks.graphs.permitted import OPERATORS, check_graph


def test_every_operator_that_is_written_is_permitted():
    known = {schema.name for schema in onnx.defs.get_all_schemas()}
    files = (ROOT / "seqtasks" / "graphs").rglob("*.py")
    trees = [ast.parse(path.read_text("utf-8")) for path in files if path.stem != "permitted"]
    texts = {
        node.value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert texts & known <= OPERATORS
    assert known >= OPERATORS


def test_none_that_is_permitted_loops_by_a_number_or_draws_or_holds_tensors():
    assert not OPERATORS & {"Loop", "If", "Constant", "ConstantOfShape", "RandomUniform"}


def graph(name="w", value=1.0):
    import numpy as np

    weight = numpy_helper.from_array(np.full((2, 2), value, "f4"), name)
    x, y = (helper.make_tensor_value_info(one, 1, ["n", 2]) for one in "xy")
    nodes = [helper.make_node("MatMul", ["x", name], ["y"])]
    made = helper.make_graph(nodes, "g", [x], [y], [weight])
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)


def test_infinity_is_a_constants_alone(tmp_path):
    check_graph(tmp_path, graph().SerializeToString())
    check_graph(tmp_path, graph("constant_1", float("-inf")).SerializeToString())
    for name, value in (("w", float("inf")), ("constant_1", float("nan"))):
        with pytest.raises(BundleError, match="infinite or none"):
            check_graph(tmp_path, graph(name, value).SerializeToString())


def test_any_cut_is_told_and_never_a_crash(tmp_path):
    content = graph().SerializeToString()
    for end in range(1, len(content)):
        with contextlib.suppress(BundleError):
            check_graph(tmp_path, content[:end])


@pytest.mark.parametrize("content", [b"\x0b", b"\x80" * 11, b"\x3a\xff\xff\x03", b"\xa2\x06\x00"])
def test_what_is_no_message(content):
    with pytest.raises(Unusual):
        list(walk(content))
