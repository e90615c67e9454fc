"""Words spelled by their characters."""

from __future__ import annotations

import numpy as np

from seqtasks.data.fields import CharacterField
from seqtasks.data.record import Record


def test_sequences_are_cut_at_words():
    field = CharacterField(max_length=4)
    field.name = "characters"
    texts = ["ab c abcdefgh", "", "d", "bc a"]
    records = [Record({"tokens": text}) for text in texts]
    field.fit(records)
    spellings = field.encode(records)
    assert spellings.lengths.tolist() == [3, 0, 1, 2]
    assert [len(word) for word in spellings[0]] == [2, 1, 4]
    cut = spellings.cut(np.array([2, 5, 0, 1]))
    assert cut.lengths.tolist() == [2, 0, 0, 1]
    for row in range(4):
        expected = spellings[row][: len(cut[row])]
        assert [word.tolist() for word in cut[row]] == [word.tolist() for word in expected]
    assert cut[1] == cut[2] == []


def test_words_may_be_empty_and_hold_any_character():
    field = CharacterField("tokens")
    field.name = "characters"
    records = [Record({"tokens": ["", "a\ud800", "<pad>", ""]})]
    field.fit(records)
    words = field.encode(records)[0]
    spelled = ["".join(field.vocabulary.symbols[n] for n in word) for word in words]
    assert spelled == records[0].values["tokens"]
    assert field.encode([Record({"tokens": "é"})])[0][0].tolist() == [field.vocabulary.unk_id]
