"""Symbols to vectors: tokens, and the spelling of tokens."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn

from seqtasks.data.batch import Batch
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.dropout import SequenceDropout, check_rate
from seqtasks.encoder import RecurrentEncoder
from seqtasks.errors import UsageError


class TokenEmbedding(nn.Module):
    """A vector for each token.

    Args:
        vocabulary: the tokens.
        embedding_dim: size of a vector.
        dropout: rate on the vectors.
        variational: one dropout mask for all steps of a sequence.
        token_dropout: in training, the share of tokens replaced by ``<unk>``, so that unknown
            words are met before the test.
        embedding_dropout: in training, the share of the vocabulary whose vectors are zero
            wherever they stand in a batch; the others are scaled by 1 / (1 - rate) (Gal and
            Ghahramani 2016, section 4.2; Merity et al. 2018, section 4.3).

    Raises:
        UsageError: a rate is not in [0, 1), or ``token_dropout`` is asked for and the vocabulary
            has no ``<unk>``.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        *,
        embedding_dim: int,
        dropout: float = 0.0,
        variational: bool = False,
        token_dropout: float = 0.0,
        embedding_dropout: float = 0.0,
    ) -> None:
        super().__init__()
        if token_dropout and vocabulary.unk_id is None:
            raise UsageError("embedding.token_dropout needs a vocabulary with <unk>")
        self.table = nn.Embedding(len(vocabulary), embedding_dim)
        nn.init.normal_(self.table.weight, std=embedding_dim**-0.5)
        self.dropout = SequenceDropout(dropout, variational)
        self.token_dropout = check_rate("embedding.token_dropout", token_dropout)
        self.embedding_dropout = check_rate("embedding.embedding_dropout", embedding_dropout)
        self.unk_id = vocabulary.unk_id
        self.output_size = embedding_dim

    def forward(self, tokens: Tensor) -> Tensor:
        """(batch, time) int64 → (batch, time, embedding_dim)."""
        if self.training and self.token_dropout:
            drop = torch.rand(tokens.shape, device=tokens.device) < self.token_dropout
            tokens = tokens.masked_fill(drop, self.unk_id or 0)
        vectors = self.table(tokens)
        if self.training and self.embedding_dropout:
            keep = vectors.new_full((self.table.num_embeddings, 1), 1 - self.embedding_dropout)
            factors = torch.bernoulli(keep) / keep
            vectors = vectors * factors[tokens]
        return self.dropout(vectors)


class SpellingEncoder(nn.Module):
    """A vector for each token from its characters: the last states of a recurrent encoder.

    Args:
        vocabulary: the characters.
        encoder: makes the recurrent encoder from ``input_size``.
        embedding_dim: size of a character's vector.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        *,
        encoder: Callable[..., RecurrentEncoder],
        embedding_dim: int,
    ) -> None:
        super().__init__()
        self.table = TokenEmbedding(vocabulary, embedding_dim=embedding_dim)
        self.encoder = encoder(input_size=embedding_dim)
        self.output_size = self.encoder.output_size

    def forward(self, characters: Tensor, lengths: Tensor, index: Tensor) -> Tensor:
        """Spell each distinct word once and lay the result where it stands.

        Args:
            characters: (words, characters) int64.
            lengths: (words,) int64.
            index: (batch, time) int64, the word at each step.

        Returns:
            (batch, time, output_size).
        """
        outputs, _ = self.encoder(self.table(characters), lengths)
        return self.encoder.summary(outputs, lengths)[index]


class InputEmbedding(nn.Module):
    """What an encoder reads at each step: a token's vector, and that of its spelling.

    Args:
        vocabularies: ``tokens``, and ``characters`` where spelling is read.
        tokens: makes the `TokenEmbedding` from a vocabulary.
        spelling: makes the `SpellingEncoder` from a vocabulary; None for tokens alone.
        dropout: rate on the joined vectors.
        variational: one dropout mask for all steps of a sequence.

    Raises:
        UsageError: the data has ``characters`` and ``spelling`` is None, or the reverse.
    """

    def __init__(
        self,
        vocabularies: Mapping[str, Vocabulary],
        *,
        tokens: Callable[[Vocabulary], TokenEmbedding],
        spelling: Callable[[Vocabulary], SpellingEncoder] | None = None,
        dropout: float = 0.0,
        variational: bool = False,
    ) -> None:
        super().__init__()
        if (spelling is None) != ("characters" not in vocabularies):
            raise UsageError(
                "data.characters and task.embedding.spelling go together: set both, or both to null"
            )
        self.tokens = tokens(vocabularies["tokens"])
        self.output_size = self.tokens.output_size
        self.spelling = spelling(vocabularies["characters"]) if spelling else None
        if self.spelling is not None:
            self.output_size += self.spelling.output_size
        self.dropout = SequenceDropout(dropout, variational)

    def forward(self, batch: Batch) -> Tensor:
        """(batch, time, output_size)."""
        vectors = self.tokens(batch.tokens)
        if self.spelling is not None:
            spelled = self.spelling(
                batch.characters, batch.characters_lengths, batch.characters_index
            )
            vectors = torch.cat([vectors, spelled], dim=-1)
        return self.dropout(vectors)
