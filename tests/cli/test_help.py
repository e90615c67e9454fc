"""The help of every verb: examples that its own parser takes, lines that fit, the same words."""

from __future__ import annotations

import importlib
import re
import shlex

import pytest
from test_walls import VERBS

WIDTH, SCREEN = 80, 40

OWN_WORDS = {"--output", "--json", "--samples", "--seed", "--max-length", "--format", "--attention"}
"""Options that are different things in different verbs."""


def parser_of(verb):
    return importlib.import_module(f"seqtasks.{verb}").make_parser()


@pytest.fixture(params=VERBS)
def parser(request, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(WIDTH))
    return parser_of(request.param)


def commands(parser):
    """The words behind the verb in each example, without what the shell takes."""
    for example in parser.examples:
        command = example.replace("\\\n", " ").rpartition(" | ")[2]
        words = shlex.split(re.sub(r" [<>] \S+", "", command))
        assert words[:3] == parser.prog.split()
        yield words[3:]


def test_every_example_is_read_by_its_parser(parser):
    assert 2 <= len(parser.examples) <= 4
    for words in commands(parser):
        parser.parse_args(words)


def test_an_example_with_a_wrong_option_is_refused():
    parser = parser_of("predict")
    with pytest.raises(SystemExit):
        parser.parse_args(["runs/tagging/latest", "--sores"])


def test_the_first_screen_says_what_it_does_and_shows_examples(parser):
    lines = parser.format_help().splitlines()
    first = lines[:SCREEN]
    assert lines[0].startswith(f"usage: {parser.prog} ")
    assert all(f"  {example}" in "\n".join(first) for example in parser.examples)
    assert max(map(len, lines)) <= WIDTH
    assert [line for line in lines if line.endswith(":")][-1] == "general:"


def test_one_option_has_the_same_words_in_every_verb():
    said: dict[str, dict[str, list[str]]] = {}
    for verb in VERBS:
        for action in parser_of(verb)._actions:
            if action.option_strings and action.option_strings[-1] not in OWN_WORDS:
                words = said.setdefault(action.option_strings[-1], {})
                words.setdefault(str(action.help), []).append(verb)
    assert {flag: words for flag, words in said.items() if len(words) > 1} == {}
    assert said["--device"] == {
        "cpu (default), cuda, cuda:1, …": ["compare", "evaluate", "generate", "predict", "serve"]
    }
