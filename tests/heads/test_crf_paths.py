"""The best paths of a CRF and of a constrained softmax against every path."""

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
    log_total,
    over_schemes,
)

from seqtasks.data.vocabulary import Vocabulary
from seqtasks.decoding.viterbi import best_paths
from seqtasks.errors import UsageError
from seqtasks.heads.chain import Chain
from seqtasks.heads.crf import CRFTagging
from seqtasks.heads.tagging import SoftmaxTagging
from seqtasks.schemes import violation


@over_schemes
@pytest.mark.parametrize("integers", [False, True], ids=["real", "ties"])
def test_the_best_paths_are_the_first_of_all(scheme, integers):
    for seed in range(4):
        head, logits = head_of(scheme, seed), emissions_of(scheme, seed=seed)
        logits, chain = head.scores(logits)
        if integers:  # whose sums are exact, so that equal scores are equal
            logits, chain = logits.round(), Chain(*(part.round() for part in chain))
        every = [
            list(every_path(logits[row], chain, length).items())
            for row, length in enumerate(LENGTHS.tolist())
        ]
        for count in (1, 2, 7, 400):
            paths, scores = best_paths(logits, *chain, LENGTHS, count)
            assert paths.shape == (4, count, 4)
            for row, length in enumerate(LENGTHS.tolist()):
                wanted = every[row][:count]
                found = [tuple(path[:length]) for path in paths[row].tolist()]
                assert found[: len(wanted)] == [path for path, _ in wanted]
                assert scores[row].tolist() == pytest.approx(
                    [score for _, score in wanted] + [-math.inf] * (count - len(wanted)), abs=1e-9
                )
                assert not paths[row, :, length:].any()


@over_schemes
def test_hypotheses_have_their_probabilities(scheme):
    head, logits = head_of(scheme), emissions_of(scheme)
    found = head.best(logits, LENGTHS, 3)
    whole = head.best(logits, LENGTHS, 700)
    decoded = head.decode(logits, LENGTHS)
    for row, length in enumerate(LENGTHS.tolist()):
        paths = every_path(logits[row], head.scores(logits)[1], length)
        total = log_total(paths.values())
        assert found[row] == whole[row][:3]
        assert found[row][0].tokens == decoded[row]
        assert len(whole[row]) == len(paths)
        for hypothesis, (path, score) in zip(whole[row], paths.items(), strict=True):
            assert hypothesis.tokens == list(path)
            assert hypothesis.log_prob == pytest.approx(score - total, abs=1e-9)
            assert hypothesis.score == hypothesis.log_prob
    with pytest.raises(UsageError, match="count: 0 is given"):
        head.best(logits, LENGTHS, 0)


@pytest.mark.parametrize("scheme", ["BIO", "IOB1", "BIOES", "BMES"])
def test_a_softmax_under_a_scheme_decodes_its_best_legal_sequence(scheme):
    torch.manual_seed(1)
    head = SoftmaxTagging(6, Vocabulary(SETS[scheme]), scheme=scheme)
    free = SoftmaxTagging(6, Vocabulary(SETS[scheme]))
    logits = emissions_of(scheme, scale=3.0)
    decoded = head.decode(logits, LENGTHS)
    crf = CRFTagging(6, Vocabulary(SETS[scheme]), scheme=scheme)
    chain = crf.constraint(*(torch.zeros_like(p) for p in (crf.start, crf.transitions, crf.end)))
    log_probs = logits.log_softmax(2)
    for row, length in enumerate(LENGTHS.tolist()):
        assert decoded[row] == list(next(iter(every_path(log_probs[row], chain, length))))
        assert violation([SETS[scheme][n] for n in decoded[row]], scheme) is None
    greedy = free.decode(logits, LENGTHS)
    assert greedy == [row[:n] for row, n in zip(logits.argmax(2).tolist(), LENGTHS, strict=True)]
    assert greedy != decoded
