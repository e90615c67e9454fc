"""The one loop behind sampling: what it gives as it goes, and what ends a row."""

from __future__ import annotations

import math
from collections import Counter

import pytest
import torch
from decoded import generate, greedy

from seqtasks.decoding import check_sampling
from seqtasks.decoding.draws import draws
from seqtasks.errors import UsageError

EOS = 0


def test_tokens_come_as_they_are_drawn(toy):
    model = toy(2, vocabulary=8, rows=6)
    whole = generate(model.step, model.state, model.first, 20, eos_id=EOS, seed=7)
    model.seen.clear()
    rows = [[] for _ in range(6)]
    for number, drawn in enumerate(
        draws(model.step, model.state, model.first, 20, eos_id=EOS, seed=7), 1
    ):
        assert len(model.seen) == number  # no step ahead of what is asked for
        for row, token, _ in drawn:
            rows[row] += [token] * (token != EOS)
    assert rows == whole


def test_no_step_after_the_last_row_has_ended(toy):
    model = toy(2, vocabulary=3, rows=4)
    rows = generate(model.step, model.state, model.first, 500, eos_id=EOS, seed=1)
    assert len(model.seen) == max(map(len, rows)) + 1
    assert len(model.seen) < 500


def test_a_row_ends_where_its_reader_says(toy):
    model = toy(4, vocabulary=30, rows=5)
    free = generate(model.step, model.state, model.first, 40, seed=3)
    limits = [1, 40, 7, 2, 12]
    found: list[list[int]] = [[] for _ in range(5)]
    model.seen.clear()
    for drawn in draws(
        model.step, model.state, model.first, 40, seed=3, ends=lambda r: len(found[r]) == limits[r]
    ):
        for row, token, _ in drawn:
            found[row].append(token)
    assert found == [row[:limit] for row, limit in zip(free, limits, strict=True)]
    assert model.seen == [sum(limit > place for limit in limits) for place in range(40)]


def test_samples_of_a_row_differ_and_depend_on_no_batch(toy):
    model = toy(6, vocabulary=12, rows=2)

    def draw(rows, samples):
        index = torch.tensor(rows)
        state = tuple(part[index] for part in model.state)
        numbers = [10 + row for row in rows]
        settings = {"eos_id": EOS, "seed": 5, "rows": numbers, "samples": samples}
        return generate(model.step, state, model.first[index], 12, **settings)

    together = draw([0, 0, 0, 1, 1, 1], [0, 1, 2, 0, 1, 2])
    assert len({tuple(text) for text in together}) == 6
    assert draw([1, 0], [2, 1]) == [together[5], together[1]]
    assert draw([1], [1]) == [together[4]]
    plain = generate(model.step, model.state, model.first, 12, eos_id=EOS, seed=5, rows=[10, 11])
    assert plain == [together[0], together[3]]


def test_the_streams_of_samples_are_apart():
    """Number 1, sample 1 is another stream than number 11, and so on."""

    def step(tokens, state):
        return torch.zeros(len(tokens), 1000), state

    names = [(number, sample) for number in range(25) for sample in range(25)]
    rows, samples = zip(*names, strict=True)
    first = torch.zeros(len(names), dtype=torch.int64)
    drawn = generate(step, (), first, 4, rows=rows, samples=samples)
    assert len({tuple(text) for text in drawn}) == len(names)


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_no_row_ends_before_its_least_length(toy, temperature):
    model = toy(6, vocabulary=4, rows=40)
    settings = {"eos_id": EOS, "temperature": temperature, "seed": 2}
    free = generate(model.step, model.state, model.first, 30, **settings)
    held = generate(model.step, model.state, model.first, 30, min_length=6, **settings)
    assert min(map(len, free)) < 6
    assert min(map(len, held)) == 6
    if temperature:
        counts = Counter(map(len, held))
        assert counts[6] > counts[9] > 0  # from then on it may end


def plain_greedy(model, row, seen, penalty, length):
    """Greedy search with the penalty, one row and one token at a time."""
    state, last = model.row(row)
    text = []
    for _ in range(length):
        logits, state = model.step(last, state)
        values = logits[0].tolist()
        for token in {*seen, *text, int(model.first[row])}:
            values[token] = (
                values[token] / penalty if values[token] > 0 else values[token] * penalty
            )
        text.append(max(range(len(values)), key=lambda token: values[token]))
        last = torch.tensor(text[-1:])
    return text


@pytest.mark.parametrize("penalty", [1.3, 10.0, 0.4])
def test_the_penalty_is_on_the_prompt_and_on_the_text(toy, penalty):
    model = toy(3, vocabulary=15, rows=4)
    seen = [{2, 5}, set(), {0, 1, 2, 3, 4, 5, 6}, {14}]
    found = generate(
        model.step,
        model.state,
        model.first,
        14,
        temperature=0.0,
        repetition_penalty=penalty,
        seen=seen,
    )
    assert found == [plain_greedy(model, row, seen[row], penalty, 14) for row in range(4)]
    assert found != greedy(model.step, model.state, model.first, 14)


def test_the_penalty_follows_rows_that_stay_when_others_end(toy):
    model = toy(8, vocabulary=9, rows=8)
    settings = {"eos_id": EOS, "seed": 4, "repetition_penalty": 2.0}
    together = generate(model.step, model.state, model.first, 30, **settings)
    assert len({len(row) for row in together}) > 3
    for index in range(8):
        alone = generate(model.step, *model.row(index), 30, rows=[index], **settings)
        assert alone == [together[index]]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"typical_p": 2.0}, "typical_p: 2.0 is given"),
        ({"repetition_penalty": 0.0}, "repetition_penalty: 0.0 is given; .* 1 for none"),
        ({"repetition_penalty": math.inf}, "repetition_penalty: inf is given"),
        ({"min_length": -1}, "min_length: -1 is given; expected 0 to 3"),
        ({"min_length": 4}, "min_length: 4 is given; expected 0 to 3"),
        ({"samples": [0]}, "samples: 1 are given; expected 4"),
        ({"seen": [[1]] * 5}, "seen: 5 are given; expected 4"),
    ],
)
def test_bad_arguments_are_refused(toy, change, message):
    model = toy(0, vocabulary=5)
    with pytest.raises(UsageError, match=message):
        generate(model.step, model.state, model.first, **({"max_length": 3} | change))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"max_length": 0}, "max_length: 0 is given"),
        ({"max_length": 9, "min_length": 10}, "expected 0 to 9"),
        ({"max_length": 9, "top_k": 0}, "top_k: 0 is given"),
        ({"max_length": 9, "temperature": -2}, "temperature: -2 is given"),
        ({"max_length": 9, "repetition_penalty": -1}, "repetition_penalty: -1 is given"),
        ({"max_length": 9, "stop": ["x", ""]}, "stop: '' is given"),
        ({"max_length": 9, "stop": [3]}, "stop: 3 is given"),
    ],
)
def test_settings_are_refused_before_anything_is_drawn(settings, message):
    with pytest.raises(UsageError, match=message):
        check_sampling(**settings)
    check_sampling(9, stop="one string", seed=3, top_p=1.0, typical_p=1e-9)
