"""The matrix memory: its chunks against its equations, at any length and any gate."""

from __future__ import annotations

import copy

import pytest
import torch

from seqtasks.cells.mlstm import MLSTM
from seqtasks.errors import UsageError

INPUT, HIDDEN = 3, 8


def draw(*shape: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


def make(gates: float = 0.5, **options) -> MLSTM:
    """A cell with random weights, those of its gates of the given deviation.

    Queries and keys lean to one side: else n · q cancels at some of many steps, and shows the
    rounding of every sum in it, in whatever form it is computed.
    """
    cell = MLSTM(INPUT, HIDDEN, **options).double()
    with torch.no_grad():
        for number, parameter in enumerate(cell.parameters()):
            parameter.copy_(0.5 * draw(*parameter.shape, seed=100 + number))
            parameter[-2 * cell.heads :] *= gates / 0.5
        cell.inputs.bias[: 2 * HIDDEN] += 2
    return cell


def assert_close(ours, theirs, tolerance=1e-10):
    for mine, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(mine, other, rtol=tolerance, atol=tolerance)


def equations(cell, inputs, stable):
    """Equations 19 to 27, as they stand or with the stabiliser, one head's loop after the other."""
    size = HIDDEN // cell.heads
    q, k, v, o, i, f = cell.inputs(inputs).split([HIDDEN] * 4 + [cell.heads] * 2, dim=-1)
    outputs = []
    for head in range(cell.heads):
        mine = slice(head * size, (head + 1) * size)
        memory = inputs.new_zeros(len(inputs), size, size)
        n = inputs.new_zeros(len(inputs), size)
        m = inputs.new_zeros(len(inputs))
        steps = []
        for t in range(inputs.size(1)):
            key, value, query = k[:, t, mine] / size**0.5, v[:, t, mine], q[:, t, mine]
            log_f = torch.nn.functional.logsigmoid(f[:, t, head])
            m_t = torch.maximum(log_f + m, i[:, t, head]) if stable else m
            old, new = (log_f + m - m_t).exp(), (i[:, t, head] - m_t).exp()
            m = m_t
            memory = old.view(-1, 1, 1) * memory
            memory = memory + new.view(-1, 1, 1) * torch.einsum("bv,bk->bvk", value, key)
            n = old.unsqueeze(1) * n + new.unsqueeze(1) * key
            divisor = torch.maximum((n * query).sum(1).abs(), (-m).exp())
            steps.append(torch.einsum("bvk,bk->bv", memory, query) / divisor.unsqueeze(1))
        outputs.append(torch.stack(steps, dim=1))
    return o.sigmoid() * torch.cat(outputs, dim=-1)


def whole_and_steps(cell, inputs, lengths=None):
    """Outputs and state of the chunkwise form and of one step after the other."""
    whole, state = cell(inputs, lengths)
    steps, carried = [], None
    for t in range(inputs.size(1)):
        now = None if lengths is None else (lengths - t).clamp(0, 1)
        output, carried = cell(inputs[:, t : t + 1], now, carried)
        steps.append(output)
    return (whole, state), (torch.cat(steps, dim=1), carried)


@pytest.mark.parametrize("heads", [1, 2, 8])
@pytest.mark.parametrize("chunk_size", [1, 3, 64])
def test_equals_the_equations_and_their_gradients(heads, chunk_size):
    cell = make(heads=heads, chunk_size=chunk_size)
    inputs = draw(3, 7, INPUT).requires_grad_()
    ours, _ = cell(inputs)
    theirs = equations(cell, inputs, stable=False)
    assert_close([ours], [theirs])
    weights = draw(3, 7, HIDDEN, seed=1)
    leaves = [inputs, *cell.parameters()]
    assert_close(
        torch.autograd.grad((ours * weights).sum(), leaves),
        torch.autograd.grad((theirs * weights).sum(), leaves),
    )


@pytest.mark.parametrize("chunk_size", [1, 4, 64])
def test_the_state_does_not_depend_on_the_chunks(chunk_size):
    lengths = torch.tensor([9, 0, 1, 5])
    inputs = draw(4, 9, INPUT)
    _, expected = make(heads=2, chunk_size=9)(inputs, lengths)
    (_, state), (_, carried) = whole_and_steps(
        make(heads=2, chunk_size=chunk_size), inputs, lengths
    )
    assert_close(state, expected)
    assert_close(carried, expected)
    assert not any(tensor[1].any() for tensor in state)


def test_a_start_of_any_scale_gives_the_same_outputs():
    cell = make(heads=2, chunk_size=4)
    inputs = draw(2, 9, INPUT)
    _, (memory, n, m) = cell(draw(2, 3, INPUT, seed=1))
    expected, _ = cell(inputs, None, (memory, n, m))
    for shift in (-20.0, 20.0):
        scale = torch.tensor(-shift, dtype=torch.float64).exp()
        outputs, _ = cell(inputs, None, (memory * scale, n * scale, m + shift))
        assert_close([outputs], [expected])


@pytest.mark.parametrize(("gates", "forget", "write"), [(0.5, 3, 0), (5, 0, 0), (1, 12, -3)])
def test_4096_steps_in_float32(gates, forget, write):
    cell = make(gates, heads=2)
    with torch.no_grad():
        cell.inputs.bias[-2:] += forget
        cell.inputs.bias[-4:-2] += write
    inputs = draw(1, 4096, INPUT)
    exact, _ = cell(inputs)
    cell.float()
    with torch.no_grad():
        (whole, state), (steps, carried) = whole_and_steps(cell, inputs.float())
    assert_close([whole.double()], [exact], 5e-5)
    assert_close([whole], [steps], 1e-5)
    assert_close(state, carried, 1e-3)  # a forget gate next to 1 is rounded 4,096 times


@pytest.mark.parametrize("forget", [-1e4, -60.0, 3.0, 60.0, 1e4])
@pytest.mark.parametrize("write", [-1e4, -60.0, 0.0, 60.0, 1e4])
def test_saturated_gates(forget, write):
    cell = make(heads=2, chunk_size=8)
    with torch.no_grad():
        cell.inputs.bias[-2:] += forget
        cell.inputs.bias[-4:-2] += write
    cell.float()
    inputs = draw(2, 20, INPUT).float().requires_grad_()
    (whole, state), (steps, carried) = whole_and_steps(cell, inputs)
    exact = equations(copy.deepcopy(cell).double(), inputs.double(), stable=True)
    leaves = [inputs, *cell.parameters()]
    for outputs, final in ((whole, state), (steps, carried)):
        total = outputs.sum() + sum(tensor.sum() for tensor in final)
        found = torch.autograd.grad(total, leaves, retain_graph=True)
        assert all(tensor.isfinite().all() for tensor in (outputs, *final, *found))
    assert_close([whole], [steps], 1e-5)
    if abs(write) < 1000:  # else the gate's own rounding shows
        assert_close([whole.double()], [exact], 1e-4)


def test_gates_that_jump_within_a_chunk():
    """A shut forget gate in a sum of logarithms does not blur the gates around it."""
    cell = make(heads=1)
    with torch.no_grad():
        cell.inputs.weight[-1] = torch.tensor([1e4, 0.0, 0.5])
        cell.inputs.weight[-2] = torch.tensor([0.0, 30.0, 0.5])
    inputs = draw(2, 40, INPUT)
    exact, _ = cell(inputs)
    assert_close([exact], [equations(cell, inputs, stable=True)], 1e-8)
    (whole, _), (steps, _) = whole_and_steps(cell.float(), inputs.float())
    assert_close([whole], [steps], 1e-5)
    assert_close([whole.double()], [exact], 1e-3)


def test_the_graph_grows_by_chunks_and_not_by_steps():
    def nodes(time):
        outputs, _ = cell(torch.zeros(1, time, INPUT))
        seen, frontier = set(), [outputs.grad_fn]
        while frontier:
            node = frontier.pop()
            if node is not None and node not in seen:
                seen.add(node)
                frontier += [before for before, _ in node.next_functions]
        return len(seen)

    cell = make(chunk_size=64).float()
    assert nodes(2) == nodes(64)
    assert nodes(640) < 15 * nodes(64)


def test_a_chunk_has_a_step():
    with pytest.raises(UsageError, match="chunk_size: it is at least 1, not 0"):
        MLSTM(INPUT, HIDDEN, chunk_size=0)
