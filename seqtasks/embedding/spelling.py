"""A word's vector from its characters, by a recurrent encoder."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor, nn

from seqtasks.data.vocabulary import Vocabulary
from seqtasks.embedding.tokens import TokenEmbedding
from seqtasks.encoder import RecurrentEncoder


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

        Characters are (words, characters) int64 of so many ``lengths`` (words,), and the index
        (batch, time) has the word at each step; the result is (batch, time, output_size).
        """
        outputs, _ = self.encoder(self.table(characters), lengths)
        return self.encoder.summary(outputs, lengths)[index]
