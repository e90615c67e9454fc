"""A table with a vector for each token, which may start from the word vectors of a file."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from seqtasks.data.symbols.folding import lowered
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.data.word_vectors import matched, read_vectors, vector_width
from seqtasks.encoder.dropout import SequenceDropout
from seqtasks.errors import UsageError, check_least, check_rate, nearest


class TokenEmbedding(nn.Module):
    """A vector for each token.

    Args:
        vocabulary: the tokens.
        embedding_dim: size of a vector; None takes that of the file ``vectors``.
        dropout: rate on the vectors.
        variational: one dropout mask for all steps of a sequence.
        token_dropout: in training, the share of tokens replaced by ``<unk>``, so that unknown
            words are met before the test.
        embedding_dropout: in training, the share of the vocabulary whose vectors are zero
            wherever they stand in a batch; the others are scaled by 1 / (1 - rate) (Gal and
            Ghahramani 2016, section 4.2; Merity et al. 2018, section 4.3).
        vectors: a file of word vectors that `prepare` starts the table from; see
            `seqtasks.data.word_vectors`. Making the module does not need the file.
        tuning: ``tuned`` trains the table with all else, ``frozen`` never changes it, and a number
            of epochs leaves it unchanged for so long. It is about the whole table, words without a
            vector of the file among it.

    Raises:
        UsageError: a rate is not in [0, 1), ``token_dropout`` is asked for and the vocabulary has
            no ``<unk>``, there is no such tuning, or ``vectors`` is missing where it is needed.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        *,
        embedding_dim: int | None,
        dropout: float = 0.0,
        variational: bool = False,
        token_dropout: float = 0.0,
        embedding_dropout: float = 0.0,
        vectors: str | None = None,
        tuning: str | int = "tuned",
    ) -> None:
        super().__init__()
        self.vectors, self.tuning = vectors, checked_tuning(tuning, vectors)
        if embedding_dim is None:
            if vectors is None:
                raise UsageError(
                    "null takes the width of a file; give one by `vectors`=PATH, or set a number",
                    option="embedding_dim",
                )
            embedding_dim = vector_width(vectors)
        check_least("embedding_dim", embedding_dim, 1)
        if not isinstance(vocabulary, Vocabulary):
            raise UsageError("it reads one vocabulary, not several; choose another", option="")
        self.token_dropout = check_rate("token_dropout", token_dropout)
        if token_dropout and vocabulary.unk_id is None:
            raise UsageError(
                "it needs a vocabulary with <unk>, as words have; set it to 0",
                option="token_dropout",
            )
        self.table = nn.Embedding(len(vocabulary), embedding_dim)
        nn.init.normal_(self.table.weight, std=embedding_dim**-0.5)
        self.dropout = SequenceDropout(dropout, variational)
        self.embedding_dropout = check_rate("embedding_dropout", embedding_dropout)
        self.unk_id = vocabulary.unk_id
        self.symbols = vocabulary.symbols
        # A file of vectors means unknown words by <unk>; what it means by <eos> is not known.
        self.unsought = {*vocabulary.specials.values()} - {self.unk_id}
        self.output_size = embedding_dim
        self.table.weight.requires_grad_(tuning != "frozen")

    def prepare(self) -> str:
        """Start the words that the file has from its vectors; the others keep their random ones.

        Returns:
            A line that says how many words were found, empty where there is no file.

        Raises:
            UsageError: the vectors are of another width than the table, or have none of its words.
            DataError: the file cannot be read.
        """
        if self.vectors is None:
            return ""
        width = vector_width(self.vectors)
        if width != self.output_size:
            raise UsageError(
                f"{self.vectors} has vectors of another width: {width}, not {self.output_size}; "
                f"set `embedding_dim`={width}, or to null for the file's",
                option="vectors",
            )
        sought = ["" if n in self.unsought else symbol for n, symbol in enumerate(self.symbols)]
        spelled = {form for symbol in sought for form in (symbol, lowered(symbol))}
        found = matched(sought, read_vectors(self.vectors, spelled))
        if not found:
            raise UsageError(
                f"{self.vectors} has none of the {len(self.symbols):,} words of the vocabulary, "
                f"such as '{self.symbols[-1]}'; give vectors of the data's language",
                option="vectors",
            )
        with torch.no_grad():
            for place, vector in found.items():
                self.table.weight[place] = torch.from_numpy(vector)
        missing = [symbol for place, symbol in enumerate(self.symbols) if place not in found]
        shown = ", ".join(missing[:5]) + (", …" if len(missing) > 5 else "")
        return (
            f"{self.vectors}: vectors for {len(found):,} of {len(self.symbols):,} words "
            f"({len(found) / len(self.symbols):.1%}); without: {shown or 'none'}"
        )

    def withhold(self, epoch: int) -> None:
        """Drop the table's gradient in epochs in which it is not yet tuned."""
        if isinstance(self.tuning, int) and epoch < self.tuning:
            self.table.weight.grad = None

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


def checked_tuning(tuning: str | int, vectors: str | None) -> str | int:
    """The tuning; a UsageError if there is none of that name, or there are no vectors to hold."""
    epochs = isinstance(tuning, int) and not isinstance(tuning, bool) and tuning >= 0
    if tuning not in ("tuned", "frozen") and not epochs:
        raise UsageError(
            f"there is no {tuning!r};{nearest(str(tuning), ('tuned', 'frozen'))} It is tuned, "
            "frozen, or a number of epochs to hold the vectors first.",
            option="tuning",
        )
    if tuning != "tuned" and vectors is None:
        raise UsageError(
            f"{tuning} is about pretrained vectors; give `vectors`=PATH, or leave it at tuned",
            option="tuning",
        )
    return tuning
