"""Stories with questions."""

from __future__ import annotations

from pathlib import Path

import pytest
from usable import usable

from seqtasks.data.readers import BabiReader
from seqtasks.data.record import Columns
from seqtasks.errors import DataError, UsageError

ALL: Columns = {"story": None, "question": None, "answer": None, "facts": None}
TEXT = """1 Mary got the milk.
2 John's dog ran.
3 What is Mary carrying? \tmilk\t1
4 Mary got a hat.
5 What is Mary carrying?\tmilk,hat\t1 4

1 Anna sat.
2 Who sat?\tAnna\t1
"""


def read(path: Path, text: str, columns: Columns = ALL) -> list[tuple[object, ...]]:
    path.write_text(text)
    records = usable(BabiReader().read(path, columns), columns)
    return [(r.line, *r.values.values()) for r in records]


def test_a_question_sees_the_story_before_it(tmp_path: Path) -> None:
    first = "Mary got the milk . John's dog ran ."
    asked = "What is Mary carrying ?"
    assert read(tmp_path / "a", TEXT) == [
        (3, first, asked, "milk", "Mary got the milk ."),
        (5, f"{first} Mary got a hat .", asked, "milk hat", "Mary got the milk . Mary got a hat ."),
        (8, "Anna sat .", "Who sat ?", "Anna", "Anna sat ."),
    ]


def test_several_files_are_one_data_set(tmp_path: Path) -> None:
    for name in ("qa1_train.txt", "qa2_train.txt"):
        (tmp_path / name).write_text(TEXT)
    assert len(list(BabiReader().read(f"{tmp_path}/qa[12]_train.txt", ALL))) == 6


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 A b.\n3 C?\td\n", "a:2: a number that does not follow the one before"),
        ("A b.\n", "a:1: a number that does not follow the one before"),
        ("1 A b.\n2 C?\t\t1\n", "a:2: no value of 'answer'"),
        ("1 C?\td\t1\n", "a:1: no value of 'story'"),
        ("1 A b.\n2 C?\td\n", "a:2: no value of 'facts'"),
        ("1 A b.\n", "a: no question"),
    ],
)
def test_bad_files_are_refused_by_their_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError) as caught:
        read(tmp_path / "a", text)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_other_columns_and_encodings_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no column 'storey' for the field 'source'.*'story'"):
        read(tmp_path / "a", TEXT, {"source[1]": "storey"})
    with pytest.raises(UsageError, match="encoding: there is no text encoding"):
        BabiReader("utf9")


def test_a_line_that_is_misnumbered_ends_its_story(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("1 A b.\n3 C d.\n4 C?\td\t1\n1 E f.\n2 E?\tf\t1\n")
    records = list(BabiReader().read(path, {"answer": None}))
    assert [(r.line, r.values, bool(r.fault)) for r in records] == [
        (2, {}, True),
        (5, {"answer": "f"}, False),
    ]
