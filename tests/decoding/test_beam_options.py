"""What a beam search may be told besides, alone and all together."""

from __future__ import annotations

import math

import pytest
import torch
from decoded import greedy

from seqtasks.decoding import beam_search
from seqtasks.decoding.beam import check_beam
from seqtasks.decoding.coverage import coverage_score
from seqtasks.decoding.hypotheses import Beam
from seqtasks.errors import UsageError

EOS = 0

OPTIONS = [
    {"length_penalty": 1.0, "length_offset": 0.0},
    {"coverage_penalty": 0.7},
    {"no_repeat_ngram": 1},
    {"no_repeat_ngram": 2},
    {"prefix": [[2], [1, 1]]},
    {"max_length": [4, 2]},
    {
        "length_penalty": 1.3,
        "length_offset": 2.0,
        "coverage_penalty": 2.0,
        "no_repeat_ngram": 2,
        "min_length": 2,
        "prefix": [[], [1, 2]],
        "max_length": [4, 3],
    },
]


def told(model, options):
    """Keyword arguments of a search on a toy that reads."""
    return {"eos_id": EOS, "max_length": 4, "coverage": model.coverage, **options}


def by_definition(model, index, everything, options):
    """The sequences that the options allow, best first, with their scores."""
    settings = {"max_length": 4, "min_length": 0, "no_repeat_ngram": 0, "prefix": None, **options}
    limit, size = settings["max_length"], settings["no_repeat_ngram"]
    limit = limit if isinstance(limit, int) else limit[index]
    prefix = settings["prefix"][index] if settings["prefix"] else []
    found = []
    for tokens, log_prob, length in everything(limit):
        ended = len(tokens) < length
        grams = [tuple(tokens[at : at + size]) for at in range(len(tokens) - size + 1)]
        if size and len(set(grams)) < len(grams):
            continue
        if ended and len(tokens) < settings["min_length"]:
            continue
        if tokens[: len(prefix)] != prefix:
            continue
        offset, penalty = settings.get("length_offset", 5.0), settings.get("length_penalty", 0.0)
        score = log_prob / ((offset + length) / (offset + 1)) ** penalty
        state, last = model.row(index)
        for token in [*tokens, EOS][:length]:
            _, state = model.step(last, state)
            last = torch.tensor([token])
        shares = [min(float(value), 1.0) for value in state[-2][0]]
        score += settings.get("coverage_penalty", 0.0) * sum(map(math.log, shares))
        found.append((score, tokens, ended))
    return sorted(found, key=lambda item: -item[0])


@pytest.mark.parametrize("options", OPTIONS)
def test_a_wide_beam_is_the_exhaustive_search_under_every_option(reader, exhaustive, options):
    model = reader(4, vocabulary=4, rows=2)
    settings = told(model, options)
    found = beam_search(model.step, model.state, model.first, beam_size=400, **settings)
    for index in range(2):

        def everything(limit, index=index):
            return exhaustive(model.step, *model.row(index), limit)

        expected = by_definition(model, index, everything, options)
        assert len(expected) > 1
        assert [one.tokens for one in found[index]] == [tokens for _, tokens, _ in expected]
        assert [one.score for one in found[index]] == pytest.approx([s for s, *_ in expected])
        assert [one.ended for one in found[index]] == [ended for *_, ended in expected]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "rules",
    [
        {"min_length": 4},
        {"no_repeat_ngram": 1},
        {"no_repeat_ngram": 2, "min_length": 3, "prefix": [[4, 4, 2, 2]] * 6},
        {"max_length": [1, 2, 3, 9, 12, 5]},
    ],
)
def test_a_beam_of_one_is_the_greedy_search_under_every_rule(toy, seed, rules):
    model = toy(seed, vocabulary=5, rows=6)
    settings = {"eos_id": EOS, "max_length": 12, "forbidden": [4], **rules}
    best = beam_search(model.step, model.state, model.first, beam_size=1, **settings)
    plain = greedy(model.step, model.state, model.first, **settings)
    assert [[found.tokens for found in row] for row in best] == [[tokens] for tokens in plain]


@pytest.mark.parametrize("penalty", [0.0, 1.0])
@pytest.mark.parametrize("options", [{}, {"n_best": 1}, *({**o, "n_best": 2} for o in OPTIONS)])
def test_stopping_early_loses_nothing_under_any_option(reader, monkeypatch, options, penalty):
    model = reader(11, vocabulary=6, rows=24)
    options = {"length_penalty": penalty, **options}
    for name in ("prefix", "max_length"):
        if name in options:
            options[name] = options[name] * 12
    if "max_length" in options:
        options["max_length"] = [6 * length for length in options["max_length"]]
    settings = {**told(model, {"max_length": 20}), **options}

    def search():
        model.seen.clear()
        return beam_search(model.step, model.state, model.first, beam_size=3, **settings)

    stopped, rows = search(), sum(model.seen)
    monkeypatch.setattr(Beam, "may_enter", lambda self, log_prob: True)
    assert search() == stopped
    assert rows < sum(model.seen)


MILD = {"coverage_penalty": 0.1, "no_repeat_ngram": 3, "min_length": 1, "prefix": [[], [3]] * 4}


@pytest.mark.parametrize("options", [{}, MILD])
def test_fewer_hypotheses_are_the_first_of_more_and_found_sooner(reader, options):
    model = reader(7, vocabulary=8, rows=8)
    settings = {**told(model, {"max_length": 15, "length_penalty": 0.8}), **options}

    def search(count):
        model.seen.clear()
        found = beam_search(
            model.step, model.state, model.first, beam_size=6, n_best=count, **settings
        )
        return found, sum(model.seen)

    (one, few), (two, more), (every, most) = search(1), search(2), search(6)
    assert [row[:1] for row in every] == one
    assert [row[:2] for row in every] == two
    assert few < more < most


def test_a_result_depends_on_no_batch_mate_order_or_padding_under_all_options(reader):
    model = reader(3, vocabulary=9, rows=10, steps=7)
    shared = {
        "beam_size": 4,
        "eos_id": EOS,
        "length_penalty": 1.1,
        "coverage": model.coverage,
        "coverage_penalty": 0.4,
        "no_repeat_ngram": 2,
        "min_length": 2,
    }
    own = {"max_length": list(range(4, 14)), "prefix": [[1 + n] * (n % 3) for n in range(8)] * 2}
    own["prefix"] = own["prefix"][:10]
    together = beam_search(model.step, model.state, model.first, **own, **shared)
    turned = beam_search(
        model.step,
        tuple(part.flip(0) for part in model.state),
        model.first,
        **{name: values[::-1] for name, values in own.items()},
        **shared,
    )[::-1]
    for index, row in enumerate(together):
        mine = {name: [values[index]] for name, values in own.items()}
        [alone] = beam_search(model.step, *model.row(index), **mine, **shared)
        for other in (alone, turned[index]):
            assert [found.tokens for found in other] == [found.tokens for found in row]
            assert [found.score for found in other] == pytest.approx(
                [found.score for found in row], abs=1e-9
            )


def test_a_decoder_that_never_ends_stops_at_each_limit_and_says_so():
    def step(tokens, state):
        seen.append(len(tokens))
        return torch.tensor([[-1e4, 1.0, 0.5]]).expand(len(tokens), 3), state

    seen: list[int] = []
    limits = [3, 1, 2]
    first = torch.ones(3, dtype=torch.int64)
    found = beam_search(step, (), first, beam_size=1, max_length=limits, eos_id=EOS)
    assert [(len(row[0].tokens), row[0].ended) for row in found] == [(n, False) for n in limits]
    assert seen == [3, 2, 1]


def test_an_ended_sequence_is_followed_no_more():
    def step(tokens, state):
        seen.append(len(tokens))
        return torch.zeros(len(tokens), 2), state

    seen: list[int] = []
    first = torch.ones(1, dtype=torch.int64)
    [found] = beam_search(step, (), first, beam_size=9, max_length=5, eos_id=EOS)
    assert len(found) == 6
    assert seen == [1] * 5


def test_the_prefix_counts_in_the_score_and_is_touched_by_no_rule(toy):
    model = toy(0, vocabulary=6, rows=1)
    [[found]] = beam_search(
        model.step,
        model.state,
        model.first,
        beam_size=3,
        n_best=1,
        max_length=8,
        eos_id=EOS,
        prefix=[[5, 5, 5]],
        forbidden=[5],
        no_repeat_ngram=1,
    )
    assert found.tokens[:3] == [5, 5, 5]
    assert len(set(found.tokens[3:])) == len(found.tokens[3:])
    state, last, total = model.state, model.first, 0.0
    for token in [*found.tokens, EOS]:
        logits, state = model.step(last, state)
        last = torch.tensor([token])
        total += float(logits.log_softmax(1)[0, token])
    assert found.log_prob == pytest.approx(total)


def test_what_was_never_looked_at_costs_much_but_not_everything():
    attended = torch.tensor([[0.25, 2.0, 0.5], [0.0, 1.0, 9.0]])
    real = torch.tensor([[True, True, True], [True, True, False]])
    scores = coverage_score(attended, real, 2.0)
    assert scores[0] == pytest.approx(2 * math.log(0.125))
    assert -200 < scores[1] < -100
    assert coverage_score(attended, real / 2, 2.0) == pytest.approx([s / 2 for s in scores])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n_best": 0}, "n_best: 0 is given; expected 1 to 2, the beam_size"),
        ({"n_best": 3}, "n_best: 3 is given; expected 1 to 2, the beam_size; widen"),
        ({"length_offset": -1.0}, "length_offset: -1.0 is given"),
        (
            {"coverage_penalty": -0.1},
            "coverage_penalty: -0.1 is given; expected a finite number",
        ),
        ({"coverage_penalty": 0.1}, "coverage_penalty: 0.1 is given; expected 0, as this model"),
        ({"no_repeat_ngram": -1}, "no_repeat_ngram: -1 is given"),
        ({"max_length": [3]}, "max_length: 1 are given; expected 2"),
        ({"max_length": [3, 0]}, "max_length: 0 is given"),
        ({"min_length": 3, "max_length": [3, 2]}, "min_length: 3 is given; expected 0 to 2"),
        ({"prefix": [[1]]}, "prefix: 1 are given; expected 2"),
        ({"prefix": [[1], [1, 1, 1]]}, "prefix: number 1 has 3 tokens; expected fewer than 3"),
        ({"prefix": [[0], []]}, "prefix: number 0 holds 0, the end token"),
        ({"prefix": [[], [7]]}, "token id 7 is given; expected 0 to 4"),
    ],
)
def test_bad_options_are_refused(toy, change, message):
    model = toy(0, vocabulary=5, rows=2)
    settings = {"beam_size": 2, "max_length": 3, "eos_id": EOS, **change}
    with pytest.raises(UsageError, match=message):
        beam_search(model.step, model.state, model.first, **settings)
    check_beam(2, 2)
