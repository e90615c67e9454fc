"""Files and a task are enough to read the files; what is typed holds."""

from __future__ import annotations

from pathlib import Path

import pytest
from presets.guessing.dirty import CASES, quoted, rows

import seqtasks
from seqtasks.cli.typed import typed_values, with_reader
from seqtasks.errors import DataError, UsageError
from seqtasks.presets.decision import Decision
from seqtasks.presets.reading import as_word, reading

REVIEWS = rows(
    ";", quoted(f"film {n} is fine" for n in range(40)), ["pos", "neg"] * 20, head="review;stars"
)


@pytest.fixture
def reviews(tmp_path, monkeypatch):
    """The options of a small file of reviews."""
    monkeypatch.chdir(tmp_path)
    Path("reviews.csv").write_text(REVIEWS)
    return ["task=classification", "data.train=reviews.csv"]


@pytest.mark.parametrize("preset", [[], ["preset=none"], ["preset=quick"]])
def test_files_and_a_task_say_how_the_files_are_read(reviews, preset):
    config = seqtasks.compose(*reviews, *preset)
    assert config.data.reader._target_.endswith("TableReader")
    assert config.data.reader.delimiter == ";"
    assert (config.data.tokens.column, config.data.label.column) == ("review", "stars")
    assert config.preset.read[0] == "data=table (the file ends in .csv)"
    assert bool(config.preset.chosen) == (preset != ["preset=none"])


def test_what_was_read_can_be_typed_and_gives_the_same_configuration(reviews):
    config = seqtasks.compose(*reviews)
    typed = seqtasks.compose(*reviews, *(one.partition(" (")[0] for one in config.preset.read))
    assert typed.preset.read == []
    typed.preset, typed.paths = config.preset, config.paths
    assert typed == config


def test_one_option_puts_a_wrong_guess_right(reviews):
    config = seqtasks.compose(*reviews, "data.tokens.column=0")
    assert config.data.tokens.column == 0
    config = seqtasks.compose(*reviews, "data.reader.header=false", "data.label.column=1")
    assert config.data.reader.header is False
    assert config.data.reader._target_.endswith("TableReader")
    config = seqtasks.compose(*reviews, "data=lines")
    assert config.data.reader._target_.endswith("LineReader")


def test_a_doubt_is_an_error_that_names_the_option(reviews):
    with pytest.raises(DataError, match=r"data\.label\.column=NAME"):
        seqtasks.compose(*reviews, "data.tokens.column=stars")


def test_a_recipe_says_how_its_files_are_read(reviews):
    assert reading("classification", ["experiment=trec", "data.train=reviews.csv"]) == []
    assert reading("classification", ["data.train=${paths.data}/a.csv"]) == []
    assert reading("classification", ["data.train=a.csv,b.csv"]) == []


@pytest.mark.parametrize("name", ["lists of JSON", "words that mark the sides", "two files"])
def test_decisions_can_be_written_on_a_command_line(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    case = CASES[name]
    for file, content in case.files.items():
        Path(file).write_text(content)
    source = "[{}]".format(",".join(case.train)) if case.train else next(iter(case.files))
    words = [f"task={case.task}", f"data.train={source}"]
    decided = {one.option: one.value for one in reading(case.task, words)}
    typed = typed_values([as_word(one) for one in reading(case.task, words)])
    assert typed == decided
    assert seqtasks.compose(*words, "preset=none").data.reader is not None


@pytest.mark.parametrize("value", [";", "\t", "a b", "it's", "null", "2019", 3, ["a b", 1], True])
def test_a_value_is_read_back(value):
    word = as_word(Decision("data.reader.x", value, "some reason"))
    assert typed_values([word]) == {"data.reader.x": value}


@pytest.mark.parametrize(
    ("option", "data"),
    [
        ("data.reader.delimiter=';'", "table"),
        ("data.reader.label=last", "lines"),
        ("data.reader.strip_gutenberg=true", "text"),
        ("data.reader.sequence=id", "timeseries"),
    ],
)
def test_an_option_of_one_reader_chooses_it(option, data):
    words = ["data.train=a.txt", option]
    assert with_reader(words) == [*words, f"data={data}"]
    assert with_reader(["experiment=trec", *words]) == ["experiment=trec", *words]
    assert with_reader(words[1:]) == words[1:]


def test_a_choice_that_goes_by_the_files_needs_some():
    with pytest.raises(UsageError, match="name the files, or choose a reader, such as data=table"):
        seqtasks.compose("task=tagging", "data=auto")
