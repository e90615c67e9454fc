"""``python -m seqtasks.predict`` where it searches: what it finds, changes, and refuses."""

from __future__ import annotations

import io
import json
import math
import sys

import pytest
import torch
from hydra.utils import instantiate
from omegaconf import OmegaConf
from small import SMALL

from seqtasks import bundle, predict
from seqtasks.baselines.budget import Budget

LINES = ["the dogs see the cat .", "she walks .", "", "does the teacher watch him ?"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A function from options to the folder of a saved model that was never trained."""
    from hydra import compose, initialize_config_module

    folder = tmp_path_factory.mktemp("models")
    done = {}

    def make(*options, seed=5, ends=0.0):
        key = (options, seed, ends)
        if key not in done:
            with initialize_config_module("seqtasks.conf", version_base="1.3"):
                config = compose("config", [*SMALL[:4], *options])
            data = instantiate(config.data)
            data.setup()
            torch.manual_seed(seed)
            model = instantiate(config.task)(data.vocabularies).eval()
            for parameter in model.parameters():  # so that its outputs differ from each other
                torch.nn.init.normal_(parameter, std=0.5)
            if ends:
                model.decoder.output.output.bias.data[model.vocabulary.eos_id] = ends
            plain = OmegaConf.to_container(config, resolve=True)
            fields = {field: plain["data"][field] for field in data.fields}
            told = {"task": plain["task"], "fields": fields, "data": plain["data"]}
            done[key] = folder / str(len(done))
            bundle.save(done[key], model, told, data.fields, {}, "")
        return str(done[key])

    return make


@pytest.fixture
def run(monkeypatch, capsys):
    """A function that runs the command here: lines of output, errors; a failure is its message."""

    def call(*arguments, given=LINES, fails=False):
        raw = "".join(f"{line}\n" for line in given).encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
        if fails:
            with pytest.raises(SystemExit) as stop:
                predict.main(list(map(str, arguments)))
            assert stop.value.code == 2
        else:
            predict.main(list(map(str, arguments)))
        printed = capsys.readouterr()
        return printed.err if fails else (printed.out.splitlines(), printed.err)

    return call


TRANSLATION = ["task=translation", "task/search=beam", "task.search.max_length=12"]


def texts(lines):
    return [[one["text"] for one in json.loads(line)["best"]] for line in lines]


def test_the_n_best_come_with_scores_and_the_first_is_what_is_predicted(made, run):
    model = made(*TRANSLATION)
    plain, _ = run(model)
    out, _ = run(model, "--n-best", 3, "--batch-size", 1)
    best = [json.loads(line)["best"] for line in out]
    assert [len(some) for some in best] == [3, 3, 0, 3]
    assert [some[0]["text"] if some else "" for some in best] == plain
    assert plain == [text or "" for text in bundle.load(model).predict(LINES)]
    for some in best:
        scores = [one["score"] for one in some]
        assert scores == sorted(scores, reverse=True)
        assert all(one["log_prob"] < one["score"] < 0 for one in some)  # the penalty is 1
    wide, _ = run(model, "--n-best", 5, "--search", "beam_size=40")
    assert texts(wide) != texts(run(model, "--n-best", 5)[0])


def test_options_of_the_search_are_set_by_name(made, run):
    model = made(*TRANSLATION)
    narrow, _ = run(model, "--search", "beam_size=1", "--search", "length_penalty=0")
    assert narrow == run(model, "--search", "method=greedy")[0]
    assert narrow != run(model)[0]
    long, _ = run(model, "--search", "min_length=9", "--search", "no_repeat_ngram=1")
    words = [line.split() for line in long if line]
    assert all(len(set(some)) == len(some) >= 9 for some in words)
    ratio = ["max_length=none", "max_length_ratio=0.5"]
    out, _ = run(model, "--n-best", 1, *(f"--search={option}" for option in ratio))
    limits = [math.ceil(0.5 * len(line.split())) + 5 for line in LINES]
    for line, limit in zip(out, limits, strict=True):
        for one in json.loads(line)["best"]:
            assert one["ended"] or len(one["text"].split()) == limit


def test_samples_are_the_same_for_a_seed_in_any_batch(made, run):
    model = made(*TRANSLATION)
    sampling = ["--search", "method=sampling", "--search", "top_p=0.9"]
    once, _ = run(model, *sampling)
    assert run(model, *sampling, "--batch-size", 1)[0] == once
    several, _ = run(model, *sampling, "--n-best", 4)
    assert [some[0] if some else "" for some in texts(several)] == once
    assert len({*texts(several)[0]}) > 1
    assert run(model, *sampling, "--search", "seed=9")[0] != once
    own = made("task=translation", "task/search=sampling", "task.search.top_p=0.9")
    assert (
        run(own, "--search", "max_length=12")[0]
        == run(own, *sampling, "--search", "max_length=12", "--search", "seed=1")[0]
    )


def test_outputs_begin_with_their_prefix(made, run, tmp_path):
    model = made(*TRANSLATION)
    target = bundle.load(model).fields["target"].vocabulary.symbols
    one, other = target[6], target[9]
    same, _ = run(model, "--prefix", f"{one} {other}", "--n-best", 2)
    assert all(text.startswith(f"{one} {other}") for some in texts(same) for text in some)
    file = tmp_path / "prefixes"
    file.write_text(f"{one}\n\n{one}\n{other} {other}\n", encoding="utf-8")
    each, _ = run(model, "--prefixes", file)
    assert each[0].startswith(one)
    assert each[1] == run(model)[0][1]
    assert each[3].startswith(f"{other} {other}")
    file.write_text(f"{one}\n", encoding="utf-8")
    with pytest.raises(SystemExit):
        run(model, "--prefixes", file)


def test_outputs_that_were_cut_are_counted(made, run):
    model = made(*TRANSLATION)
    short = ["--search", "max_length=2"]
    out, error = run(model, *short, "--n-best", 4)
    cut = sum(not one["ended"] for line in out for one in json.loads(line)["best"])
    assert cut
    assert error == (
        f"seqtasks: {cut} of the outputs were cut at max_length, without an end of their own; "
        "--search max_length=N changes it\n"
    )
    assert run(made(*TRANSLATION, ends=99.0), *short) == ([""] * 4, "")


def test_a_test_scores_how_many_outputs_were_cut(composed):
    config = composed(*SMALL[:4], *TRANSLATION, "task.search.max_length=1")
    data = instantiate(config.data)
    data.setup()
    task = instantiate(config.task)(data.vocabularies).eval()
    task.setup("test")
    batch = data.datasets["test"][[0, 1, 2, 3]]
    for cut, bias in ((1.0, -99.0), (0.0, 99.0)):
        task.decoder.output.output.bias.data[task.vocabulary.eos_id] = bias
        metrics = task.split_scores("test")
        task.evaluate(batch, metrics)
        assert float(metrics["cut"].compute()) == cut
        metrics["cut"].reset()
    assert "cut" not in task.baselines(data, Budget())["copy of the source"]


def test_a_model_with_itself_is_the_model_and_the_order_does_not_matter(made, run):
    one, other = made(*TRANSLATION), made(*TRANSLATION, seed=6)
    third = made(*TRANSLATION, "data.source.min_count=3", seed=7)
    alone, _ = run(one, "--n-best", 3)
    twice, _ = run(one, "--ensemble", one, "--n-best", 3, "--batch-size", 2)
    assert texts(twice) == texts(alone)
    joint, _ = run(one, "--ensemble", other, "--ensemble", third)
    assert joint == run(third, "--ensemble", one, "--ensemble", other)[0]
    assert joint not in (run(one)[0], run(other)[0], run(third)[0])


def test_a_crf_gives_its_n_best_sequences(made, run):
    model = made("task=tagging", "task/head=crf")
    out, error = run(model, "--n-best", 3)
    best = [json.loads(line)["best"] for line in out]
    assert error == ""
    assert [len(some) for some in best] == [3, 3, 0, 3]
    assert [" ".join(some[0]["labels"]) if some else "" for some in best] == run(model)[0]
    assert all(sum(math.exp(one["log_prob"]) for one in some) <= 1 for some in best)


@pytest.mark.parametrize(
    ("options", "arguments", "message"),
    [
        (TRANSLATION, ["--n-best", "0"], "--n-best: it is at least 1, not 0"),
        (TRANSLATION, ["--n-best", "9"], "9 is given; expected 1 to 5, the "),
        (
            TRANSLATION,
            ["--search", "beam=3"],
            "beam has no such option; Did you mean 'beam_size'",
        ),
        (TRANSLATION, ["--search", "beam_size"], "write an option as NAME=VALUE"),
        (TRANSLATION, ["--search", "beam_size=[1"], "'[1' cannot be read"),
        (TRANSLATION, ["--search", "method=bream"], "Did you mean 'beam'?"),
        (TRANSLATION, ["--search", "beam_size=x"], "'x' is given; expected a whole number"),
        (TRANSLATION, ["--prefix", "Zz"], "--prefix: the model's outputs have no 'Zz'"),
        (TRANSLATION, ["--prefixes", "nowhere"], "--prefixes: nowhere: there is no such file"),
        (TRANSLATION, ["--scores", "--n-best", "2"], "take no option of a search"),
        (["task=tagging"], ["--n-best", "2"], "--n-best: this tagger decides"),
        (["task=tagging"], ["--search", "beam_size=2"], "this SequenceTagger does not search"),
        (["task=tagging"], ["--prefix", "a"], "this SequenceTagger does not search"),
        (
            ["task=classification"],
            ["--n-best", "2"],
            "this SequenceClassifier has one",
        ),
    ],
)
def test_what_cannot_be_is_refused_by_name(made, run, options, arguments, message):
    error = run(made(*options), *arguments, fails=True)
    assert message in error
    assert error.count("\n") == 1


def test_other_targets_or_tasks_make_no_ensemble(made, run):
    one, tagger = made(*TRANSLATION), made("task=tagging")
    error = run(one, "--ensemble", made(*TRANSLATION, "data.target.min_count=3"), fails=True)
    assert "model 2 has another target vocabulary than the first: symbol" in error
    assert "model 2 is a SequenceTagger, which" in run(one, "--ensemble", tagger, fails=True)


def test_attention_of_every_answer_as_json_and_of_one_as_a_picture(made, run, tmp_path):
    model = made("task=translation")
    path = tmp_path / "attention.json"
    found, _ = run(model, "--search", "max_length=8", "--attention", str(path))
    assert found == run(model, "--search", "max_length=8")[0]
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [row["source"] for row in rows] == [line.split() for line in LINES if line]
    assert [row["target"][:-1] for row in rows] == [line.split() for line in found if line]
    for row in rows:
        for weights in row["weights"]:
            assert len(weights) == len(row["source"])
            assert sum(weights) == pytest.approx(1, abs=1e-4)
    picture = tmp_path / "attention.png"
    run(model, "--search", "max_length=8", "--attention", str(picture), given=LINES[:1])
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert "a picture shows one line" in run(model, "--attention", str(picture), fails=True)
    assert "ends in .json" in run(model, "--attention", "a.pdf", fails=True)
    assert "--attention: it is of one output" in run(
        model, "--attention", str(path), "--n-best", "2", fails=True
    )
