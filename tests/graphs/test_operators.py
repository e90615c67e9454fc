"""Each operator of the table against torch."""

from __future__ import annotations

import numpy as np
import onnxruntime
import pytest
import torch
from torch import nn
from torch.nn import functional

from seqtasks.errors import UsageError
from seqtasks.graphs.graph import Graph
from seqtasks.graphs.source import Source
from seqtasks.graphs.tracing import write_graph

NUMBERS = torch.linspace(-3, 3, 24).view(4, 6)
WHOLE = torch.arange(24).view(4, 6) % 4

SQUARE = torch.linspace(-1, 2, 36).view(6, 6)
CUBE = SQUARE.unsqueeze(0)
FILTERS = torch.linspace(-1, 1, 9).view(3, 1, 3)

CASES = {
    "unary": lambda x, n: x.tanh() + x.sigmoid() + x.relu() + x.exp() + x.abs() + x.sin() + x.cos(),
    "roots": lambda x, n: x.abs().sqrt() + (x.abs() + 1).rsqrt() + (x.abs() + 1).reciprocal(),
    "rounding": lambda x, n: x.floor() + x.round() + x.sign() + x.erf() - x.neg(),
    "small expm1": lambda x, n: (x * 1e-4).expm1() * 1e4 + x.expm1(),
    "small log1p": lambda x, n: (x.abs() * 1e-5).log1p() * 1e5 + x.abs().log1p(),
    "log_sigmoid": lambda x, n: functional.logsigmoid(x * 20),
    "logaddexp": lambda x, n: torch.logaddexp(x, x.masked_fill(x < 0, -torch.inf)),
    "logaddexp of nothing": lambda x, n: torch.logaddexp(*[torch.full_like(x, -torch.inf)] * 2),
    "logsumexp": lambda x, n: x.logsumexp(1),
    "arithmetic": lambda x, n: torch.add(x, n, alpha=2) / (n + 1) - 2 * x + x**2 + (1 - n),
    "integers": lambda x, n: (n + 3) * 2 - n,
    "comparisons": lambda x, n: (x > 0) | (n == 1) & (n != 2) ^ (x <= n) | ~(x < 1) & (n >= 2),
    "where": lambda x, n: torch.where(n > 1, x, 0.0).clamp(-1, 2).masked_fill(n == 0, 9.0),
    "extremes": lambda x, n: torch.maximum(x, n.float()) - torch.minimum(x, -x),
    "lerp": lambda x, n: torch.lerp(x, -x, x.sigmoid()) + torch.addcmul(x, x, x, value=0.5),
    "casts": lambda x, n: n.float() + x.long() + (x > 0).float(),
    "views": lambda x, n: x.view(-1, 3, 2).transpose(0, 1).flatten(1).unsqueeze(0).expand(2, -1, -1),  # noqa: E501
    "repeats": lambda x, n: x.repeat(1, 3),
    "cuts": lambda x, n: torch.cat([x[:, 2:], x[:, :2], x[:, 1:2], x[:, -1:]], 1)[:, ::2],
    "splits": lambda x, n: torch.stack([*x.split([2, 2, 2], 1), x[:, 1:3]], 2).unbind(2)[3],
    "flips": lambda x, n: x.flip(1) + x.t().permute(1, 0),
    "rows": lambda x, n: x[n[:, 0]] + x.index_select(0, n[:, 1]) + x.select(1, 2).unsqueeze(1),
    "gathers": lambda x, n: x.gather(1, n) + torch.zeros_like(x).scatter_add(1, n, x),
    "made": lambda x, n: x + torch.arange(6) + torch.ones_like(x) + x.new_full((6,), 2.0),
    "pads": lambda x, n: functional.pad(x, (1, 2), value=4.0),
    "reductions": lambda x, n: x.sum(1) + x.mean(1) + x.amax(1) - x.amin(1) + x.max(1).values,
    "whole sums": lambda x, n: x.sum() + n.sum(),
    "places": lambda x, n: x.argmax(1) + x.max(1).indices + n.cumsum(1)[:, -1],
    "some": lambda x, n: (n > 2).any(1),
    "shares": lambda x, n: x.softmax(1) + x.log_softmax(1),
    "products": lambda x, n: torch.addmm(x[0], x, SQUARE) + CUBE.baddbmm(CUBE, CUBE)[0, 0],
    "norms": lambda x, n: functional.layer_norm(x, (6,)) + functional.layer_norm(x, (6,), x[0]),
    "convolutions": lambda x, n: functional.conv1d(x[:, None], FILTERS, x[0, :3], padding=1),
    "written": lambda x, n: replaced(x),
}  # fmt: skip


def replaced(x):
    """Parts of a tensor written in place, as a trace sees them."""
    made = torch.zeros_like(x)
    made[:, 2] = x[:, 0]
    made[:, 3:5] = x[:, 1:3]
    return made


def graph(compute):
    named = {"x": NUMBERS, "n": WHOLE}
    axes = dict.fromkeys(named, ("rows", None))
    return Graph("made", lambda given: compute(given["x"], given["n"]), named, axes)


@pytest.fixture(scope="module")
def found():
    """What one graph gives in which every case stands."""

    def compute(x, n):
        return {name.replace(" ", "_"): case(x, n) for name, case in CASES.items()}

    content, _ = write_graph(Source(nn.Module()), graph(compute))
    session = onnxruntime.InferenceSession(content.SerializeToString())
    names = [item.name for item in session.get_outputs()]
    outputs = session.run(names, {"x": NUMBERS.numpy(), "n": WHOLE.numpy()})
    return dict(zip(CASES, outputs, strict=True))


@pytest.mark.parametrize("name", CASES)
def test_gives_what_torch_gives(found, name):
    expected = CASES[name](NUMBERS, WHOLE).numpy()
    assert found[name].dtype == expected.dtype
    np.testing.assert_allclose(found[name], expected, rtol=2e-5, atol=2e-6)


def test_an_operator_that_is_not_in_the_table_is_named():
    with pytest.raises(UsageError, match=r"linalg_svd.*no translation to ONNX"):
        write_graph(Source(nn.Module()), graph(lambda x, n: {"y": torch.linalg.svd(x).S}))


def test_a_computation_that_decides_by_its_numbers_is_refused():
    with pytest.raises(UsageError, match="cannot be traced"):
        write_graph(Source(nn.Module()), graph(lambda x, n: {"y": x if x.sum() > 0 else -x}))


def test_an_axis_that_cannot_vary_is_refused():
    with pytest.raises(UsageError, match="axis 0 of 'x' is to vary"):
        write_graph(Source(nn.Module()), graph(lambda x, n: {"y": x + len(x)}))
