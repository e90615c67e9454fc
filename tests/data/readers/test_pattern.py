"""Lines described by a regular expression."""

from __future__ import annotations

from pathlib import Path

import pytest
from usable import usable

from seqtasks.data.readers import PatternReader
from seqtasks.errors import DataError, UsageError

PATTERN = "IN: (?P<source>.+) OUT:(?P<target>.*)"


def read(path: Path, text: str, **columns: str | None) -> list[dict[str, object]]:
    path.write_text(text)
    records = usable(PatternReader(PATTERN).read(path, columns), columns)
    return [dict(record.values) for record in records]


def test_groups_are_columns(tmp_path: Path) -> None:
    text = "IN: jump  OUT: JUMP\n\nIN: a OUT: b OUT: c\n"
    assert read(tmp_path / "a", text, source=None, said="target") == [
        {"source": "jump", "said": "JUMP"},
        {"source": "a OUT: b", "said": "c"},
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("IN: a\n", "a:1: no match of reader.pattern="),
        ("IN:   OUT: \n", "a:1: no value of 'source'"),
        ("\n", "a: blank lines only"),
    ],
)
def test_bad_lines_are_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError) as caught:
        read(tmp_path / "a", text, source=None)
    assert message in str(caught.value)


def test_a_group_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no column 'target1'.*Did you mean 'target'"):
        read(tmp_path / "a", "IN: a OUT: b\n", target="target1")


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        (None, "describe a line"),
        ("(", "no regular expression"),
        ("(.*)", "names no group"),
    ],
)
def test_a_pattern_that_cannot_be_used(pattern: str | None, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        PatternReader(pattern)


def test_a_line_that_does_not_match_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("IN: a OUT: b\nelse\nIN: c OUT:\n")
    records = list(PatternReader(PATTERN).read(path, {"source": None, "target": None}))
    assert [record.values for record in records] == [
        {"source": "a", "target": "b"},
        {},
        {"source": "c", "target": ""},
    ]
    assert records[1].fault.startswith("no match of `reader.pattern`=IN:")
