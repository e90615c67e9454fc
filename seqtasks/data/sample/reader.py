"""The reader that hands out the sample as records, in the shape a task wants."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from seqtasks.data.record import Columns, Record, Value
from seqtasks.data.sample.sentence import Sentence, sentences
from seqtasks.errors import DataError, UsageError, nearest

Example = Mapping[str, Value]


class SampleReader:
    """Reads sentences of the small world; nothing is loaded.

    A source is a mapping ``{"seed": int, "sentences": int}``. The view says what one record is:

    * ``sentences``: a sentence, with the columns ``tokens`` and ``tags`` (lists of equal length),
      ``label``, and ``source`` and ``target`` (English and French, tokens joined by spaces).
    * ``words``: one token, as the list ``tokens`` of length 1, with its tag as ``label``.
    * ``text``: all the sentences, as one string ``tokens``, joined by spaces.

    >>> reader = SampleReader()
    >>> record, = reader.read({"seed": 1, "sentences": 1}, {"label": None, "text": "source"})
    >>> sorted(record.values), record.place
    (['label', 'text'], 'sample:1')
    """

    def __init__(self, view: str = "sentences") -> None:
        """Choose what one record is.

        Args:
            view: ``sentences``, ``words`` or ``text``.

        Raises:
            UsageError: there is no such view.
        """
        if view not in VIEWS:
            raise UsageError(
                f"the sample has no view {view!r}; it has {', '.join(VIEWS)}.{nearest(view, VIEWS)}"
            )
        self.view = view

    def read(self, source: Any, columns: Columns) -> Iterator[Record]:
        """Yield the records of one split; see :class:`~seqtasks.data.record.Reader`.

        Args:
            source: ``{"seed": int, "sentences": int}``.
            columns: field → column of the view; None stands for the column of the field's name.

        Returns:
            Records whose path is ``sample`` and whose line counts them from 1.

        Raises:
            DataError: the source is something else, or the view has no such column.
        """
        drawn = _draw(source)
        examples, names = VIEWS[self.view]
        chosen = {field: field if column is None else column for field, column in columns.items()}
        for field, column in chosen.items():
            if column not in names:
                raise DataError(
                    f"sample: no column {column!r} for field {field!r} in the view {self.view!r}; "
                    f"it has {', '.join(names)}.{nearest(str(column), names)}"
                )
        return (
            Record(
                {field: example[str(column)] for field, column in chosen.items()}, "sample", line
            )
            for line, example in enumerate(examples(drawn), 1)
        )

    def best_nats(self, source: Any) -> float:
        """The nats that the best possible language model spends on the running text of a source.

        Args:
            source: as for :meth:`read`.

        >>> SampleReader("text").best_nats({"seed": 1, "sentences": 100}) > 0
        True
        """
        return -sum(sentence.log_prob for sentence in _draw(source))


def _draw(source: Any) -> Iterator[Sentence]:
    """The sentences a source asks for.

    Raises:
        DataError: it is not a mapping of exactly these two to whole numbers in their range.
    """
    if isinstance(source, Mapping) and set(source) == {"seed", "sentences"}:
        seed, count = source["seed"], source["sentences"]
        if type(seed) is int and type(count) is int and seed >= 0 and count > 0:
            return sentences(count, seed)
    raise DataError(
        "sample: the source is {seed: a whole number from 0, sentences: one from 1}, "
        f"not {source!r}"
    )


def _as_sentences(drawn: Iterator[Sentence]) -> Iterator[Example]:
    """One example for each sentence."""
    for sentence in drawn:
        yield {
            "tokens": list(sentence.english),
            "tags": list(sentence.tags),
            "label": sentence.label,
            "source": " ".join(sentence.english),
            "target": " ".join(sentence.french),
        }


def _as_words(drawn: Iterator[Sentence]) -> Iterator[Example]:
    """One example for each token."""
    for sentence in drawn:
        for word, tag in zip(sentence.english, sentence.tags, strict=True):
            yield {"tokens": [word], "label": tag}


def _as_text(drawn: Iterator[Sentence]) -> Iterator[Example]:
    """One example for all."""
    yield {"tokens": " ".join(word for sentence in drawn for word in sentence.english)}


VIEWS: dict[str, tuple[Callable[[Iterator[Sentence]], Iterator[Example]], tuple[str, ...]]] = {
    "sentences": (_as_sentences, ("tokens", "tags", "label", "source", "target")),
    "words": (_as_words, ("tokens", "label")),
    "text": (_as_text, ("tokens",)),
}
"""Name of the view → what makes its examples, and the columns they have."""
