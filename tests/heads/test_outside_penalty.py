"""What the label of what lies in no span loses when sequences are decoded."""

from __future__ import annotations

import pytest
import torch
from chains import LENGTHS, SETS, emissions_of, head_of

from seqtasks.data.vocabulary import Vocabulary
from seqtasks.heads.calibration import PENALTIES, best_penalty
from seqtasks.heads.tagging import SoftmaxTagging


def less(logits, penalty, scheme):
    """The logits with so much less for O."""
    outside = torch.tensor(SETS[scheme].index("O"))
    return logits - penalty * torch.nn.functional.one_hot(outside, logits.size(2))


@pytest.mark.parametrize("scheme", ["BIO", "BIOES"])
def test_a_crf_decodes_as_if_o_scored_less_and_is_as_sure_as_before(scheme):
    plain, head = head_of(scheme), head_of(scheme, outside_penalty=1.5)
    logits = emissions_of(scheme)
    shifted = less(logits, 1.5, scheme)
    found = head.decode(logits, LENGTHS)
    assert found == plain.decode(shifted, LENGTHS) != plain.decode(logits, LENGTHS)
    best = head.best(logits, LENGTHS, 3)
    assert best == plain.best(shifted, LENGTHS, 3)
    assert [row[0].tokens for row in best] == found
    torch.testing.assert_close(head.marginals(logits, LENGTHS), plain.marginals(logits, LENGTHS))
    tags = torch.zeros(len(LENGTHS), int(LENGTHS.max()), dtype=torch.int64)
    assert head.loss(logits, tags, LENGTHS).total == plain.loss(logits, tags, LENGTHS).total


@pytest.mark.parametrize("scheme", [None, "BIO"])
def test_a_softmax_decodes_as_if_o_scored_less(scheme):
    labels, logits = Vocabulary(SETS["BIO"]), emissions_of("BIO")
    plain = SoftmaxTagging(6, labels, scheme=scheme)
    head = SoftmaxTagging(6, labels, scheme=scheme, outside_penalty=0.5)
    assert head.decode(logits, LENGTHS) == plain.decode(less(logits, 0.5, "BIO"), LENGTHS)
    assert {*head.state_dict()} - {*plain.state_dict()} == {"penalty"}


def chosen(score, accuracy=lambda penalty: 0.9):
    """The best penalty by functions of it."""
    return best_penalty([*map(score, PENALTIES)], [*map(accuracy, PENALTIES)])


def test_the_best_penalty_is_the_middle_of_good_ones_and_else_near_zero():
    assert chosen(lambda penalty: 0.5 if 0.3 < penalty < 1.1 else 0.4) == 0.6
    assert chosen(lambda penalty: 0.5 + 0.01 * (penalty == 0)) == 0.0
    assert chosen(lambda penalty: 0.5 + 0.1 * (abs(penalty) == 0.2)) == 0.0


def test_every_penalty_is_chosen_by_as_many_scores():
    for lucky in PENALTIES:  # of the ends one score more would decide alone
        found = chosen(lambda penalty, lucky=lucky: 0.5 + 0.1 * (penalty == lucky))
        assert abs(found - lucky) <= 0.21 or found == 0.0
    assert chosen(lambda penalty: penalty) == PENALTIES[-2]
    assert chosen(lambda penalty: -penalty) == PENALTIES[1]


def test_a_penalty_has_to_be_worth_more_than_chance():
    assert chosen(lambda penalty: 0.4 + 0.0049 * (penalty > 0.3)) == 0.0
    assert chosen(lambda penalty: 0.4 + 0.0051 * (penalty > 0.3)) == 0.6
    assert chosen(lambda penalty: 0.4 + 0.01 * (penalty == 0.8)) == 0.0  # by one score alone


def test_a_tagger_that_knows_nothing_does_not_take_every_word_for_a_span():
    gain = {penalty: max(0.0, 0.077 * (penalty - 1.2)) for penalty in PENALTIES}
    loss = {penalty: max(0.0, 0.7 * (penalty - 1.2)) for penalty in PENALTIES}
    assert chosen(gain.get) == PENALTIES[-2]
    assert chosen(gain.get, lambda penalty: 0.91 - loss[penalty]) == 0.0
    assert chosen(gain.get, lambda penalty: 0.91 - 0.005 * loss[penalty]) == PENALTIES[-2]
