"""Every row of the gauntlet, run."""

from __future__ import annotations

import functools
import logging
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from gauntlet.areas import AREAS, page
from gauntlet.models import MODELS
from gauntlet.oddity import Check, Files, Predicted, Prepared, Read, Refused, Trained, Vectors
from hydra.utils import instantiate
from omegaconf import OmegaConf
from saved import save
from small import ROOT

from seqtasks import evaluate, predict
from seqtasks.api import compose, prepare
from seqtasks.data.batching.buckets import Buckets
from seqtasks.data.fields import LabelField, TagField, TokenField
from seqtasks.data.module import SequenceData
from seqtasks.data.store.records import Records
from seqtasks.data.word_vectors import read_vectors, vector_width, vector_words
from seqtasks.errors import DataError, SeqtasksError

CHECKS = {
    f"{area}: {oddity.name} [{number}]": check
    for area, oddities in AREAS.items()
    for oddity in oddities
    for number, check in enumerate(oddity.checks, 1)
}
KINDS = {"label": LabelField, "tags": TagField, "answer": LabelField}
SHRINK = [
    "encoder.hidden_size=8",
    "trainer.max_epochs=1",
    "logger=none",
    "report=false",
    "data.cache=null",
]


def rows(*kinds: type[Check]) -> pytest.MarkDecorator:
    """The checks of some kinds, by name."""
    found = {name: check for name, check in CHECKS.items() if isinstance(check, kinds)}
    return pytest.mark.parametrize("check", found.values(), ids=found)


@pytest.fixture
def here(monkeypatch, tmp_path):
    """A function that writes files into an empty working folder."""
    monkeypatch.chdir(tmp_path)

    def write(files: Files) -> Path:
        for name, content in files.items():
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return tmp_path

    return write


@functools.cache
def reader_options(name: str) -> dict:
    """What ``conf/data`` gives the reader of a choice."""
    return OmegaConf.to_container(OmegaConf.load(ROOT / "conf" / "data" / f"{name}.yaml").reader)


def records(check: Read | Refused) -> Records:
    """What the reader reads of the files, as it is kept for the fields."""
    reader = instantiate({**reader_options(check.reader), **check.options})
    source = next(iter(check.files)) if check.source is None else check.source
    fields = {name: KINDS.get(name, TokenField)(at) for name, at in check.columns.items()}
    data = SequenceData(reader, Buckets(batch_size=2), source, cache=None, **fields)
    return Records(data.stored()["train"].file)


def warned(log: pytest.LogCaptureFixture) -> list[str]:
    """What the product warns of."""
    return [
        record.getMessage()
        for record in log.records
        if record.name.startswith("seqtasks") and record.levelno >= logging.WARNING
    ]


def agree(messages: Sequence[str], says: Sequence[Sequence[str]]) -> None:
    """Check that each thing is said once, and nothing beside."""
    for parts in says:
        fitting = [message for message in messages if all(part in message for part in parts)]
        assert len(fitting) == 1, (parts, messages)
    assert len(messages) == len(says), messages


@rows(Read)
def test_what_is_read(check, here, caplog):
    here(check.files)
    found = records(check)
    assert [tuple(record.values[name] for name in check.columns) for record in found] == [
        *check.values
    ]
    agree(warned(caplog), check.says)


@rows(Refused)
def test_what_is_refused(check, here):
    here(check.files)
    with pytest.raises(DataError) as caught:
        records(check)
    assert [part for part in check.parts if part not in str(caught.value)] == [], caught.value


@rows(Prepared)
def test_what_is_prepared(check, here, caplog):
    here(check.files)
    options = [*check.options, "data.cache=null"]
    if check.refused is not None:
        with pytest.raises(SeqtasksError) as caught:
            prepare(compose(*options))
        assert [part for part in check.refused if part not in str(caught.value)] == [], caught.value
        return
    data = prepare(compose(*options))
    agree(warned(caplog), check.says)
    assert {split: len(data.datasets[split]) for split in check.counts} == check.counts
    for name, symbols in check.vocabulary.items():
        assert {*symbols} <= {*data.vocabularies[name].symbols}
    for name, symbols in check.lacks.items():
        assert not {*symbols} & {*data.vocabularies[name].symbols}


@rows(Vectors)
def test_what_vectors_are_read(check, here):
    here({"a.vec": check.content})
    if check.refused is not None:
        with pytest.raises(DataError) as caught:
            vector_width("a.vec")
        assert [part for part in check.refused if part not in str(caught.value)] == []
        return
    words = list(vector_words("a.vec"))
    found = {word: list(vector) for word, vector in read_vectors("a.vec", words).items()}
    assert found == check.found
    assert vector_width("a.vec") == len(next(iter(found.values())))


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """A function from the name of a model to the folder that it is saved in."""
    folder = tmp_path_factory.mktemp("models")

    @functools.cache
    def make(name: str) -> str:
        save(folder / name, *MODELS[name])
        return str(folder / name)

    return make


@pytest.fixture
def predicted(here, models, capsys):
    """A function that runs ``predict`` on some bytes: its output, exit code and errors."""

    def call(check: Predicted, given: bytes) -> tuple[list[str], int, str]:
        here({"in": given})
        Path("out").unlink(missing_ok=True)
        code = 0
        try:
            predict.main(
                [models(check.model), "--input", "in", "--output", "out", *check.arguments]
            )
        except SystemExit as stop:
            code = stop.code
        out = Path("out").read_bytes() if Path("out").exists() else b""
        return out.decode().split("\n")[:-1], code, capsys.readouterr().err

    return call


@rows(Predicted)
def test_what_is_predicted(check, predicted):
    out, code, error = predicted(check, check.given)
    assert code == check.code, error
    assert [part for part in check.error if part not in error] == [], error
    if check.like is not None:
        assert out == predicted(check, check.like)[0]
    if check.parts is not None:
        assert len(out) == len(check.parts), out
        for line, part in zip(out, check.parts, strict=True):
            assert part is None or part in line


@rows(Trained)
def test_what_is_trained(check, here, cli):
    folder = here(check.files)
    if check.environment is None:
        code, out, error = cli(*check.options, *SHRINK, "hydra.run.dir=run")
    else:
        code, out, error = process(check, folder)
    assert code == 0, error
    said = out + error
    agree([line for line in said.splitlines() if "[WARNING]" in line], check.says)
    assert [part for part in check.shows if part not in said] == [], said
    assert [part for part in check.never if part in said] == []
    if check.given:
        here({"given": check.given})
        predict.main(["run/bundle", "--input", "given", "--output", "found"])
        found = Path("found").read_bytes().decode().split("\n")[:-1]
        assert len(found) == check.lines
        assert check.answers is None or {*found} <= {*check.answers}, found
    if check.evaluated:
        evaluate.main(["run/bundle", "--samples", "0"])


def process(check: Trained, folder: Path) -> tuple[int, str, str]:
    """Run ``python -m seqtasks`` as a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **(check.environment or {})}
    command = [sys.executable, "-m", "seqtasks", *check.options, *SHRINK, "hydra.run.dir=run"]
    done = subprocess.run(command, capture_output=True, cwd=folder, env=environment, check=False)
    return (
        done.returncode,
        done.stdout.decode(errors="replace"),
        done.stderr.decode(errors="replace"),
    )


def test_each_area_names_an_oddity_once():
    names = [(area, one.name) for area, oddities in AREAS.items() for one in oddities]
    assert len(names) == len({*names}) >= 80


def test_the_page_of_the_docs_is_this_table():
    assert (ROOT / "docs" / "guides" / "oddities.md").read_text(encoding="utf-8") == page(), (
        "write it again: PYTHONPATH=tests python -m gauntlet > docs/guides/oddities.md"
    )
