"""``Bundle.predict``: what it takes of a person's own types, and what it gives in their place."""

from __future__ import annotations

import math

import numpy as np
import pytest

from seqtasks import bundle
from seqtasks.errors import DataError, UsageError

TEXTS = ["the dogs see the cat .", "she walks ."]
TAGGER, CLASSIFIER = ("task=tagging", "data.tokens.max_length=40"), ("task=classification",)
PAIR = ("task=classification", "+field@data.pair=pair", "data.pair.column=target")


class NAType:
    """What pandas has for a value that is missing."""


class Series:
    """As of pandas: iterates over values, and is no sequence."""

    def __init__(self, values):
        self.values = values

    def __iter__(self):
        return iter(self.values)


class DataFrame(Series):
    """As of pandas: iterates over the names of its columns."""

    columns = ("text", "label")


@pytest.fixture
def load(models):
    """A function from options to a loaded model that was never trained."""
    return lambda *options: bundle.load(models(*options))


def test_a_text_or_a_mapping_alone_is_one_record(load):
    model = load(*TAGGER)
    [tags] = model.predict(TEXTS[:1])
    assert model.predict(TEXTS[0]) == model.predict({"tokens": TEXTS[0]}) == tags
    assert model.predict(TEXTS[0], scores=True)["labels"] == tags
    assert model.predict("") is None
    crf = load("task=tagging", "task/head=crf")
    assert crf.predict(TEXTS[1], n_best=2)[0].value == crf.predict(TEXTS[1])


@pytest.mark.parametrize(
    "collect", [tuple, iter, Series, np.array, lambda texts: (text for text in texts)]
)
def test_texts_come_in_anything_that_is_iterated_over(load, collect):
    model = load(*TAGGER)
    assert model.predict(collect(TEXTS)) == model.predict(TEXTS)


def test_lists_of_tokens_are_taken_as_they_are(load):
    model, lists = load(*TAGGER), [text.split() for text in TEXTS]
    expected = model.predict(TEXTS)
    assert model.predict(lists) == model.predict([{"tokens": one} for one in lists]) == expected
    assert model.predict([tuple(lists[0]), np.array(lists[1])]) == expected
    assert len(model.predict([["New York", "is"]])[0]) == 2


@pytest.mark.parametrize("missing", [None, math.nan, np.float32("nan"), NAType(), "", " ", []])
def test_what_is_missing_is_none_in_its_place(load, missing):
    model = load(*CLASSIFIER)
    for options in ({}, {"scores": True}):
        first, last = model.predict(TEXTS, **options)
        assert model.predict([TEXTS[0], missing, TEXTS[1]], **options) == [first, None, last]
    assert model.predict([{}, TEXTS[1]]) == [None, model.predict(TEXTS[1])]
    pair = load(*PAIR)
    assert pair.predict([{"tokens": "a", "pair": missing}, "a\tb"])[0] is None


def test_all_that_cannot_be_used_is_named_at_once(load):
    model = load(*TAGGER)
    given = [TEXTS[0], 3, ["a", 2], b"raw", ["a", ""], {"text": "a"}, "a " * 41]
    with pytest.raises(DataError) as caught:
        model.predict(given)
    first, *lines = str(caught.value).splitlines()
    assert first == "6 records cannot be used:"
    said = [
        "input:2: 'tokens' is an int; give a text, or a list of tokens",
        "input:3: 'tokens' holds an int at 1 (from 0)",
        "input:4: 'tokens' is a bytes",
        "input:5: 'tokens' holds an empty token at 1",
        "input:6: the object has no 'tokens'; give it tokens; it has text",
        "input:7: 'tokens' has 41 tokens",
    ]
    assert all(line.strip().startswith(part) for part, line in zip(said, lines, strict=True))
    with pytest.raises(DataError, match=r"5 more$") as caught:
        model.predict([1] * 25)
    assert str(caught.value).count("\n") == 21
    with pytest.raises(DataError, match=r"^input:2: .* is an int"):
        model.predict([TEXTS[0], 3])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (None, "inputs: a NoneType holds no texts; give a text, a list of texts, or mappings"),
        (7, "inputs: an int holds no texts"),
        (np.array("text"), "inputs: a ndarray holds no texts"),
        (b"text", "inputs: a bytes holds no texts; decode it"),
        (DataFrame([]), "inputs: a DataFrame holds no texts; give one of its columns"),
    ],
)
def test_what_holds_no_texts_is_refused_by_its_type(load, given, said):
    with pytest.raises(UsageError) as caught:
        load(*TAGGER).predict(given)
    assert str(caught.value).startswith(said)


def test_several_inputs_need_their_names(load):
    model = load(*PAIR)
    named = {"tokens": "a dog", "pair": ["a", "cat"]}
    assert model.predict(named) == model.predict("a dog\ta cat")
    with pytest.raises(DataError, match="a list is given for 2 inputs; give a mapping with"):
        model.predict([["a dog", "a cat"]])


def test_a_model_says_in_one_line_what_it_is(load):
    said = repr(load(*CLASSIFIER))
    assert said.startswith("SequenceClassifier: tokens (")
    assert "→ label (3: neutral, negative, positive), lstm 1 × 12 both ways, " in said
    assert " parameters, from /" in said
    assert "\n" not in said
    assert " → target (" in repr(load("task=translation"))
    assert repr(load("task=generation")).startswith("LanguageModel: tokens (")
