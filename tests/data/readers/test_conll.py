"""One token a line: CoNLL-U and its relatives."""

from __future__ import annotations

from pathlib import Path

import pytest
from omegaconf import ListConfig
from usable import usable

from seqtasks.data.readers import ConllReader
from seqtasks.data.record import Columns, Record
from seqtasks.errors import DataError, UsageError

BOTH: Columns = {"tokens": None, "tags": None}


def write(folder: Path, text: str, name: str = "a.conll") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def read(path: Path, columns: Columns = BOTH, **options: object) -> list[Record]:
    return usable(ConllReader(**options).read(path, columns), columns)


def tagged(path: Path, columns: Columns = BOTH, **options: object) -> list[str]:
    """Sentences as ``token/tag`` pairs."""
    return [
        " ".join("/".join(token) for token in zip(*record.values.values(), strict=True))
        for record in read(path, columns, **options)
    ]


def fails(path: Path, *parts: str, columns: Columns = BOTH, **options: object) -> None:
    with pytest.raises(DataError) as caught:
        read(path, columns, **options)
    assert "\n" not in str(caught.value)
    for part in parts:
        assert part in str(caught.value)


def conllu(*rows: str) -> str:
    """Rows of ``id form upos xpos`` as CoNLL-U."""
    cells = [row.split(" ") for row in rows]
    return "".join(
        f"{i}\t{form}\tlemma\t{upos}\t{xpos}\t_\t0\troot\t_\t_\n" for i, form, upos, xpos in cells
    )


@pytest.mark.parametrize("gap", ["\n", "\n\n", "\t\n", " \r\n", "\u3000\n"])
@pytest.mark.parametrize("end", ["", "\n", "\n\n\t\n"])
def test_blank_lines_end_sentences(tmp_path: Path, gap: str, end: str) -> None:
    path = write(tmp_path, f"{gap}a\tX\r\nb\tY\n{gap}c\tZ{end}")
    records = read(path)
    assert [record.values for record in records] == [
        {"tokens": ["a", "b"], "tags": ["X", "Y"]},
        {"tokens": ["c"], "tags": ["Z"]},
    ]
    first = gap.count("\n") + 1
    assert [record.line for record in records] == [first, 2 * first + 1]
    assert records[0].path == str(path)


def test_the_separator_is_a_tab_if_there_is_one(tmp_path: Path) -> None:
    path = write(tmp_path, "New York\tX\n# \tY \n\u00a0\tZ\n")
    assert tagged(path) == ["New York/X #/Y \u00a0/Z"]


def test_else_the_separator_is_white_space(tmp_path: Path) -> None:
    path = write(tmp_path, "10\u00a0000  NN  X\n # B \t Y \n")
    assert tagged(path) == ["10\u00a0000/X #/Y"]
    assert tagged(path, {"tokens": 0, "tags": 1}) == ["10\u00a0000/NN #/B"]


def test_a_given_separator(tmp_path: Path) -> None:
    assert tagged(write(tmp_path, "a b|X|Y\nc|X|Z\n"), separator="|") == ["a b/Y c/Z"]


def test_document_lines_are_skipped(tmp_path: Path) -> None:
    path = write(tmp_path, "-DOCSTART- -X- O\n\na B X\n-DOCSTART- (2)\nc D Y\n")
    assert tagged(path) == ["a/X", "c/Y"]


def test_comments_only_if_asked(tmp_path: Path) -> None:
    path = write(tmp_path, "# B X\na B Y\n\n#c B Z\n")
    assert tagged(path) == ["#/X a/Y", "#c/Z"]
    assert tagged(path, comment="# ") == ["a/Y", "#c/Z"]
    assert tagged(path, comment="#") == ["a/Y"]


def test_columns_by_name(tmp_path: Path) -> None:
    path = write(tmp_path, "1 a N X\n2 b V Y\n")
    names = ["id", "form", "pos", "ner"]
    assert tagged(path, names=names) == ["a/X b/Y"]
    assert tagged(path, {"tokens": None, "pos": None}, names=ListConfig(names)) == ["a/N b/V"]
    assert tagged(path, {"tokens": "ner", "tags": -3}, names=names) == ["X/a Y/b"]
    assert tagged(path, names=["tags", "pos", "tokens", "upos"]) == ["N/1 V/2"]


def test_conllu(tmp_path: Path) -> None:
    text = (
        "# sent_id = 1\n# text = ...\n"
        + conllu("1-2 don't _ _", "1 do AUX VBP", "2 n't PART RB", "2.1 see _ VB", "3 # SYM #")
        + "\n# sent_id = 2\n"
        + conllu("1 Go VERB VB")
        + "\n"
    )
    path = write(tmp_path, text, "a.CoNLLu")
    assert tagged(path) == ["do/AUX n't/PART #/SYM", "Go/VERB"]
    assert [record.line for record in read(path)] == [4, 10]
    columns: Columns = {"tokens": "lemma", "tags": "xpos", "deprel": None}
    assert read(path, columns)[1].values == {
        "tokens": ["lemma"],
        "tags": ["VB"],
        "deprel": ["root"],
    }
    assert tagged(path, {"tokens": 1, "tags": -7}) == tagged(path)


def test_conllu_with_names_of_its_own(tmp_path: Path) -> None:
    path = write(tmp_path, "# c\n3-4\tX\n", "a.conllu")
    assert tagged(path, names=["form", "tag"]) == ["3-4/X"]
    fails(write(tmp_path, "a\tb\n", "a.conllu"), "a.conllu:1: 2 column(s) found, 10 expected")


def test_refuses_ragged_rows(tmp_path: Path) -> None:
    fails(
        write(tmp_path, "\na\tX\nb\n"),
        "a.conll:3: 1 column(s) found, 2 expected; correct the line",
    )
    fails(write(tmp_path, "a X\nb Y Z\n"), "a.conll:2: 3 column(s) found, 2 expected")
    fails(write(tmp_path, "a\tX\nb Y\n"), "a.conll:2: 1 column(s) found, 2 expected")
    fails(
        write(tmp_path, "a X\n"),
        "a.conll:1: 2 column(s) found, 3 expected (from reader.names)",
        names=["form", "pos", "tag"],
    )


def test_refuses_empty_cells(tmp_path: Path) -> None:
    path = write(tmp_path, "a\tX\n \tY\n")
    fails(path, "a.conll:2: an empty column 0 (the field 'tokens'); write a value")
    fails(write(tmp_path, "a\tX\nb\t\n"), "a.conll:2: an empty column 1 (the field 'tags')")
    assert [record.values for record in read(path, {"tokens": None})] == [{"tokens": ["a", "b"]}]


def test_refuses_missing_columns(tmp_path: Path) -> None:
    path = write(tmp_path, "a X\n")
    fails(
        path,
        "a.conll:1: no column 'pos' for the field 'pos': the columns are 0 to 1; name one with "
        "pos.column=..., or name them all with reader.names=[...]",
        columns={"pos": None},
    )
    fails(path, "no column 2 for the field 'tags'", columns={"tags": 2})
    ragged = write(tmp_path, "a\nb c\n", "b.conll")
    fails(ragged, "b.conll:1: no column 'tags' for the field 'tags'")
    fails(path, "no column -3 for the field 'tags'", columns={"tags": -3})
    fails(write(tmp_path, "a\nb\n"), "no column 'tags' for the field 'tags'", "are 0;")
    path = write(tmp_path, conllu("1 Go VERB VB"), "a.conllu")
    fails(path, "'upos', 'xpos'", "Did you mean 'upos'?", columns={"tags": "ups"})


def test_refuses_bad_word_numbers(tmp_path: Path) -> None:
    path = write(tmp_path, conllu("1 a X Y", "b b X Y"), "a.conllu")
    fails(path, "a.conllu:2: a word number in CoNLL-U is written as 3, 3-4 or 8.1")


def faults(path: Path, **options: object) -> list[tuple[int, str]]:
    records = ConllReader(**options).read(path, BOTH)
    return [(record.line, record.fault.partition(";")[0]) for record in records if record.fault]


def test_a_bad_line_spoils_its_sentence_alone(tmp_path: Path) -> None:
    path = write(tmp_path, "a X\nb\n\nc Z Y\nd Z Y\n\ne E\n")
    assert faults(path) == [
        (2, "1 column(s) found, 2 expected"),
        (4, "3 column(s) found, 2 expected"),
    ]
    path = write(tmp_path, "a\tX\n\tY\n\nb\t\n\nc\tZ\n")
    assert faults(path) == [
        (2, "an empty column 0 (the field 'tokens')"),
        (4, "an empty column 1 (the field 'tags')"),
    ]


def test_trailing_tabs_and_spaces(tmp_path: Path) -> None:
    path = write(tmp_path, "a\tX\t\nb \tY \t \t\n \t \nc\tZ\t")
    assert tagged(path) == ["a/X b/Y", "c/Z"]
    assert tagged(write(tmp_path, "a X  \nb Y\t\n\nc Z ")) == ["a/X b/Y", "c/Z"]


def test_comments_that_nobody_told(tmp_path: Path, caplog) -> None:
    text = (
        "# sent_id = 1\n# text = The #\nThe\tDT\n#\tSYM\n# newdoc\tX\n\n"
        "# one that says more\n#tag\tX\ndog\tNN\n"
    )
    path = write(tmp_path, text)
    assert tagged(path) == ["The/DT #/SYM # newdoc/X", "#tag/X dog/NN"]
    [record] = caplog.records[-1:]
    assert "lines such as '# name = value' are read as comments" in record.getMessage()
    assert tagged(write(tmp_path, "# B X\na B Y\n\n# C Z\n")) == ["#/X a/Y", "#/Z"]
    assert faults(write(tmp_path, "a X\n\n#tag\nb Y\n")) == [(3, "1 column(s) found, 2 expected")]


def test_documents_of_conll_2012(tmp_path: Path) -> None:
    text = (
        "#begin document (bc/cctv/00); part 000\n"
        "bc 0 The DT (A0* (1\nbc 1 dog NN *) 1)\n\n"
        "bc 0 Cats NN * * -\nbc 1 nap VB * * -\n#end document\n"
        "#begin document (bc/cctv/00); part 001\nbc 0 # SYM -\n\nbc 0\n\n"
    )
    path = write(tmp_path, text)
    numbered = [*ConllReader().read(path, {"tokens": 2, "tags": 3})]
    assert [record.values.get("tags") for record in numbered[:2]] == [["DT", "NN"], ["NN", "VB"]]
    records = [*ConllReader().read(path, {"tokens": 2, "tags": -1})]
    assert [record.values.get("tags") for record in records] == [
        ["(1", "1)"],
        ["-", "-"],
        ["-"],
        None,
    ]
    assert records[-1].fault.startswith("too few columns")


@pytest.mark.parametrize("line", ["-DOCSTART-", "-DOCSTART- O", "-DOCSTART- -X- -X- O"])
def test_document_lines_of_any_width(tmp_path: Path, line: str) -> None:
    assert tagged(write(tmp_path, f"{line}\n\na B\n{line}\nc D\n")) == ["a/B", "c/D"]


def test_conllup(tmp_path: Path) -> None:
    text = (
        "\ufeff# global.columns = ID FORM UPOS PARSEME:MWE\n# sent_id = 1\n"
        "1\tdog\tNN\t*\n2-3\tbb\t_\t_\n2\tb\tX\t_\n\n\ufeff# global.columns = ID FORM\n3\td\tV\t*\n"
    )
    path = write(tmp_path, text, "a.conllup")
    assert tagged(path) == ["dog/NN b/X", "d/V"]
    assert tagged(path, {"tokens": "form", "tags": "PARSEME:MWE"})[0] == "dog/* b/_"
    assert tagged(write(tmp_path, text.replace("\ufeff", "")), BOTH)[0].startswith("dog/NN")
    fails(write(tmp_path, "1\tdog\n", "a.conllup"), "a.conllup: no line '# global.columns = …'")


def test_conllu_with_marks_and_spaces(tmp_path: Path) -> None:
    sentence = "# sent_id = 1\n" + conllu("1 Go VERB VB")
    path = write(tmp_path, f"\ufeff{sentence}\n\ufeff{sentence}", "a.conllu")
    assert tagged(path) == ["Go/VERB", "Go/VERB"]
    assert tagged(write(tmp_path, sentence.replace("\t", " "), "a.conllu")) == ["Go/VERB"]


def test_characters_within_tokens(tmp_path: Path) -> None:
    odd = [
        "a\u00a0b",
        "\u200b",
        "\ufeff",
        "x\ufeffy",
        "a\x1cb",
        "a\x85b",
        "a\u2028b",
        "a\x0bb",
        "\x0c",
    ]
    for between in ("\t", " "):
        path = write(tmp_path, "a" + between + "X\n" + "".join(f"{t}{between}X\n" for t in odd))
        [record] = read(path)
        assert record.values["tokens"] == ["a", *odd]


def test_lines_that_end_with_returns(tmp_path: Path) -> None:
    for end in ("\r", "\r\n", "\r\r\n", "\n"):
        path = write(tmp_path, f"a\tX{end}b\tY{end}{end}c\tZ{end}")
        assert tagged(path) == ["a/X b/Y", "c/Z"]


@pytest.mark.parametrize("text", ["\n\t\n", "# only\n", "-DOCSTART- -X- O\n\n"])
def test_refuses_files_without_sentences(tmp_path: Path, text: str) -> None:
    fails(write(tmp_path, text), "a.conll: no sentence", comment="#")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"names": "form tag"},
            "names: give each column a name of its own",
        ),
        ({"names": []}, "as in [form,tag], not []"),
        ({"names": ["a", "b", "a"]}, "'a' is there twice"),
        ({"names": ["a", 1]}, "give each column a name"),
        ({"separator": ""}, "separator: give a string of one character or more"),
        ({"comment": ""}, "comment: give a string of one character or more"),
        ({"encoding": "utf9"}, "encoding: there is no text encoding 'utf9'"),
    ],
)
def test_refuses_unknown_options(options: dict, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        ConllReader(**options)
    assert message in str(caught.value)
