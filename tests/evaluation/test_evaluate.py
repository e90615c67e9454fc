"""A saved model's scores are those of its training, and differences of models are weighed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from hydra import compose, initialize_config_module
from omegaconf import open_dict
from small import SMALL, TASKS

from seqtasks import bundle
from seqtasks.evaluate import main
from seqtasks.evaluation import contributions, evaluate, read_split
from seqtasks.evaluation.split import here
from seqtasks.run import run


@pytest.mark.parametrize("task", TASKS)
def test_scores_are_those_of_training(composed, tmp_path, task):
    results = run(composed(f"task={task}", *SMALL), tmp_path / "run", task)
    model = bundle.load(tmp_path / "run" / "bundle")
    evaluation = evaluate(model, read_split(model))
    assert evaluation.scores == pytest.approx(results["test"], abs=1e-6, nan_ok=True)
    assert evaluation.report == results.get("report", {})
    # What the parts add is the whole: a batch of examples is its members one by one.
    found = contributions(model, read_split(model))
    for name, sums in found.items():
        whole = float(sums.resampled(torch.ones(1, len(sums)).double())[0])
        assert whole == pytest.approx(evaluation.scores[name], rel=1e-5, abs=1e-6), name
    assert "loss" in found


def test_a_model_trained_in_16_bits_is_tested_in_32(composed, tmp_path):
    options = ["task=tagging", *SMALL, "trainer.precision=bf16-mixed"]
    found = run(composed(*options), tmp_path / "run", "tagging")
    model = bundle.load(tmp_path / "run" / "bundle")
    scores = evaluate(model, read_split(model)).scores
    assert scores == pytest.approx(found["test"], abs=1e-6)


def test_the_windows_of_one_text_are_drawn_one_by_one(composed, tmp_path):
    text = tmp_path / "text.txt"
    text.write_text("the dog sees the cat . " * 40)
    options = [f"data.{name}={text}" for name in ("train", "val", "test")]
    options += ["data.batching.window=20", "data.batching.batch_size=16", "trainer.max_epochs=1"]
    options += ["encoder.hidden_size=8", "logger=none", "report=false", "examples=0"]
    run(composed("task=generation", "data=text", *options), tmp_path / "run", "generation")
    model = bundle.load(tmp_path / "run" / "bundle")
    split = read_split(model)
    sums = contributions(model, split)["perplexity"]
    assert len(sums) == -(-int(split.dataset.encoded["tokens"].lengths.sum() - 1) // 20)
    whole = float(sums.resampled(torch.ones(1, len(sums)).double())[0])
    assert whole == pytest.approx(evaluate(model, split).scores["perplexity"], rel=1e-5)


def test_a_cache_of_another_machine_is_left_for_that_of_this_one(tmp_path):
    for cache in (None, "auto", str(tmp_path)):
        assert here({"cache": cache, "seed": 1}) == {"cache": cache, "seed": 1}
    assert here({"cache": str(tmp_path / "gone"), "seed": 1}) == {"cache": "auto", "seed": 1}


@pytest.fixture(scope="module")
def taggers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("taggers")
    for name, options in {"weak": ["seed=2"], "strong": ["trainer.max_epochs=6"]}.items():
        with initialize_config_module("seqtasks.conf", version_base="1.3"):
            config = compose("config", ["task=tagging", *SMALL, *options])
        with open_dict(config):
            config.paths.run = str(folder / name)
        run(config, folder / name, "tagging")
    return folder


def printed(capsys, *arguments):
    main([str(argument) for argument in arguments])
    return capsys.readouterr().out


def test_any_file_of_the_form_is_tested_on(taggers, capsys, tmp_path):
    file = tmp_path / "more.conll"
    file.write_text("the DET\ndog NOUN\nsleeps VERB\n\nthe DET\ncats NOUN\n\n")
    model = taggers / "strong" / "bundle"
    options = [
        f"data.test={file}",
        "data.reader={_target_: seqtasks.data.readers.ConllReader}",
    ]
    found = json.loads(printed(capsys, model, *options, "--json"))
    assert found["examples"] == 2
    predicted = bundle.load(model).predict(["the dog sleeps", "the cats"])
    right = sum(
        ours == theirs
        for row, tags in zip(predicted, [["DET", "NOUN", "VERB"], ["DET", "NOUN"]], strict=True)
        for ours, theirs in zip(row, tags, strict=True)
    )
    assert found["scores"]["accuracy"] == pytest.approx(right / 5)
    low, high = found["intervals"]["accuracy"]
    assert 0 <= low <= found["scores"]["accuracy"] <= high <= 1


def test_two_models_are_compared_on_the_same_samples(taggers, capsys):
    strong, weak = taggers / "strong" / "bundle", taggers / "weak" / "bundle"
    found = json.loads(printed(capsys, strong, "--compare", weak, "--json"))
    one = found["compared"]["differences"]["accuracy"]
    scores = found["scores"]["accuracy"], found["compared"]["scores"]["accuracy"]
    assert one["difference"] == pytest.approx(scores[0] - scores[1])
    low, high = one["interval"]
    assert 0 < low < one["difference"] < high
    assert 1 / 1001 <= one["p_value"] < 0.05
    same = json.loads(printed(capsys, strong, "--compare", strong, "--json"))
    assert same["compared"]["differences"]["accuracy"] == {
        "difference": 0,
        "interval": [0, 0],
        "p_value": 1,
    }
    again = json.loads(printed(capsys, strong, "--compare", weak, "--json"))
    assert again == found
    table = printed(capsys, strong, "--compare", weak)
    assert "difference" in table
    assert f"{100 * scores[0]:.2f} %" in table


def test_without_samples_there_are_scores_alone(taggers, capsys):
    found = json.loads(printed(capsys, taggers / "weak" / "bundle", "--json", "--samples", "0"))
    assert set(found) == {"bundle", "tested_on", "examples", "scores", "report"}
    written = json.loads(Path(taggers / "weak" / "metrics.json").read_text())
    assert found["scores"] == pytest.approx(written["test"], abs=1e-6)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["data.tset=x"], "there is no option 'data.tset'; Did you mean 'data.test'?"),
        (["test=x"], "test=x: write an option of the data as data.NAME=VALUE"),
        (["data.test"], "data.test: write an option as NAME=VALUE"),
        (["--samples", "-1"], "--samples: it is at least 0, not -1"),
        (["--confidence", "1"], "--confidence: it is between 0 and 1, not 1.0"),
        (["--samples", "0", "--compare", "{}/weak/bundle"], "--compare: it needs samples"),
    ],
)
def test_bad_usage_is_said_in_one_line(taggers, capsys, arguments, said):
    with pytest.raises(SystemExit) as stop:
        main([str(taggers / "weak" / "bundle"), *(one.format(taggers) for one in arguments)])
    assert stop.value.code == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
