"""Reading in chunks: the numbers of reading whole, in the memory of one chunk."""

from __future__ import annotations

import pytest
import torch
from torch.multiprocessing.reductions import StorageWeakRef
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from seqtasks.encoder import RecurrentEncoder, chunks
from seqtasks.errors import UsageError

LENGTHS = torch.tensor([11, 4, 1, 0, 8])


def encoder(cell="lstm", **options):
    torch.manual_seed(0)
    return RecurrentEncoder(3, 4, 2, cell=cell, **options).double()


def gradients(layer, inputs, run):
    """Outputs, state and the gradients of a weighted sum of both, inputs first."""
    inputs = inputs.clone().requires_grad_()
    outputs, state = run(inputs)
    ends = [outputs, *(tensor for tensor in state if tensor.requires_grad)]
    torch.manual_seed(1)
    total = sum((end * torch.randn_like(end)).sum() for end in ends)
    found = torch.autograd.grad(total, [inputs, *layer.parameters()])
    return [outputs, *state, *found]


@pytest.mark.parametrize("chunk", [1, 4, 10, 30])
@pytest.mark.parametrize(
    "layer",
    [
        encoder("lstm", residual=True, layer_norm=True),
        encoder("gru", recompute=True),
        encoder("qrnn"),
        encoder("mlstm"),
    ],
    ids=["lstm", "gru", "qrnn", "mlstm"],
)
def test_chunks_change_no_output_state_or_gradient(layer, chunk):
    inputs = torch.randn(5, 13, 3, dtype=torch.float64)
    given = tuple(torch.rand(5, *shape, dtype=torch.float64) for shape in layer.state_shapes)
    whole = gradients(layer, inputs, lambda steps: layer(steps, LENGTHS, given))
    pieces = gradients(
        layer,
        inputs,
        lambda steps: chunks.read_in_chunks(layer, steps, LENGTHS, given, chunk_steps=chunk),
    )
    for one, two in zip(whole, pieces, strict=True):
        torch.testing.assert_close(one, two, rtol=1e-7, atol=1e-9)
    with torch.no_grad():  # without lengths, and without a graph
        expected, actual = layer(inputs), chunks.read_in_chunks(layer, inputs, chunk_steps=chunk)
    torch.testing.assert_close(expected, actual)


def test_a_batch_without_steps_is_legal():
    outputs, state = chunks.read_in_chunks(encoder(), torch.zeros(2, 0, 3).double(), chunk_steps=4)
    assert outputs.shape == (2, 0, 4)
    assert len(state) == 4


@pytest.mark.parametrize("options", [{"variational": True}, {"cell_options": {"weight_drop": 0.5}}])
def test_dropout_draws_the_same_masks_when_a_chunk_is_run_again(options):
    layer = encoder(dropout=0.5, **options).train()
    inputs = torch.randn(5, 13, 3, dtype=torch.float64)

    def kept(steps):
        """The same chunks with all activations kept."""
        torch.manual_seed(5)
        outputs, state = [], None
        for start in range(0, 13, 4):
            piece = steps[:, start : start + 4]
            output, state = layer(piece, (LENGTHS - start).clamp(0, piece.size(1)), state)
            outputs.append(output)
        return torch.cat(outputs, dim=1), state

    def again(steps):
        torch.manual_seed(5)
        return chunks.read_in_chunks(layer, steps, LENGTHS, chunk_steps=4)

    for one, two in zip(*(gradients(layer, inputs, run) for run in (kept, again)), strict=True):
        torch.testing.assert_close(one, two)


def test_detached_chunks_give_the_same_values_and_gradients_of_one_chunk_alone():
    layer = encoder("gru")
    inputs = torch.randn(1, 10, 3, dtype=torch.float64).requires_grad_()
    outputs, _ = chunks.read_in_chunks(layer, inputs, chunk_steps=4, truncate_bptt=True)
    torch.testing.assert_close(outputs, layer(inputs)[0])
    [gradient] = torch.autograd.grad(outputs[:, 6].sum(), inputs)
    assert not gradient[:, :4].any()
    assert gradient[:, 4:7].abs().sum(dim=2).all()
    assert not gradient[:, 7:].any()


class Peak(TorchDispatchMode):
    """The most bytes that lie in tensors made meanwhile, at any time."""

    def __init__(self):
        super().__init__()
        self.live, self.most = {}, 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        made = function(*args, **(kwargs or {}))
        for tensor in tree_leaves(made):
            if isinstance(tensor, torch.Tensor):
                storage = tensor.untyped_storage()
                self.live[storage._cdata] = StorageWeakRef(storage), storage.nbytes()
        self.live = {key: one for key, one in self.live.items() if not one[0].expired()}
        self.most = max(self.most, sum(size for _, size in self.live.values()))
        return made


def test_training_holds_the_activations_of_one_chunk():
    layer = RecurrentEncoder(2, 16, 3, cell="lstm")
    inputs, lengths = torch.randn(4, 64, 2), torch.tensor([64, 64, 64, 50])

    def peak(chunk):
        with Peak() as memory:
            outputs, _ = chunks.read_in_chunks(layer, inputs, lengths, chunk_steps=chunk)
            outputs.sum().backward()
        return memory.most

    peak(None)  # the gradients of the parameters lie there from now on
    whole, quarter, eighth = peak(None), peak(16), peak(8)
    assert quarter < whole / 2
    assert eighth < quarter


REFUSED = [
    (True, {"chunk_steps": 4}, r"chunk_steps: .*set encoder=unidirectional"),
    (False, {"chunk_steps": 0}, "at least 1, or null, not 0"),
    (False, {"chunk_steps": 2.5}, r"not 2\.5"),
    (False, {"chunk_steps": None, "truncate_bptt": True}, "truncate_bptt: it cuts"),
]


@pytest.mark.parametrize(("both", "options", "said"), REFUSED)
def test_what_cannot_be_read_in_chunks_is_refused(both, options, said):
    layer = RecurrentEncoder(3, 4, bidirectional=both)
    with pytest.raises(UsageError, match=said):
        chunks.read_in_chunks(layer, torch.zeros(1, 9, 3), **options)
