"""N-gram models against hand calculation, and against dictionaries and fractions."""

from __future__ import annotations

import itertools
import math
import random
from collections import Counter, defaultdict
from fractions import Fraction

import numpy as np
import pytest

from seqtasks.baselines.ngrams import NGram, discounts
from seqtasks.data.store.ragged import Ragged
from seqtasks.errors import DataError, UsageError


class Reference:
    """The same model from its definition: one dictionary entry for each n-gram, no arrays."""

    def __init__(self, sequences, vocab_size, order):
        self.vocab_size, self.order = vocab_size, order
        seen: dict[tuple, int] = Counter()
        preceded: dict[tuple, set] = defaultdict(set)
        for number, sequence in enumerate(sequences):
            marked = [f"beginning {number}", *sequence]
            for end, size in itertools.product(range(2, len(marked)), range(1, order + 1)):
                start = end - size + 1
                if start >= 1:
                    ngram = tuple(marked[start : end + 1])
                    seen[ngram] += 1
                    preceded[ngram].add(marked[start - 1])
        self.following: dict[tuple, dict] = defaultdict(dict)
        for ngram, times in seen.items():
            count = times if len(ngram) == order else len(preceded[ngram])
            self.following[ngram[:-1]][ngram[-1]] = count
        self.losses = [self.estimated(size) for size in range(order)]

    def estimated(self, context_size):
        found = Counter(
            count
            for context, following in self.following.items()
            if len(context) == context_size
            for count in following.values()
        )
        losses = {}
        for i in (1, 2, 3):
            loss = Fraction(-1)
            if found[1] and found[2] and found[i]:
                y = Fraction(found[1], found[1] + 2 * found[2])
                loss = i - (i + 1) * y * Fraction(found[i + 1], found[i])
            losses[i] = loss if 0 < loss < i else Fraction(i, 2)
        return losses

    def probability(self, context, token):
        context = tuple(context)[max(0, len(context) - self.order + 1) :]
        return self.of(context, token)

    def of(self, context, token):
        lower = self.of(context[1:], token) if context else Fraction(1, self.vocab_size)
        following = self.following.get(context)
        if not following:
            return lower
        losses = self.losses[len(context)]
        total = sum(following.values())
        kept = following[token] - losses[min(following[token], 3)] if token in following else 0
        spread = sum(losses[min(count, 3)] for count in following.values())
        return (kept + spread * lower) / total


def corpus(seed, vocab_size, sequences, longest=14, bos=None):
    """Random sequences of tokens that are frequent to different degrees, some of them empty."""
    draw = random.Random(seed)
    weights = [1 / (token + 1) for token in range(vocab_size)]
    rows = [
        draw.choices(range(vocab_size), weights, k=draw.randint(0, longest))
        for _ in range(sequences)
    ]
    return rows if bos is None else [[bos, *row] for row in rows]


def probability(model, context, token):
    return math.exp(model.log_prob(context, token))


# By hand

# Bigrams and how often: 02, 03, 14, 15 once; 04, 12 twice; 13 three times; 05 four times.
PAIRS = [[0, 2], [0, 3], [1, 4], [1, 5], *[[0, 4], [1, 2]] * 2, *[[1, 3]] * 3, *[[0, 5]] * 4]


def test_a_bigram_model_by_hand():
    model = NGram(PAIRS, vocab_size=7, order=2)
    # Order 1: each of 2, 3, 4 and 5 follows two tokens. No count of one, so 1 is taken off two.
    seen = Fraction(2 - 1, 8) + Fraction(4 * 1, 8) * Fraction(1, 7)
    unseen = Fraction(4 * 1, 8) * Fraction(1, 7)
    assert (seen, unseen) == (Fraction(11, 56), Fraction(4, 56))
    for token, expected in zip(range(7), [unseen] * 2 + [seen] * 4 + [unseen], strict=True):
        assert probability(model, [], token) == pytest.approx(float(expected), rel=1e-14)
    # Order 2: n = 4, 2, 1, 1 and Y = 4 / (4 + 2 * 2) = 1/2.
    d1 = 1 - 2 * Fraction(1, 2) * Fraction(2, 4)
    d2 = 2 - 3 * Fraction(1, 2) * Fraction(1, 2)
    d3 = 3 - 4 * Fraction(1, 2) * Fraction(1, 1)
    assert (d1, d2, d3) == (Fraction(1, 2), Fraction(5, 4), 1)
    spread = (2 * d1 + d2 + d3) / 8  # after 0: 2 and 3 once, 4 twice, 5 four times
    expected_after_0 = {
        2: (1 - d1) / 8 + spread * seen,
        3: (1 - d1) / 8 + spread * seen,
        4: (2 - d2) / 8 + spread * seen,
        5: (4 - d3) / 8 + spread * seen,
        **dict.fromkeys((0, 1, 6), spread * unseen),
    }
    assert sum(expected_after_0.values()) == 1
    for token, expected in expected_after_0.items():
        assert probability(model, [0], token) == pytest.approx(float(expected), rel=1e-14)
    nats = -math.log(expected_after_0[5]) - math.log(expected_after_0[6])
    assert model.nats([[0, 5], [3], [0, 6], []]) == pytest.approx(nats, rel=1e-14)


def test_beginnings_count_by_occurrence():
    model = NGram([[0, 1], [0, 1], [0, 2]], vocab_size=3, order=3)
    # Order 1: 1 and 2 follow one token each; n = 2, 0 gives no estimate, so half is taken off.
    of_1, of_0 = Fraction(1, 4) + Fraction(1, 6), Fraction(1, 6)
    # Order 2: 01 begins two sequences and 02 one; n = 1, 1, 0 gives 1/3 off one, 1 off two.
    spread = (1 + Fraction(1, 3)) / 3
    after_0 = [spread * of_0, Fraction(1, 3) + spread * of_1, Fraction(2, 9) + spread * of_1]
    assert after_0 == [Fraction(2, 27), Fraction(14, 27), Fraction(11, 27)]
    for token in range(3):
        expected = pytest.approx(float(after_0[token]), rel=1e-14)
        assert probability(model, [0], token) == expected
        assert probability(model, [1, 0], token) == expected  # 10 is unseen


def test_discounts_by_hand():
    # n = 4, 3, 2, 1: Y = 4 / 10.
    counts = np.array([1] * 4 + [2] * 3 + [3] * 2 + [4] + [5, 9])
    assert discounts(counts) == pytest.approx([0, 0.4, 2 - 3 * 0.4 * 2 / 3, 3 - 4 * 0.4 / 2])
    # n = 1, 2, 0, 3: Y = 1 / 5, 2 - 3 Y · 0 is not below 2, and there is no count of three.
    assert discounts(np.array([1, 2, 2, 4, 4, 4])) == pytest.approx([0, 1 / 5, 1, 1.5])
    # n = 4, 1, 1, 9: Y = 2 / 3, 2 - 3 Y is zero and 3 - 4 Y · 9 negative.
    assert discounts(np.array([1] * 4 + [2, 3] + [4] * 9)) == pytest.approx([0, 2 / 3, 1, 1.5])
    for counts in ([], [0, 0], [8], [1, 3, 3, 4], [2, 2, 3, 4]):  # n₁ or n₂ is zero
        assert discounts(np.array(counts, dtype=np.int64)).tolist() == [0, 0.5, 1, 1.5]


# Against the definition


@pytest.mark.parametrize("order", [1, 2, 3, 4, 5])
@pytest.mark.parametrize(
    ("seed", "vocab_size", "sequences", "bos"),
    [(0, 3, 40, None), (1, 6, 30, 6), (2, 20, 60, 20), (3, 2, 3, None), (4, 9, 1, 9)],
)
def test_agrees_with_the_definition(order, seed, vocab_size, sequences, bos):
    train = corpus(seed, vocab_size, sequences, bos=bos)
    test = corpus(seed + 100, vocab_size, 10, bos=bos)
    size = vocab_size + 2  # the last is never seen
    model, reference = NGram(train, size, order), Reference(train, size, order)
    total = 0.0
    for row in test:
        for place in range(1, len(row)):
            expected = math.log(reference.probability(row[:place], row[place]))
            assert model.log_prob(row[:place], row[place]) == pytest.approx(expected, abs=1e-12)
            total -= expected
    assert model.nats(test) == pytest.approx(total, rel=1e-12)
    assert total > 0


def test_numbers_of_ngrams_may_need_more_than_32_bits():
    size = 10_000_000
    spread_out = [[token * 100_000 for token in row] for row in corpus(6, 80, 90)]
    model, reference = NGram(spread_out, size, 3), Reference(spread_out, size, 3)
    assert len(model.levels[1].keys) * size > 2**31
    row = spread_out[0] + spread_out[1]
    expected = [math.log(reference.probability(row[:n], row[n])) for n in range(1, len(row))]
    assert model.nats([row]) == pytest.approx(-sum(expected), rel=1e-12)


def test_random_corpora_estimate_most_discounts():
    """The comparison above is of more than fall-backs."""
    losses = Reference(corpus(2, 20, 60, bos=20), 22, 3).losses
    estimated = [loss != Fraction(i, 2) for order in losses for i, loss in order.items()]
    assert sum(estimated) >= 6


@pytest.mark.parametrize("order", [1, 2, 3, 4])
@pytest.mark.parametrize("bos", [None, 3])
def test_sums_to_one_after_every_context(order, bos):
    train = corpus(5, 3, 12, longest=8, bos=bos)
    model = NGram(train, 5, order)  # 4 is never seen
    for size in range(order + 1):
        for context in itertools.product(range(5), repeat=size):
            logs = [model.log_prob(context, token) for token in range(5)]
            assert sum(map(math.exp, logs)) == pytest.approx(1, abs=1e-12)
            assert min(logs) > -math.inf


# Borders


def test_unseen_contexts_use_shorter_ones():
    model = NGram([[0, 1, 2, 0, 1, 3, 0, 1, 2]], vocab_size=6, order=3)
    for token in range(6):
        assert model.log_prob([5, 1], token) == model.log_prob([1], token)
        assert model.log_prob([1, 5], token) == model.log_prob([], token)
        assert model.log_prob([2, 2, 0, 1], token) == model.log_prob([0, 1], token)
    assert model.log_prob([0, 1], 4) == model.log_prob([0, 1], 5) > -math.inf  # unseen both
    assert model.log_prob([0, 1], 2) > model.log_prob([1], 2)


@pytest.mark.parametrize("order", [1, 2, 5])
def test_a_vocabulary_of_one_token_leaves_no_doubt(order):
    model = NGram([[0, 0, 0, 0]], vocab_size=1, order=order)
    assert model.nats([[0, 0, 0]]) == pytest.approx(0, abs=1e-14)
    assert model.log_prob([], 0) == pytest.approx(0, abs=1e-14)


@pytest.mark.parametrize("train", [[], [[]], [[2], [1]]], ids=["none", "empty", "first tokens"])
@pytest.mark.parametrize("order", [1, 3])
def test_without_anything_to_learn_from_it_is_uniform(train, order):
    model = NGram(train, vocab_size=4, order=order)
    assert model.nats([[2, 1, 3], [3, 3]]) == pytest.approx(3 * math.log(4), rel=1e-14)


def test_nothing_to_predict_costs_nothing():
    model = NGram(PAIRS, vocab_size=7, order=3)
    for test in ([], [[]], [[3], [], [6]]):
        assert model.nats(test) == 0


def test_order_one_is_the_frequency_of_targets():
    model = NGram([[2, 0, 0, 1], [2, 0]], vocab_size=3, order=1)
    # 0 three times and 1 once: n₂ = 0, so 3/2 off the one and 1/2 off the other.
    assert probability(model, [1, 1], 0) == pytest.approx((3 - 1.5) / 4 + 2 / 4 / 3)
    assert probability(model, [], 2) == pytest.approx(2 / 4 / 3)


def test_sequences_are_told_apart():
    joined, apart = NGram([[0, 1, 0, 2]], 3, 2), NGram([[0, 1], [0, 2]], 3, 2)
    assert joined.log_prob([1], 0) > apart.log_prob([1], 0)
    rows = corpus(7, 5, 20)
    model = NGram(rows, 5, 4)
    assert model.nats(rows) == pytest.approx(sum(model.nats([row]) for row in rows))


def test_takes_lists_generators_and_ragged_arrays(tmp_path):
    rows = corpus(8, 5, 20)
    expected = NGram(rows, 5, 3).nats(rows)
    ragged = Ragged.pack(rows)
    assert NGram(ragged, 5, 3).nats(iter(rows)) == expected
    assert NGram((np.array(row) for row in rows), 5, 3).nats(ragged) == expected
    np.save(tmp_path / "tokens.npy", ragged.values)
    mapped = Ragged(np.load(tmp_path / "tokens.npy", mmap_mode="r"), ragged.offsets)
    assert NGram(mapped, 5, 3).nats(mapped) == expected


def test_longer_contexts_help_where_there_is_structure():
    draw = random.Random(0)
    text = [0, 1]
    while len(text) < 4000:  # mostly a function of the two tokens before
        text.append((text[-1] + 3 * text[-2]) % 8 if draw.random() < 0.8 else draw.randrange(8))
    train, test = [text[:3600]], [text[3600:]]
    nats = [NGram(train, 8, order).nats(test) / 399 for order in (1, 2, 3, 4)]
    assert nats[0] == pytest.approx(math.log(8), abs=0.05)
    assert nats[2] < nats[1] - 0.5
    best = -0.825 * math.log(0.825) - 0.175 * math.log(0.025)
    assert nats[2] == pytest.approx(best, abs=0.25)
    assert nats[3] < nats[1] - 0.3  # a useless longer context costs little


@pytest.mark.parametrize("order", [0, -1])
def test_refuses_an_order_below_one(order):
    with pytest.raises(UsageError, match=f"at least 1, not {order}"):
        NGram([[0, 1]], 2, order)


def test_refuses_to_predict_nothing():
    with pytest.raises(UsageError, match="vocab_size: it is at least 1, not 0"):
        NGram([], 0, 2)


@pytest.mark.parametrize("token", [-1, 5])
def test_refuses_tokens_outside_the_vocabulary(token):
    message = f"token {token} is not in the vocabulary.*vocab_size=5 allows 0 to 4"
    with pytest.raises(DataError, match=message):
        NGram([[0, token]], 5, 2)
    model = NGram([[0, 1]], 5, 2)
    with pytest.raises(DataError, match=message):
        model.nats([[0, 1], [0, token]])
    with pytest.raises(DataError, match=message):
        model.log_prob([token], 0)
    with pytest.raises(DataError, match=message):
        model.log_prob([0], token)
