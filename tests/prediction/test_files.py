"""``python -m seqtasks.predict`` on files: forms, columns, and records that cannot be used."""

from __future__ import annotations

import itertools
import json

import pytest

from seqtasks import bundle, predict

GOOD = ["the dogs see the cat .", "she walks .", "does the teacher watch him ?"]


WIDE = ("--search", "beam_size=2")
TAGGER = ("task=tagging", "data.tokens.max_length=40")


def test_a_table_is_written_again_with_its_predictions(models, run):
    model = models(*TAGGER)
    rows = "".join(f"{place}\t{text}\n" for place, text in enumerate(GOOD))
    out, error, code = run(model, f"id\ttokens\n{rows}", "--format", "tsv")
    tags = [" ".join(row) for row in bundle.load(model).predict(GOOD)]
    lines = [
        f"{place}\t{text}\t{tag}\t"
        for place, (text, tag) in enumerate(zip(GOOD, tags, strict=True))
    ]
    assert out.splitlines() == ["id\ttokens\tprediction\terror", *lines]
    assert (error, code) == ("", 0)
    out, _, _ = run(
        model, f"id\tsays\n{rows}", "--format", "tsv", "--column", "tokens=says", "--name", "tags"
    )
    assert out.splitlines() == ["id\tsays\ttags\terror", *lines]


def test_objects_are_written_again_with_their_predictions(models, run):
    model = models(*TAGGER)
    given = [{"id": 7, "tokens": GOOD[0]}, {"id": None, "tokens": GOOD[1].split()}]
    text = "".join(json.dumps(one) + "\n" for one in given)
    out, _, code = run(model, text, "--format", "jsonl")
    found = [json.loads(line) for line in out.splitlines()]
    tags = bundle.load(model).predict(GOOD[:2])
    assert found == [{**one, "prediction": row} for one, row in zip(given, tags, strict=True)]
    assert code == 0


def test_bad_records_have_errors_in_their_places_and_the_rest_go_on(models, run):
    model = models(*TAGGER)
    tags = [" ".join(row) for row in bundle.load(model).predict(GOOD)]
    lines = [
        GOOD[0].encode(),
        b"caf\xe9",
        GOOD[1].encode(),
        b"a " * 41,
        b"",
        GOOD[2].encode(),
    ]
    out, error, code = run(model, b"\n".join(lines) + b"\n")
    found = out.splitlines()
    assert [found[0], found[2], found[4], found[5]] == [tags[0], tags[1], "", tags[2]]
    assert found[1].startswith("error: input:2: not valid utf-8 (byte 0xe9)")
    assert found[3].startswith("error: input:4: 'tokens' has 41 tokens, more than")
    assert code == 1
    assert error == (
        "seqtasks: 2 record(s) could not be used; the output has an error in place of each\n"
    )
    out, _, _ = run(model, b"\n".join(lines) + b"\n", "--scores")
    objects = [json.loads(line) for line in out.splitlines()]
    assert objects[0]["prediction"] == tags[0].split()
    assert all(0 < share <= 1 for share in objects[0]["confidences"])
    assert "41 tokens" in objects[3]["error"]


def test_bad_rows_and_objects(models, run):
    model = models(*TAGGER)
    out, _, code = run(model, f"tokens\tid\n{GOOD[0]}\n\t3\n{GOOD[1]}\t4\n", "--format", "tsv")
    rows = [line.split("\t") for line in out.splitlines()[1:]]
    assert [row[2] != "" for row in rows] == [False, False, True]
    assert rows[0][3] == "input:2: 1 column(s) found, 2 expected as in the header"
    assert rows[1][3].startswith("input:3: the column 'tokens' is empty")
    assert code == 1
    given = f'{{"tokens": "{GOOD[0]}"}}\n[1]\n{{"text": "a"}}\n{{"tokens": 3\n'
    out, _, code = run(model, given, "--format", "jsonl")
    first, *others = [json.loads(line) for line in out.splitlines()]
    assert "error" not in first
    said = ["no JSON object", "no column 'tokens'", "not valid JSON"]
    assert all(part in row["error"] for part, row in zip(said, others, strict=True))
    assert code == 1


def test_several_inputs_and_columns_as_in_training(models, run):
    pair = models("task=classification", "+field@data.pair=pair", "data.pair.column=target")
    given = "".join(
        json.dumps({"tokens": a, "target": b}) + "\n" for a, b in itertools.pairwise(GOOD)
    )
    out, _, code = run(pair, given, "--format", "jsonl", "--scores")
    assert code == 0
    assert all(
        sum(json.loads(line)["scores"].values()) == pytest.approx(1) for line in out.splitlines()
    )
    story = models("task=question_answering")
    row = {"question": "where is Mary ?", "story": "Mary went to the garden ."}
    out, _, _ = run(story, json.dumps(row) + "\n", "--format", "jsonl")
    text = "\t".join(row.values())
    assert json.loads(out)["prediction"] == bundle.load(story).predict([text])[0]
    out, _, _ = run(story, json.dumps(row) + "\n", "--format", "jsonl", "--n-best", "2", *WIDE)
    best = json.loads(out)["best"]
    assert len(best) == 2
    assert best[0]["text"] == json.loads(out)["prediction"]
    assert best[0]["score"] >= best[1]["score"]


@pytest.mark.parametrize(
    ("given", "arguments", "said"),
    [
        ("a\n", ["--format", "tsf"], "--format: there is no 'tsf'; Did you mean 'tsv'?"),
        ("a\n", ["--output-format", "tsf"], "--output-format: there is no 'tsf'; Did you mean"),
        ("text\na\n", ["--format", "tsv"], "input:1: no column 'tokens'"),
        ("tokens\terror\na\tb\n", ["--format", "tsv"], "has a column 'error' of its own"),
        ("tokens\ttokens\na\tb\n", ["--format", "tsv"], "'tokens' is there twice"),
        ("a\n", ["--no-header"], "--no-header: text has none"),
        ('{"tokens": "a"}', ["--format", "jsonl", "--output-format", "csv"], "--output-format: a"),
        ("a\n", ["--column", "text=x"], "this model's inputs are tokens"),
    ],
)
def test_bad_usage_is_said_in_one_line(models, run, given, arguments, said):
    out, error, code = run(models(*TAGGER), given, *arguments)
    assert said in error
    assert error.count("\n") == 1
    assert code in (1, 2)
    assert out == ""


def test_files_that_cannot_be_opened(models, capsys, tmp_path):
    for option in ("--input", "--output"):
        with pytest.raises(SystemExit):
            predict.main([str(models(*TAGGER)), option, str(tmp_path / "no" / "file")])
        assert "no such file or directory" in capsys.readouterr().err.lower()
