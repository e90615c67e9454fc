"""The case of tokens."""

from __future__ import annotations

import pytest

from seqtasks.data.fields import CaseField, TokenField
from seqtasks.data.fields.case import CASES, case_of
from seqtasks.data.record import Record
from seqtasks.errors import UsageError


@pytest.mark.parametrize(
    ("word", "case"),
    [
        ("word", "lower"),
        ("straße", "lower"),
        ("Émile", "title"),
        ("I", "title"),
        ("NATO", "upper"),
        ("N.A.", "upper"),
        ("eBay", "mixed"),
        ("MacOS", "mixed"),
        ("-3.5", "number"),
        ("٣", "number"),
        ("B2B", "digits"),
        ("東京", "caseless"),
        ("!?", "punctuation"),
        ("", "punctuation"),
    ],
)
def test_case_of(word, case):
    assert case_of(word) == case


@pytest.mark.parametrize("value", ["The CAT sat .", ["The", "CAT", "sat", "."]])
def test_case_is_that_of_the_raw_tokens(value):
    record = Record({"tokens": value})
    tokens, field = TokenField(lowercase=True), CaseField()
    tokens.name, field.name = "tokens", "case"
    tokens.fit([record])
    field.fit([record])
    assert "CAT" not in tokens.vocabulary
    [row] = field.encode([record])
    assert [CASES[number] for number in row] == ["title", "upper", "lower", "punctuation"]
    assert field.collate([row, row[:1]])["case"].tolist() == [row.tolist(), [row[0], 0, 0, 0]]


def test_a_missing_field_is_named():
    field = CaseField(along="source")
    field.name = "case"
    with pytest.raises(UsageError, match=r"no field 'source'; its fields are tokens"):
        field.encode([Record({"tokens": "a"})])
