"""The reader of the embedded sample: its sentences, numbers or stories as records."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from seqtasks.data.record import Columns, Record, Value
from seqtasks.data.sample.numbers import draw_numbers
from seqtasks.data.sample.sentence import sentences
from seqtasks.data.sample.stories import stories
from seqtasks.errors import DataError, check_choice, nearest

_Examples = Iterator[Mapping[str, Value]]


class SampleReader:
    """Reads examples that are drawn from a seed; no file is opened.

    A source is a mapping ``{"seed": int, "sentences": int}``. The view says what one record is:

    * ``sentences``: a sentence, with the columns ``tokens`` and ``tags`` (lists of equal length),
      ``label``, and ``source`` and ``target`` (English and French, tokens joined by spaces).
    * ``words``: one token, as the list ``tokens`` of length 1, with its tag as ``label``.
    * ``text``: all the sentences, as one string ``tokens``, joined by spaces.
    * ``numbers``: a number, ``source`` in digits and ``target`` in French words; where two names
      are right, both with a tab between them.
    * ``stories``: ``story``, ``question`` and ``answer``: where a person of the story is.

    Args:
        view: ``sentences``, ``words``, ``text``, ``numbers`` or ``stories``.

    Raises:
        UsageError: there is no such view.

    >>> reader = SampleReader()
    >>> record, = reader.read({"seed": 1, "sentences": 1}, {"label": None, "text": "source"})
    >>> sorted(record.values), record.place
    (['label', 'text'], 'sample:1')
    """

    def __init__(self, view: str = "sentences") -> None:
        self.view = check_choice("view", view, _VIEWS)

    def read(self, source: Any, columns: Columns) -> Iterator[Record]:
        """Yield the records of one split; see `seqtasks.data.record.Reader`.

        Args:
            source: ``{"seed": int, "sentences": int}``; the second counts numbers or stories in
                their views.
            columns: field → column of the view; None stands for the column of the field's name.

        Returns:
            Records whose path is ``sample`` and whose line counts them from 1.

        Raises:
            DataError: the source is something else, or the view has no such column.
        """
        count, seed = _count_and_seed(source)
        examples, names = _VIEWS[self.view]
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
            for line, example in enumerate(examples(count, seed), 1)
        )

    def identity(self, source: Any) -> Any:
        """What the records of a source follow from: the source alone."""
        return source

    def best_nats(self, source: Any) -> float:
        """The nats that the best possible language model spends on the running text of a source.

        Args:
            source: as for `read`.

        >>> SampleReader("text").best_nats({"seed": 1, "sentences": 100}) > 0
        True
        """
        return -sum(sentence.log_prob for sentence in sentences(*_count_and_seed(source)))


def _count_and_seed(source: Any) -> tuple[int, int]:
    """The number of examples and the seed that a source names."""
    if isinstance(source, Mapping) and set(source) == {"seed", "sentences"}:
        seed, count = source["seed"], source["sentences"]
        if type(seed) is int and type(count) is int and seed >= 0 and count > 0:
            return count, seed
    raise DataError(
        "sample: the source is {seed: a whole number from 0, sentences: one from 1}, "
        f"not {source!r}"
    )


def _as_sentences(count: int, seed: int) -> _Examples:
    for sentence in sentences(count, seed):
        yield {
            "tokens": list(sentence.english),
            "tags": list(sentence.tags),
            "label": sentence.label,
            "source": " ".join(sentence.english),
            "target": " ".join(sentence.french),
        }


def _as_words(count: int, seed: int) -> _Examples:
    for sentence in sentences(count, seed):
        for word, tag in zip(sentence.english, sentence.tags, strict=True):
            yield {"tokens": [word], "label": tag}


def _as_text(count: int, seed: int) -> _Examples:
    drawn = sentences(count, seed)
    yield {"tokens": " ".join(word for sentence in drawn for word in sentence.english)}


def _as_numbers(count: int, seed: int) -> _Examples:
    for digits, names in draw_numbers(count, seed):
        yield {"source": digits, "target": "\t".join(names)}


def _as_stories(count: int, seed: int) -> _Examples:
    return (story._asdict() for story in stories(count, seed))


_VIEWS: dict[str, tuple[Callable[[int, int], _Examples], tuple[str, ...]]] = {
    "sentences": (_as_sentences, ("tokens", "tags", "label", "source", "target")),
    "words": (_as_words, ("tokens", "label")),
    "text": (_as_text, ("tokens",)),
    "numbers": (_as_numbers, ("source", "target")),
    "stories": (_as_stories, ("story", "question", "answer")),
}
"""Name of the view → the function that makes its examples, and the columns they have."""
