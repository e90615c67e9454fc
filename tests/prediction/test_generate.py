"""``python -m seqtasks.generate``: what it prints, and what it refuses."""

from __future__ import annotations

import io
import json
import math
import os
import re
import subprocess
import sys
from itertools import pairwise

import pytest
import torch
from hydra.utils import instantiate
from omegaconf import OmegaConf
from small import SMALL

from seqtasks import bundle, generate
from seqtasks.prediction.text_generator import Text, TextGenerator

WORDS = ["data=lines", "data.train=lines.txt", "data.tokens.eos=true", "data.val_fraction=0.3"]
LETTERS = ["data.tokens.level=character", "data.train.sentences=20"]


@pytest.fixture
def made(composed, tmp_path, monkeypatch):
    """A function from options to a saved model that was never trained."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lines.txt").write_text("a b c d\nb c a\n" * 40, encoding="utf-8")

    def make(*options, task="generation", name="model", ends=0.0, **sampling):
        config = composed(f"task={task}", *([] if "data=lines" in options else SMALL[:3]), *options)
        config.encoder.hidden_size = 12
        data = instantiate(config.data)
        data.setup()
        torch.manual_seed(5)
        model = instantiate(config.task)(data.vocabularies).eval()
        for parameter in model.parameters():  # so that its texts differ from each other
            torch.nn.init.normal_(parameter, std=0.7)
        if ends:
            model.head.output.bias.data[model.vocabulary.eos_id] += ends
        plain = OmegaConf.to_container(config, resolve=True)
        if sampling:
            plain["task"]["sampling"].update(sampling)
        fields = {field: plain["data"][field] for field in data.fields}
        told = {"task": plain["task"], "fields": fields, "data": plain["data"]}
        bundle.save(tmp_path / name, model, told, data.fields, {}, "")
        return data

    return make


@pytest.fixture
def run(monkeypatch, capsys):
    """A function that runs the command here: exit code, output, errors."""

    def call(*arguments, given=""):
        raw = given if isinstance(given, bytes) else given.encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
        code = 0
        try:
            generate.main(arguments)
        except SystemExit as stop:
            code = stop.code or 0
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return call


def test_one_prompt_is_printed_with_what_follows(made, run):
    made(*LETTERS)
    code, out, error = run("model", "--prompt", "the cat", "--max-length", "60", "--seed", "3")
    assert (code, error) == (0, "")
    assert out.startswith("the cat")
    assert out.endswith("\n")
    _, rest, _ = run(
        "model", "--prompt", "the cat", "--max-length", "60", "--no-prompt", "--seed", "3"
    )
    assert out == "the cat" + rest
    assert run("model", "--prompt", "the cat", "--max-length", "60", "--seed", "4")[1] != out


def test_a_text_is_the_same_however_it_is_asked_for(made, run):
    made(*LETTERS)
    loaded = bundle.load("model")
    prompts = ["the cat", "a dog sees", "the"]
    given = "\n".join(prompts) + "\n"
    expected = loaded.predict(prompts)
    assert len(set(expected)) == 3
    for size in ("1", "2", "32"):
        code, out, _ = run("model", "--json", "--samples", "3", "--batch-size", size, given=given)
        assert code == 0
        rows = [json.loads(line) for line in out.splitlines()]
        names = [(row["number"], row["sample"]) for row in rows]
        assert names == [(n, s) for n in (1, 2, 3) for s in (1, 2, 3)]
        assert [row["prompt"] for row in rows[::3]] == prompts
        assert [row["text"] for row in rows[::3]] == expected  # as predict has it
        texts = [row["text"] for row in rows]
        assert len(set(texts)) == 9
        if size == "1":
            first = texts
        assert texts == first
    _, out, _ = run("model", "--prompt", "the cat", "--no-prompt")
    assert out.removesuffix("\n") == expected[0].removesuffix("\n")


def test_several_texts_stand_apart(made, run):
    made(*LETTERS)
    _, out, _ = run("model", "--max-length", "5", given="the\n\n")
    assert out.startswith("--- prompt 1 ---\nthe")
    assert "\n--- prompt 2 ---\n" in out
    _, out, _ = run("model", "--max-length", "5", "--samples", "2", "--prompt", "a")
    heads = [line for line in out.splitlines() if line.startswith("---")]
    assert heads == ["--- prompt 1, sample 1 ---", "--- prompt 1, sample 2 ---"]
    _, out, _ = run(
        "model", "--max-length", "5", "--samples", "2", "--json", "--no-prompt", given="a"
    )
    assert [set(json.loads(line)) for line in out.splitlines()] == [
        {"number", "sample", "text"}
    ] * 2


def test_text_is_written_as_it_is_drawn(made):
    made(*LETTERS)
    writer = TextGenerator(bundle.load("model"))
    steps = 0
    step = writer.model.step

    def counted(tokens, state):
        nonlocal steps
        steps += 1
        return step(tokens, state)

    writer.model.step = counted
    settings = {"max_length": 30, "min_length": 30}
    pieces = generate.streamed(writer, Text(1, "the"), settings, False)
    seen = [(piece, steps) for piece in pieces]
    assert seen[0] == ("the", 1)
    assert [count for piece, count in seen[1:] if piece] == list(range(1, 31))


def test_every_piece_leaves_at_once(made, monkeypatch):
    made(*LETTERS)
    calls: list[bytes | None] = []

    class Output:
        isatty = staticmethod(lambda: False)
        flush = staticmethod(lambda: None)
        buffer = type("Buffer", (), {"write": calls.append, "flush": lambda: calls.append(None)})

    monkeypatch.setattr(sys, "stdout", Output)
    generate.main(["model", "--prompt", "the", "--max-length", "5", "--min-length", "5"])
    assert calls[1::2] == [None] * (len(calls) // 2)
    assert calls[0] == b"the"
    assert [len(piece.decode()) for piece in calls[2:12:2]] == [1] * 5


def test_options_of_the_bundle_hold_until_others_are_given(made, run):
    made(*LETTERS, "task.sampling.temperature=0", "task.sampling.max_length=9")
    code, out, _ = run("model", "--prompt", "the", "--no-prompt")
    assert code == 0
    assert len(out) <= 10
    again = run("model", "--prompt", "the", "--no-prompt", "--temperature", "1", "--top-k", "1")[1]
    assert out == again
    code, _, error = run("model", "--prompt", "the", "--top-k", "5")
    assert code == 2
    assert "--top-k: the saved temperature of 0 takes" in error
    assert "leave one out, or give a temperature" in error
    made(*LETTERS, "task.sampling.top_k=1", name="narrow")
    greedy = run("narrow", "--prompt", "the")[1]
    assert run("narrow", "--prompt", "the", "--temperature", "0")[1] == greedy
    assert run("narrow", "--prompt", "the", "--top-k", "none")[1] != greedy


def test_stop_strings_end_predictions_too(made, run):
    made(*LETTERS, "task.sampling.min_length=80")
    free = bundle.load("model").predict(["the cat"])[0]
    stop = free[12:14]
    made(*LETTERS, "task.sampling.min_length=80", f"task.sampling.stop=['{stop}']", name="stopped")
    cut = bundle.load("stopped").predict(["the cat"])[0]
    assert cut == free[: free.index(stop)]
    told = run("model", "--prompt", "the cat", "--stop", stop, "--no-prompt")[1]
    assert told.removesuffix("\n") == cut.removesuffix("\n")
    other = run("stopped", "--prompt", "the cat", "--stop", free[3], "--no-prompt")[1]
    assert other.removesuffix("\n") == free[: free.index(free[3])].removesuffix("\n")


def test_every_sampling_option_changes_the_text(made, run):
    made(*LETTERS)

    def text(*options):
        code, out, error = run("model", "--prompt", "the cat", *options)
        assert code == 0, error
        return out

    plain = text()
    for option in (
        ["--temperature", "3"],
        ["--top-k", "2"],
        ["--top-p", "0.2"],
        ["--typical-p", "0.2"],
        ["--repetition-penalty", "5"],
        ["--max-length", "3"],
        ["--seed", "9"],
        ["--stop", plain[10]],
        ["--beam", "2"],
    ):
        assert text(*option) != plain, option
    short = min(range(40), key=lambda seed: len(text("--seed", str(seed))))
    ended = text("--seed", str(short))
    assert len(text("--seed", str(short), "--min-length", "100")) > len(ended)


@pytest.mark.parametrize("how", [["--seed", "3"], ["--beam", "3"]])
def test_no_letters_in_a_row_are_repeated(made, run, how):
    made(*LETTERS)
    options = ["--max-length", "40", "--min-length", "40", "--no-prompt", "--no-repeat-ngram", "2"]
    _, out, _ = run("model", "--prompt", "the", *how, *options)
    text = out.rstrip("\n")
    pairs = list(pairwise(text))
    assert len(pairs) == 39
    assert len(set(pairs)) == len(pairs)
    made(*LETTERS, name="blocked", no_repeat_ngram=2)
    assert run("blocked", "--prompt", "the", *how, *options[:-2])[1] == out


def test_a_beam_search_prints_its_best_text(made, run):
    made(*LETTERS)
    greedy = run("model", "--prompt", "the", "--temperature", "0", "--max-length", "12")[1]
    assert run("model", "--prompt", "the", "--beam", "1", "--max-length", "12")[1] == greedy
    limits = ["--beam", "4", "--max-length", "12", "--json"]

    def lengths(*options):
        out = run("model", *limits, *options, given="\n".join("abcdefghijklmnopqrst"))[1]
        return [len(json.loads(line)["text"]) for line in out.splitlines()]

    made(*LETTERS, ends=6.0)
    free, held = lengths(), lengths("--min-length", "7")
    assert min(free) < 7 <= min(held)
    made(*LETTERS)
    text = json.loads(run("model", *limits, "--prompt", "the")[1])["text"]
    cut = json.loads(run("model", *limits, "--prompt", "the", "--stop", text[4])[1])["text"]
    assert cut == text[: text.index(text[4])]
    nats = []
    for size in ("1", "8"):
        _, out, _ = run("model", "--beam", size, "--max-length", "12", "--json", given="the\na\n")
        rows = [json.loads(line) for line in out.splitlines()]
        assert [row["number"] for row in rows] == [1, 2]
        nats.append([row["nats"] for row in rows])
    assert sum(nats[1]) < sum(nats[0])


def test_words_get_a_space_between_prompt_and_text(made, run):
    made(*WORDS, "task.sampling.min_length=3")
    rest = bundle.load("model").predict(["a b"])[0]
    assert len(rest.split()) >= 3
    assert run("model", "--prompt", "a b")[1] == f"a b {rest}\n"
    assert run("model", "--prompt", "a b ")[1] == f"a b {rest}\n"
    assert run("model", "--prompt", "a b", "--no-prompt")[1] == f"{rest}\n"


def test_a_prompt_from_a_file_is_one_prompt(made, run, tmp_path):
    made(*LETTERS)
    path = tmp_path / "prompt.txt"
    path.write_bytes(b"the cat\r\n\na dog")
    _, out, _ = run("model", "--prompt-file", str(path))
    assert out.startswith("the cat\n\na dog")
    same = run("model", "--prompt", "the cat\n\na dog")[1]
    assert out == same
    path.write_text("the cat. " * 3000, encoding="utf-8")
    code, out, _ = run("model", "--prompt-file", str(path), "--max-length", "4", "--no-prompt")
    assert code == 0
    assert len(out) <= 5
    path.write_bytes(b"")
    assert run("model", "--prompt-file", str(path)) == run("model", "--prompt", "")


def test_unknown_characters_are_named(made, run):
    made(*LETTERS)
    for size in ("1", "32"):  # once, however the samples are batched
        given = ["--prompt", "the ☃ é☃", "--samples", "2", "--batch-size", size]
        code, out, error = run("model", *given)
        assert code == 0
        assert out.count("the ☃ é☃") == 2
        assert error == "seqtasks: text 1: read as <unk>: '☃', 'é'\n"
    _, _, error = run("model", "--score", given="the\nthe ☃\n")
    assert error == "seqtasks: text 2: read as <unk>: '☃'\n"


def test_an_empty_prompt_begins_a_text_if_the_model_can(made, run):
    made(*LETTERS)
    code, out, _ = run("model", "--prompt", "")
    assert code == 0
    assert len(out) > 1
    made(*LETTERS, "data.tokens.bos=false", name="blind")
    code, _, error = run("blind", given="the\n\n")
    assert code == 2
    assert "text 2 is empty, and the model was trained without <bos>" in error
    assert error.count("\n") == 1
    assert run("blind", "--prompt", "the")[0] == 0


@pytest.mark.parametrize(
    "options", [LETTERS, [*LETTERS, "data.tokens.bos=false"], WORDS, ["data.tokens.level=bpe"]]
)
def test_scores_are_those_of_evaluation(made, run, options):
    data = made(*options)
    loaded = bundle.load("model")
    texts = [loaded.fields["tokens"].text(record) for record in data.datasets["val"].records]
    loaded.task.setup("fit")
    metrics = loaded.task.split_scores("val")
    with torch.no_grad():
        for batch in data.loader("val"):
            loaded.task.evaluate(batch, metrics)
    rows = []
    if "data=lines" in options:
        code, out, _ = run("model", "--score", "--json", given="\n".join(texts))
        rows = [json.loads(line) for line in out.splitlines()]
    else:
        for text in texts:  # one text has many lines
            with open("text.txt", "w", encoding="utf-8") as file:
                file.write(text)
            code, out, _ = run("model", "--score", "--json", "--prompt-file", "text.txt")
            rows.append(json.loads(out))
    assert code == 0
    nats, tokens, characters = (
        sum(row[n] for row in rows) for n in ("nats", "tokens", "characters")
    )
    found = {name: float(metric.compute()) for name, metric in metrics.items()}
    assert nats / tokens == pytest.approx(found["loss"], rel=1e-5)
    assert nats / characters / math.log(2) == pytest.approx(found["bits_per_char"], rel=1e-5)
    for row in rows:
        assert row["perplexity"] == pytest.approx(math.exp(row["nats"] / row["tokens"]))
        bits = row["nats"] / row["characters"] / math.log(2)
        assert row["bits_per_char"] == pytest.approx(bits)


def test_scores_depend_on_no_batch_and_show_as_a_table(made, run):
    made(*WORDS)
    given = "a b c d\nb\n\nd d d d d d d d d\n"
    _, out, _ = run("model", "--score", "--json", given=given)
    rows = [json.loads(line) for line in out.splitlines()]
    assert [row["tokens"] for row in rows] == [5, 2, 1, 10]  # <eos> is one
    _, alone, _ = run("model", "--score", "--json", "--batch-size", "1", given=given)
    for row, other in zip(rows, map(json.loads, alone.splitlines()), strict=True):
        assert other["nats"] == pytest.approx(row["nats"], rel=1e-5)
    assert rows[2]["bits_per_char"] is None
    _, table, _ = run("model", "--score", given=given)
    head, *lines = table.splitlines()
    assert head.split() == ["text", "tokens", "nats", "perplexity", "bits/char", "beginning"]
    assert lines[0].split()[:2] == ["1", "5"]
    assert lines[0].endswith("a b c d")
    assert float(lines[0].split()[2]) == pytest.approx(rows[0]["nats"], rel=1e-4)
    assert lines[2].split()[4] == "–"
    assert lines[4].split()[:2] == ["all", "18"]
    nats = sum(row["nats"] for row in rows)
    assert float(lines[4].split()[2]) == pytest.approx(nats, rel=1e-4)
    assert float(lines[4].split()[3]) == pytest.approx(math.exp(nats / 18), rel=1e-4)
    assert len(run("model", "--score", "--prompt", "a")[1].splitlines()) == 2  # none together


@pytest.mark.parametrize("options", [["--cache"], ["--dynamic", "--dynamic-rate", "0.01"]])
def test_a_model_adapts_to_each_text_alone(made, run, options):
    made(*WORDS)
    lines = ["a b c d a b", "b c a b c a", "a b c d a b"]

    def nats(given, *more):
        _, out, _ = run("model", "--score", "--json", *more, given=given)
        return [json.loads(line)["nats"] for line in out.splitlines()]

    found = nats("\n".join(lines), *options)
    assert found == nats("\n".join(lines), *options, "--batch-size", "1")
    assert found == [nats(line, *options)[0] for line in lines]
    assert all(abs(a - b) > 0.01 for a, b in zip(found, nats("\n".join(lines)), strict=True))
    off = ["--cache-lambda", "0", "--dynamic-rate", "0"]
    assert nats("\n".join(lines), *off) == nats("\n".join(lines))


BAD = [
    (["--prompt", "x", "--beam", "3", "--temperature", "1"], "--temperature: --beam looks for"),
    (["--prompt", "x", "--beam", "3", "--samples", "2", "--seed", "1"], "--seed: --beam looks for"),
    (["--prompt", "x", "--score", "--max-length", "3"], "--max-length: --score generates nothing"),
    (
        ["--prompt", "x", "--score", "--beam", "3", "--no-prompt"],
        "--beam: --score generates",
    ),
    (
        ["--prompt", "x", "--temperature", "0", "--top-p", "0.5"],
        "--top-p: a temperature of 0",
    ),
    (["--prompt", "x", "--temperature", "0", "--samples", "2"], "--samples: a temperature of 0"),
    (["--prompt", "x", "--cache"], "--cache: a model adapts to texts that are scored; add --score"),
    (["--prompt", "x", "--score", "--cache-lambda", "1"], "--cache-lambda: a rate is at least 0"),
    (["--prompt", "x", "--score", "--dynamic-rule", "adam"], "--dynamic-rule: there is no 'adam'"),
    (["--prompt", "x", "--prompt-file", "y"], "not allowed with argument --prompt"),
    (["--prompt", "x", "--top-p", "1.5"], "1.5 is given; expected more than 0 and at most 1"),
    (["--prompt", "x", "--typical-p", "0"], "0.0 is given; expected more than 0"),
    (["--prompt", "x", "--top-k", "0"], "0 is given; expected at least 1"),
    (["--prompt", "x", "--top-k", "few"], "--top-k: invalid int or none value: 'few'"),
    (["--prompt", "x", "--temperature", "-1"], "-1.0 is given; expected"),
    (["--prompt", "x", "--temperature", "nan"], "nan is given; expected"),
    (["--prompt", "x", "--repetition-penalty", "0"], "0.0 is given; expected"),
    (["--prompt", "x", "--max-length", "0"], "0 is given; expected at least 1"),
    (["--prompt", "x", "--min-length", "101"], "101 is given; expected 0 to 100"),
    (["--prompt", "x", "--samples", "0"], "--samples: it is at least 1, not 0"),
    (["--prompt", "x", "--beam", "-1"], "--beam: it is at least 1, not -1"),
    (["--prompt", "x", "--batch-size", "0"], "--batch-size: it is at least 1, not 0"),
    (["--prompt", "x", "--stop", ""], "'' is given; expected strings"),
    (["--prompt", "\udce9"], "--prompt: not valid utf-8 at character 0"),
    (["--promt", "x"], "unrecognized arguments: --promt"),
    (["--prompt", "x", "--device", "cuda:77"], "--device: cuda:77 cannot be used here"),
    ([], "the input is empty; give lines, --prompt TEXT or --prompt-file FILE"),
]


def test_bad_usage_is_one_line_and_code_2(made, run):
    made(*LETTERS)
    for arguments, message in BAD:
        code, out, error = run("model", *arguments)
        assert (code, out) == (2, ""), arguments
        assert error.count("\n") == 1, error
        assert re.search(message, error), error
    assert run()[0] == 2


def test_what_cannot_be_read_is_one_line_and_code_1(made, run):
    made(*LETTERS)
    for arguments, given, message in (
        (["model", "--prompt-file", "nothere"], "", "nothere: cannot be read"),
        (["nowhere", "--prompt", "x"], "", "there is no such folder"),
        (["model"], b"fine\ncaf\xe9\n", "input:2: not valid utf-8"),
    ):
        code, _, error = run(*arguments, given=given)
        assert code == 1
        assert message in error
        assert error.count("\n") == 1


def test_a_condition_is_given_by_name(made, run, tmp_path):
    (tmp_path / "labelled.txt").write_text("x a b c\ny c b a\n" * 30, encoding="utf-8")
    made(
        "data=lines",
        "data.train=labelled.txt",
        "task/condition=label",
        "task.sampling.min_length=9",
    )
    texts = {}
    for label in ("x", "y"):
        code, out, _ = run("model", "--condition", label, "--json", given="\na b\n")
        assert code == 0
        texts[label] = [json.loads(line)["text"] for line in out.splitlines()]
        assert texts[label][0] == bundle.load("model").predict([label])[0]
    assert texts["x"] != texts["y"]
    scores = [
        json.loads(run("model", "--condition", label, "--score", "--json", given="a b")[1])["nats"]
        for label in ("x", "y")
    ]
    assert abs(scores[0] - scores[1]) > 1e-3
    for arguments, message in (
        ([], "--condition: this model starts from its 'label'; give one; the labels are "),
        (["--condition", "z"], "--condition: the model has not learnt the label 'z' in 'label'"),
    ):
        code, _, error = run("model", "--prompt", "a", *arguments)
        assert (code, error.count("\n")) == (2, 1)
        assert message in error
    made(*LETTERS, name="plain")
    code, _, error = run("plain", "--prompt", "a", "--condition", "x")
    assert code == 2
    assert "starts from no condition" in error


@pytest.mark.parametrize("task", ["tagging", "translation", "classification"])
def test_another_kind_of_model_is_refused(made, run, task):
    made(task=task)
    code, _, error = run("model", "--prompt", "x")
    assert code == 2
    assert "which is no language model; use python -m seqtasks.predict" in error
    assert error.count("\n") == 1


def test_an_option_that_no_version_knows_is_refused(made, run):
    made(*LETTERS, mirostat=2)
    code, _, error = run("model", "--prompt", "x")
    assert (code, error.count("\n")) == (1, 1)
    assert "'mirostat'" in error


def test_the_command_runs_by_itself_and_bears_a_reader_that_leaves(made):
    made(*LETTERS)
    command = [
        sys.executable,
        "-m",
        "seqtasks.generate",
        "model",
        "--prompt",
        "the",
        "--min-length",
    ]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    options = [*command, "99999", "--max-length", "100000"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(options, **pipes, env=environment) as process:
        assert process.stdout.read(20).startswith(b"the")  # long before all is drawn
        process.stdout.close()
        assert process.wait(timeout=60) == 1
        assert process.stderr.read() == b""
