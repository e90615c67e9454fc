"""The example of the Chinese pages, from the file to the answers, with small networks."""

from __future__ import annotations

import importlib
import re
import shlex

import pytest
from documented import DOCS, blocks

CHINESE = DOCS / "zh"
LINES = [line for text in blocks(CHINESE / "example.md", "bash") for line in text.splitlines()]
TRAININGS = [line for line in LINES if line.startswith("python -m seqtasks ")]


def test_the_sample_is_balanced():
    rows = (CHINESE / "reviews.tsv").read_text(encoding="utf-8").splitlines()[1:]
    texts, labels = zip(*(row.split("\t") for row in rows), strict=True)
    assert len(set(texts)) == len(texts) >= 120
    assert labels.count("正面") == labels.count("负面") == len(labels) // 2


@pytest.fixture
def example(cli, tmp_path, monkeypatch):
    """The trainings of the page, each small, in a folder with the sample: their output."""
    pytest.importorskip("jieba")
    folder = tmp_path / "docs" / "zh"
    folder.mkdir(parents=True)
    (folder / "reviews.tsv").write_bytes((CHINESE / "reviews.tsv").read_bytes())
    monkeypatch.setenv("COLUMNS", "120")
    small = [
        "encoder.hidden_size=8",
        "trainer.max_epochs=1",
        "logger=none",
        "report=false",
        "preset=none",
    ]
    printed = []
    for line in TRAININGS:
        code, output, errors = cli(*shlex.split(line)[3:], *small)
        assert code == 0, errors
        printed.append(output)
    return printed


def test_the_example_runs_by_character_and_by_word(example, tmp_path, capsys):
    assert len(example) == 2
    for output in example:
        assert "data.tokens.column='评论'" in output
        assert "this model" in output
    script = blocks(CHINESE / "example.md", "python")[0]
    exec(compile(script, "count.py", "exec"), {"__name__": "__main__"})
    counted = capsys.readouterr().out.splitlines()
    page = (CHINESE / "example.md").read_text(encoding="utf-8")
    assert len(counted) == 4
    assert all(line in page for line in counted)  # they do not depend on the weights
    [predict] = [line.rpartition(" | ") for line in LINES if "seqtasks.predict" in line]
    given = shlex.split(predict[0])[1].replace("\\n", "\n")
    (tmp_path / "new.txt").write_text(given, encoding="utf-8")
    arguments = [*shlex.split(predict[2])[3:], "--input", str(tmp_path / "new.txt")]
    importlib.import_module("seqtasks.predict").main(arguments)
    answers = capsys.readouterr().out.splitlines()
    assert len(answers) == 3
    assert all(re.match(r'\{"prediction": "(正面|负面)"', answer) for answer in answers)
