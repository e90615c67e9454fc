"""Losses and pooling against their definitions."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from seqtasks.data.vocabulary import SPECIALS, Vocabulary
from seqtasks.embedding import TokenEmbedding
from seqtasks.encoder import RecurrentEncoder
from seqtasks.errors import UsageError
from seqtasks.heads.language import LanguageHead
from seqtasks.heads.loss import cross_entropy
from seqtasks.heads.pooling import Pooling
from seqtasks.kernels.lengths import mask

LENGTHS = torch.tensor([4, 1, 0, 3])


def test_cross_entropy_equals_torch_over_real_steps():
    torch.manual_seed(0)
    logits, targets = torch.randn(4, 4, 7), torch.randint(7, (4, 4))
    loss = cross_entropy(logits, targets, LENGTHS)
    real = mask(LENGTHS, 4)
    expected = nn.functional.cross_entropy(logits[real], targets[real], reduction="sum")
    torch.testing.assert_close(loss.total, expected)
    assert loss.count == 8
    torch.testing.assert_close(loss.mean, expected / 8)


def test_label_smoothing_changes_the_objective_and_not_the_score():
    torch.manual_seed(0)
    logits, targets = torch.randn(9, 5), torch.randint(5, (9,))
    loss = cross_entropy(logits, targets, label_smoothing=0.2)
    torch.testing.assert_close(loss.total, cross_entropy(logits, targets).total)
    expected = nn.functional.cross_entropy(logits, targets, label_smoothing=0.2)
    torch.testing.assert_close(loss.mean, expected)


def test_a_batch_of_nothing_has_loss_zero():
    loss = cross_entropy(torch.randn(1, 2, 3), torch.zeros(1, 2).long(), torch.tensor([0]))
    assert loss.mean == 0


@pytest.mark.parametrize("kind", Pooling.KINDS)
def test_pooling_ignores_padding_and_gives_zeros_for_nothing(kind):
    torch.manual_seed(0)
    encoder = RecurrentEncoder(3, 5, bidirectional=True)
    pool = Pooling(encoder, kind)
    outputs, _ = encoder(torch.randn(4, 4, 3), LENGTHS)
    pooled = pool(outputs, LENGTHS)
    longer = nn.functional.pad(outputs, (0, 0, 0, 3), value=50.0)
    torch.testing.assert_close(pool(longer, LENGTHS), pooled)
    assert not pooled[2].any()
    by_hand = {
        "mean": outputs[3, :3].mean(0),
        "max": outputs[3, :3].amax(0),
        "last": torch.cat([outputs[3, 2, :5], outputs[3, 0, 5:]]),
    }
    if kind in by_hand:
        torch.testing.assert_close(pooled[3], by_hand[kind])
    with pytest.raises(UsageError, match="there is no 'sum'"):
        Pooling(encoder, "sum")


def test_a_tied_softmax_shares_its_weights_and_maps_other_sizes():
    embedding = TokenEmbedding(Vocabulary([*SPECIALS, "a"]), embedding_dim=4)
    tied = LanguageHead(6, embedding)
    assert tied.output.weight is embedding.table.weight
    assert tied(torch.randn(2, 3, 6)).shape == (2, 3, 5)
    assert len(list(LanguageHead(4, embedding).projection.parameters())) == 0
    loose = LanguageHead(6, embedding, tied=False)
    assert loose.output.weight is not embedding.table.weight
    assert loose(torch.randn(2, 3, 6)).shape == (2, 3, 5)


def test_token_dropout_replaces_by_unk_in_training_alone():
    vocabulary = Vocabulary([*SPECIALS, "a", "b"], specials=range(4))
    embedding = TokenEmbedding(vocabulary, embedding_dim=3, token_dropout=0.5)
    tokens = torch.full((1, 2000), 4)
    unknown = embedding.table.weight[vocabulary.unk_id]
    share = (embedding(tokens) == unknown).all(-1).float().mean().item()
    assert math.isclose(share, 0.5, abs_tol=0.05)
    embedding.eval()
    assert not (embedding(tokens) == unknown).all(-1).any()
    with pytest.raises(UsageError, match="needs a vocabulary with <unk>"):
        TokenEmbedding(Vocabulary(["a"]), embedding_dim=3, token_dropout=0.5)
