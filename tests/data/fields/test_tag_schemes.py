"""Tags that are read in one scheme and learnt in another."""

from __future__ import annotations

import pytest

from seqtasks.data.fields import TagField
from seqtasks.data.fields.tag_vocabulary import TagVocabulary
from seqtasks.data.record import Record
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.errors import BundleError, DataError, UsageError


def records(*lines, path="train.txt"):
    return [Record({"tags": line.split()}, path, 10 * n) for n, line in enumerate(lines, 1)]


def field_of(**options):
    field = TagField(**options)
    field.name = "tags"
    return field


def shown(field, encoded):
    names = [*field.vocabulary.symbols, *field.unseen.labels]
    return [" ".join(names[n] for n in row) for row in encoded]


def learnt(lines, **options):
    field, given = field_of(**options), records(*lines)
    field.fit(given)
    return shown(field, field.encoder(given, training=True)(given))


IOB1 = ["I-X I-X B-X O", "O I-Y"]
BIOES = ["B-X E-X S-X O", "O S-Y"]


@pytest.mark.parametrize("scheme", ["auto", "IOB1"])
def test_labels_are_learnt_in_the_target(scheme):
    assert learnt(IOB1, scheme=scheme, target="BIOES") == BIOES
    assert learnt(BIOES, scheme="auto", target="IOB1") == IOB1
    assert learnt(IOB1, scheme=scheme) == learnt(IOB1) == IOB1
    assert learnt(["DT NN"], scheme="auto", target="BIO") == ["DT NN"]


BROKEN = ["B-X O", "O I-X", "B-X I-X"]


@pytest.mark.parametrize("scheme", ["auto", "BIO"])
def test_training_sequences_that_break_the_scheme_are_read_as_conlleval_reads(scheme, caplog):
    assert learnt(BROKEN, scheme=scheme) == ["B-X O", "O B-X", "B-X I-X"]
    assert caplog.messages == [
        "The field 'tags': 1 of 3 training sequences breaks BIO (learnt as conlleval reads them, "
        "see data.tags.invalid): train.txt:20: tag 2: 'I-X' cannot follow 'O' in BIO"
    ]
    assert learnt(BROKEN, scheme=scheme, target="BIOES") == ["S-X O", "O S-X", "B-X E-X"]
    assert learnt(BROKEN, scheme=None) == BROKEN


def test_a_warning_shows_three_places_and_a_refusal_twenty(caplog):
    lines = ["B-X I-X"] * 70 + ["O I-X"] * 30
    assert learnt(lines)[-1] == "O B-X"
    assert "30 of 100 training sequences break BIO" in caplog.text
    assert caplog.text.count("cannot follow") == 3
    assert caplog.text.rstrip().endswith("; …")
    with pytest.raises(DataError) as error:
        learnt(lines, invalid="error")
    first, *rest = str(error.value).splitlines()
    assert first == ("30 of 100 sequences break BIO; correct them, or set tags.invalid=repair:")
    assert len(rest) == 21
    assert rest[0] == "  train.txt:710: tag 2: 'I-X' cannot follow 'O' in BIO"
    assert rest[-1] == "  … and 10 more"
    with pytest.raises(DataError, match=r"^1 of 3 sequences break.*: train.txt:20: tag 2"):
        learnt(BROKEN, invalid="error")


def test_training_sequences_that_break_the_scheme_can_be_left_out(caplog):
    field, given = field_of(invalid="skip"), records(*BROKEN)
    assert field.usable(given).tolist() == [0, 2]
    [said] = caplog.messages
    assert "1 of 3 training sequences breaks BIO (left out): train.txt:20: tag 2" in said
    assert field.usable(given[:1]) is None
    assert field_of().usable(given) is None
    assert field_of(scheme=None, invalid="skip").usable(given) is None


def test_a_named_scheme_that_lacks_the_labels_is_refused():
    with pytest.raises(DataError, match=r"^2 of 2 sequences break BIO, of which 2 have labels"):
        learnt(BIOES, scheme="BIO")
    with pytest.raises(DataError, match="auto to find it, null for none"):
        field_of(scheme="BIO", invalid="skip").usable(records(*BIOES))
    lines = ["B-X I-X"] * 199 + ["B-X NN"]
    assert learnt(lines, scheme="BIO")[-1] == learnt(lines)[-1] == "B-X O"


def test_unfit_options_are_refused():
    with pytest.raises(UsageError, match="there is no 'IOB'"):
        TagField(scheme="IOB")
    with pytest.raises(UsageError, match=r"invalid: there is no 'drop'.* repair, skip, error"):
        TagField(invalid="drop")
    for options in ({"target": "BIO", "scheme": None}, {"scheme": "BIO", "target": "auto"}):
        with pytest.raises(UsageError, match=r"target: .* is to be the name of a scheme"):
            TagField(**options)


def test_other_splits_stay_as_they_are(caplog):
    field = field_of()
    field.fit(records("B-X I-X O"))
    assert shown(field, field.encode(records("O I-X", "B-Y", path="val.txt"))) == ["O I-X", "B-Y"]
    [said] = caplog.messages
    assert said.endswith(
        "BIO (scored as they are): val.txt:10: tag 2: 'I-X' cannot follow 'O' in BIO"
    )
    refusing = field_of(invalid="error")
    refusing.fit(records("B-X I-X O"))
    with pytest.raises(DataError, match="1 of 2 sequences break BIO"):
        refusing.encode(records("O I-X", "B-Y"))


@pytest.mark.parametrize("known", [True, False])
def test_spans_of_other_splits_survive_in_the_target_and_stay_broken(known):
    fitted = field_of(target="BIOES")
    fitted.fit(records("B-X I-X O B-X"))
    field = field_of(target="BIOES")
    field.vocabulary = TagVocabulary.from_json(fitted.vocabulary.to_json())  # as of a saved model
    field = fitted if known else field
    lines = ["O I-X I-X B-X", "I-X B-X I-X", "B-X NN"]
    assert shown(field, field.encode(records(*lines))) == ["O I-X E-X S-X", "E-X B-X E-X", "S-X NN"]
    other = records("I-X I-X B-X", "O I-X O")
    assert shown(field, field.encode(other)) == ["B-X E-X S-X", "O S-X O"]  # IOB1, which it keeps
    only = records("O O")
    assert shown(field, field.encode(only)) == ["O O"]


def test_the_scheme_is_that_of_all_records_and_not_of_a_chunk():
    field = field_of(target="BIOES")
    given = records("I-X O", "O I-X B-X")
    field.fit(given)
    for encode in (field.encoder(given), field.encoder(given, training=True)):
        assert [shown(field, encode([one])) for one in given] == [["S-X O"], ["O S-X S-X"]]


def test_labels_without_spans_are_looked_through_once(monkeypatch):
    field = field_of()
    field.fit(records("DT NN", "NN"))
    monkeypatch.setattr("seqtasks.data.fields.tags.recognise", None)
    assert shown(field, field.encode(records("NN B-X"))) == ["NN B-X"]


def test_labels_are_kept_with_the_scheme_of_the_training_data():
    field = field_of()
    field.fit(records("B-X I-X"))
    more = TagVocabulary(["O"]).extended_by(field.vocabulary)
    assert (more.symbols, more.scheme) == (["O", "B-X", "I-X"], "BIO")
    assert TagVocabulary(["O"], "BIO").extended_by(Vocabulary(["X"])).scheme is None
    turned = field_of(target="BIOES")
    turned.fit(records("B-X I-X"))
    assert (turned.vocabulary.scheme, turned.vocabulary.learnt) == ("BIO", "BIOES")
    plain = field_of(target="BIOES")
    plain.fit(records("DT NN"))
    assert (plain.vocabulary.scheme, plain.vocabulary.learnt) == (None, None)
    assert TagVocabulary.from_json('["a", "b"]').scheme is None
    assert TagVocabulary(["a"]).to_json() == '[\n"a"\n]'
    unknown = '{"scheme": "B", "learnt": "BIO", "labels": ["a"]}'
    for wrong in ('{"labels": []}', '["a", "a"]', unknown, "[1]", "{"):
        with pytest.raises(BundleError, match="not the labels of tokens"):
            TagVocabulary.from_json(wrong)
