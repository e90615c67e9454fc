"""The field of a synchronous translation: one target word for each source word."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from seqtasks.data.fields.field import check_varied, listed
from seqtasks.data.fields.tags import TagField
from seqtasks.data.record import Record
from seqtasks.data.store.ragged import Ragged
from seqtasks.data.symbols.numbers import look_up
from seqtasks.data.vocabulary import UNK, WAIT, Vocabulary
from seqtasks.errors import check_least


class SynchronousField(TagField):
    """The words of a target text as labels of the source's, one a step.

    With ``delay`` k the label of source word t is target word t - k: the model waits for k words
    before it begins, and then writes as it reads (the wait-k policy of Ma et al. 2019, cut off
    where the source ends). Steps without a target word have `WAIT`; target words without a step
    are never written, which is the price of one word for each word.

    Args:
        column: where the reader finds the target text, which is split at white space.
        along: the field of the source's tokens.
        delay: source words read before the first is written, at least 0.
        min_count: rarer target words become ``<unk>``.
        max_size: target words to keep at most, the two special ones included.
        keep_text: batches also hold the whole target text, for scores that compare texts.

    Raises:
        UsageError: the delay is negative.
    """

    has_classes = False

    def __init__(
        self,
        column: str | int | None = "target",
        *,
        along: str = "tokens",
        delay: int = 0,
        min_count: int = 1,
        max_size: int | None = None,
        keep_text: bool = True,
    ) -> None:
        super().__init__(column, along=along, scheme=None)
        self.vocabulary = Vocabulary([])
        self.delay = check_least("delay", delay)
        self.min_count, self.max_size = min_count, max_size
        self.keep_text = keep_text

    def fit(self, records: Iterable[Record]) -> None:
        """List the target's words, the most frequent first."""
        texts = map(self.labels, records)
        self.vocabulary = Vocabulary.count(
            texts, specials=(WAIT, UNK), min_count=self.min_count, max_size=self.max_size
        )
        check_varied(self, len(self.vocabulary.index), "words")

    def written(self, record: Record) -> list[str]:
        """The whole target, which is the only reference."""
        return [" ".join(self.labels(record))]

    def encoder(
        self, records: Sequence[Record], training: bool = False
    ) -> Callable[[Sequence[Record]], Ragged]:
        return self.encode

    def encode(self, records: Sequence[Record]) -> Ragged:
        """A word of the target, or `WAIT`, for each word of the source; unknown ones are ``<unk>``.

        Returns:
            (records, words of the source), their numbers.
        """
        vocabulary = self.vocabulary
        index: dict[str | None, int] = dict(vocabulary.index.items())
        index[None] = vocabulary.specials[WAIT]
        rows = [self.steps(record) for record in records]
        return look_up(rows, index, vocabulary.unk_id, vocabulary.number_type)

    def steps(self, record: Record) -> list[str | None]:
        """A word of the target, or None, for each word of the source."""
        count = len(listed(record.values[self.along]))
        words = [*[None] * self.delay, *self.labels(record)]
        return [*words, *[None] * count][:count]
