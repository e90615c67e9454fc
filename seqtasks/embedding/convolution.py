"""A word's vector from its characters, by convolution."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from seqtasks.data.vocabulary import Vocabulary
from seqtasks.embedding.tokens import TokenEmbedding
from seqtasks.errors import UsageError
from seqtasks.kernels.lengths import mask


class ConvolutionalSpelling(nn.Module):
    """A vector for each token from the strongest answers of filters that slide over its letters.

    Filters of several widths, a rectifier, and the maximum over the word, as in section 2 of Kim
    (2014), "Convolutional neural networks for sentence classification", but over characters, as in
    section 2.1 of Ma and Hovy (2016), "End-to-end sequence labeling via bi-directional
    LSTM-CNNs-CRF". A word stands among zeros, so that every filter also meets its beginning and
    its end.

    Args:
        vocabulary: the characters.
        embedding_dim: size of a character's vector.
        widths: characters that a filter sees at once.
        filters: how many filters of each width.
        dropout: rate on the characters' vectors.

    Raises:
        UsageError: there are no widths, or one of the sizes is below 1.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        *,
        embedding_dim: int = 32,
        widths: Sequence[int] = (2, 3, 4),
        filters: int = 32,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        if not widths or min(*widths, filters, embedding_dim) < 1:
            raise UsageError(
                "it is a list of sizes of at least 1, as are `filters` and `embedding_dim`, not "
                f"{list(widths)}, {filters} and {embedding_dim}",
                option="widths",
            )
        self.table = TokenEmbedding(vocabulary, embedding_dim=embedding_dim, dropout=dropout)
        self.filters = nn.ModuleList(
            nn.Conv1d(embedding_dim, filters, width, padding=width - 1) for width in widths
        )
        self.output_size = filters * len(widths)

    def forward(self, characters: Tensor, lengths: Tensor, index: Tensor) -> Tensor:
        """Spell each distinct word once; arguments are those of `SpellingEncoder`.

        Characters are (words, characters) int64, lengths (words,), the index (batch, time), and the
        result is (batch, time, output_size).
        """
        real = mask(lengths, characters.size(1)).unsqueeze(-1)
        letters = (self.table(characters) * real).transpose(1, 2)  # (words, size, characters)
        strongest = []
        for convolution in self.filters:
            answers = torch.relu(convolution(letters))  # (words, filters, characters + width - 1)
            seen = mask(lengths + answers.size(2) - characters.size(1), answers.size(2))
            strongest.append((answers * seen.unsqueeze(1)).amax(dim=2))
        return torch.cat(strongest, dim=-1)[index]
