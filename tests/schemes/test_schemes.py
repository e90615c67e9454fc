"""Tag schemes against seqeval, and against all the ways to spell a few tokens."""

from __future__ import annotations

import functools
import itertools
import random

import pytest
from seqeval.metrics.sequence_labeling import get_entities
from seqeval.scheme import BILOU, IOB1, IOB2, IOBES, Entities

from seqtasks.errors import DataError, UsageError
from seqtasks.metrics import SpanF1
from seqtasks.metrics.spans import spans as scored_spans
from seqtasks.schemes import (
    SCHEMES,
    allowed_transitions,
    convert,
    detect,
    find_spans,
    recognise,
    resolve_scheme,
    respell,
    scheme_of,
    tags,
    violation,
)

NAMES = ["BIO", "IOB1", "BIOES", "BMES", "BILOU"]
KINDS = ["X", "Y"]
STRICT = {"BIO": IOB2, "IOB1": IOB1, "BIOES": IOBES, "BMES": IOBES, "BILOU": BILOU}
over_schemes = pytest.mark.parametrize("name", NAMES)


def random_spans(draw, length, kinds=("X", "Y-Z", "")):
    found, place = [], 0
    while place < length:
        last = min(length - 1, place + draw.choice([0, 0, 1, 2, 3]))
        if draw.random() < 0.6:
            found.append((draw.choice(kinds), place, last))
        else:
            last = place
        place = last + 1
    return found


def all_span_sets(length, kinds):
    """Every set of spans over some tokens."""

    def after(place):
        if place >= length:
            yield []
            return
        for rest in after(place + 1):
            yield rest
        for last in range(place, length):
            for kind in kinds:
                for rest in after(last + 1):
                    yield [(kind, place, last), *rest]

    return list(after(0))


@functools.cache
def spelled(name, length):
    """Every well-formed sequence of a length."""
    return {tuple(tags(found, length, name)) for found in all_span_sets(length, KINDS)}


def alphabet(name):
    return ["O", *(f"{mark}-{kind}" for mark in sorted(set(SCHEMES[name].marks)) for kind in KINDS)]


# Spelling and reading


def test_the_spellings_of_a_sentence():
    found = [("X", 0, 0), ("X", 1, 3), ("Y", 4, 5), ("", 7, 7)]
    expected = {
        "BIO": "B-X B-X I-X I-X B-Y I-Y O B",
        "IOB1": "I-X B-X I-X I-X I-Y I-Y O I",
        "BIOES": "S-X B-X I-X E-X B-Y E-Y O S",
        "BMES": "S-X B-X M-X E-X B-Y E-Y O S",
        "BILOU": "U-X B-X I-X L-X B-Y L-Y O U",
    }
    for name in NAMES:
        assert " ".join(tags(found, 8, name)) == expected[name]
        assert find_spans(expected[name].split(), name) == found
    assert SCHEMES["IOB2"] is SCHEMES["BIO"]


def test_words_of_a_line_and_their_marks():
    words, marks = ["我", "喜欢", "自然语"], list("SBEBME")
    ends = list(itertools.accumulate(map(len, words)))
    found = [("", end - len(word), end - 1) for word, end in zip(words, ends, strict=True)]
    assert tags(found, 6, "BMES") == marks
    assert find_spans(marks, "BMES") == found


@pytest.mark.parametrize(("source", "target"), list(itertools.product(NAMES, NAMES)))
def test_any_spans_survive_any_conversion(source, target):
    draw = random.Random(f"{source} {target}")
    for _ in range(150):
        length = draw.randint(0, 9)
        found = random_spans(draw, length)
        shuffled = draw.sample(found, len(found))
        labels = tags(shuffled, length, source)
        assert len(labels) == length
        assert find_spans(labels, source) == found
        there = convert(labels, source, target)
        assert find_spans(there, target) == found
        assert convert(there, target, source) == labels


@over_schemes
@pytest.mark.parametrize("length", [0, 1, 2, 3, 4])
def test_what_is_well_formed_is_what_spells_some_spans(name, length):
    sets = all_span_sets(length, KINDS)
    assert len(spelled(name, length)) == len(sets)  # no two sets are spelled alike
    labels = alphabet(name) if length < 4 else [a for a in alphabet(name) if a[1:] != "-Y"]
    for sequence in itertools.product(labels, repeat=length):
        assert (violation(sequence, name) is None) == (sequence in spelled(name, length))


@over_schemes
def test_the_first_label_that_no_continuation_could_save_is_named(name):
    beginnings = {
        sequence[:n]
        for length in range(6)
        for sequence in spelled(name, length)
        for n in range(length + 1)
    }
    checked = 0
    for sequence in itertools.product(alphabet(name), repeat=3):
        reason = violation(sequence, name)
        if reason is None:
            continue
        hopeless = [n for n in range(1, 4) if sequence[:n] not in beginnings]
        place = hopeless[0] if hopeless else 3
        assert reason.startswith(f"tag {place}: '{sequence[place - 1]}' cannot ")
        assert ("cannot end" in reason) == (not hopeless)
        assert ("cannot begin" in reason) == (hopeless[:1] == [1])
        checked += 1
    assert checked > 50


@over_schemes
def test_what_may_follow_is_what_does_in_some_spelling(name):
    labels = alphabet(name)
    allowed = allowed_transitions(labels, name)
    sequences = [s for length in range(1, 5) for s in spelled(name, length)]
    pairs = {pair for s in sequences for pair in itertools.pairwise(s)}
    firsts, lasts = {s[0] for s in sequences}, {s[-1] for s in sequences}
    for i, before in enumerate(labels):
        assert bool(allowed.start[i]) == (before in firsts)
        assert bool(allowed.end[i]) == (before in lasts)
        for j, after in enumerate(labels):
            assert bool(allowed.transitions[i, j]) == ((before, after) in pairs), (before, after)


# Sequences that are not well-formed


@over_schemes
def test_strict_reading_is_that_of_seqeval(name):
    draw = random.Random(name)
    kept = 0
    for _ in range(3000):
        labels = draw.choices(alphabet(name), k=draw.randint(1, 8))
        if name == "IOB1" and any(
            after[0] == "B" and after[1:] != before[1:]
            for before, after in itertools.pairwise(["O", *labels])
        ):
            continue  # of a span that begins so, seqeval keeps all but its first token
        # seqeval knows BMES by the marks of IOBES
        known = [label.replace("M-", "I-") for label in labels] if name == "BMES" else labels
        wanted = [
            (entity.tag, entity.start, entity.end - 1)
            for entity in Entities([known], STRICT[name]).entities[0]
        ]
        assert find_spans(labels, name, invalid="drop") == wanted, labels
        assert scored_spans(labels, name, strict=True) == set(wanted)
        kept += len(wanted)
    assert kept > 1000


@pytest.mark.parametrize("name", ["BIO", "IOB1", "BIOES"])
def test_repaired_reading_is_that_of_conlleval(name):
    draw = random.Random(name)
    for _ in range(3000):
        labels = draw.choices(alphabet(name), k=draw.randint(0, 8))
        wanted = get_entities(labels)
        assert find_spans(labels, name, invalid="repair") == wanted, labels
        mended = convert(labels, name, "BIO", invalid="repair")
        assert violation(mended, "BIO") is None
        assert find_spans(mended, "BIO") == wanted


def test_segmentation_repaired():
    assert find_spans(["M", "E", "E", "B", "S"], "BMES", invalid="repair") == [
        ("", 0, 1),
        ("", 2, 2),
        ("", 3, 3),
        ("", 4, 4),
    ]


@pytest.mark.parametrize(
    ("labels", "scheme", "message"),
    [
        (["O", "I-X"], "BIO", "tag 2: 'I-X' cannot follow 'O' in BIO; correct it"),
        (["B-X", "I-Y"], "IOB2", "tag 2: 'I-Y' cannot follow 'B-X' in BIO"),
        (["I-X", "O"], "BIO", "tag 1: 'I-X' cannot begin a sequence in BIO"),
        (["O", "B-X"], "IOB1", "tag 2: 'B-X' cannot follow 'O' in IOB1"),
        (["I-X", "B-Y"], "IOB1", "tag 2: 'B-Y' cannot follow 'I-X' in IOB1"),
        (["S", "B", "M"], "BMES", "tag 3: 'M' cannot end a sequence in BMES"),
        (["O", "B-X", "O"], "BIOES", "tag 3: 'O' cannot follow 'B-X' in BIOES"),
        (["O", "E-X"], "BIO", "tag 2: 'E-X' is no label of BIO, which has O and B, I"),
        (["NN"], "BIO", "tag 1: 'NN' is no label"),
        (["B-"], "BIO", "tag 1: 'B-' is no label"),
        (["O-X"], "BIO", "tag 1: 'O-X' is no label"),
        ([""], "BIO", "tag 1: '' is no label"),
    ],
)
def test_a_wrong_label_is_named_with_its_place(labels, scheme, message):
    with pytest.raises(DataError) as error:
        find_spans(labels, scheme)
    assert str(error.value).startswith(message)


def test_a_foreign_label_is_read_as_outside_but_for_the_strict():
    for invalid in ("repair", "drop"):
        assert convert(["B-X", "NN"], "BIO", "BIOES", invalid=invalid) == ["S-X", "O"]
    assert respell(["B-X", "NN", "B-X"], "BIO", "BIOES") == ["S-X", "NN", "S-X"]
    with pytest.raises(DataError, match="'NN' is no label of BIO"):
        convert(["O", "NN"], "BIO", "BIOES")


@pytest.mark.parametrize("wrong", [("X", 2, 1), ("X", 0, 4), ("X", -1, 1), ("X", 1, 2)])
def test_spans_that_do_not_fit_are_refused(wrong):
    with pytest.raises(DataError, match="is empty, overlaps the one before it, or reaches outside"):
        tags([wrong, ("Y", 2, 3)], 4, "BIO")


def test_unknown_names_are_refused_with_the_choices():
    with pytest.raises(UsageError, match="there is no 'BOI'; Did you mean 'BIO'"):
        find_spans(["O"], "BOI")
    with pytest.raises(UsageError, match="BIO, IOB2, IOB1, BIOES, BMES, BILOU"):
        SpanF1("IOE")
    with pytest.raises(UsageError, match="Did you mean 'repair'"):
        find_spans(["O"], "BIO", invalid="repare")


# Which scheme


@over_schemes
def test_the_scheme_of_a_file_is_found(name):
    draw = random.Random(name)
    for _ in range(200):
        sets = [(random_spans(draw, 6, KINDS), 6) for _ in range(4)]
        sets.append(([("X", 1, 3)], 6))  # B, M and E, or B, I and E
        assert detect([tags(found, n, name) for found, n in sets]) == name


def test_files_without_spans_have_no_scheme():
    for sequences in ([], [[]], [["O", "O"]], [["DT", "NN"], ["O"]], [["B-X", "NN"]], [["B", "A"]]):
        assert detect(sequences) is None
    assert detect([list("OII")]) == "IOB1"
    assert detect([list("OBI")]) == "BIO"
    assert detect([list("BIBO"), list("OI")]) is None  # labels of some other kind


def test_a_scheme_is_recognised_though_some_sequences_break_it():
    rows = [["O", "B-X", "I-X"], ["B-X", "O", "I-X"], ["O"], ["I-X"]]
    found = recognise(rows)
    assert (found.scheme, found.sequences, found.broken, found.foreign) == ("BIO", 4, [1, 3], 0)
    assert found.told == [
        "tag 3: 'I-X' cannot follow 'O' in BIO",
        "tag 1: 'I-X' cannot begin a sequence in BIO",
    ]
    segmented = [list("BMES"), list("BES"), list("BEE")]
    assert recognise(segmented).broken == [2]
    assert recognise([list("BIBO"), list("OI")]) is None  # perhaps no spans at all
    many = recognise([["I-X", "B-Y"]] * 9 + [["B-X"]] * 30)
    assert (many.scheme, len(many.broken), len(many.told)) == ("BIO", 9, 9)
    assert len(recognise([["O", "I-X"]] * 50 + [["O", "B-X"]] * 99).told) == 20


def test_a_label_of_no_scheme_is_a_mistake_where_it_is_rare():
    rows = [["O", "B-X", "I-X"]] * 199 + [["O", "BX", "I-X"]]
    found = recognise(rows)
    assert (found.scheme, found.broken, found.foreign) == ("BIO", [199], 1)
    header = [["Tag"]]  # of a small file is one sentence of few
    assert recognise([*header, *rows[:9]]).scheme == "BIO"
    assert recognise([*header, *rows[:8]]) is None
    assert recognise([*header, *rows[-198:]]) is None
    for odd in ("X-Y", "B-", "E-X", "-X-"):
        found = recognise([*rows[:199], ["O", odd]])
        assert (found.scheme, found.broken) == ("BIO", [199]), odd
    assert recognise([list("BMES")] * 199 + [list("BN")]).scheme == "BMES"
    assert recognise([["DT", "NN"]] * 199 + [["B-X"]]) is None


def test_a_known_scheme_comes_first_and_is_taken_where_none_is_kept():
    assert recognise([["O", "S-X"]]).scheme == "BIOES"
    assert recognise([["O", "S-X"]], "BMES").scheme == "BMES"
    found = recognise([["O", "I-X"], ["I-Y", "B-Y"]], "BIO")
    assert (found.scheme, found.broken) == ("IOB1", [])
    found = recognise([["O", "I-X"], ["O", "B-Y"], ["NN"]], "BIO")
    assert (found.scheme, found.broken) == ("BIO", [0, 2])
    assert recognise([["O"], []], "BIOES").scheme == "BIOES"


@pytest.mark.parametrize(
    ("labels", "name"),
    [
        (["O", "B-X", "I-X", "B-Y"], "BIO"),
        (["O", "I-X", "I-Y", "B-Y"], "IOB1"),
        (["O", "B-X", "I-X", "E-X", "S-X"], "BIOES"),
        (["O", "S-X"], "BIOES"),
        (["O", "B-X", "M-X", "E-X"], "BMES"),
        (["B", "E", "S"], "BMES"),
        (["B", "M", "E", "S"], "BMES"),
        (["O", "B-X", "I-X", "L-X", "U-X"], "BILOU"),
        (["B-X", "M-X", "I-X", "E-X"], None),
        (["O", "E-X"], None),
        (["B", "E"], None),
        (["B", "E", "S", "O"], None),
        (["B", "I", "O"], None),
        (["NOUN", "VERB"], None),
    ],
)
def test_the_scheme_of_a_set_of_labels(labels, name):
    assert scheme_of(iter(labels)) == name
    assert resolve_scheme("auto", labels) == name
    assert resolve_scheme(None, labels) is None
    assert resolve_scheme("IOB2", labels) == "BIO"


def test_the_order_of_labels_tells_what_their_marks_leave_open():
    labels = ["O", "I-X", "B-X"]
    assert resolve_scheme("auto", labels, "IOB1") == "IOB1"
    assert resolve_scheme("auto", labels, "IOB2") == "BIO"
    assert resolve_scheme("BIOES", labels, "IOB1") == "BIOES"
    assert resolve_scheme("auto", [*labels, "E-X"], "BIO") == "BIOES"
    assert resolve_scheme("auto", ["B", "I", "O"], "BIO") is None
    assert resolve_scheme(None, labels, "BIO") is None


# Transitions and scores


def test_labels_that_do_not_fit_have_no_transitions():
    with pytest.raises(DataError, match=r"'NN' is no label of BIO.*or null"):
        allowed_transitions(["O", "NN"], "BIO")
    with pytest.raises(DataError, match="B, E follow BMES, but none of them can stand alone"):
        allowed_transitions(["B", "E"], "BMES")
    free = allowed_transitions(["a", "b", "c"], None)
    assert [tuple(part.shape) for part in free] == [(3,), (1, 1), (3,)]
    assert all(part.all() for part in free)


def test_scores_follow_the_scheme():
    predicted, expected = [["B", "M", "E", "S"]], [["B", "E", "S", "S"]]
    metric = SpanF1("BMES")
    metric.update(predicted, expected)
    assert metric.compute().item() == pytest.approx(0.4)  # 1 of 2 and of 3
    assert SpanF1().scheme == "BIOES"
    loose, strict = SpanF1("BIO"), SpanF1("BIO", strict=True)
    for metric in (loose, strict):
        metric.update([["O", "I-X", "O", "B-Y"]], [["O", "B-X", "O", "B-Y"]])
    assert loose.compute().item() == 1.0
    assert strict.compute().item() == pytest.approx(2 / 3)
