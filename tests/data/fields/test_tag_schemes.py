"""Tags that are read in one scheme and learnt in another."""

from __future__ import annotations

import pytest

from seqtasks.data.fields import TagField
from seqtasks.data.record import Record
from seqtasks.errors import DataError, UsageError


def records(*lines, path="train.txt"):
    return [Record({"tags": line.split()}, path, 10 * n) for n, line in enumerate(lines, 1)]


def learnt(lines, **options):
    field = TagField(**options)
    field.name = "tags"
    field.fit(records(*lines))
    encoded = field.encode(records(*lines))
    return [" ".join(field.vocabulary.symbols[n] for n in row) for row in encoded]


IOB1 = ["I-X I-X B-X O", "O I-Y"]
BIOES = ["B-X E-X S-X O", "O S-Y"]


@pytest.mark.parametrize("scheme", ["auto", "IOB1"])
def test_labels_are_learnt_in_the_target(scheme):
    assert learnt(IOB1, scheme=scheme, target="BIOES") == BIOES
    assert learnt(BIOES, scheme="auto", target="IOB1") == IOB1
    assert learnt(IOB1, scheme=scheme) == learnt(IOB1) == IOB1
    assert learnt(["DT NN"], scheme="auto", target="BIO") == ["DT NN"]


def test_a_label_that_stands_wrong_is_named_with_its_line():
    with pytest.raises(DataError, match=r"^train.txt:20: tag 2: 'I-X' cannot follow 'O' in BIO"):
        learnt(["B-X O", "O I-X"], scheme="BIO")
    with pytest.raises(DataError, match=r"^train.txt: the tags follow no scheme: sequence 2"):
        learnt(["B-X O", "O I-X"], scheme="auto")
    assert learnt(["B-X O", "O I-X"]) == ["B-X O", "O I-X"]


def test_unfit_options_are_refused():
    with pytest.raises(UsageError, match="there is no 'IOB'"):
        TagField(scheme="IOB")
    for options in ({"target": "BIO"}, {"scheme": "BIO", "target": "auto"}):
        with pytest.raises(UsageError, match=r"target: .* is to be the name of a scheme"):
            TagField(**options)


def test_the_scheme_is_that_of_all_records_and_not_of_a_chunk():
    field = TagField(scheme="auto", target="BIOES")
    field.name = "tags"
    rows = [["I-X", "O"], ["B-X", "O"]]
    records = [Record({"tags": row}, "f.txt", n) for n, row in enumerate(rows, 1)]
    field.fit(records[:1])
    for record in records:
        assert field.encoder([record])([record])[0].tolist() == field.encode([record])[0].tolist()
    with pytest.raises(DataError, match=r"^f.txt: the tags follow no scheme: sequence 1, tag 1"):
        field.encoder(records)
    with pytest.raises(DataError, match=r"^f.txt:2: tag 1: .* in IOB1.* with tags.scheme"):
        field.encoder(records[:1])(records)
