"""``python -m seqtasks.export``: the folder it writes, its use, and what it refuses."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shutil
import subprocess
import sys

import pytest
from saved import reseal, save
from small import ROOT

from seqtasks import bundle, evaluate, export, generate, picture, predict
from seqtasks.bundle.export import export_bundle, size
from seqtasks.errors import BundleError, UsageError

LINES = ["the dogs see the cat .", "", "zzz walks ."]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A function from options to the folders of a model and of its export."""
    folder = tmp_path_factory.mktemp("models")
    done = {}

    def make(*options):
        if options not in done:
            place = folder / str(len(done))
            save(place / "bundle", *options)
            export_bundle(bundle.load(place / "bundle"), place / "bundle-onnx")
            done[options] = place / "bundle", place / "bundle-onnx"
        return done[options]

    return make


@pytest.fixture
def run(monkeypatch, capsys):
    """A function that runs a command here: its output; a failure is its message."""

    def call(main, *arguments, given=LINES):
        raw = "".join(f"{line}\n" for line in given).encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
        with contextlib.suppress(SystemExit):
            main(list(map(str, arguments)))
        printed = capsys.readouterr()
        return printed.out or printed.err

    return call


TAGGER = ("task=tagging", "task/head=crf")


def test_an_exported_folder_is_a_bundle_of_graphs(made):
    model, folder = made(*TAGGER)
    assert {path.name for path in folder.iterdir()} == {
        "model.onnx",
        "model.safetensors",
        "config.yaml",
        "metrics.json",
        "README.md",
        "manifest.json",
        "tokens.vocabulary.json",
        "characters.vocabulary.json",
        "tags.vocabulary.json",
    }
    assert "## Export" in (folder / "README.md").read_text()
    loaded = bundle.load(folder)
    assert loaded.config["export"] == {"format": "onnx", "int8": False}
    rest = {name for name, part in loaded.task.named_parameters() if part.numel()}
    assert rest == {"head.start", "head.transitions", "head.end"}
    assert "export" not in bundle.load(model).config


def test_predict_gives_the_same_from_both(made, run):
    for options in (TAGGER, ("task=translation", "task.search.max_length=9")):
        model, folder = made(*options)
        for more in ([], ["--batch-size", 1]):
            assert run(predict.main, folder, *more) == run(predict.main, model, *more)
        pairs = (run(predict.main, place, "--n-best", 2).splitlines() for place in (folder, model))
        for ours, theirs in zip(*pairs, strict=True):
            for one, other in zip(
                json.loads(ours)["best"], json.loads(theirs)["best"], strict=True
            ):
                assert one.pop("score") == pytest.approx(other.pop("score"), abs=1e-3)
                assert one.pop("log_prob") == pytest.approx(other.pop("log_prob"), abs=1e-3)
                assert one == other


def test_search_options_prefixes_and_ensembles_work(made, run):
    model, folder = made("task=translation", "task.search.max_length=9")
    word = bundle.load(model).fields["target"].vocabulary.symbols[7]
    for more in (["--search", "beam_size=2"], ["--prefix", word], ["--search", "method=sampling"]):
        assert run(predict.main, folder, *more) == run(predict.main, model, *more)
    both = run(predict.main, folder, "--ensemble", model)
    assert both == run(predict.main, model, "--ensemble", folder)


def test_attention_is_the_same(made, run, tmp_path):
    model, folder = made("task=translation", "task.search.max_length=9")
    found = []
    for number, place in enumerate((model, folder)):
        path = tmp_path / f"{number}.json"
        run(predict.main, place, "--attention", path)
        found.append([json.loads(line) for line in path.read_text().splitlines()])
    for ours, theirs in zip(*found, strict=True):
        assert ours["target"] == theirs["target"]
        for one, other in zip(ours["weights"], theirs["weights"], strict=True):
            assert one == pytest.approx(other, abs=1e-4)


@pytest.mark.parametrize("option", ["encoder.cell=qrnn", "task.head.calibrate=true"])
def test_generate_draws_searches_and_scores_the_same(made, run, option):
    model, folder = made("task=generation", option, "encoder.num_layers=2")
    for more in (
        ["--prompt", "the dog", "--max-length", 20],
        ["--max-length", 9, "--samples", 2],
        ["--prompt", "", "--beam", 3, "--max-length", 9],
    ):
        assert run(generate.main, folder, *more) == run(generate.main, model, *more)
    scores = [
        [json.loads(line) for line in run(generate.main, place, "--score", "--json").splitlines()]
        for place in (folder, model)
    ]
    for ours, theirs in zip(*scores, strict=True):
        assert ours["tokens"] == theirs["tokens"]
        assert ours["nats"] == pytest.approx(theirs["nats"], rel=1e-4)
    ours, theirs = (
        json.loads(run(evaluate.main, place, "--json", "--samples", "0"))["scores"]
        for place in (folder, model)
    )
    assert ours["perplexity"] == pytest.approx(theirs["perplexity"], rel=1e-4)


def test_a_condition_is_a_graph_of_its_own(made, run):
    model, folder = made(
        "task=generation",
        "data=sample",
        "data.tokens.bos=true",
        "data.tokens.eos=true",
        "task/condition=label",
        "task.condition.every_step=true",
        "task.sampling.max_length=9",
    )
    assert (folder / "start.onnx").is_file()
    labels = ["positive", "negative", "neutral"]
    assert run(predict.main, folder, given=labels) == run(predict.main, model, given=labels)
    more = ["--condition", "positive", "--prompt", "the", "--max-length", 9]
    assert run(generate.main, folder, *more) == run(generate.main, model, *more)


def test_pairs_of_texts_and_sequences_of_vectors(tmp_path):
    rows = [{"a": f"the dog {n}", "b": f"a cat sleeps {n % 3} {n}", "c": n % 2} for n in range(40)]
    (tmp_path / "pairs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    waves = [f"{n % 5 + 1},{n},0.5:{n % 3},2,1:{'ab'[n % 2]}" for n in range(40)]
    (tmp_path / "waves.ts").write_text("\n".join(["@classLabel true a b", "@data", *waves]))
    columns = ["data.tokens.column=a", "+field@data.pair=pair", "data.pair.column=b"]
    for name, options in {
        "pairs": ["data=table", "data.train=pairs.jsonl", *columns, "data.label.column=c"],
        "waves": [
            "data=timeseries",
            "task/embedding=series",
            "data.train=waves.ts",
            "encoder.cell=rglru",
        ],
    }.items():
        options = [option.replace("train=", f"train={tmp_path}/") for option in options]
        sizes = ["encoder.hidden_size=12", "task=classification"]
        lines = save(tmp_path / name, *options, sizes=sizes)
        model = bundle.load(tmp_path / name)
        export_bundle(model, tmp_path / f"{name}-onnx")
        loaded = bundle.load(tmp_path / f"{name}-onnx")
        assert loaded.predict(lines) == model.predict(lines)
        ours, theirs = loaded.predict(lines, scores=True), model.predict(lines, scores=True)
        for one, other in zip(ours, theirs, strict=True):
            assert one == pytest.approx(other, abs=1e-4)


def test_in_eight_bits(made, run, tmp_path):
    model, folder = made(*TAGGER)
    said = run(export.main, model, "--format", "onnx", "--int8", "--output", tmp_path / "small")
    assert re.fullmatch(r"Saved: \S+small \([\d,]+ bytes, \d+% of bundle\)\n", said)
    assert size(tmp_path / "small") < 0.4 * size(folder)
    assert "eight bits" in (tmp_path / "small" / "README.md").read_text()
    assert len(run(predict.main, tmp_path / "small").splitlines()) == len(LINES)
    again = run(export.main, model, "--format", "onnx", "--output", tmp_path / "small")
    assert "Saved" in again
    assert run(predict.main, tmp_path / "small") == run(predict.main, folder)


def test_a_damaged_changed_or_missing_graph_is_named(made, tmp_path):
    folder = shutil.copytree(made(*TAGGER)[1], tmp_path / "copy")
    path = folder / "model.onnx"
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(BundleError, match=r"model\.onnx is damaged or was changed"):
        bundle.load(folder)
    reseal(folder)
    with pytest.raises(BundleError, match=r"model\.onnx is no graph of an export: it is cut off"):
        bundle.load(folder)
    path.unlink()
    with pytest.raises(BundleError, match=r"model\.onnx is missing"):
        bundle.load(folder)


def test_a_graph_cannot_name_another_file(made, tmp_path):
    import onnx

    folder = shutil.copytree(made(*TAGGER)[1], tmp_path / "copy")
    model = onnx.load(folder / "model.onnx")
    onnx.save(model, folder / "model.onnx", save_as_external_data=True, location="weights")
    reseal(folder)
    with pytest.raises(BundleError, match="it takes numbers from another file"):
        bundle.load(folder)


def test_what_needs_the_weights_is_refused(made, run, tmp_path):
    model, folder = made(*TAGGER)
    for main, *arguments in (
        (picture.main, folder, "--states", "--text", "a", "--output", tmp_path / "a.json"),
        (picture.main, folder, "--gradients", "--text", "a", "--output", tmp_path / "a.json"),
        (export.main, folder, "--format", "onnx"),
    ):
        assert "use the bundle that it was exported from" in run(main, *arguments)
    assert "runs on the CPU" in run(predict.main, folder, "--device", "cuda")
    assert "name another folder" in run(export.main, model, "--format", "onnx", "--output", model)


@pytest.mark.parametrize("name", ["onnx", "onnxruntime"])
def test_without_the_packages_the_extra_is_named(made, run, monkeypatch, name):
    model, folder = made(*TAGGER)
    monkeypatch.setitem(sys.modules, name, None)
    assert "pip install 'seqtasks[onnx]'" in run(export.main, model, "--format", "onnx")
    if name == "onnxruntime":
        with pytest.raises(UsageError, match=r"pip install 'seqtasks\[onnx\]'"):
            bundle.load(folder)


def test_the_example_without_seqtasks_runs(made, tmp_path):
    _, folder = made("task=tagging", "task.embedding.spelling=null", "data.characters=null")
    page = (ROOT / "docs" / "guides" / "export.md").read_text(encoding="utf-8")
    [code] = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)
    assert "seqtasks" not in code
    shutil.copytree(folder, tmp_path / "bundle-onnx")
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    [expected] = bundle.load(folder).predict(["the dogs watch the watch ."])
    assert done.stdout.split() == expected
