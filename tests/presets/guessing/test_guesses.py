"""How files are read follows from the files, and reading them so gives what is in them."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from presets.guessing.dirty import CASES, Case

from seqtasks.data.fields.columns import split_columns
from seqtasks.data.readers import (
    BabiReader,
    ConllReader,
    LabelledFileReader,
    LineReader,
    ParallelReader,
    PatternReader,
    TableReader,
    TextReader,
    TimeSeriesReader,
)
from seqtasks.presets.guessing import guesses

READERS = {
    "babi": BabiReader,
    "conll": ConllReader,
    "labelled_files": LabelledFileReader,
    "lines": LineReader,
    "parallel": ParallelReader,
    "pattern": PatternReader,
    "table": TableReader,
    "text": TextReader,
    "timeseries": TimeSeriesReader,
}
FIELDS = {
    "classification": {"tokens": None, "label": None},
    "generation": {"tokens": None},
    "joint": {"tokens": None, "tags": None, "label": None},
    "one_to_one": {"tokens": None, "label": None},
    "question_answering": {"source": ["question", "story", "question"], "target": "answer"},
    "synchronous": {"tokens": None, "tags": "target"},
    "tagging": {"tokens": None, "tags": None},
    "transduction": {"source": None, "target": None},
    "translation": {"source": None, "target": None},
}
"""Task → the columns that its configuration gives to its fields."""


def write(files):
    for name, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)


def read(case: Case, source, decided):
    """The first record, read as is decided and typed."""
    options = {**decided, **case.typed}
    name = options["data"]
    fields = dict(FIELDS[case.task])
    if decided.get("task/embedding") == "series":
        fields = {"series": None, "label": None}
    if "+field@data.pair" in decided:
        fields["pair"] = None
    named = {field: options.get(f"data.{field}.column", fields[field]) for field in fields}
    start = "data.reader."
    given = {key.removeprefix(start): options[key] for key in options if key.startswith(start)}
    return next(iter(READERS[name](**given).read(source, split_columns(named))))


@pytest.mark.parametrize("name", CASES)
def test_guess(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    case = CASES[name]
    write(case.files)
    source = case.train or next(iter(case.files))
    decisions = guesses(case.task, {"train": source, "val": None}, case.typed)
    decided = {decision.option: decision.value for decision in decisions}
    given = {} if "data" in case.typed else {"data": case.data}
    assert decided == {**given, **case.options}
    values = read(case, source, decided).values
    assert {field: values[field] for field in case.first} == case.first
    for decision in decisions:
        assert not decision.reason[0].isupper()
        assert not decision.reason.endswith(".")
