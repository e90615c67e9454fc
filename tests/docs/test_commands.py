"""Every command of the README and the documentation is one that its verb takes."""

from __future__ import annotations

import importlib
import re

import pytest
from documented import DOCS, PAGES, every_command, inline, name

from seqtasks.cli.arguments import Parser

FOUND = every_command()
VERBS = ["compare", "doctor", "evaluate", "export", "generate", "picture", "predict"]
VERBS += ["prepare", "report", "serve"]
OTHERS = {  # flags of training, of the attacks, of a benchmark and of Docker
    *("--help", "--info", "--cfg", "--config-dir", "--multirun"),
    *("--count", "--list", "--only", "--under", "--clients", "--restart"),
}


class Parsed(BaseException):
    """The arguments were read; what a verb does with them is for other tests."""


def parsed(verb, arguments, monkeypatch):
    """The parser of a verb, after it has read these arguments."""
    original = Parser.parse_args
    made = []

    def parse(self, given=None, namespace=None):
        original(self, given, namespace)
        made.append(self)
        raise Parsed

    monkeypatch.setattr(Parser, "parse_args", parse)
    with pytest.raises(Parsed):
        importlib.import_module(f"seqtasks.{verb}").main(arguments)
    return made[0]


def test_pages_are_found():
    assert len(PAGES) > 40
    assert {verb for _, verb, _ in FOUND} >= {"", *VERBS}


@pytest.mark.parametrize("key", [k for k in FOUND if k[1]], ids=lambda k: f"{k[0]}: {k[1]} {k[2]}")
def test_a_verb_reads_its_arguments(key, monkeypatch):
    parsed(key[1], FOUND[key], monkeypatch)


def test_a_wrong_argument_would_be_seen(monkeypatch, capsys):
    with pytest.raises(SystemExit):
        parsed("picture", ["BUNDLE", "--states", "--text", "a"], monkeypatch)
    assert "--output" in capsys.readouterr().err


TRAININGS = {}  # what is typed → the first page that prints it
for (page, verb, _), words in FOUND.items():
    if verb in ("", "prepare") and not any(word.startswith("-") for word in words[:1]):
        options = [word for word in words if "=" in word and "…" not in word]
        one_of_each = (re.sub(r"=([\w.]+),[\w.,]+$", r"=\1", option) for option in options)
        TRAININGS.setdefault(tuple(one_of_each), page)


@pytest.mark.parametrize("options", TRAININGS, ids=lambda options: " ".join(options))
def test_a_training_composes(options, composed):
    composed(*options)


def test_flags_are_those_of_a_verb(monkeypatch):
    known = set(OTHERS)
    for verb in VERBS:
        arguments = {"picture": ["F", "--states", "--text", "a", "--output", "a.png"]}
        arguments |= {"doctor": ["lstm"], "export": ["F", "--format", "onnx"], "prepare": []}
        parser = parsed(verb, arguments.get(verb, ["F"]), monkeypatch)
        known |= {flag for action in parser._actions for flag in action.option_strings}
        monkeypatch.undo()
    wrong = {}
    for page in PAGES:
        for code in inline(page):
            own = code.startswith(("--", "python -m seqtasks"))
            for flag in re.findall(r"(?<!\S)--[a-z][\w-]*", code):
                if own and flag not in known:
                    wrong.setdefault(flag, name(page))
    assert not wrong, wrong


def test_scripts_that_are_named_exist():
    for page in PAGES:
        for script in re.findall(r"python ((?:benchmarks|tests)/\S+\.py)", page.read_text("utf-8")):
            assert (DOCS.parent / script).is_file(), f"{name(page)}: {script}"
