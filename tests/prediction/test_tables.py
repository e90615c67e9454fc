"""``python -m seqtasks.predict`` on CSV and TSV files as spreadsheets and people write them."""

from __future__ import annotations

import csv
import io
import json

import pytest

from seqtasks import bundle

CLASSIFIER = ("task=classification",)
TAGGER = ("task=tagging",)


def rows(out, delimiter=","):
    return list(csv.reader(io.StringIO(out), delimiter=delimiter))


@pytest.fixture
def labels(models):
    """A function from texts to the labels that the classifier gives them."""
    return bundle.load(models(*CLASSIFIER)).predict


def test_quotes_delimiters_and_line_ends_in_cells_are_kept(models, run, labels):
    given = 'id,tokens,note\r\n1,"the ""big"" dog, it sees","two\r\nlines"\r\n2,she walks .,\r\n'
    out, error, code = run(models(*CLASSIFIER), given, "--format", "csv")
    first, second = labels(['the "big" dog, it sees', "she walks ."])
    assert rows(out) == [
        ["id", "tokens", "note", "prediction", "error"],
        ["1", 'the "big" dog, it sees', "two\nlines", first, ""],
        ["2", "she walks .", "", second, ""],
    ]
    assert "unknown to the model" in error
    assert code == 0


@pytest.mark.parametrize(
    ("given", "opening", "delimiter"),
    [
        ("\ufefftokens;id\na dog;1\n", "\ufefftokens;", ";"),
        ("sep=;\ntokens;id\na dog;1\n", "sep=;\ntokens;", ";"),
        ("\ufeffsep=|\r\ntokens|id\r\na dog|1\r\n", "\ufeffsep=|\ntokens|", "|"),
        ("tokens,id\ra dog,1\r", "tokens,id,", ","),
    ],
)
def test_what_excel_writes_comes_back_as_it_was(models, run, labels, given, opening, delimiter):
    out, _, code = run(models(*CLASSIFIER), given, "--format", "csv")
    assert out.startswith(opening)
    [label] = labels(["a dog"])
    assert rows(out, delimiter)[-1] == ["a dog", "1", label, ""]
    assert code == 0


def test_utf_16_is_read_and_answered_in_utf_8(models, run, labels):
    out, _, code = run(models(*CLASSIFIER), "tokens\tid\ncafé\t1\n".encode("utf-16"), "--format",
                       "tsv")  # fmt: skip
    assert out.splitlines()[1] == f"café\t1\t{labels('café')}\t"
    assert code == 0


def test_an_encoding_that_is_named_is_read(models, run, labels):
    given = "tokens;id\ncafé;1\n".encode("cp1252")
    out, _, code = run(models(*CLASSIFIER), given, "--format", "csv", "--encoding", "cp1252")
    assert rows(out, ";")[1] == ["café", "1", labels("café"), ""]
    assert code == 0
    _, error, code = run(models(*CLASSIFIER), given, "--encoding", "cp1253x")
    assert "--encoding: there is no text encoding 'cp1253x'" in error
    assert code == 2


def test_rows_that_cannot_be_used_have_errors_in_their_places(models, run, labels):
    given = b'tokens,id\na dog,1\nshort\n"a" b,3\n,4\nto,o,long\n\ncaf\xe9,5\nlast,6,,\n'
    out, error, code = run(models(*CLASSIFIER), given, "--format", "csv")
    found = rows(out)[1:]
    assert [row[:2] for row in found] == [
        ["a dog", "1"], ["short", ""], ["", ""], ["", "4"], ["to", "o"], ["caf\ufffd", "5"],
        ["last", "6"],
    ]  # fmt: skip
    assert [row[2] != "" for row in found] == [True, *[False] * 5, True]
    said = ["1 column(s) found, 2", "not valid CSV", "'tokens' is empty", "3 column", "0xe9"]
    assert all(part in row[3] for part, row in zip(said, found[1:], strict=False))
    assert [row[3].split(":")[1] for row in found[1:-1]] == ["3", "4", "5", "6", "8"]
    assert error.splitlines()[-1].startswith("seqtasks: 5 record(s) could not be used")
    assert code == 1


def test_a_quote_that_never_closes_is_an_error_of_its_row(models, run):
    out, _, code = run(models(*CLASSIFIER), 'tokens\na dog\n"open\nand on\n', "--format", "csv")
    assert "input:3: not valid CSV up to line 4" in rows(out)[2][2]
    assert code == 1


def test_the_label_stands_beside_the_probability_of_each(models, run, labels):
    given = "tokens,id\na dog,1\n,2\n"
    out, _, _ = run(models(*CLASSIFIER), given, "--format", "csv", "--scores", "--name", "mood")
    names = bundle.load(models(*CLASSIFIER)).fields["label"].vocabulary.symbols
    head, first, second = rows(out)
    assert head == ["tokens", "id", "mood", *(f"p_{name}" for name in names), "error"]
    assert first[2] == labels("a dog")
    assert sum(map(float, first[3:-1])) == pytest.approx(1)
    assert second[2:-1] == [""] * (1 + len(names))
    out, _, _ = run(models(*TAGGER), "tokens\na dog\n", "--format", "tsv", "--scores")
    head, first = (line.split("\t") for line in out.splitlines())
    assert head == ["tokens", "prediction", "confidences", "error"]
    assert len(first[1].split()) == len(first[2].split()) == 2


def test_columns_go_by_number_and_tables_need_no_header(models, run, labels):
    model = models(*CLASSIFIER)
    out, _, code = run(
        model, "7,a dog\n8,she walks .\n", "--format", "csv", "--no-header", "--column", "tokens=1"
    )
    first, second = labels(["a dog", "she walks ."])
    assert rows(out) == [["7", "a dog", first, ""], ["8", "she walks .", second, ""]]
    assert code == 0
    out, _, _ = run(model, "id,says,\n7,a dog,\n", "--format", "csv", "--column", "tokens=1")
    assert rows(out) == [["id", "says", "", "prediction", "error"], ["7", "a dog", "", first, ""]]


def test_each_file_has_its_own_form_by_its_name_or_by_an_option(models, run, labels, tmp_path):
    from seqtasks import predict

    model, path = models(*CLASSIFIER), tmp_path / "given.csv"
    path.write_text('tokens,id\n"a, dog",1\n', encoding="utf-8")
    target = tmp_path / "found.jsonl"
    predict.main([str(model), "--input", str(path), "--output", str(target)])
    label = labels("a, dog")
    row = {"tokens": "a, dog", "id": "1", "prediction": label}
    assert json.loads(target.read_text(encoding="utf-8")) == row
    out, _, _ = run(model, "a\tdog\n", "--output-format", "tsv")
    assert out == f"tokens\tprediction\terror\na\\tdog\t{labels(chr(9).join(['a', 'dog']))}\t\n"
    out, _, _ = run(model, '{"tokens": ["a", "dog"]}\n', "--format", "jsonl", "--output-format",
                    "text")  # fmt: skip
    assert out == f"{labels([['a', 'dog']])[0]}\n"
    out, _, _ = run(model, "tokens,id\n", "--format", "csv")
    assert out == "tokens,id,prediction,error\n"


def test_an_output_is_there_when_it_is_whole_and_never_the_input(models, capsys, tmp_path):
    from seqtasks import predict

    model, path, target = models(*CLASSIFIER), tmp_path / "given.csv", tmp_path / "out.csv"
    path.write_text("no such column\na\n", encoding="utf-8")
    target.write_text("from before", encoding="utf-8")
    for output, said in ((target, "no column 'tokens'"), (path, "--output: ")):
        with pytest.raises(SystemExit):
            predict.main([str(model), "--input", str(path), "--output", str(output)])
        assert said in capsys.readouterr().err
    assert target.read_text(encoding="utf-8") == "from before"
    assert sorted(one.name for one in tmp_path.iterdir() if one.is_file()) == [
        "given.csv",
        "out.csv",
    ]


def test_objects_keep_their_own_members(models, run, labels):
    model = models(*CLASSIFIER)
    given = '{"tokens": "a dog", "prediction": 1}\n\n{"tokens": "a dog", "x": "\\ud800"}\n'
    out, _, code = run(model, given, "--format", "jsonl", "--scores")
    first, second = map(json.loads, out.splitlines())
    assert "has a 'prediction' of its own" in first["error"]
    assert first["prediction"] == 1
    assert (second["prediction"], second["x"]) == (labels("a dog"), "\ud800")
    assert max(second["scores"], key=second["scores"].get) == second["prediction"]
    assert code == 1
