"""Rules give options that exist, and go the way that their reasons say."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hydra import compose, initialize_config_module

from seqtasks.presets.amounts import MOST_SEEN
from seqtasks.presets.facts import Facts, Text
from seqtasks.presets.rules import RULES, Case, decisions
from seqtasks.presets.settling import applied
from seqtasks.presets.typed import Typed

SENTENCES = Text(words=10, characters=55, distinct=9_000, longest=40)
LONG = replace(SENTENCES, words=200, characters=1_100)
NAMES = Text(words=1, characters=7, distinct=9_000, longest=3, longest_characters=20)
CHINESE = Text(words=1.5, characters=100, distinct=9_000, unspaced=True)
CUT = replace(SENTENCES, given=True)
SINGLE = Text(words=30, characters=30, distinct=3_000, given=True)  # characters as tokens
MANY = replace(SENTENCES, distinct=90_000)

VECTORS = ["task.embedding.tokens.vectors=x"]

CASES = [
    ("classification", [], Facts(5_000, texts={"tokens": SENTENCES})),
    ("classification", [], Facts(5_000, texts={"tokens": LONG})),
    ("classification", [], Facts(9_000_000, texts={"tokens": MANY})),
    ("classification", [], Facts(500, texts={"tokens": NAMES})),
    ("classification", [], Facts(9_000, texts={"tokens": CHINESE})),
    ("classification", ["task/embedding=series"], Facts(300, steps=20)),
    ("tagging", [], Facts(12_000, texts={"tokens": CUT})),
    ("tagging", [], Facts(3_000, texts={"tokens": CUT}, spans=True, outside=0.95)),
    ("tagging", [], Facts(3_000, texts={"tokens": SINGLE}, spans=True)),
    (
        "tagging",
        ["task.embedding.tokens.vectors=x"],
        Facts(3_000, texts={"tokens": CUT}, vectors=True),
    ),
    ("translation", [], Facts(30_000, texts={"source": SENTENCES, "target": SENTENCES})),
    (
        "translation",
        [],
        Facts(3_000, texts={"source": SENTENCES, "target": SENTENCES}, shared=0.9),
    ),
    ("translation", [], Facts(90_000, texts={"source": MANY, "target": CHINESE})),
    ("transduction", [], Facts(90_000, texts={"source": NAMES, "target": SENTENCES})),
    ("transduction", [], Facts(9_000, texts={"source": NAMES, "target": NAMES})),
    ("transduction", [], Facts(9_000, texts={"source": SENTENCES, "target": SENTENCES})),
    (
        "question_answering",
        [],
        Facts(1_000, texts={"source": LONG, "target": NAMES}, copied=1.0),
    ),
    ("synchronous", [], Facts(9_000, texts={"tokens": SENTENCES})),
    ("joint", [], Facts(9_000, texts={"tokens": CUT})),
    ("joint", [], Facts(90_000, texts={"tokens": CUT})),
    ("one_to_one", [], Facts(9_000, texts={"tokens": NAMES})),
    ("generation", ["data=text"], Facts(1, texts={"tokens": LONG}, running=True)),
    ("generation", ["data=lines"], Facts(9_000, texts={"tokens": CHINESE})),
]


@pytest.fixture
def composed():
    with initialize_config_module("seqtasks.conf", version_base="1.3"):
        yield lambda words: compose("config", [*words])


@pytest.mark.parametrize(("task", "typed", "facts"), CASES)
def test_every_option_of_a_rule_has_its_place(composed, task, typed, facts):
    """An option that is misspelt would be left out, and nobody would know."""
    wanted = decisions(Case(facts), task)
    config = applied(wanted, Typed([f"task={task}", *typed], (), {}), "good", composed)
    assert sorted(config.preset.chosen) == sorted({str(one) for one in wanted})


@pytest.mark.parametrize("task", RULES)
def test_every_task_has_a_case(task):
    assert any(name == task for name, _, _ in CASES)


def chosen(task, facts, passes=1, width=1, typed=None):
    return {
        one.option: one.value for one in decisions(Case(facts, typed or {}, passes, width), task)
    }


def test_more_data_makes_the_network_wider_and_the_epochs_fewer():
    sizes = [300, 5_000, 50_000, 500_000, 5_000_000]
    found = [chosen("classification", replace(CASES[0][2], examples=size)) for size in sizes]
    widths = [one["encoder.hidden_size"] for one in found]
    lengths = [one["trainer.max_epochs"] for one in found]
    rates = [one["task.head.dropout"] for one in found]
    assert widths == sorted(widths)
    assert widths[0] < widths[-1]
    assert lengths == sorted(lengths, reverse=True)
    assert rates == sorted(rates, reverse=True)
    assert all(one < other for one, other in zip(lengths[1:], lengths, strict=False))


def test_of_many_examples_few_choose_the_model():
    few, many = Facts(9_000, texts={"tokens": CUT}), Facts(300_000, texts={"tokens": CUT})
    assert "data.val_fraction" not in chosen("tagging", few)
    assert chosen("tagging", many)["data.val_fraction"] == 0.01


def test_scripts_without_spaces_and_names_are_read_by_character():
    for text, level in ((SENTENCES, None), (NAMES, "character"), (CHINESE, "character")):
        facts = Facts(9_000, texts={"tokens": text})
        assert chosen("classification", facts).get("data.tokens.level") == level


def test_spelling_stands_beside_words_alone():
    """Words of jieba and byte pairs have none: typed with it, the field would be refused."""
    facts = Facts(100, texts={"tokens": CHINESE})
    found = {
        level: chosen("classification", facts, typed={"data.tokens.level": level})
        for level in ("word", "jieba", "bpe", "character")
    }
    assert [level for level in found if "task/embedding/spelling" in found[level]] == ["word"]


def test_a_preset_takes_longer_and_is_wider():
    facts = CASES[0][2]
    usual, most = chosen("classification", facts), chosen("classification", facts, 3, 1.5)
    assert most["trainer.max_epochs"] == 3 * usual["trainer.max_epochs"]
    assert most["encoder.hidden_size"] == 1.5 * usual["encoder.hidden_size"]


def test_of_more_than_can_be_read_a_part_is_read_once():
    found = chosen("classification", replace(CASES[0][2], examples=900_000_000))
    assert found["trainer.max_epochs"] == 1
    steps, interval = found["trainer.max_steps"], found["trainer.val_check_interval"]
    assert steps % interval == 0
    assert 0.9 < steps * found["data.batching.batch_size"] * SENTENCES.words / MOST_SEEN < 1.1


def test_what_is_typed_is_followed_by_the_rest():
    facts = Facts(90_000, texts={"source": NAMES, "target": NAMES})
    assert chosen("transduction", facts)["task.search.max_length"] == 40
    typed = {"encoder.num_layers": 1}
    for task, some in (
        ("transduction", facts),
        ("tagging", Facts(90_000, texts={"tokens": CUT})),
        ("generation", Facts(90_000, texts={"tokens": SENTENCES})),
    ):
        assert chosen(task, some)["encoder.dropout"] > 0
        assert "encoder.dropout" not in chosen(task, some, typed=typed)
    typed = {"encoder.hidden_size": 300}
    facts = Facts(30_000, texts={"source": SENTENCES, "target": SENTENCES})
    assert chosen("translation", facts, typed=typed)["task.embedding.embedding_dim"] == 300
