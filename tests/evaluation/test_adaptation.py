"""The laws of language models that adapt to the text they are scored on."""

from __future__ import annotations

import json
import math

import pytest
import saved
import torch
from small import SMALL

from seqtasks import bundle, evaluate, generate
from seqtasks.decoding import CachePointer, DynamicEvaluation
from seqtasks.errors import SeqtasksError
from seqtasks.evaluation import (
    Adaptation,
    adapted,
    adapting,
    asked,
    contributions,
    read_split,
    results,
    tuned,
    tuning,
)
from seqtasks.evaluation.adapted import texts
from seqtasks.evaluation.training_gradients import training_gradients

MODELS = {
    "softmax": ["task=generation", "task.head.calibrate=true"],
    "adaptive": ["task=generation", "task/head=adaptive"],
    "condition": ["task=generation", "data=lines", "task/condition=label"],
}
CACHE = CachePointer(size=6, theta=0.4, lambda_=0.3)
HOW = {
    "cache": Adaptation(CACHE),
    "rms": Adaptation(None, DynamicEvaluation.of(rate=0.001, segment=3)),
    "sgd": Adaptation(None, DynamicEvaluation.of("sgd", rate=0.05, decay=0.1, segment=3)),
    "both": Adaptation(CACHE, DynamicEvaluation.of(rate=0.001, segment=3)),
}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    place = tmp_path_factory.mktemp("adapting")
    lines = place / "lines.txt"
    lines.write_text("x a b c a\ny c b a b a b\n" * 40, encoding="utf-8")
    for name, options in MODELS.items():
        own = [f"data.train={lines}"] if name == "condition" else SMALL[:3]
        saved.save(place / name, *options, *own, sizes=SMALL[3:4])
    return place


@pytest.fixture(params=MODELS)
def model(request, folders):
    return bundle.load(folders / request.param)


@pytest.fixture(params=HOW)
def how(request):
    return HOW[request.param]


def first_text(model):
    """The tokens of the first test text, and the state before them."""
    text = next(texts(model, read_split(model)))
    return text.tokens[:12], text.state


def test_probabilities_of_the_whole_vocabulary_sum_to_one(model, how):
    tokens, state = first_text(model)
    with adapting(model, how) as score:
        for length in (1, 8):
            last = [
                float(score(torch.cat([tokens[:length], torch.tensor([word])]), state=state)[-1])
                for word in range(len(model.task.vocabulary))
            ]
            assert sum(map(math.exp, last)) == pytest.approx(1, abs=1e-6)


def test_no_probability_sees_its_own_token_or_a_later_one(model, how):
    tokens, state = first_text(model)
    with adapting(model, how) as score:
        plain = score(tokens, state=state)
        for place in range(1, len(tokens)):
            other = tokens.clone()
            other[place] = (other[place] + 1) % len(model.task.vocabulary)
            found = score(other, state=state)
            assert torch.equal(found[: place - 1], plain[: place - 1])
            assert found[place - 1] != plain[place - 1]  # that of the token itself


def test_texts_leave_nothing_to_each_other_and_the_model_is_as_it_was(model, how):
    before = {name: tensor.clone() for name, tensor in model.task.state_dict().items()}
    given = [(text.tokens, text.state) for text in texts(model, read_split(model))][:3]
    given += [(tokens.flip(0), state) for tokens, state in given]
    with adapting(model, how) as score:
        together = [score(tokens, state=state) for tokens, state in given]
    for (tokens, state), expected in reversed([*zip(given, together, strict=True)]):
        with adapting(model, how) as score:
            assert torch.equal(score(tokens, state=state), expected)
    after = model.task.state_dict()
    assert all(torch.equal(tensor, after[name]) for name, tensor in before.items())


def test_what_hardly_adapts_scores_like_the_model_itself_part_by_part(model):
    split = read_split(model)
    plain = contributions(model, split)
    for how in (
        Adaptation(CachePointer(lambda_=1e-9)),
        Adaptation(None, DynamicEvaluation.of("sgd", rate=1e-12)),
    ):
        for name, sums in adapted(model, split, how).items():
            torch.testing.assert_close(
                sums.parts("sums"), plain[name].parts("sums"), rtol=1e-5, atol=1e-5
            )
            assert sums.whole == pytest.approx(plain[name].whole, rel=1e-5)


def test_what_has_no_weight_is_no_adaptation(folders):
    assert asked({"samples": 3, "cache": False}) is None
    assert asked({"cache_lambda_": 0.0, "dynamic_rate": 0.0}) is None
    assert asked({"cache_lambda_": 0.0, "dynamic": True}).cache is None
    assert asked({"tune": True}) is None
    assert asked({"tune": True, "dynamic_rate": 0.0}).dynamic.rate == 0  # to begin with
    nothing = results(folders / "softmax", adaptation=asked({"cache_lambda_": 0.0}))
    assert nothing == results(folders / "softmax")  # to the bit


def test_a_running_text_is_followed_across_its_windows(folders):
    model = bundle.load(folders / "softmax")
    split = read_split(model, ["data.batching.window=4"])
    other = read_split(model, ["data.batching.window=64"])
    for how in HOW.values():
        found, same = adapted(model, split, how), adapted(model, other, how)
        assert len(found["loss"]) > len(same["loss"])
        assert found["loss"].whole == pytest.approx(same["loss"].whole, rel=1e-12)


def test_evaluate_shows_the_model_as_it_is_beside(folders, capsys):
    folder = str(folders / "softmax")
    options = ["--cache-size", "50", "--dynamic", "--dynamic-rule", "sgd"]
    evaluate.main([folder, *options, "--json"])
    found = json.loads(capsys.readouterr().out)
    how = asked({"cache_size": 50, "dynamic_rule": "sgd"})
    model = bundle.load(folder)
    expected = adapted(model, read_split(model), how)
    assert found["scores"] == {name: sums.whole for name, sums in expected.items()}
    assert found["adaptation"] == {
        "cache": {"size": 50, "theta": how.cache.theta, "lambda": how.cache.lambda_},
        "dynamic": {"rule": "sgd", "rate": how.dynamic.rate, "decay": 0.0, "segment": 5},
    }
    plain = results(folder)
    assert found["compared"]["scores"] == plain["scores"]
    assert found["compared"]["adaptation"] is None
    difference = found["compared"]["differences"]["loss"]["difference"]
    assert difference == pytest.approx(found["scores"]["loss"] - plain["scores"]["loss"], rel=1e-5)
    evaluate.main([folder, *options])
    table = capsys.readouterr().out
    assert "Adapting: --cache-size 50 --cache-theta" in table.replace("\n", " ")
    assert "Beside the same model as it is" in table
    evaluate.main([folder, *options, "--samples", "0", "--json"])
    assert "compared" not in json.loads(capsys.readouterr().out)
    evaluate.main([folder, "--cache", "--compare", folder, "--json"])
    both = json.loads(capsys.readouterr().out)
    assert both["compared"]["adaptation"] == both["adaptation"]
    assert both["compared"]["differences"]["loss"]["difference"] == 0


def test_numbers_are_tuned_on_validation_text(folders, capsys):
    model = bundle.load(folders / "softmax")
    split = read_split(model, split="val")
    assert split.name == "val"
    start = Adaptation(CachePointer(), DynamicEvaluation.of("sgd", rate=0.001, decay=0.01))
    chosen = tuned(model, start, split)
    best = adapted(model, split, chosen)["loss"].whole
    assert best < adapted(model, split, start)["loss"].whole
    assert best < adapted(model, split, Adaptation(dynamic=chosen.dynamic))["loss"].whole
    assert (chosen.cache.size, chosen.dynamic.rule) == (start.cache.size, "sgd")
    evaluate.main([str(folders / "softmax"), "--cache", "--tune", "--json"])
    found = json.loads(capsys.readouterr().out)["adaptation"]["cache"]
    alone = tuned(model, Adaptation(CachePointer()), split).cache
    assert found == {"size": 2000, "theta": alone.theta, "lambda": alone.lambda_}


def test_numbers_that_cannot_be_tuned_from_are_begun_anew(folders, capsys):
    folder = str(folders / "softmax")
    usual = ["--dynamic", "--dynamic-rule", "sgd", "--tune", "--json", "--samples", "0"]
    evaluate.main([folder, *usual])
    expected = json.loads(capsys.readouterr().out)["adaptation"]["dynamic"]
    assert expected["rate"] > 0
    for rate in ("0", "1e38"):  # of the other the model gives NaN
        evaluate.main([folder, *usual, "--dynamic-rate", rate])
        found, said = capsys.readouterr()
        assert json.loads(found)["adaptation"]["dynamic"] == expected
        assert f"rate {float(rate):g}, decay 0: perplexity" in said
    for options in (["--cache-theta", "0"], ["--cache-lambda", "0"]):
        evaluate.main([folder, "--tune", "--json", "--samples", "0", *options])
        cache = json.loads(capsys.readouterr().out)["adaptation"]["cache"]
        assert cache["theta"] > 0
        assert cache["lambda"] > 0


def test_each_try_is_one_pass_and_a_line(folders, monkeypatch):
    model = bundle.load(folders / "softmax")
    split, passes, said = read_split(model, split="val"), [], []

    def counted(*given):
        passes.append(given)
        return reading(*given)

    reading = tuning.read
    monkeypatch.setattr(tuning, "read", counted)
    tuned(model, HOW["sgd"], split, say=said.append)
    assert len(passes) == len(said) == len(set(said)) > 4
    assert all(line.startswith("rate ") for line in said)
    passes.clear()
    tuned(model, HOW["cache"], split, say=said.append)
    assert len(passes) == 1
    assert said[-1].startswith("θ ")


def test_weights_that_learn_too_fast_are_named(folders, capsys):
    options = ["--dynamic-rule", "sgd", "--dynamic-rate", "1e38"]
    for verb, more in ((evaluate, []), (generate, ["--score", "--prompt", "the dog sees the cat"])):
        with pytest.raises(SystemExit):
            verb.main([str(folders / "softmax"), *more, *options, "--dynamic-segment", "2"])
        assert "--dynamic-rate: at 1e+38 the weights learn so fast" in capsys.readouterr().err
    model = bundle.load(folders / "softmax")
    with torch.no_grad():
        model.task.head.output.bias.fill_(math.nan)  # which no learning has done
    with pytest.raises(SeqtasksError, match="logits are NaN") as caught:
        adapted(model, read_split(model), HOW["sgd"])
    assert caught.value.option is None


def test_tuning_on_the_text_of_the_test_is_said(folders, caplog):
    options = {"adaptation": Adaptation(CACHE), "tune": True, "samples": 0}
    results(folders / "condition", changes=["data.test_fraction=0"], **options)
    assert "No test text is set apart" in caplog.text


def test_a_model_that_is_best_as_it_is_stays_so(folders, capsys, monkeypatch):
    monkeypatch.setattr("seqtasks.evaluation.tuning.SHARES", (0.0,))
    folder = str(folders / "softmax")
    evaluate.main([folder, "--cache", "--tune", "--json"])
    found = json.loads(capsys.readouterr().out)
    assert found.pop("adaptation", "") is None
    assert found == results(folder)
    evaluate.main([folder, "--cache", "--tune"])
    assert "Adapting: not at all" in capsys.readouterr().out


def test_gradients_are_those_of_the_training_text(folders, monkeypatch):
    for name in MODELS:
        model = bundle.load(folders / name)
        sizes = training_gradients(model, 5)
        again = training_gradients(model, 5)
        assert all(map(torch.equal, sizes, again))
        assert any(bool(size.any()) for size in sizes)
        assert all(weight.grad is None for weight in model.task.parameters())
    assert read_split(model, split="train").name == "train"
    counts = {part: len(read_split(model, split=part).dataset) for part in ("train", "val", "test")}
    assert counts == {"train": 64, "val": 8, "test": 8}


@pytest.mark.parametrize("options", [["--cache"], ["--dynamic"], ["--cache", "--dynamic"]])
def test_given_texts_are_scored_apart_and_together(folders, capsys, monkeypatch, options):
    text = folders / "given.txt"
    model = bundle.load(folders / "softmax")
    records = read_split(model).dataset.records
    text.write_text(model.fields["tokens"].text(records[0]), encoding="utf-8")
    command = [str(folders / "softmax"), "--score", "--prompt-file", str(text), "--json"]
    generate.main([*command, *options])
    found = json.loads(capsys.readouterr().out)
    switches = {option.removeprefix("--"): True for option in options}
    expected = adapted(model, read_split(model), asked(switches))
    assert found["nats"] / found["tokens"] == pytest.approx(expected["loss"].whole, rel=1e-9)
    generate.main([str(folders / "softmax"), "--score", "--prompt", "the dog sees", *options])
    assert "all" not in capsys.readouterr().out
    generate.main([str(folders / "softmax"), "--score", "--prompt", "t", "--json", *options])
    assert math.copysign(1, json.loads(capsys.readouterr().out)["nats"]) == 1  # 0, and not -0
