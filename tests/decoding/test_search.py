"""Searches by name: every option visible, checked, and changed by name."""

from __future__ import annotations

import dataclasses

import pytest
import torch
import yaml
from decoded import greedy
from small import ROOT

from seqtasks.decoding import (
    BeamSearch,
    Greedy,
    Sampling,
    SearchInput,
    beam_search,
    change_search,
    make_search,
)
from seqtasks.decoding.search import SEARCHES
from seqtasks.errors import UsageError

EOS = 0


@pytest.mark.parametrize("method", SEARCHES)
def test_a_file_shows_every_option_with_its_default(method):
    shown = {}
    for name in ("base", method):
        path = ROOT / "conf" / "task" / "search" / f"{name}.yaml"
        shown |= yaml.safe_load(path.read_text(encoding="utf-8"))
    assert shown.pop("defaults") == ["base", "_self_"]
    assert shown.pop("method") == method
    if "seed" in shown:
        assert shown.pop("seed") == "${seed}"
        shown["seed"] = 0
    assert shown == dataclasses.asdict(SEARCHES[method]())


def test_every_method_has_a_file():
    files = {path.stem for path in (ROOT / "conf" / "task" / "search").glob("*.yaml")}
    assert files - {"base"} == set(SEARCHES)


def search_input(model, **changes):
    return SearchInput(
        model.step, model.state, model.first, EOS, model.lengths, forbidden=[3], numbers=[7, 5, 9]
    )._replace(coverage=model.coverage, **changes)


def test_a_search_is_the_function_of_its_name(reader):
    model = reader(2, vocabulary=6, rows=3)
    rules = {"max_length": 8, "min_length": 1, "no_repeat_ngram": 2}
    options = {"beam_size": 4, "length_penalty": 0.5, "length_offset": 1.0, "coverage_penalty": 0.3}
    begin = (model.step, model.state, model.first)
    prefix = [[], [2], [1]]
    found = BeamSearch(**rules, **options)(search_input(model, prefix=prefix), 3)
    shared = {**rules, "eos_id": EOS, "forbidden": [3], "prefix": prefix}
    expected = beam_search(*begin, n_best=3, coverage=model.coverage, **shared, **options)
    assert found == expected
    found = Greedy(**rules)(search_input(model, prefix=prefix))
    assert [one.tokens for [one] in found] == greedy(*begin, **shared)
    with pytest.raises(UsageError, match="greedy finds one output"):
        Greedy()(search_input(model), 2)


def test_samples_are_the_same_in_any_batch_and_go_on_with_their_number(reader):
    model = reader(2, vocabulary=6, rows=3)
    search = Sampling(max_length=9, top_p=0.95, seed=5)
    three = search(search_input(model), 3)
    assert [row[:2] for row in three] == search(search_input(model), 2)
    assert len({tuple(one.tokens) for row in three for one in row}) > 3
    assert Sampling(max_length=9, top_p=0.95, seed=6)(search_input(model), 3) != three
    for index, number in enumerate([7, 5, 9]):
        state, first = model.row(index)
        alone = search_input(model, state=state, first=first, numbers=[number], lengths=[1])
        assert search(alone, 3) == [three[index]]
    cold = Sampling(max_length=9, temperature=0.0)(search_input(model))
    assert cold == Greedy(max_length=9)(search_input(model))


@pytest.mark.parametrize("kind", [BeamSearch, Greedy, Sampling])
def test_limits_in_proportion_to_the_source_stop_a_decoder_that_never_ends(kind):
    def step(tokens, state):
        return torch.tensor([[-1e4, 0.0, 0.0]]).expand(len(tokens), 3), state

    first = torch.ones(3, dtype=torch.int64)
    begin = SearchInput(step, (), first, EOS, [1, 4, 90])
    search = kind(max_length=60, max_length_ratio=0.5, min_length=6)
    assert search.limits([1, 4, 90]) == [7, 7, 50]
    found = search(begin)
    assert [(len(one.tokens), one.ended) for [one] in found] == [(n, False) for n in (7, 7, 50)]
    assert kind(max_length=None, max_length_ratio=3.0).limits([90]) == [275]
    assert kind(max_length=4, max_length_ratio=3.0, min_length=4).limits([90]) == [4]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"method": "beem"},
            "method: there is no 'beem'; Did you mean 'beam'.* beam, greedy",
        ),
        ({"beam_sise": 3}, "beam_sise: beam has no such option; Did you mean 'beam_size'"),
        ({"temperature": 1.0}, "temperature: beam has no such option"),
        ({"beam_size": "wide"}, "beam_size: 'wide' is given; expected a whole number"),
        ({"beam_size": 1.5}, "beam_size: 1.5 is given; expected a whole number"),
        ({"beam_size": None}, "beam_size: None is given; expected a whole number"),
        ({"min_length": True}, "min_length: True is given"),
        ({"length_penalty": "x"}, "length_penalty: 'x' is given; expected a number"),
        ({"max_length": "x"}, "max_length: 'x' is given; expected a whole number, or none"),
        ({"max_length": None}, "neither it nor max_length_ratio is given; give one"),
        ({"max_length_ratio": 0}, "max_length_ratio: 0 is given"),
        ({"max_length": 3, "min_length": 4}, "min_length: 4 is given; expected 0 to 3"),
        ({"no_repeat_ngram": -2}, "no_repeat_ngram: -2 is given"),
        ({"coverage_penalty": -1}, "coverage_penalty: -1 is given"),
        ({"method": "sampling", "top_p": 2}, "top_p: 2 is given"),
        ({"method": "greedy", "beam_size": 2}, "beam_size: greedy has no such option"),
    ],
)
def test_what_makes_no_search_is_refused_by_name(options, message):
    with pytest.raises(UsageError, match=message):
        make_search(options)
    with pytest.raises(UsageError, match=message):
        change_search(BeamSearch(), options)


def test_changes_keep_the_rest_and_another_method_what_both_have():
    search = make_search({"beam_size": 7, "max_length": 9, "min_length": 2})
    assert change_search(search, {"beam_size": 1}) == BeamSearch(
        beam_size=1, max_length=9, min_length=2
    )
    sampled = change_search(search, {"method": "sampling", "top_k": 4})
    assert sampled == Sampling(max_length=9, min_length=2, top_k=4)
    assert change_search(sampled, {"method": "beam"}) == BeamSearch(max_length=9, min_length=2)
