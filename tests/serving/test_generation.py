"""``/generate``: the text that the command line writes, as a stream of events."""

from __future__ import annotations

import io
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest
from serving.client import events, text_of
from serving.conftest import LETTERS, TAGGING

from seqtasks import generate
from seqtasks.errors import SeqtasksError
from seqtasks.prediction.text_generator import TextGenerator

PROMPT = "the cat"
CONDITION = [
    "task=generation",
    "data=table",
    "data.train=FOLDER/names.tsv",
    "data.tokens.column=text",
    "data.tokens.level=character",
    "data.tokens.eos=true",
    "task/condition=label",
]
WORDS = ["task=generation", "data.train.sentences=20"]


def command(folder, capsys, *options):
    """What the command line writes behind a prompt."""
    generate.main([folder, "--prompt", PROMPT, "--no-prompt", *options])
    return capsys.readouterr().out.removesuffix("\n")


@pytest.mark.parametrize(
    ("given", "options"),
    [
        ({"max_length": 30}, ["--max-length", "30"]),
        ({"max_length": 30, "seed": 7}, ["--max-length", "30", "--seed", "7"]),
        ({"temperature": 0, "max_length": 20}, ["--temperature", "0", "--max-length", "20"]),
        ({"top_k": 3, "max_length": 20}, ["--top-k", "3", "--max-length", "20"]),
        ({"top_p": 0.5, "max_length": 20}, ["--top-p", "0.5", "--max-length", "20"]),
        ({"typical_p": 0.5, "max_length": 20}, ["--typical-p", "0.5", "--max-length", "20"]),
        ({"repetition_penalty": 4.0}, ["--repetition-penalty", "4"]),
        (
            {"no_repeat_ngram": 2, "min_length": 20, "max_length": 20},
            ["--no-repeat-ngram", "2", "--min-length", "20", "--max-length", "20"],
        ),
        ({"stop": ["e", "a"]}, ["--stop", "e", "--stop", "a"]),
    ],
)
def test_each_option_does_what_it_does_on_the_command_line(made, lasting, capsys, given, options):
    client = lasting(*LETTERS).client
    expected = command(made(*LETTERS), capsys, *options)
    found = client.generate(prompt=PROMPT, **given)
    assert text_of(found.body) == expected
    query = urlencode({"prompt": PROMPT, **given}, doseq=True)
    same = client.get(f"/generate?{query}")
    assert same.headers["content-type"].startswith("text/event-stream")
    assert events(same.body) == found.body


def test_events_begin_with_the_opening_and_end_with_the_number_of_tokens(lasting):
    client = lasting(*LETTERS).client
    stream = client.generate(prompt=PROMPT, max_length=9, min_length=9, seed=3).body
    names = [name for name, _ in stream]
    assert names == ["start", *["text"] * (len(names) - 2), "end"]
    assert stream[0][1] == {"opening": PROMPT, "seed": 3}
    assert stream[-1][1] == {"tokens": 9}
    words = lasting(*WORDS).client.generate(prompt=PROMPT, max_length=2).body
    assert words[0][1]["opening"] == PROMPT + " "


def test_unknown_symbols_are_told_and_not_printed(lasting, capfd):
    stream = lasting(*LETTERS).client.generate(prompt="the ☃", max_length=3).body
    assert stream[1] == ("note", {"note": "text 1: read as <unk>: '☃'"})
    assert "☃" not in "".join(capfd.readouterr())


def test_streams_run_side_by_side_and_each_is_what_it_is_alone(lasting):
    client = lasting(*LETTERS, max_streams=3).client
    seeds = range(7)

    def asked(seed):
        return client.generate(prompt=PROMPT, seed=seed, max_length=40, min_length=40).body

    alone = [asked(seed) for seed in seeds]
    with ThreadPoolExecutor(len(seeds)) as pool:
        assert list(pool.map(asked, seeds)) == alone
    assert len({text_of(stream) for stream in alone}) == len(seeds)


def test_predictions_are_made_while_a_text_is_written(served):
    client = served(*LETTERS, max_length=100_000).client
    wire = client.open(
        "POST", "/generate", {"prompt": "a", "max_length": 99_999, "min_length": 99_998}
    )
    with wire:
        assert wire.recv(15).startswith(b"HTTP/1.1 200")
        assert client.predict("the").status == 200
        assert client.load() == (0, 1)


def test_a_condition_is_given_by_name(lasting):
    client = lasting(*CONDITION).client
    told = client.get("/info").body["condition"]
    assert (told["field"], sorted(told["labels"])) == ("label", ["a", "b"])
    texts = {
        label: text_of(client.generate(condition=label, max_length=20, min_length=20).body)
        for label in "ab"
    }
    assert texts["a"] != texts["b"]
    refused = client.generate(prompt="a")
    assert refused.status == 422
    assert (
        "condition: this model starts from its 'label'; give one; the labels are" in refused.error
    )
    assert (
        "condition: the model has not learnt the label 'z'" in client.generate(condition="z").error
    )
    assert "starts from no condition" in lasting(*LETTERS).client.generate(condition="a").error


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"temperature": 0, "top_k": 3}, "top_k: a temperature of 0 takes"),
        ({"temperature": -1}, "temperature is -1; it should be greater than or equal to 0"),
        ({"temperature": "hot"}, "temperature is 'hot'; it should be a valid number"),
        ({"top_p": 1.5}, "top_p is 1.5; it should be less than or equal to 1"),
        ({"max_length": 5000}, "max_length is 5000; it should be less than or equal to 1000"),
        ({"min_length": 200}, "200 is given; expected 0 to 100"),
        ({"stop": [""]}, r"stop\[0\] is ''; it should have at least 1 character"),
        ({"seed": 2**60}, "seed is .*; it should be less than or equal to"),
        ({"tempreature": 1}, "there is no option 'tempreature'; Did you mean 'temperature'"),
        ({"prompt": "a" * 20_000}, "prompt: it should have at most 10000 characters"),
        ({"prompt": None}, "prompt is null; it should be a valid string"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(lasting, given, message):
    reply = lasting(*LETTERS).client.generate(**given)
    assert reply.status == 422
    assert re.search(message, reply.error), reply.error


def test_an_error_on_the_way_is_an_event(lasting, monkeypatch):
    def broken(self, text, settings):
        yield "a"
        raise SeqtasksError("the model's logits are NaN")

    live = lasting(*LETTERS)
    monkeypatch.setattr(TextGenerator, "follow", broken)
    stream = live.client.generate(prompt=PROMPT).body
    assert [name for name, _ in stream] == ["start", "text", "error"]
    assert stream[-1][1] == {"error": "the model's logits are NaN"}


def test_a_model_that_writes_no_text_says_so(lasting):
    for reply in (
        lasting(*TAGGING).client.generate(prompt=PROMPT),
        lasting(*TAGGING).client.get("/generate?prompt=a"),
    ):
        assert reply.status == 409
        assert reply.error == "the SequenceTagger here generates no text; ask POST /predict"


def test_the_command_still_warns_on_its_error_stream(made, monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
    generate.main([made(*LETTERS), "--prompt", "☃", "--max-length", "2"])
    assert capsys.readouterr().err == "seqtasks: text 1: read as <unk>: '☃'\n"
