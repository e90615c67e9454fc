"""Several models that choose together: the mean of their probabilities, whatever their order."""

from __future__ import annotations

import pytest
import torch

from seqtasks.decoding import BeamSearch, Sampling, SearchInput, together
from seqtasks.errors import UsageError

EOS = 0
SEARCHES = [
    BeamSearch(beam_size=4, max_length=9, coverage_penalty=0.5),
    Sampling(max_length=9, seed=3),
]


def search_input(model, **changes):
    return SearchInput(
        model.step, model.state, model.first, EOS, model.lengths, coverage=model.coverage
    )._replace(**changes)


def assert_same(one, other):
    assert [[f.tokens for f in row] for row in one] == [[f.tokens for f in row] for row in other]
    for ours, theirs in zip(one, other, strict=True):
        assert [f.score for f in ours] == pytest.approx([f.score for f in theirs])


@pytest.mark.parametrize("search", SEARCHES)
def test_a_model_with_itself_is_the_model(reader, search):
    model = reader(1, vocabulary=7)
    alone = search(search_input(model), 3)
    assert_same(search(together([search_input(model)] * 3), 3), alone)


@pytest.mark.parametrize("search", SEARCHES)
def test_the_order_of_the_models_does_not_matter(reader, search):
    models = [reader(seed, vocabulary=7, steps=3 + seed) for seed in range(3)]
    search_inputs = [search_input(model) for model in models]
    found = search(together(search_inputs), 3)
    assert_same(search(together(search_inputs[::-1]), 3), found)
    assert [row[0].tokens for row in found] != [
        row[0].tokens for row in search(search_inputs[0], 3)
    ]


def test_the_probabilities_are_the_mean(reader):
    models = [reader(seed, vocabulary=5) for seed in range(3)]
    joint = together([search_input(model) for model in models])
    logits, state = joint.step(joint.first, joint.state)
    each = [model.step(model.first, model.state)[0].softmax(1) for model in models]
    torch.testing.assert_close(logits.exp(), torch.stack(each).mean(0))
    again, _ = joint.step(joint.first, state)
    each = []
    for model in models:
        _, after = model.step(model.first, model.state)
        each.append(model.step(model.first, after)[0].softmax(1))
    torch.testing.assert_close(again.exp(), torch.stack(each).mean(0))


def test_limits_take_the_longest_source_and_coverage_needs_every_model(reader):
    models = [reader(seed, vocabulary=5, rows=2) for seed in range(2)]
    one, other = (search_input(model) for model in models)
    joint = together([one._replace(lengths=[1, 4]), other._replace(lengths=[3, 2])])
    assert joint.lengths == [3, 4]
    assert together([one, other._replace(coverage=None)]).coverage is None


def test_models_of_other_batches_are_refused(reader):
    with pytest.raises(UsageError, match="the same sequences"):
        together([search_input(reader(0, 5, rows=2)), search_input(reader(0, 5, rows=3))])
    with pytest.raises(UsageError, match="at least one"):
        together([])
