"""What the files do not tell is asked for, by the option that decides."""

from __future__ import annotations

from pathlib import Path

import pytest
from presets.guessing.dirty import KINDS, NUMBERED, REVIEWS, quoted, rows

from seqtasks.data.readers.files import find_files
from seqtasks.errors import DataError
from seqtasks.presets.guessing import guesses
from seqtasks.presets.guessing.beginnings import beginning_of

DOUBTS = {
    "two texts": (
        "classification",
        rows(",", quoted(REVIEWS), quoted(REVIEWS), KINDS, head="title,description,label"),
        "more than one column may be the text: title ('good fun, all of it'), description ('good "
        "fun, all of it'); name it with data.tokens.column=title, or several as in "
        "data.tokens.column=[title,description]",
    ),
    "two labels": (
        "classification",
        rows(",", quoted(REVIEWS), KINDS, NUMBERED, head="text,coarse_label,fine_label"),
        "more than one column may be the label: coarse_label ('pos'), fine_label ('1')",
    ),
    "measurements": (
        "classification",
        rows(",", [n / 7 for n in range(6)], [n / 3 for n in range(6)], KINDS, head="x,y,name"),
        "no column is plainly the text: x ('0.0'), y ('0.0'), name ('pos')",
    ),
    "labels of three kinds for each token": (
        "tagging",
        '{"tokens": ["a", "b"], "pos_tags": [1, 2], "ner_tags": [0, 0]}\n',
        "more than one column may be the tags: pos_tags (['1', '2']), ner_tags (['0', '0'])",
    ),
    "one side alone": (
        "translation",
        rows("", quoted(REVIEWS)),
        "name it with data.source.column=",
    ),
}


@pytest.mark.parametrize("name", DOUBTS)
def test_doubt(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    task, content, said = DOUBTS[name]
    path = "a.jsonl" if content.startswith("{") else "a.csv"
    Path(path).write_text(content, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        guesses(task, {"train": path}, {})
    assert str(caught.value).startswith(f"{path}: ")
    assert said in str(caught.value)


@pytest.mark.parametrize("task", ["classification", "tagging", "translation", "question_answering"])
def test_lines_that_show_nothing_bring_the_choices(task, tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("Once upon a time.\nThere was a king.\nHe slept.\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"data: .*choose one: .*data=table"):
        guesses(task, {"train": str(path)}, {})


def test_nothing_is_guessed_without_files_or_for_a_task_of_ones_own(tmp_path):
    assert guesses("classification", {"train": None, "test": "a.csv"}, {}) == []
    assert guesses("classification", {"train": {"seed": 1, "sentences": 9}}, {}) == []
    assert guesses("parity", {"train": str(tmp_path / "bits.txt")}, {}) == []


def test_a_field_that_is_removed_is_not_looked_for(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("text,a,b\nhe sleeps,1,2\n", encoding="utf-8")
    for removed in ({"~data.label": None}, {"data.label": None}):
        found = guesses("classification", {"train": str(path)}, removed)
        assert [one.option for one in found] == ["data", "data.tokens.column"]


def test_the_beginning_alone_is_read(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    path.write_text("pos it is good\nneg it is bad\n" * 200_000, encoding="utf-8")
    lines = beginning_of(find_files(str(path))[0], "utf-8").lines
    assert len(lines) < 30_000
    assert {*lines} == {"pos it is good", "neg it is bad"}


def test_a_label_of_numbers_with_decimals_is_refused_with_the_way_to_learn_it(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(rows(",", quoted(REVIEWS), [n / 7 for n in range(6)], head="text,score"))
    with pytest.raises(DataError, match=r"task/head=regression field@data\.label=number"):
        guesses("classification", {"train": str(path)}, {})
