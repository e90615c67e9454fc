"""Every recurrence as a graph: the numbers of torch, whatever the lengths."""

from __future__ import annotations

import numpy as np
import onnxruntime
import pytest
import torch
from torch import nn

from seqtasks.cells import CELLS
from seqtasks.encoder import RecurrentEncoder
from seqtasks.errors import UsageError
from seqtasks.graphs.graph import Graph
from seqtasks.graphs.source import Source
from seqtasks.graphs.tracing import write_graph

OPTIONS = [(name, {}) for name in CELLS] + [
    ("elman", {"nonlinearity": "relu"}),
    ("mingru", {"positive": True}),
    ("slstm", {"heads": 2}),
    ("mlstm", {"heads": 3}),
]


def encoder(cell, **options):
    torch.manual_seed(0)
    made = RecurrentEncoder(5, 6, cell=cell, **options)
    for parameter in made.parameters():
        nn.init.normal_(parameter, std=0.5)
    return made.eval()


def graph(model, rows, time, lengths):
    """The encoder over a batch, from a state."""
    inputs = torch.randn(rows, time, 5)
    state = {f"state_{n}": torch.rand(rows, *shape) for n, shape in enumerate(model.state_shapes)}
    if state and lengths.max() + 3 < 64:  # steps that have been taken, of `unshared_elman`
        state = {
            name: tensor.mul(3).floor() if tensor.shape == (rows, 1) else tensor
            for name, tensor in state.items()
        }

    def compute(given):
        before = tuple(tensor for name, tensor in given.items() if name.startswith("state_"))
        outputs, after = model(given["inputs"], given["lengths"], before)
        return {"outputs": outputs} | {f"next_{n}": tensor for n, tensor in enumerate(after)}

    named = {"inputs": inputs, "lengths": lengths, **state}
    fixed = {name: ("batch", *[None] * (part.dim() - 1)) for name, part in state.items()}
    return Graph(
        "encoder",
        compute,
        named,
        {"inputs": ("batch", "time", None), "lengths": ("batch",), **fixed},
    )


def runner(model):
    content, read = write_graph(Source(model), graph(model, 3, 4, torch.tensor([4, 2, 3])))
    assert read == {name for name, _ in model.named_parameters()}
    session = onnxruntime.InferenceSession(content.SerializeToString())

    def run(named):
        names = [output.name for output in session.get_outputs()]
        found = session.run(names, {name: part.numpy() for name, part in named.items()})
        return dict(zip(names, found, strict=True))

    return run


def same(found, expected):
    for name, tensor in expected.items():
        np.testing.assert_allclose(found[name], tensor.numpy(), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(("cell", "options"), OPTIONS, ids=lambda part: str(part))
def test_gives_what_torch_gives_at_any_length(cell, options):
    model = encoder(cell, cell_options=options, bidirectional=True)
    run = runner(model)
    for rows, lengths in ((5, [7, 0, 1, 3, 7]), (1, [1]), (2, [2, 1])):
        case = graph(model, rows, max(lengths), torch.tensor(lengths))
        with torch.no_grad():
            expected = case.compute(case.inputs)
        found = run(case.inputs)
        same(found, expected)
        longer = nn.functional.pad(case.inputs["inputs"], (0, 0, 0, 3), value=7.0)
        more = run({**case.inputs, "inputs": longer})
        np.testing.assert_array_equal(more["outputs"][:, max(lengths) :], 0)
        same({**more, "outputs": more["outputs"][:, : max(lengths)]}, expected)


@pytest.mark.parametrize("cell", ["gru", "mingru"])
def test_a_stack_with_shortcuts_and_norms(cell):
    stack = encoder(cell, num_layers=2, residual=True, layer_norm=True, bidirectional=True)
    run = runner(stack)
    case = graph(stack, 4, 6, torch.tensor([6, 1, 0, 4]))
    with torch.no_grad():
        same(run(case.inputs), case.compute(case.inputs))


def test_a_sequence_alone_is_as_in_a_batch():
    model = encoder("sru", bidirectional=True)
    run = runner(model)
    case = graph(model, 4, 6, torch.tensor([6, 1, 3, 4]))
    whole = run(case.inputs)
    for row, length in enumerate(case.inputs["lengths"].tolist()):
        alone = {name: part[row : row + 1] for name, part in case.inputs.items()}
        alone["inputs"] = alone["inputs"][:, :length]
        found = run(alone)
        np.testing.assert_allclose(
            found["outputs"], whole["outputs"][row : row + 1, :length], atol=1e-6
        )


def test_steps_without_weights_give_no_number_or_fail():
    model = encoder("unshared_elman", cell_options={"max_length": 5})
    run = runner(model)
    case = graph(model, 2, 7, torch.tensor([7, 2]))
    case.inputs["state_1"].zero_()
    with pytest.raises(Exception, match="out of data bounds"):
        run(case.inputs)
    case = graph(model, 2, 6, torch.tensor([6, 2]))
    case.inputs["state_1"].zero_()
    outputs = run(case.inputs)["outputs"]
    assert np.isnan(outputs).all(axis=2).tolist() == [[False] * 5 + [True], [False] * 6]
    case.inputs["lengths"][0] = 5
    with torch.no_grad():
        same(run(case.inputs), case.compute(case.inputs))


class Deciding(nn.Module):
    """A cell whose step depends on what it reads."""

    input_size, output_size, state_shapes = 5, 6, ((6,),)

    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.linear = nn.Linear(input_size, hidden_size)

    def forward(self, inputs, lengths=None, state=None):
        if float(inputs.sum()) > 0:
            inputs = -inputs
        return self.linear(inputs), state


def test_a_cell_that_cannot_be_traced_is_refused_by_name():
    model = encoder(Deciding)
    with pytest.raises(UsageError, match="one step of a Deciding cannot be traced"):
        write_graph(Source(model), graph(model, 3, 4, torch.tensor([4, 2, 3])))
