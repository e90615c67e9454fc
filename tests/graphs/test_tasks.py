"""Every task exported: the same outputs by the same code, whatever the batch."""

from __future__ import annotations

import shutil

import onnx
import pytest
import torch
from saved import reseal, save
from small import OUTSIDE, TASKS

from seqtasks import bundle
from seqtasks.bundle.export import export_bundle
from seqtasks.graphs.eight_bit import quantise
from seqtasks.graphs.session import Session
from seqtasks.kernels import affine
from seqtasks.prediction.abilities import Searches

ODD = ["zzz", "", "The zzz , !", "a"]

VARIANTS = {
    **{name: [f"task={name}"] for name in TASKS},
    "crf": [
        "task=tagging",
        "task/head=crf",
        "task/embedding/spelling=convolutional",
        "task/embedding/case=learned",
        "encoder=unidirectional",
        "encoder.cell=indrnn",
    ],
    "several labels": [
        "task=classification",
        "task/head=multi_label",
        "field@data.label=labels",
        "task.head.pooling=attention",
    ],
    "adaptive": ["task=generation", "task/head=adaptive", "encoder.cell=mingru"],
    "copying": [
        "task=translation",
        "task/decoder=copying",
        "task/decoder/attention=coverage",
        "task.decoder.input_feeding=true",
        "task.search.coverage_penalty=0.2",
    ],
    "heads": [
        "task=translation",
        "task/decoder/attention=multi_head",
        "task.decoder.bridge=last",
        "encoder.cell=elman",
    ],
    "no attention": ["task=translation", "task/decoder/attention=none"],
    "a user's own": ["task=mean"],
}


@pytest.fixture(scope="module")
def monkeypatch():
    """For all tests of the module."""
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(scope="module", params=VARIANTS)
def case(request, tmp_path_factory, monkeypatch):
    """A model, the folder of its export, and lines to run them on."""
    monkeypatch.syspath_prepend(str(OUTSIDE))
    folder = tmp_path_factory.mktemp("export")
    limit = ["task.search.max_length=12"] * (request.param in ("translation", "copying", "heads"))
    lines = save(folder / "bundle", *VARIANTS[request.param], *limit)[:12]
    trusted = ["mean_task"] * (request.param == "a user's own")
    model = bundle.load(folder / "bundle", trusted=trusted)
    export_bundle(model, folder / "onnx")
    several = len(model.task.inputs) > 1 or request.param in ("question_answering", "generation")
    return model, folder / "onnx", [*lines, "", *([] if several else ODD)], trusted


@pytest.fixture
def exported(case):
    """The exported model."""
    return bundle.load(case[1], trusted=case[3])


def test_predictions_are_those_of_torch_in_any_batch(case, exported):
    model, _, lines, _ = case
    expected = model.predict(lines)
    assert exported.exported
    assert exported.predict(lines) == expected
    assert exported.predict(lines, batch_size=1) == expected
    assert any(expected)


def test_numbers_of_every_graph_are_those_of_torch(case):
    model, folder, lines, _ = case
    dataset = model.read([one for one in model.records(lines) if one.values])
    with torch.no_grad():
        for graph in model.task.graphs(model.batch(dataset, range(len(dataset)))):
            path = folder / f"{graph.name}.onnx"
            found = Session(path, path.read_bytes())(graph.inputs)
            for name, tensor in graph.compute(graph.inputs).items():
                torch.testing.assert_close(found[name], tensor, rtol=1e-4, atol=1e-4)


def test_in_eight_bits_it_is_smaller_and_runs(case, tmp_path):
    _, folder, lines, trusted = case
    small = shutil.copytree(folder, tmp_path / "int8")
    before = after = 0
    for path in folder.glob("*.onnx"):
        content = quantise(onnx.load(path))
        onnx.checker.check_model(content, full_check=True)
        (small / path.name).write_bytes(content.SerializeToString())
        before += path.stat().st_size
        after += (small / path.name).stat().st_size
    reseal(small)
    loaded = bundle.load(small, trusted=trusted)
    assert after < 0.7 * before
    assert len(loaded.predict(lines)) == len(lines)


def test_best_outputs_and_their_scores_are_those_of_torch(case, exported):
    model, _, lines, _ = case
    if not isinstance(model.task, Searches):
        pytest.skip("this model does not search")
    count = min(3, model.task.search.beam_size)
    found, expected = (one.predict(lines, n_best=count) for one in (exported, model))
    for ours, theirs in zip(found, expected, strict=True):
        if theirs is None:  # of an empty text
            assert ours is None
            continue
        assert [one.value for one in ours] == [one.value for one in theirs]
        assert [one.score for one in ours] == pytest.approx([one.score for one in theirs], abs=1e-3)


def test_products_that_a_kernel_of_torchs_own_computes_are_plain_in_a_graph(tmp_path, monkeypatch):
    lines = save(tmp_path / "bundle", "task=translation", "task.search.max_length=12")[:3]
    model = bundle.load(tmp_path / "bundle")
    for name in ("LARGE", "FEW"):
        monkeypatch.setattr(affine, name, 0)
    export_bundle(model, tmp_path / "onnx")
    assert bundle.load(tmp_path / "onnx").predict(lines) == model.predict(lines)
