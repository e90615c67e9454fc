"""Vocabularies of fields that share one."""

from __future__ import annotations

import pytest

from seqtasks.data.fields import TokenField
from seqtasks.data.fields.fitting import fit
from seqtasks.data.record import Record
from seqtasks.errors import UsageError

RECORDS = [Record({"source": "where is Anna\tAnna left", "target": "Rome\tthe town"}, "f", 1)]


@pytest.mark.parametrize(("owner", "other"), [("source", "target"), ("target", "source")])
def test_each_field_is_read_in_its_own_way_for_the_vocabulary_of_both(owner, other):
    source = TokenField(
        separator="<sep>", share_vocabulary_with=owner if other == "source" else None
    )
    target = TokenField(references=True, share_vocabulary_with=owner if other == "target" else None)
    fields = {"source": source, "target": target}
    for name, field in fields.items():
        field.name = name
    fit(fields, RECORDS, {})
    assert source.vocabulary is target.vocabulary
    symbols = set(source.vocabulary.symbols[4:])
    assert symbols == {"<sep>", "where", "is", "Anna", "left", "Rome"}
    [numbers] = source.encode(RECORDS)
    assert source.vocabulary.unk_id not in numbers
    assert source.vocabulary.specials["<sep>"] in numbers


def test_words_belong_to_the_field_that_has_the_vocabulary():
    fields = {
        "source": TokenField(),
        "target": TokenField(share_vocabulary_with="source", words="v.txt"),
    }
    for name, field in fields.items():
        field.name = name
    with pytest.raises(UsageError, match=r"set data.source.words, and data.target.words=null"):
        fit(fields, RECORDS, {})
