"""Pairs of sentences from two files, or from one."""

from __future__ import annotations

from pathlib import Path

import pytest
from omegaconf import ListConfig
from usable import usable

from seqtasks.data.readers import ParallelReader
from seqtasks.data.record import Columns
from seqtasks.errors import DataError, UsageError

BOTH: Columns = {"source": None, "target": None}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {
        "1.de": "eins\n zwei\u2028zwei \n",
        "1.en": "one\ntwo two\n",
        "2.de": "drei\n",
        "2.en": "three",
        "gap.de": "eins\n \ndrei\nvier\n",
        "gap.en": "one\ntwo\nthree\n\n",
        "a.tsv": "eins\tone\r\nzwei\ttwo\n",
    }.items():
        (tmp_path / name).write_bytes(text.encode())
    return tmp_path


def pairs(source: object, **options: bool) -> list[tuple[object, ...]]:
    records = usable(ParallelReader(**options).read(source, BOTH), BOTH)
    return [tuple(record.values.values()) for record in records]


def fails(source: object, *parts: str, columns: Columns = BOTH) -> None:
    with pytest.raises(DataError) as caught:
        usable(ParallelReader().read(source, columns), columns)
    for part in parts:
        assert part in str(caught.value)


def test_two_files(folder: Path) -> None:
    expected = [("eins", "one"), (" zwei\u2028zwei ", "two two")]
    source = [str(folder / "1.de"), str(folder / "1.en")]
    assert pairs(source) == pairs(ListConfig(source)) == expected
    [_, record] = ParallelReader().read(source, BOTH)
    assert record.place == f"{folder}/1.de:2"


def test_globs_match_in_order(folder: Path) -> None:
    found = pairs([f"{folder}/[12].de", f"{folder}/[12].en"])
    assert found == [("eins", "one"), (" zwei\u2028zwei ", "two two"), ("drei", "three")]


def test_one_file_with_tabs(folder: Path) -> None:
    expected = [("eins", "one"), ("zwei", "two")]
    assert pairs(folder / "a.tsv") == pairs([f"{folder}/*.tsv"]) == expected


def test_further_columns_and_files_are_further_references(folder: Path) -> None:
    (folder / "g2p").write_text("A\tAH\nABBY\tAE B IY\tAA B IY\tAE B\n")
    assert pairs(folder / "g2p", references=True) == [
        ("A", "AH"),
        ("ABBY", "AE B IY\tAA B IY\tAE B"),
    ]
    several = [folder / "1.de", folder / "1.en", folder / "1.de"]
    assert pairs(several, references=True)[0] == ("eins", "one\teins")
    fails(folder / "g2p", "g2p:2: 4 column(s) found, 2 expected", "reader.references=true")
    (folder / "g2p").write_text("A\tAH\nABBY\n")
    with pytest.raises(DataError, match=r"g2p:2: 1 column\(s\) found, 2 or more expected"):
        pairs(folder / "g2p", references=True)
    (folder / "g2p").write_text("A\tAH\t\n")
    assert pairs(folder / "g2p", references=True) == [("A", "AH")]
    (folder / "g2p").write_text("A\tAH\t\tAA\n")
    with pytest.raises(DataError, match="g2p:1: an empty one among several right answers"):
        pairs(folder / "g2p", references=True)
    with pytest.raises(DataError, match=r"1\.de: 2 line\(s\), but .*2\.en has 1"):
        pairs([folder / "1.de", folder / "1.en", folder / "2.en"], references=True)


def test_columns_by_name_and_number(folder: Path) -> None:
    columns: Columns = {"source": "target", "target": 0, "tokens": -1}
    record = next(ParallelReader().read(folder / "a.tsv", columns))
    assert record.values == {"source": "one", "target": "eins", "tokens": "one"}


def test_an_empty_side_is_a_missing_value(folder: Path) -> None:
    source = [folder / "gap.de", folder / "gap.en"]
    fails(source, "gap.de:2: no value of 'source'", "gap.de:4: no value of 'target'")
    records = ParallelReader().read(source, BOTH)
    assert [record.values["source"] for record in records] == ["eins", " ", "drei", "vier"]


def test_empty_sides_of_one_file(folder: Path) -> None:
    path = folder / "gap.tsv"
    path.write_text("a\tb\nc\t\n\n\td\ne\tf\n")
    fails(path, "gap.tsv:2: no value of 'target'", "gap.tsv:4: no value of 'source'")
    path.write_text("a\tb\n\n")
    assert pairs(path) == [("a", "b")]


def test_refuses_different_numbers_of_lines(folder: Path) -> None:
    fails([folder / "1.de", folder / "2.en"], "1.de: 2 line(s), but", "2.en has 1;")
    fails([folder / "2.de", folder / "gap.en"], "2.de: 1 line(s), but", "gap.en has 4;")


def test_refuses_bad_sources(folder: Path) -> None:
    fails([f"{folder}/[12].de", folder / "1.en"], "[12].de: 2 file(s), but 1 for", "1.en")
    fails([folder / "1.de"] * 3, "as in [train.de,train.en], not 3:")
    fails([], "as in [train.de,train.en], not 0:")
    fails(None, "give a path")
    fails([folder / "1.de", folder / "1.fr"], "1.fr: no such file", "Did you mean '1.")


def test_refuses_bad_files(folder: Path) -> None:
    fails(folder / "1.de", "1.de:1: 1 column(s) found, 2 expected")
    (folder / "b.tsv").write_text("a\tb\na\tb\tc\n")
    fails(folder / "b.tsv", "b.tsv:2: 3 column(s) found, 2 expected", "the table reader")
    (folder / "c.tsv").write_text("\n\n")
    with pytest.raises(DataError, match=r"c\.tsv: no pair of sentences"):
        pairs(folder / "c.tsv")


def test_refuses_other_columns(folder: Path) -> None:
    for column in ("sauce", 2, -3):
        fails(
            folder / "a.tsv",
            f"a.tsv: no column {column!r} for the field 'source'",
            "the columns are 'source', 'target' or 0 to 1; name one with source.column=...",
            columns={"source": column},
        )


def test_refuses_an_unknown_encoding() -> None:
    with pytest.raises(UsageError, match="encoding: there is no text encoding 'utf9'"):
        ParallelReader(encoding="utf9")


def test_further_blank_lines_at_the_end_do_not_matter(folder: Path, caplog) -> None:
    (folder / "2.de").write_text("drei\n\n \n")
    assert pairs([folder / "2.de", folder / "2.en"]) == [("drei", "three")]
    assert "2.de:2: blank lines at the end, which the other file lacks" in caplog.text
    (folder / "2.de").write_text("drei\n\n\nx\n")
    fails([folder / "2.de", folder / "2.en"], "2.de: 4 line(s), but", "2.en has 1;")


def test_pairs_of_blank_lines_are_none(folder: Path) -> None:
    (folder / "2.de").write_text("\neins\n\nzwei\n")
    (folder / "2.en").write_text("\r\none\r\n \r\ntwo")
    assert pairs([folder / "2.de", folder / "2.en"]) == [("eins", "one"), ("zwei", "two")]


def test_the_first_line_that_is_blank_on_one_side_is_named(folder: Path) -> None:
    (folder / "2.de").write_text("eins\n\nzwei\ndrei\n")
    (folder / "2.en").write_text("one\ntwo\nthree\n")
    fails([folder / "2.de", folder / "2.en"], "line 2 is the first that is blank in one of them")


def test_empty_files(folder: Path, caplog) -> None:
    for name in ("0.de", "0.en"):
        (folder / name).write_text("")
    assert len(pairs([f"{folder}/[012].de", f"{folder}/[012].en"])) == 3
    assert "0.de: the file holds nothing to read and is passed over" in caplog.text
    fails([folder / "0.de", folder / "1.en"], "0.de: 0 line(s), but", "1.en has 2;")
    fails([folder / "0.de", folder / "0.en"], "0.de: no pair of sentences")


def test_a_line_of_other_columns_is_a_fault_unless_it_is_the_first(folder: Path) -> None:
    path = folder / "c.tsv"
    path.write_text("a\tb\t\nc\n\td\ne\tf\tg\nh\ti\n")
    records = list(ParallelReader().read(path, BOTH))
    assert [record.values for record in records] == [
        {"source": "a", "target": "b"},
        {},
        {"source": "", "target": "d"},
        {},
        {"source": "h", "target": "i"},
    ]
    assert [r.fault[:18] for r in records if r.fault] == [
        "1 column(s) found,",
        "3 column(s) found,",
    ]
    path.write_text("a\tb\tby hand\n")
    fails(path, "c.tsv:1: 3 column(s) found, 2 expected")


def test_a_return_within_a_line_moves_no_pair(folder: Path) -> None:
    (folder / "2.de").write_bytes("eins\rzwei\u2028\ndrei\n".encode())
    (folder / "2.en").write_bytes(b"one\r\nthree\r\n")
    assert pairs([folder / "2.de", folder / "2.en"]) == [
        ("eins\rzwei\u2028", "one"),
        ("drei", "three"),
    ]
