"""The sums of a CRF against sums over every path, its options and what it refuses."""

from __future__ import annotations

import math

import pytest
import torch
from chains import (
    LENGTHS,
    SETS,
    emissions_of,
    every_path,
    head_of,
    legal_tags,
    log_total,
    over_schemes,
)

from seqtasks.data.vocabulary import Vocabulary
from seqtasks.errors import DataError, UsageError
from seqtasks.heads.chain import log_partition, path_nats
from seqtasks.heads.crf import CRFTagging
from seqtasks.heads.tagging import SoftmaxTagging

# Sums


@over_schemes
def test_the_partition_is_the_sum_over_all_paths(scheme):
    head, logits = head_of(scheme), emissions_of(scheme)
    found = log_partition(*head.scores(logits), LENGTHS)
    for row, length in enumerate(LENGTHS.tolist()):
        scores = every_path(logits[row], head.scores(logits)[1], length).values()
        assert found[row].item() == pytest.approx(log_total(scores), abs=1e-12)


@over_schemes
def test_nats_are_those_of_each_label_given_the_labels_before_it(scheme):
    head, logits = head_of(scheme), emissions_of(scheme)
    _, chain = head.scores(logits)
    tags = legal_tags(head, LENGTHS)
    nats = path_nats(logits, chain, tags, LENGTHS)
    for row, length in enumerate(LENGTHS.tolist()):
        paths = every_path(logits[row], chain, length)
        chosen = tuple(tags[row, :length].tolist())
        by_prefix = [
            log_total(score for path, score in paths.items() if path[:n] == chosen[:n])
            for n in range(length + 1)
        ]
        for t in range(length):
            assert nats[row, t].item() == pytest.approx(by_prefix[t] - by_prefix[t + 1], abs=1e-12)
        assert not nats[row, length:].any()
    total = log_partition(logits, chain, LENGTHS).sum() - sum(
        every_path(logits[row], chain, n)[tuple(tags[row, :n].tolist())]
        for row, n in enumerate(LENGTHS.tolist())
    )
    loss = head.loss(logits, tags, LENGTHS)
    torch.testing.assert_close(loss.total, total)
    assert loss.count == 8
    assert loss.objective is None


@over_schemes
def test_marginals_are_shares_of_all_paths(scheme):
    head, logits = head_of(scheme), emissions_of(scheme)
    found = head.marginals(logits, LENGTHS)
    for row, length in enumerate(LENGTHS.tolist()):
        paths = every_path(logits[row], head.scores(logits)[1], length)
        total = log_total(paths.values())
        expected = torch.zeros_like(found[row])
        for path, score in paths.items():
            for t, label in enumerate(path):
                expected[t, label] += math.exp(score - total)
        torch.testing.assert_close(found[row], expected)
    with torch.inference_mode():
        torch.testing.assert_close(head.marginals(logits, LENGTHS), found)


@over_schemes
def test_gradients_are_those_of_finite_differences(scheme):
    head, logits = head_of(scheme), emissions_of(scheme)
    tags = legal_tags(head, LENGTHS)
    weights = torch.rand(4, 4, dtype=torch.float64)

    def sums(logits, start, transitions, end):
        chain = head.constraint(start, transitions, end)
        nats = path_nats(logits, chain, tags, LENGTHS)
        return log_partition(logits, chain, LENGTHS), nats, (weights * nats).sum(1)

    leaves = [head.start, head.transitions, head.end]
    inputs = [logits, *(leaf.detach() for leaf in leaves)]
    assert torch.autograd.gradcheck(sums, [leaf.requires_grad_() for leaf in inputs])


@over_schemes
def test_the_gradient_of_the_partition_is_the_marginals(scheme):
    head, logits = head_of(scheme), emissions_of(scheme).requires_grad_()
    log_partition(*head.scores(logits), LENGTHS).sum().backward()
    torch.testing.assert_close(logits.grad, head.marginals(logits, LENGTHS))


def test_time_in_several_pieces_gives_the_same_gradients(monkeypatch):
    def gradients():
        head, logits = head_of("BIOES"), emissions_of("BIOES").requires_grad_()
        head.loss(logits, legal_tags(head, LENGTHS), LENGTHS).total.backward()
        return [logits.grad, head.start.grad, head.transitions.grad, head.end.grad]

    whole = gradients()
    monkeypatch.setattr("seqtasks.heads.chain.NUMBERS_AT_ONCE", 200)  # two steps of 4 × 5 × 5
    for one, other in zip(whole, gradients(), strict=True):
        torch.testing.assert_close(one, other)


@pytest.mark.parametrize("scheme", ["BIO", "BIOES", "BMES"])
def test_what_is_forbidden_has_no_share_and_is_never_learnt(scheme):
    head, logits = head_of(scheme), emissions_of(scheme)
    tags = legal_tags(head, LENGTHS)
    before = head.transitions.detach().clone()
    optimizer = torch.optim.Adam(head.parameters(), lr=0.5)
    for _ in range(20):
        optimizer.zero_grad()
        loss = head.loss(logits, tags, LENGTHS)
        loss.mean.backward()
        optimizer.step()
        assert all(p.grad.isfinite().all() for p in (head.start, head.transitions, head.end))
    forbidden = ~head.constraint.transitions
    assert forbidden.any()
    assert torch.equal(head.transitions[forbidden], before[forbidden])
    assert not torch.equal(head.transitions[~forbidden], before[~forbidden])
    assert not head.start.grad[~head.constraint.start].any()
    assert not head.end.grad[~head.constraint.end].any()
    first = head.marginals(logits, LENGTHS)[0, 0]
    assert not first[~head.constraint.start].any()


def test_free_transitions_of_zero_are_a_softmax():
    vocabulary = Vocabulary(["a", "b", "c"])
    torch.manual_seed(0)
    crf, softmax = CRFTagging(5, vocabulary), SoftmaxTagging(5, vocabulary)
    softmax.linear.load_state_dict(crf.linear.state_dict())
    features, tags = torch.randn(4, 4, 5), torch.randint(3, (4, 4))
    losses = [head.loss(head(features), tags, LENGTHS) for head in (crf, softmax)]
    torch.testing.assert_close(losses[0].total, losses[1].total)
    assert losses[0].count == losses[1].count
    torch.testing.assert_close(losses[0].mean, losses[1].mean)
    decoded = [head.decode(head(features), LENGTHS) for head in (crf, softmax)]
    assert decoded[0] == decoded[1]
    assert [len(row) for row in decoded[0]] == LENGTHS.tolist()


# Options and refusals


def test_class_weights_multiply_the_nats_of_their_labels():
    weights = {"O": 0.25, "S-X": 3}
    head, plain = head_of("BIOES", class_weights=weights), head_of("BIOES")
    logits = emissions_of("BIOES")
    tags = legal_tags(head, LENGTHS)
    loss = head.loss(logits, tags, LENGTHS)
    nats = path_nats(*plain.scores(logits), tags, LENGTHS)
    expected = sum(
        weights.get(SETS["BIOES"][tags[row, t]], 1.0) * nats[row, t]
        for row, length in enumerate(LENGTHS.tolist())
        for t in range(length)
    )
    torch.testing.assert_close(loss.objective, expected)
    torch.testing.assert_close(loss.mean, expected / 8)
    torch.testing.assert_close(loss.total, plain.loss(logits, tags, LENGTHS).total)
    assert "weights" not in head.state_dict()
    same = head_of("BIOES", class_weights=dict.fromkeys(SETS["BIOES"], 2.0))
    torch.testing.assert_close(same.loss(logits, tags, LENGTHS).objective, 2 * loss.total)


def test_unfit_options_are_refused():
    labels = Vocabulary(SETS["BIOES"])
    with pytest.raises(UsageError, match="there is no label 'S-Z'; Did you mean 'S-X'"):
        CRFTagging(3, labels, class_weights={"S-Z": 1.0})
    for weight in (-1.0, math.nan, math.inf):
        with pytest.raises(UsageError, match=f"class_weights: O: {weight} is given"):
            CRFTagging(3, labels, class_weights={"O": weight})
    for kind in (CRFTagging, SoftmaxTagging):
        with pytest.raises(UsageError, match="there is no 'IOBS'"):
            kind(3, labels, scheme="IOBS")
        with pytest.raises(DataError, match="'E-X' is no label of BIO"):
            kind(3, labels, scheme="BIO")
        assert kind(3, labels, scheme="auto").constraint.scheme == "BIOES"
        assert kind(3, Vocabulary(["NN", "DT"]), scheme="auto").constraint.scheme is None


def test_sequences_that_the_scheme_forbids_or_that_have_unknown_labels_have_no_loss():
    head = head_of("BIO")
    logits = emissions_of("BIO").requires_grad_()
    names = [["O", "B-X", "I-X", "O"], ["O"], [], ["O", "O", "I-X"]]
    rows = [[SETS["BIO"].index(n) for n in row] + [0] * (4 - len(row)) for row in names]
    tags = torch.tensor(rows)
    loss = head.loss(logits, tags, LENGTHS)
    alone = head.loss(logits[:3], tags[:3], LENGTHS[:3])
    assert (loss.total, loss.count) == (alone.total, alone.count)
    loss.mean.backward()
    assert logits.grad.isfinite().all()
    assert logits.grad[3].abs().sum() == 0
    tags[3] = torch.tensor([0, 0, len(SETS["BIO"]) + 7, 0])
    assert head.loss(logits, tags, LENGTHS).total == alone.total
    assert head.constraint.legal(tags, LENGTHS).tolist() == [True] * 3 + [False]


def test_training_tags_that_the_scheme_forbids_are_listed():
    head = head_of("BIO")
    right, wrong = [SETS["BIO"].index("O")], [SETS["BIO"].index(name) for name in ("O", "I-X")]
    with pytest.raises(DataError, match=r"^f:2: the tags 'O I-X' are not BIO: tag 2: .* correct"):
        head.fit_to_training_data([right, wrong], ["f:1", "f:2"])
    with pytest.raises(DataError) as error:
        head.fit_to_training_data([right, *[wrong] * 30], [f"f:{n}" for n in range(31)])
    first, *lines = str(error.value).splitlines()
    assert first.startswith("30 training sequences are forbidden; correct the data")
    assert [line.split(":")[1] for line in lines[:-1]] == [str(n) for n in range(1, 21)]
    assert lines[-1] == "  … and 10 more"
