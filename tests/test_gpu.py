"""A GPU beside the CPU: the same numbers from every cell, head and task."""

from __future__ import annotations

import copy
import io
import sys

import pytest
import saved
import torch
from small import SMALL, TASKS
from torch import nn

from seqtasks import bundle, generate, predict
from seqtasks.cells import CELLS
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.embedding import TokenEmbedding
from seqtasks.heads.adaptive import AdaptiveLanguageHead
from seqtasks.heads.crf import CRFTagging
from seqtasks.heads.language import LanguageHead
from seqtasks.kernels.scan import linear_scan
from seqtasks.laws import Case, Subject, Topology
from seqtasks.laws.subject import run_subject as passed
from seqtasks.run import run

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here")

ROWS = (7, 4, 1, 0, 7, 2)
LENGTHS = torch.tensor(ROWS)
TOPOLOGIES = [
    Topology(),
    Topology(depth=3, residual=True, layer_norm=True),
    Topology(depth=2, bidirectional=True),
]
REWRITING = ("question_answering", "transduction", "translation")
SHORT = "task.search.max_length=6"  # of what an untrained model says, which repeats itself
VARIANTS = [
    *[[f"task={name}"] for name in TASKS if name not in REWRITING],
    *[[f"task={name}", SHORT] for name in REWRITING],
    ["task=tagging", "task/head=crf"],
    ["task=translation", SHORT, "task/decoder=copying"],
    ["task=translation", SHORT, "task.decoder.input_feeding=true"],
    ["task=generation", "task/head=adaptive", "encoder.hidden_size=16"],
]


def moved(module: nn.Module) -> nn.Module:
    return copy.deepcopy(module).to("cuda")


def same(theirs, ours, tolerance=1e-9):
    torch.testing.assert_close(theirs.cpu(), ours, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("lengths", [LENGTHS, None], ids=["ragged", "full"])
@pytest.mark.parametrize("topology", TOPOLOGIES, ids=str)
@pytest.mark.parametrize("cell", CELLS)
def test_a_cell_gives_the_same_outputs_states_and_gradients(cell, topology, lengths):
    subject, case = Subject(cell), Case(ROWS, topology)
    encoder = subject.encoder(case)
    inputs, _ = subject.inputs(case)
    there = None if lengths is None else lengths.to("cuda")
    state = subject.state(encoder, case) if not topology.bidirectional else None
    ours = passed(encoder, inputs, lengths, state)
    far = None if state is None else tuple(tensor.to("cuda") for tensor in state)
    theirs = passed(moved(encoder), inputs.to("cuda"), there, far)
    same(theirs.outputs, ours.outputs)
    for one, other in zip(theirs.state, ours.state, strict=True):
        same(one, other)
    assert theirs.gradients.keys() == ours.gradients.keys()
    for name, gradient in ours.gradients.items():
        same(theirs.gradients[name], gradient)


@pytest.mark.parametrize("time", [1, 2, 7, 64, 1000])
def test_a_long_scan_is_the_same(time):
    torch.manual_seed(0)
    operands = [torch.rand(3, time, 5).double(), torch.randn(3, time, 5).double(), torch.ones(3, 5)]
    operands[-1] = operands[-1].double()
    ours = [tensor.clone().requires_grad_() for tensor in operands]
    theirs = [tensor.to("cuda").requires_grad_() for tensor in operands]
    found, expected = linear_scan(*theirs), linear_scan(*ours)
    same(found, expected)
    gradients = zip(
        torch.autograd.grad(found.square().sum(), theirs),
        torch.autograd.grad(expected.square().sum(), ours),
        strict=True,
    )
    for one, other in gradients:
        same(one, other)


def heads():
    """Each head with its targets."""
    labels = Vocabulary(["O", "B-X", "I-X", "B-Y", "I-Y"])
    tags = torch.tensor([0, 1, 2, 2, 3, 4, 0]).expand(len(ROWS), 7)
    yield "crf", CRFTagging(8, labels, class_weights={"O": 0.5}), tags
    embedding = TokenEmbedding(Vocabulary([f"w{number}" for number in range(60)]), embedding_dim=8)
    words = torch.arange(7 * len(ROWS)).view(len(ROWS), 7)
    yield "softmax", LanguageHead(8, embedding), words
    yield "adaptive softmax", AdaptiveLanguageHead(8, embedding, cutoffs=[20]), words


@pytest.mark.parametrize("name", ["crf", "softmax", "adaptive softmax"])
def test_a_head_gives_the_same_loss_and_gradient(name):
    torch.manual_seed(0)
    [(head, targets)] = [(head, targets) for one, head, targets in heads() if one == name]
    features = torch.randn(len(ROWS), 7, 8).double()
    found = []
    for place in ("cpu", "cuda"):
        module = copy.deepcopy(head).double().to(place)
        leaf = features.to(place, copy=True).requires_grad_()
        values = module(leaf) if name == "crf" else leaf
        loss = module.loss(values, targets.to(place), LENGTHS.to(place))
        [gradient] = torch.autograd.grad(loss.total, leaf)
        found.append((loss.total, gradient))
    for ours, theirs in zip(*found, strict=True):
        same(theirs, ours)


@pytest.mark.parametrize("options", VARIANTS, ids=" ".join)
def test_a_task_trains_to_the_same_loss(options, composed, tmp_path):
    still = ["task.dropout_scale=0", "examples=1", "seed=3"]
    name = options[0].removeprefix("task=")
    ours, theirs = (
        run(composed(*options, *SMALL, *still, f"trainer={place}"), tmp_path / place, name)
        for place in ("cpu", "gpu")
    )
    assert theirs["test"]["loss"] == pytest.approx(ours["test"]["loss"], rel=5e-3)


def test_a_training_takes_the_gpu_by_itself(composed, tmp_path):
    results = run(composed("task=tagging", *SMALL), tmp_path / "run", "tagging")
    assert results["environment"]["device"] == torch.cuda.get_device_name()
    assert results["environment"]["processes"] == 1


@pytest.mark.parametrize("precision", ["bf16-mixed", "16-mixed"])
@pytest.mark.parametrize("name", TASKS)
def test_a_task_trains_in_half_precision_with_an_average_of_its_weights(
    name, precision, composed, tmp_path
):
    options = [f"task={name}", *SMALL, "callbacks=ema", "trainer=gpu", "examples=1"]
    results = run(composed(*options, f"trainer.precision={precision}"), tmp_path / "run", name)
    assert results["test"]["loss"] < 100
    assert bundle.load(tmp_path / "run" / "bundle", "cuda").task.device.type == "cuda"


@pytest.mark.parametrize("options", VARIANTS, ids=" ".join)
def test_a_saved_model_predicts_the_same(options, tmp_path, monkeypatch, capsys):
    lines = saved.save(tmp_path, *options)
    raw = "".join(f"{line}\n" for line in lines).encode()
    found = []
    for device in ("cpu", "cuda"):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
        predict.main([str(tmp_path), "--device", device])
        found.append(capsys.readouterr().out.splitlines())
    assert len(found[0]) == len(lines)
    assert found[1] == found[0]


def test_a_seed_draws_the_same_text(tmp_path, capsys):
    saved.save(tmp_path, "task=generation")
    for device in ("cpu", "cuda"):
        generate.main([str(tmp_path), "--prompt", "the", "--seed", "4", "--device", device])
    first, second = capsys.readouterr().out.strip().splitlines()
    assert first == second
