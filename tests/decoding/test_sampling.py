from __future__ import annotations

import math
from collections import Counter

import pytest
import torch
from decoded import generate, greedy

from seqtasks.decoding import filter_logits
from seqtasks.errors import SeqtasksError, UsageError

EOS = 0


def _fixed(probabilities):
    """A step with the same distribution at every place."""
    logits = torch.tensor(probabilities, dtype=torch.float64).log()
    return lambda tokens, state: (logits.expand(len(tokens), -1), state)


def _chi_square(draws, probabilities):
    """Pearson's statistic; zero probabilities must not occur."""
    counts = Counter(draws)
    assert set(counts) <= {token for token, p in enumerate(probabilities) if p > 0}
    return sum(
        (counts[token] - len(draws) * p) ** 2 / (len(draws) * p)
        for token, p in enumerate(probabilities)
        if p > 0
    )


PROBABILITIES = [0.4, 0.0, 0.3, 0.2, 0.08, 0.02]


def test_draws_along_a_row_follow_the_softmax():
    [row] = generate(_fixed(PROBABILITIES), (), torch.tensor([0]), 3000, seed=1)
    assert len(row) == 3000
    assert _chi_square(row, PROBABILITIES) < 18.5  # 4 degrees of freedom, 1 in 1000


def test_draws_across_rows_follow_the_softmax():
    first = torch.zeros(3000, dtype=torch.int64)
    rows = generate(_fixed(PROBABILITIES), (), first, 1, seed=2)
    assert _chi_square([row[0] for row in rows], PROBABILITIES) < 18.5


@pytest.mark.parametrize(("uniform", "token"), [(0.0, 1), (0.5, 2), (1 - 2**-53, 2)])
def test_a_draw_at_an_edge_stays_in_the_support(monkeypatch, uniform, token):
    monkeypatch.setattr(
        torch, "rand", lambda *_, **__: torch.tensor([uniform], dtype=torch.float64)
    )
    step = _fixed([0.0, 0.5, 0.5, 0.0])
    assert generate(step, (), torch.tensor([0]), 1) == [[token]]


def test_temperature_divides_the_logits():
    weights = [p**2 for p in PROBABILITIES]
    squared = [weight / sum(weights) for weight in weights]
    [row] = generate(_fixed(PROBABILITIES), (), torch.tensor([0]), 3000, temperature=0.5, seed=3)
    assert _chi_square(row, squared) < 18.5
    assert _chi_square(row, PROBABILITIES) > 100


def test_forbidden_tokens_leave_their_mass_to_the_others():
    [row] = generate(_fixed(PROBABILITIES), (), torch.tensor([0]), 2000, forbidden=(0, 3), seed=4)
    assert _chi_square(row, [0, 0, 0.75, 0, 0.2, 0.05]) < 13.9  # 2 degrees of freedom


@pytest.mark.parametrize(
    ("settings", "support"),
    [
        ({}, {0, 2, 3, 4, 5}),
        ({"top_k": 1}, {0}),
        ({"top_k": 3}, {0, 2, 3}),
        ({"top_k": 99}, {0, 2, 3, 4, 5}),
        ({"top_p": 1e-9}, {0}),
        ({"top_p": 0.39}, {0}),
        ({"top_p": 0.41}, {0, 2}),
        ({"top_p": 0.69}, {0, 2}),
        ({"top_p": 0.71}, {0, 2, 3}),
        ({"top_p": 0.99}, {0, 2, 3, 4, 5}),
        ({"top_p": 1.0}, {0, 2, 3, 4, 5}),
        ({"top_k": 2, "top_p": 0.56}, {0}),  # 0.4 / 0.7 reaches it
        ({"top_k": 2, "top_p": 0.58}, {0, 2}),
        ({"temperature": 0.5, "top_p": 0.539}, {0}),  # 0.16 / 0.2968 is 0.53908...
        ({"temperature": 0.5, "top_p": 0.5395}, {0, 2}),
        ({"temperature": 0}, {0}),
        ({"temperature": 1e-320}, {0}),
    ],
)
def test_filters_restrict_the_support_exactly(settings, support):
    logits = torch.tensor([PROBABILITIES, PROBABILITIES[::-1]], dtype=torch.float64).log()
    kept = filter_logits(logits, **settings).softmax(-1) > 0
    assert {token for token in range(6) if kept[0, token]} == support
    assert torch.equal(kept[1], kept[0].flip(0))
    [row] = generate(_fixed(PROBABILITIES), (), torch.tensor([0]), 400, **settings, seed=5)
    assert set(row) == support


def test_no_filter_leaves_the_logits_as_they_are():
    logits = torch.randn(3, 5)
    assert torch.equal(filter_logits(logits), logits)


@pytest.mark.parametrize("settings", [{"top_k": 2}, {"top_p": 0.5}])
def test_of_equal_tokens_the_lower_ids_stay(settings):
    kept = filter_logits(torch.zeros(1, 4), **settings).isfinite()
    assert kept.tolist() == [[True, True, False, False]]


@pytest.mark.parametrize("seed", range(4))
def test_temperature_zero_is_greedy(toy, seed):
    model = toy(seed, vocabulary=7, rows=5)
    plain = greedy(model.step, model.state, model.first, 10, eos_id=EOS, forbidden=[2])
    for index in range(5):
        state, last = model.row(index)
        wanted = []
        for _ in range(10):
            logits, state = model.step(last, state)
            logits[0, 2] = -math.inf
            last = logits.argmax(-1)
            if last.item() == EOS:
                break
            wanted.append(last.item())
        assert plain[index] == wanted
    cold = generate(
        model.step, model.state, model.first, 10, eos_id=EOS, forbidden=[2], temperature=1e-6
    )
    assert cold == plain


def test_the_same_seed_gives_the_same_text_in_any_batch(toy):
    model = toy(2, vocabulary=8, rows=6)

    def draw(state, first, **settings):
        return generate(model.step, state, first, 20, eos_id=EOS, top_p=0.95, **settings)

    together = draw(model.state, model.first, seed=7)
    assert draw(model.state, model.first, seed=7) == together
    assert draw(model.state, model.first, seed=8) != together
    head = tuple(part[:2] for part in model.state)
    assert draw(head, model.first[:2], seed=7) == together[:2]
    for index in range(6):
        state, first = model.row(index)
        assert draw(state, first, seed=7, rows=[index]) == [together[index]]
    turned = tuple(part.flip(0) for part in model.state)
    assert draw(turned, model.first, seed=7, rows=range(5, -1, -1)) == together[::-1]


def test_a_longer_text_goes_on_from_a_shorter_one(toy):
    model = toy(4, vocabulary=30, rows=3)
    short = generate(model.step, model.state, model.first, 5, seed=1)
    long = generate(model.step, model.state, model.first, 25, seed=1)
    assert [len(row) for row in long] == [25] * 3
    assert [row[:5] for row in long] == short


def test_equal_rows_draw_from_different_streams():
    rows = generate(_fixed([0.25] * 4), (), torch.zeros(50, dtype=torch.int64), 12, seed=0)
    assert len({tuple(row) for row in rows}) == 50


def test_finished_rows_leave_the_batch(toy):
    model = toy(6, vocabulary=4, rows=12)
    rows = generate(model.step, model.state, model.first, 8, eos_id=EOS, seed=3)
    steps = [min(len(row) + 1, 8) for row in rows]
    expected = [sum(count >= place for count in steps) for place in range(1, max(steps) + 1)]
    assert model.seen == expected
    assert expected[0] == 12
    assert expected[-1] < 12


def test_forbidden_tokens_never_appear(toy):
    model = toy(9, vocabulary=6, rows=20)
    rows = generate(model.step, model.state, model.first, 40, forbidden=(1, 4), seed=3)
    assert {token for row in rows for token in row} == {0, 2, 3, 5}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"max_length": 0}, "max_length: 0 is given"),
        ({"temperature": -1.0}, "temperature: -1.0 is given"),
        ({"temperature": math.nan}, "temperature: nan is given"),
        ({"top_k": 0}, "top_k: 0 is given"),
        ({"top_p": 0.0}, "top_p: 0.0 is given"),
        ({"top_p": 1.5}, "top_p: 1.5 is given"),
        ({"rows": [1]}, "rows: 1 are given; expected 4"),
        ({"eos_id": 9}, "token id 9"),
    ],
)
def test_bad_arguments_are_refused(toy, change, message):
    model = toy(0, vocabulary=5)
    with pytest.raises(UsageError, match=message):
        generate(model.step, model.state, model.first, **({"max_length": 3} | change))


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_a_row_with_nothing_left_to_draw_is_refused(temperature):
    with pytest.raises(SeqtasksError, match="no token that may follow"):
        generate(
            _fixed([0.0, 1.0]),
            (),
            torch.tensor([0]),
            3,
            forbidden=[1],
            temperature=temperature,
        )
