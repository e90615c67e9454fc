"""The words of the sentences that a tagger gets most wrong."""

from __future__ import annotations

from typing import Any

from seqtasks.data.dataset import SequenceDataset
from seqtasks.data.fields import TokenField


def with_words(report: dict[str, Any], dataset: SequenceDataset) -> dict[str, Any]:
    """A task's report in which each of its ``sentences`` has its words and its place.

    Args:
        report: as `Task.report` gives it.
        dataset: the examples that were tested.
    """
    rows = [
        {"place": dataset.places[row["index"]], "words": words_of(dataset, row), **row}
        for row in report.get("sentences", [])
    ]
    return {**report, "sentences": rows} if rows else report


def words_of(dataset: SequenceDataset, row: dict[str, Any]) -> list[str]:
    """What the tags of an example stand beside: its tokens, or the numbers of its steps."""
    count = len(row["expected"])
    field = dataset.fields.get("tokens")
    if isinstance(field, TokenField):
        record = dataset.records[row["index"]]
        text = record.values[field.name]
        for words in (field.tokens(record), [*text] if isinstance(text, str) else []):
            if len(words) >= count:
                return words[:count]
    return [str(step) for step in range(1, count + 1)]
