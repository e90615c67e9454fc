"""Numbers for the words of a source that can stand in the target."""

from __future__ import annotations

import numpy as np
import pytest

from seqtasks.data.dataset import SequenceDataset
from seqtasks.data.fields import CopyField, TokenField
from seqtasks.data.fields.fitting import fit
from seqtasks.data.record import Record
from seqtasks.data.vocabulary import SPECIALS
from seqtasks.errors import UsageError

PAIRS = [("call Ann and Bob", "Bob is called"), ("call me", "I am called")]


def fields(copies=None, source=None, target=None):
    found = {
        "source": TokenField(**(source or {})),
        "target": TokenField(bos=True, eos=True, **(target or {})),
        "copies": CopyField(**(copies or {})),
    }
    for name, field in found.items():
        field.name = name
    return found


def records(*pairs):
    names = ("source", "target")
    return [Record(dict(zip(names, pair, strict=False)), "f", 1) for pair in pairs]


def test_words_that_the_target_lacks_are_numbered_behind_its_vocabulary():
    made = fields()
    fit(made, records(*PAIRS), {})
    symbols = made["target"].vocabulary.symbols
    assert symbols == [*SPECIALS, "called", "Bob", "I", "am", "is"]
    [one] = made["copies"].encode(records(("Ann met Bob and Ann", "Ann is called Eve by Bob")))
    assert one.words == ["Ann", "met", "and"]
    assert one.source.tolist() == [9, 10, 5, 11, 9]
    unk, is_, called = 1, symbols.index("is"), symbols.index("called")
    # Words that the source lacks cannot be copied, known or not.
    assert one.target.tolist() == [9, unk, unk, unk, unk, 5]
    assert {is_, called}.isdisjoint(one.target.tolist())


def test_a_batch_is_padded_and_needs_no_target():
    made = fields()
    fit(made, records(*PAIRS), {})
    batch = SequenceDataset.of(made, records(("Ann", "I am"), ("call Bob", "Bob")))[[0, 1]]
    assert batch.copies.tolist() == [[9, 0], [9, 5]]
    assert batch.copies_target.tolist() == [[1, 1], [5, 1]]
    assert batch.copies_words == [["Ann"], ["call"]]
    source = {name: made[name] for name in ("source", "copies")}
    assert SequenceDataset.of(source, records(("Ann",)))[0].copies_target.shape == (1, 0)


def test_what_is_cut_off_the_source_cannot_be_copied():
    made = fields(source={"max_length": 2, "truncate": True})
    fit(made, records(*PAIRS), {})
    [one] = SequenceDataset.of(made, records(("Ann met Eve", "Eve Ann"))).encoded["copies"]
    assert one.source.tolist() == [9, 10]
    assert one.target.tolist() == [1, 9]


def test_characters_case_symbols_and_several_texts():
    cut = {"level": "character", "lowercase": True}
    made = fields({**cut, "separator": "<sep>"}, {**cut, "separator": "<sep>"}, cut)
    fit(made, records(("ab\tc", "ab")), {})
    [one] = SequenceDataset.of(made, records(("Az\tB", "bz"))).encoded["copies"]
    assert one.words == ["z", "<sep>"]
    assert one.source.tolist() == [4, 6, 7, 5]
    assert one.target.tolist() == [5, 6]
    listed = fields()
    fit(listed, records((["a", "b"], ["a", "c"])), {})
    [one] = listed["copies"].encode(records((["<unk>", "a"], ["a"])))
    assert one.words == ["<unk>"]  # no special symbol, but a word like others
    np.testing.assert_array_equal(one.source, [6, 4])


def test_a_column_that_is_named_twice_is_copied_from_at_both_places():
    options = {"separator": "<sep>"}
    column = ["question", "story", "question"]
    made = fields({**options, "source_column": column}, {**options, "column": column})
    rows = records(("where ?\tAnn left", "left"), ("who ?\tAnn sat", "sat"))
    fit(made, rows, {})
    data = SequenceDataset.of(made, rows)
    one, tokens = data.encoded["copies"][0], data.encoded["source"][0]
    left = made["target"].vocabulary.index["left"]
    assert one.words == ["where", "?", "<sep>", "Ann"]
    assert one.source.tolist() == [6, 7, 8, 9, left, 8, 6, 7]
    assert len(tokens) == 8


def test_options_that_do_not_fit_are_refused():
    with pytest.raises(UsageError, match=r"level: words and characters can be copied, not bpe"):
        CopyField(level="bpe")
    made = fields(target={"lowercase": True})
    with pytest.raises(UsageError, match=r"set data.copies.lowercase=true, as data.target has it"):
        fit(made, records(*PAIRS), {})
    with pytest.raises(UsageError, match="share_vocabulary_with=goal: the data has no field"):
        fit(fields({"share_vocabulary_with": "goal"}), records(*PAIRS), {})
    made = fields(source={"eos": True})
    fit(made, records(*PAIRS), {})
    with pytest.raises(UsageError, match="copies: it has a value for each token of 'source'"):
        SequenceDataset.of(made, records(*PAIRS))
