"""Attention over a pair of texts: the weights that decoding uses, as JSON and as a picture."""

from __future__ import annotations

import json

import pytest
import torch
from hydra import compose, initialize_config_module
from hydra.utils import instantiate
from small import SMALL

from seqtasks import picture
from seqtasks.bundle import Bundle
from seqtasks.errors import UsageError
from seqtasks.inspection import align

SENTENCE, ANSWER = "the dogs see the cat .", "les chiens voient le chat ."


def make(*overrides: str) -> Bundle:
    """An untrained model of the sample data."""
    with initialize_config_module("seqtasks.conf", version_base="1.3"):
        config = compose("config", [*SMALL[:3], "encoder.hidden_size=8", *overrides])
    data = instantiate(config.data)
    data.setup()
    torch.manual_seed(1)
    task = instantiate(config.task)(data.vocabularies)
    return Bundle(task.eval(), data.fields, {}, {})


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return make("task=translation")


def test_each_target_symbol_has_a_distribution_over_the_source(bundle):
    found = align(bundle, SENTENCE, ANSWER)
    assert found.source == SENTENCE.split()
    assert found.target == [*ANSWER.split(), "<eos>"]
    assert found.weights.shape == (7, 6)
    torch.testing.assert_close(found.weights.sum(dim=1), torch.ones(7))


def test_the_weights_are_those_of_decoding_step_by_step(bundle):
    task, found = bundle.task, align(bundle, SENTENCE, ANSWER)
    source = torch.tensor([task.vocabularies["source"].encode(SENTENCE.split())])
    target = torch.tensor([[task.vocabulary.bos_id, *task.vocabulary.encode(ANSWER.split())]])
    lengths = torch.tensor([6])
    memory, final = task.encoder(task.embedding(source), lengths)
    summary = task.encoder.summary(memory, lengths)
    state = task.decoder.start(memory, lengths, summary, final)
    before = torch.zeros(1, 6)
    for step in range(7):
        _, state = task.decoder.step(target[:, step], state)
        coverage, _ = task.decoder.attended(state)
        torch.testing.assert_close(found.weights[step], (coverage - before)[0])
        before = coverage


def test_without_a_target_the_models_own_answer_is_shown(bundle):
    [answer] = bundle.predict([SENTENCE])
    assert align(bundle, SENTENCE).target == [*answer.split(), "<eos>"]


def test_as_json_and_as_a_picture(bundle, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("seqtasks.bundle.load", lambda *_, **__: bundle)
    texts = ["--attention", "--text", SENTENCE, "--target", ANSWER]
    picture.main(["folder", *texts, "--output", str(tmp_path / "a.json")])
    content = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert content == align(bundle, SENTENCE, ANSWER).to_json()
    picture.main(["folder", *texts, "--output", str(tmp_path / "a.png")])
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert "(7 symbols over 6)" in capsys.readouterr().out


def test_models_that_attend_to_nothing_are_refused():
    with pytest.raises(UsageError, match="SequenceTagger has no attention to look at"):
        align(make("task=tagging"), SENTENCE)
    without = make("task=translation", "task/decoder/attention=none")
    with pytest.raises(UsageError, match="trained without attention"):
        align(without, SENTENCE, ANSWER)
