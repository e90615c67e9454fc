"""What a run shows of its examples: the right output as a prediction would spell it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from seqtasks.data.dataset import SequenceDataset
from seqtasks.data.fields import LabelSetField, TagField
from seqtasks.data.record import Record
from seqtasks.reporting.console import expected, one_line, show_next, show_report


def dataset(field, *values):
    field.name = "x"
    records = [Record({"x": value}, "f", line) for line, value in enumerate(values, 1)]
    field.fit(records[:1])
    return SequenceDataset.of({"x": field}, records)


def test_expected_tags_are_in_the_scheme_that_is_learnt():
    field = TagField(scheme="BIO", target="BIOES")
    examples = dataset(field, ["B-A", "I-A", "O", "B-A"], ["I-NEW", "O"])
    assert expected(examples, "x", 0) == "B-A E-A O S-A"
    assert expected(examples, "x", 1) == "E-NEW O"  # it has no beginning


def test_sets_of_labels_have_the_separator_of_the_data():
    field = LabelSetField(separator=" | ")
    assert expected(dataset(field, "a | b", "b | c"), "x", 1) == "b | c"
    assert one_line(field, ["b", "c"]) == "b | c"
    assert one_line(TagField(), ["B", "I"]) == "B I"


def test_the_worst_texts_stand_below_one_heading(capsys):
    worst = [{"score": 0, "source": "a", "references": ["b", "c"], "output": ""}] * 2
    show_report(Console(), {"worst": worst})
    example = "     score  0\n     input  a\n  expected  b  |  c\n predicted  (nothing)\n\n"
    assert capsys.readouterr().out == "\nSome of the worst outputs:\n" + 2 * example


def test_a_penalty_that_is_chosen_is_said(capsys):
    for penalty in (0.8, 0.0):
        show_report(Console(), {"outside_penalty": penalty})
    assert capsys.readouterr().out.splitlines() == [
        "A penalty of O of 0.8 gives the best F1 on the validation split",
        "No penalty of O gives the best F1 on the validation split",
    ]


@pytest.mark.parametrize(
    ("sample", "said"),
    [
        ("a b", "echo 'a b' | python -m seqtasks.predict b"),
        ("中国", "python -m seqtasks.predict b"),
    ],
)
def test_a_sample_that_the_console_cannot_show_is_no_part_of_the_command(sample, said):
    taken = io.BytesIO()
    file = io.TextIOWrapper(taken, encoding="ascii", errors="backslashreplace", write_through=True)
    show_next(Console(file=file), Path("b"), sample, [])
    assert f"Next:  {said}" in taken.getvalue().decode()
    assert "\\u" not in taken.getvalue().decode()
