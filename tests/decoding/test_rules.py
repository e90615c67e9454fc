"""Which tokens may follow, for the beam and for sampling alike."""

from __future__ import annotations

import math

import pytest
import torch
from decoded import generate

from seqtasks.decoding import beam_search, sample
from seqtasks.decoding.rules import Rules, repeated
from seqtasks.errors import SeqtasksError

EOS = 0


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_the_tokens_that_repeat_an_ngram_are_those_of_the_definition(size):
    random = torch.Generator().manual_seed(size)
    for _ in range(50):
        text = torch.randint(3, (9,), generator=random).tolist()
        grams = {tuple(text[at : at + size]) for at in range(len(text) - size + 1)}
        doubles = {t for t in range(3) if tuple([*text, t][-size:]) in grams}
        assert repeated(text, size) == doubles


@pytest.mark.parametrize("size", [1, 2, 3])
def test_no_ngram_is_drawn_twice_and_the_rest_stays_as_it_is(toy, size):
    model = toy(5, vocabulary=12, rows=8)
    settings = {"max_length": 11, "no_repeat_ngram": size, "seed": 3}
    rows = generate(model.step, model.state, model.first, eos_id=None, **settings)
    for text in rows:
        grams = [tuple(text[at : at + size]) for at in range(len(text) - size + 1)]
        assert len(set(grams)) == len(grams)
    values = Rules(no_repeat_ngram=size).log_probs(torch.zeros(1, 4), 5, [[1, 2, 3, 1, 2]])
    open_ = values[0].isfinite()
    assert open_.tolist() == [True, size > 1, size > 1, False]
    torch.testing.assert_close(values[0][open_], torch.full_like(values[0][open_], -math.log(4)))


def test_the_rule_gives_way_where_it_would_leave_nothing():
    def step(tokens, state):
        return torch.tensor([[0.0, 2.0, 1.0]]).expand(len(tokens), 3), state

    first = torch.ones(1, dtype=torch.int64)
    settings = {"max_length": 4, "min_length": 4, "eos_id": EOS, "no_repeat_ngram": 1}
    assert generate(step, (), first, temperature=0.0, **settings) == [[1, 2, 1, 1]]
    [[found]] = beam_search(step, (), first, beam_size=1, **settings)
    assert found.tokens == [1, 2, 1, 1]


def test_a_nan_is_refused_beside_every_rule():
    rules = Rules(EOS, forbidden=[1], no_repeat_ngram=1)
    logits = torch.tensor([[0.0, 0.0, 0.0], [0.0, math.nan, 0.0]])
    for forced in ([None, None], [2, 2]):
        with pytest.raises(SeqtasksError, match="NaN"):
            rules.log_probs(logits, 1, [[2], [2]], forced)


def test_samples_say_how_probable_they_are_and_whether_they_ended(toy):
    model = toy(8, vocabulary=5, rows=6)
    settings = {"max_length": [1, 2, 3, 4, 30, 30], "eos_id": EOS, "temperature": 0.7}
    found = sample(model.step, model.state, model.first, top_k=3, seed=2, **settings)
    assert {one.ended for one in found} == {True, False}
    for index, one in enumerate(found):
        state, last = model.row(index)
        total = 0.0
        for token in [*one.tokens, *([EOS] if one.ended else [])]:
            logits, state = model.step(last, state)
            total += float(logits.log_softmax(1)[0, token])
            last = torch.tensor([token])
        assert one.log_prob == pytest.approx(total)
        assert one.ended or len(one.tokens) == settings["max_length"][index]


def test_a_sample_begins_with_its_prefix_whatever_its_batch(toy):
    model = toy(1, vocabulary=7, rows=3)
    prefixes = [[], [6], [2, 2, 2]]
    settings = {"max_length": 9, "eos_id": EOS, "forbidden": [6], "no_repeat_ngram": 1, "seed": 4}
    rows = generate(model.step, model.state, model.first, prefix=prefixes, **settings)
    assert [row[: len(prefix)] for row, prefix in zip(rows, prefixes, strict=True)] == prefixes
    for index, prefix in enumerate(prefixes):
        one = generate(model.step, *model.row(index), rows=[index], prefix=[prefix], **settings)
        assert one == [rows[index]]
