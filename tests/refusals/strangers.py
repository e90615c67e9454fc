"""Saved models that a stranger may have made."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from refusals.kept import TAGGING, TRANSLATION, damaged, loaded, replaced, written
from torch import nn

from seqtasks.bundle import MANIFEST
from seqtasks.bundle.bundle import rest_of
from seqtasks.bundle.files import Files
from seqtasks.bundle.fitness import check_shared, try_out
from seqtasks.bundle.integrity import check_config, check_finite, few_modules
from seqtasks.errors import SeqtasksError
from seqtasks.evaluation.split import check_sources, made, own_data, read_split
from seqtasks.files.plain_file import plain_file, read_plain
from seqtasks.graphs.permitted import check_graph
from seqtasks.trial import child

CONFIG = Path("bundle/config.yaml")

BROKEN = {"reader": None, "batching": None, "train": "a", "a": 3}
"""Data with a field that is none."""


def listed(name: str) -> Callable[[Path], object]:
    """A change that names one more file in the manifest."""

    def change(place: Path) -> None:
        manifest = json.loads((place / MANIFEST).read_text())
        manifest["sha256"][name] = ""
        (place / MANIFEST).write_text(json.dumps(manifest))

    return change


def files(**contents: bytes) -> Files:
    return Files(Path("bundle"), dict.fromkeys(contents, ""), contents)


def opened(path: str, most: int | None = None) -> Any:
    with plain_file(Path(path), most) as file:
        return file.read(1)


def link_out() -> None:
    Path("a").symlink_to(__file__)
    opened("a")


def pipe() -> None:
    os.mkfifo("a")
    opened("a")


def swapped() -> None:
    """A file that becomes a pipe between the look at it and its opening."""
    Path("a").touch()
    reading, writing = os.pipe()
    os.close(writing)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "open", lambda *_: reading)
        opened("a")


def of_holes() -> None:
    with Path("a").open("wb") as file:
        file.truncate(1 << 40)
    opened("a")


def growing() -> None:
    Path("a").write_bytes(b"12345")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("seqtasks.files.plain_file.check_size", lambda *_: None)
        read_plain(Path("a"), 3)


def many_parts() -> None:
    with few_modules():
        nn.ModuleList(nn.Identity() for _ in range(5_001))


def shared() -> None:
    fields = loaded(*TRANSLATION).fields
    fields["target"].share_vocabulary_with = "source"
    check_shared(Path("bundle"), fields)


def unfit(change: Callable[[Any], object]) -> Callable[[], None]:
    def run() -> None:
        model = loaded(*TAGGING)
        change(model)
        try_out(model, Path("bundle"))

    return run


def said(error: Exception) -> Callable[..., Any]:
    def fail(*_: Any, **__: Any) -> Any:
        raise error

    return fail


def with_config(**changes: Any) -> Any:
    model = loaded(*TAGGING)
    return replace(model, config={**model.config, **changes})


def child_that(answers: Callable[..., Any]) -> Callable[[], None]:
    def run() -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(subprocess, "run", answers)
            child.run({"any:any": []}, "bundle")

    return run


def ending(code: int, output: bytes) -> Callable[..., Any]:
    return lambda command, **_: subprocess.CompletedProcess(command, code, output, b"MemoryError")


def another_field() -> None:
    data = loaded(*TAGGING).config["data"]
    read_split(with_config(data={**data, "more": data["tags"]}))


ROWS = {
    "bundle.bundle:opened": (
        lambda: damaged(replaced("config.yaml", "num_layers: 1", "num_layers: one")),
        "bundle/config.yaml does not fit this version of seqtasks",
    ),
    "bundle.bundle:rest_of": (
        lambda: (
            Path("model.safetensors").write_bytes(b"x")
            and rest_of(Files(Path(), {"model.safetensors": ""}, {}))
        ),
        "model.safetensors holds no weights: ",
    ),
    "bundle.files:Files.of": (
        lambda: damaged(listed("../a"), False),
        "bundle/manifest.json: '../a' is not a file of the bundle",
    ),
    "bundle.files:Files.of#2": (
        lambda: damaged(written("metrics.json", "{ }"), False),
        "bundle/metrics.json is damaged or was changed; copy the whole folder again",
    ),
    "bundle.files:Files.require": (
        lambda: files().require("config.yaml"),
        "bundle/manifest.json does not list config.yaml; copy the whole folder again",
    ),
    "bundle.files:Files.text": (lambda: files(a=b"\xff").text("a"), "bundle/a is no UTF-8: "),
    "bundle.files:Files.metrics": (
        lambda: damaged(written("metrics.json", "{")),
        "bundle/metrics.json is damaged: ",
    ),
    "bundle.files:Files.config": (
        lambda: damaged(written("config.yaml", "a: [")),
        "bundle/config.yaml is not usable: line ",
    ),
    "bundle.files:Files.config#2": (
        lambda: damaged(written("config.yaml", "a: 1")),
        "bundle/config.yaml has no 'task' and 'fields'",
    ),
    "bundle.files:Files.vocabulary": (
        lambda: damaged(written("tags.vocabulary.json", "{}")),
        "bundle/tags.vocabulary.json: ",
    ),
    "bundle.files:Files.vocabulary#2": (
        lambda: damaged(written("tokens.vocabulary.json", '["a", "b"]')),
        "bundle/tokens.vocabulary.json lacks the symbol <pad>; copy the whole folder again",
    ),
    "bundle.files:Files.vocabulary#3": (
        lambda: damaged(replaced("config.yaml", "  tags:", "  tag s:")),
        "bundle: it has no vocabulary for the field 'tag s'",
    ),
    "bundle.fitness:check_shared": (
        shared,
        "bundle: the fields 'target' and 'source' share one vocabulary, and theirs differ",
    ),
    "bundle.fitness:try_out": (
        unfit(lambda model: model.fields.pop("tags")),
        "bundle: the model reads 'tags', which is no field of it; copy the whole folder again",
    ),
    "bundle.fitness:try_out#2": (
        unfit(lambda model: setattr(model.task, "predict", said(SeqtasksError("wrong; copy it")))),
        "bundle: wrong",
    ),
    "bundle.fitness:try_out#3": (
        unfit(lambda model: setattr(model.task, "predict", said(KeyError("a")))),
        "bundle: its parts do not fit each other, and it cannot compute: KeyError: 'a'",
    ),
    "bundle.integrity:check_config": (
        lambda: check_config(CONFIG, [1] * 100_000),
        "bundle/config.yaml holds more than 100,000 values, or more than 64 levels of them",
    ),
    "bundle.integrity:check_number": (
        lambda: check_config(CONFIG, {"task": {"encoder": {"num_layers": 10**9}}}),
        "task.encoder.num_layers is 1,000,000,000, and no model has more than 1,000 there",
    ),
    "bundle.integrity:few_modules.registered": (
        many_parts,
        "config.yaml describes a model of more than 5,000 parts, which none has; copy the whole",
    ),
    "bundle.integrity:check_finite": (
        lambda: check_finite(Path("a"), [("w", torch.tensor([1.0, torch.nan]))]),
        "a: w holds numbers that are infinite or none; train the model again",
    ),
    "evaluation.split:read_split#2": (
        another_field,
        "config.yaml: its data has the field 'more', and the model has none of that name",
    ),
    "evaluation.split:own_data": (
        lambda: own_data(with_config(data=3)),
        "config.yaml has no 'data' to test on; copy the whole folder again",
    ),
    "evaluation.split:check_sources": (
        lambda: check_sources({"test": "a.txt"}, "hf://a/b"),
        "hf://a/b was trained on files of another machine, such as a.txt; name a file to test on",
    ),
    "evaluation.split:check_sources#2": (
        lambda: os.mkfifo("a") or check_sources({"test": ["a"]}, ""),
        "test: a is no plain file; name a file to test on: data.test=FILE",
    ),
    "evaluation.split:made": (
        lambda: made({"_target_": "seqtasks.data.module.SequenceData", **BROKEN}, []),
        "config.yaml does not fit this version of seqtasks: data: ",
    ),
    "evaluation.split:made#2": (
        lambda: made({"_target_": "seqtasks.data.fields.TagField"}, []),
        "config.yaml: its 'data' is a TagField; copy the whole folder again",
    ),
    "files.plain_file:plain_file": (pipe, "a is no plain file; copy the whole folder again"),
    "files.plain_file:plain_file#2": (swapped, "a is no plain file; copy the whole folder again"),
    "files.plain_file:plain_file#3": (
        lambda: opened("a"),
        "a is missing; copy the whole folder again",
    ),
    "files.plain_file:plain_file#4": (lambda: opened("a\0"), "cannot be read: "),
    "files.plain_file:read_plain": (growing, "a grows while it is read; copy the whole folder"),
    "files.plain_file:standing": (link_out, "a is a link that leads out of the bundle; copy"),
    "files.plain_file:check_size": (
        lambda: Path("a").write_bytes(b"12345") and opened("a", 3),
        "a has 5 bytes, and a file of its kind 3 at most; copy the whole folder again",
    ),
    "files.plain_file:check_size#2": (of_holes, "a is a file of holes, which holds no weights"),
    "graphs.permitted:check_graph": (
        lambda: check_graph(Path("a.onnx"), b"\x08"),
        "a.onnx is no graph of an export: it is cut off; export it again",
    ),
    "trial.child:run": (
        child_that(said(subprocess.TimeoutExpired("a", 12))),
        "bundle takes more than 12 seconds to open and try, as no small input does; use another",
    ),
    "trial.child:run#2": (
        child_that(said(OSError("no memory"))),
        "bundle cannot be tried in a process of its own (no memory); make room for one",
    ),
    "trial.child:run#3": (
        child_that(ending(child.REFUSED, b"it is damaged; copy it again")),
        "it is damaged; copy it again",
    ),
    "trial.child:run#4": (
        child_that(ending(1, b"")),
        "bundle cannot be opened within 1,024 MB and 12 seconds: MemoryError; use another bundle",
    ),
}
