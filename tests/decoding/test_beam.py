from __future__ import annotations

import math

import pytest
import torch
from decoded import greedy

from seqtasks.decoding import beam_search
from seqtasks.decoding.hypotheses import Beam, Candidate
from seqtasks.errors import SeqtasksError, UsageError

EOS = 0


@pytest.mark.parametrize("seed", range(8))
def test_a_beam_of_one_is_the_greedy_search(toy, seed):
    model = toy(seed, vocabulary=5, rows=6)
    best = beam_search(
        model.step, model.state, model.first, beam_size=1, max_length=12, eos_id=EOS, forbidden=[4]
    )
    plain = greedy(model.step, model.state, model.first, 12, eos_id=EOS, forbidden=[4])
    assert [[found.tokens for found in row] for row in best] == [[tokens] for tokens in plain]


@pytest.mark.parametrize("penalty", [0.0, 0.6, 1.0, 2.5, -1.0])
@pytest.mark.parametrize("seed", range(3))
def test_a_wide_beam_is_the_exhaustive_search(toy, exhaustive, seed, penalty):
    model = toy(seed, vocabulary=4, rows=2)
    width = 200  # every step has at most 3 ** 4 live sequences, each with 4 candidates
    found = beam_search(
        model.step,
        model.state,
        model.first,
        beam_size=width,
        max_length=4,
        eos_id=EOS,
        length_penalty=penalty,
        forbidden=[3],
    )
    for index in range(2):
        everything = [
            (log_prob / ((5 + length) / 6) ** penalty, log_prob, tokens)
            for tokens, log_prob, length in exhaustive(
                model.step, *model.row(index), 4, forbidden=(3,)
            )
        ]
        everything.sort(key=lambda item: -item[0])
        assert len(everything) == 1 + 2 + 4 + 8 + 16
        assert [item.tokens for item in found[index]] == [tokens for *_, tokens in everything]
        assert [item.score for item in found[index]] == pytest.approx([s for s, *_ in everything])
        assert [item.log_prob for item in found[index]] == pytest.approx(
            [value for _, value, _ in everything]
        )


@pytest.mark.parametrize("least", [0, 1, 3, 4])
def test_no_sequence_ends_before_its_least_length(toy, exhaustive, least):
    model = toy(2, vocabulary=4, rows=2)
    settings = {"beam_size": 200, "max_length": 4, "eos_id": EOS, "length_penalty": 0.7}
    found = beam_search(model.step, model.state, model.first, min_length=least, **settings)
    for index in range(2):
        everything = exhaustive(model.step, *model.row(index), 4)
        expected = [
            (value / ((5 + length) / 6) ** 0.7, tokens)
            for tokens, value, length in everything
            if len(tokens) >= least
        ]
        expected.sort(key=lambda item: -item[0])
        assert [item.tokens for item in found[index]] == [tokens for _, tokens in expected]
        assert [item.score for item in found[index]] == pytest.approx([s for s, _ in expected])


@pytest.mark.parametrize("penalty", [0.0, 1.0, 4.0])
def test_stopping_early_loses_nothing(toy, monkeypatch, penalty):
    def search(model):
        return beam_search(
            model.step,
            model.state,
            model.first,
            beam_size=3,
            max_length=25,
            eos_id=EOS,
            length_penalty=penalty,
        )

    model = toy(11, vocabulary=6, rows=24)
    stopped = search(model)
    rows = sum(model.seen)
    model.seen.clear()
    monkeypatch.setattr(Beam, "may_enter", lambda self, log_prob: True)
    assert search(model) == stopped
    if penalty < 4:
        assert rows < sum(model.seen)


@pytest.mark.parametrize("penalty", [0.0, 1.3])
def test_a_result_depends_on_no_batch_mate(toy, penalty):
    model = toy(3, vocabulary=9, rows=10)
    settings = {"beam_size": 4, "max_length": 15, "eos_id": EOS, "length_penalty": penalty}
    together = beam_search(model.step, model.state, model.first, **settings)
    turned = beam_search(
        model.step, tuple(part.flip(0) for part in model.state), model.first, **settings
    )[::-1]
    for index, row in enumerate(together):
        [alone] = beam_search(model.step, *model.row(index), **settings)
        for other in (alone, turned[index]):
            assert [found.tokens for found in other] == [found.tokens for found in row]
            assert [found.score for found in other] == pytest.approx(
                [found.score for found in row], abs=1e-9
            )


def test_a_recurrent_network_decodes_alike_in_any_batch():
    torch.manual_seed(0)
    cell = torch.nn.GRUCell(4, 8).double()
    table = torch.nn.Embedding(7, 4).double()
    out = torch.nn.Linear(8, 7).double()

    def step(tokens, state):
        hidden = cell(table(tokens), state[0])
        return out(hidden) * 3, (hidden,)

    start, first = torch.randn(6, 8, dtype=torch.float64), torch.ones(6, dtype=torch.int64)
    settings = {"beam_size": 3, "max_length": 10, "eos_id": EOS, "length_penalty": 0.8}
    together = beam_search(step, (start,), first, **settings)
    for index, row in enumerate(together):
        [alone] = beam_search(step, (start[index, None],), first[:1], **settings)
        assert [found.tokens for found in alone] == [found.tokens for found in row]
        assert [found.score for found in alone] == pytest.approx([f.score for f in row], abs=1e-9)


def test_equal_candidates_are_settled_alike_in_any_batch():
    def step(tokens, state):
        return torch.zeros(len(tokens), 5), state

    settings = {"beam_size": 3, "max_length": 3, "eos_id": 4, "length_penalty": 1.0}
    together = beam_search(step, (), torch.zeros(5, dtype=torch.int64), **settings)
    [alone] = beam_search(step, (), torch.zeros(1, dtype=torch.int64), **settings)
    assert together == [alone] * 5
    assert [found.tokens for found in alone] == [[0, 0, 0], [0, 0, 1], [0, 0, 2]]


def test_forbidden_tokens_never_appear(toy):
    model = toy(5, vocabulary=6, rows=5)
    found = beam_search(
        model.step,
        model.state,
        model.first,
        beam_size=9,
        max_length=6,
        eos_id=EOS,
        forbidden=[1, 4],
    )
    used = {token for row in found for item in row for token in item.tokens}
    assert used == {2, 3, 5}


def test_a_beam_wider_than_the_vocabulary_starts_with_what_there_is(toy):
    model = toy(1, vocabulary=3, rows=2)
    found = beam_search(
        model.step, model.state, model.first, beam_size=50, max_length=2, eos_id=EOS
    )
    assert [len(row) for row in found] == [1 + 2 + 4] * 2
    assert model.seen == [2, 4]


def test_finished_members_leave_the_batch():
    def step(tokens, state):
        (left,) = state  # each member ends for certain once its counter is 0
        logits = torch.full((len(tokens), 4), -50.0)
        logits[:, EOS] = torch.where(left == 0, 50.0, -100.0)
        logits[:, 2] = 0.0
        seen.append(left.tolist())
        return logits, (left - 1,)

    seen: list[list[int]] = []
    counters = torch.tensor([2, 0, 1])
    found = beam_search(
        step, (counters,), torch.ones(3, dtype=torch.int64), beam_size=1, max_length=9, eos_id=EOS
    )
    assert [row[0].tokens for row in found] == [[2, 2], [], [2]]
    assert seen == [[2, 0, 1], [1, 0], [0]]


def test_the_score_is_that_of_the_paper_and_counts_the_end_token():
    def step(tokens, state):
        return torch.tensor([[0.25, 0.75]]).log().expand(len(tokens), 2), state

    [found] = beam_search(
        step,
        (),
        torch.tensor([1]),
        beam_size=8,
        max_length=3,
        eos_id=EOS,
        length_penalty=2.0,
    )
    by_length = {len(item.tokens): item for item in found}
    assert by_length[1].log_prob == pytest.approx(math.log(0.75 * 0.25), rel=1e-6)
    assert by_length[1].score == pytest.approx(math.log(0.75 * 0.25) / (7 / 6) ** 2, rel=1e-6)
    assert by_length[3].score == pytest.approx(math.log(0.75**3) / (8 / 6) ** 2, rel=1e-6)


def test_a_beam_follows_the_best_other_beside_an_end_token():
    table = torch.tensor([[1.0, 0.0, 0.0], [0.98, 0.01, 0.01], [0.5, 0.3, 0.2]]).log()

    def search(penalty):
        [[best]] = beam_search(
            lambda tokens, state: (table[tokens], state),
            (),
            torch.tensor([2]),
            beam_size=1,
            max_length=2,
            eos_id=EOS,
            length_penalty=penalty,
        )
        return best

    assert search(0.0).tokens == []
    # At first the end token has 0.5, but 0.3 and an end of 0.98 after it score more.
    assert search(5.0).tokens == [1]
    assert search(5.0).score == pytest.approx(math.log(0.3 * 0.98) / (7 / 6) ** 5, rel=1e-6)


def test_a_member_goes_on_while_the_penalty_may_still_lift_a_live_sequence():
    beam = Beam(size=1, max_length=10, eos_id=EOS, penalty=1.0)
    beam.advance([Candidate(-1.0, 0, EOS), Candidate(-2.0, 0, 1)])
    assert not beam.done  # at length 10 the live one would score -2 / 2.5
    beam.advance([Candidate(-2.6, 0, 1)])
    assert beam.done  # -2.6 / 2.5 is below the -1.0 that is kept


def test_a_member_goes_on_while_ending_at_once_may_beat_what_it_keeps():
    beam = Beam(size=2, max_length=10, eos_id=EOS, penalty=-1.0)
    beam.advance([Candidate(-0.8, 0, 1), Candidate(-1.0, 0, EOS)])
    beam.advance([Candidate(-0.9, 0, 1), Candidate(-1.2, 0, EOS)])
    assert beam.kept[-1].score == pytest.approx(-1.2 * 7 / 6)
    assert not beam.done  # at length 3 the live one would score -0.9 * 8 / 6, at 10 far less


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"beam_size": 0}, "beam_size: 0 is given"),
        ({"max_length": 0}, "max_length: 0 is given"),
        ({"min_length": 4}, "min_length: 4 is given; expected 0 to 3"),
        ({"length_penalty": math.nan}, "length_penalty: nan is given"),
        ({"eos_id": 5}, "token id 5 is given; expected 0 to 4"),
        ({"forbidden": [-1]}, "token id -1"),
        ({"first": torch.ones(2, 2, dtype=torch.int64)}, r"shape \(2, 2\)"),
        ({"first": torch.ones(2)}, "torch.float32"),
        ({"state": (torch.zeros(3),)}, "part 0 of the state"),
    ],
)
def test_bad_arguments_are_refused(toy, change, message):
    model = toy(0, vocabulary=5, rows=2)
    given = {"state": model.state, "first": model.first} | {
        "beam_size": 2,
        "max_length": 3,
        "eos_id": EOS,
    }
    with pytest.raises(UsageError, match=message):
        beam_search(model.step, **(given | change))


def test_a_model_without_numbers_is_refused():
    def step(tokens, state):
        return torch.full((len(tokens), 3), math.nan), state

    with pytest.raises(SeqtasksError, match="NaN"):
        beam_search(step, (), torch.tensor([1]), beam_size=2, max_length=3, eos_id=EOS)


def test_no_members_give_no_results(toy):
    model = toy(0, vocabulary=5, rows=1)
    empty = tuple(part[:0] for part in model.state)
    assert (
        beam_search(model.step, empty, model.first[:0], beam_size=2, max_length=3, eos_id=0) == []
    )
