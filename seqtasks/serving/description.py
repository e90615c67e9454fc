"""What a server says of its model: what it is, what it can be asked, how good it is."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from typing import Any

from seqtasks.bundle import Bundle
from seqtasks.bundle.json_text import finite
from seqtasks.cli.versions import version
from seqtasks.data.fields import (
    Field,
    LabelField,
    LabelSetField,
    NumberField,
    SynchronousField,
    TagField,
    TokenField,
)
from seqtasks.errors import SeqtasksError, UsageError
from seqtasks.prediction.abilities import Generates
from seqtasks.serving.answering import Answering
from seqtasks.serving.limits import Limits

LABELS = 500
"""Up to so many labels are listed."""

WORDS = 6
"""Symbols of an example that is made from the vocabulary, the most frequent ones."""


def described(bundle: Bundle, answering: Answering, limits: Limits) -> dict[str, Any]:
    """Everything that a server says of itself but the examples, as JSON takes it."""
    task: Any = bundle.task
    target = bundle.fields.get(str(task.target))
    labels = (
        [] if target is None or isinstance(target, TokenField) else [*target.vocabulary.symbols]
    )
    search = answering.search
    scores = {n: v for n, v in bundle.metrics.items() if n in ("test", "baselines", "tested_on")}
    return finite(
        {
            "version": version("seqtasks"),
            "task": type(task).__name__,
            "name": name_of(bundle),
            "kind": kind_of(bundle),
            "inputs": [input_of(name, bundle.fields[name]) for name in task.inputs],
            "target": task.target,
            "labels": {"count": len(labels), "names": labels[:LABELS]},
            "vocabularies": {name: len(f.vocabulary) for name, f in bundle.fields.items()},
            "parameters": sum(p.numel() for p in task.parameters()),
            "scores": scores,
            "abilities": {
                "scores": answering.has_scores,
                "n_best": answering.has_best,
                "search": search is not None,
                "attention": answering.has_attention,
                "spans": answering.scheme,
                "generate": isinstance(task, Generates),
            },
            "sampling": dict(getattr(task, "sampling", {})),
            "search": {"method": search.method, **dataclasses.asdict(search)} if search else {},
            "condition": condition_of(bundle),
            "limits": dataclasses.asdict(limits),
        }
    )


def name_of(bundle: Bundle) -> str:
    """The choice of configuration that trained a model, else the name of its class."""
    command = str(bundle.config.get("command", ""))
    for group in ("experiment", "task"):
        if found := re.search(rf"(?:^|[\s'\"]){group}=([\w-]+)", command):
            return found[1]
    return type(bundle.task).__name__


def kind_of(bundle: Bundle) -> str:
    """What a model's predictions are, from the field that it predicts."""
    if isinstance(bundle.task, Generates):
        return "generation"
    target = bundle.fields.get(str(bundle.task.target))
    if isinstance(target, LabelField):
        return "ordinal" if target.order is not None else "classification"
    kinds: list[tuple[type[Field], str]] = [
        (SynchronousField, "synchronous"),
        (TagField, "tagging"),
        (LabelSetField, "multi-label"),
        (NumberField, "regression"),
        (TokenField, "rewriting"),
    ]
    return next((kind for field, kind in kinds if isinstance(target, field)), "other")


def input_of(name: str, field: Field) -> dict[str, Any]:
    """One input of a model, and its parts where a text holds several with tabs between them."""
    level, parts = (field.level, field.parts) if isinstance(field, TokenField) else (None, [])
    return {"name": name, "field": type(field).__name__, "level": level, "parts": parts}


def condition_of(bundle: Bundle) -> dict[str, Any] | None:
    """What every text of a language model starts from; None for nothing."""
    part: Any = getattr(bundle.task, "condition", None)
    if part is None:
        return None
    field = bundle.fields[part.field]
    labels = [*field.vocabulary.symbols] if isinstance(field, LabelField) else []
    return {"field": part.field, "labels": labels[:LABELS]}


def examples_of(bundle: Bundle, given: Sequence[str] = ()) -> list[str]:
    """Texts to try a model with: the given ones, else those that it keeps, else its own words."""
    if given:
        try:
            bundle.read(bundle.records(given, "text"))
        except SeqtasksError as error:
            raise UsageError(str(error), option="example") from error
        return [*given]
    kept = [text for text in bundle.metrics.get("examples", []) if isinstance(text, str)]
    for texts in (kept, made(bundle)):
        try:
            bundle.read(bundle.records(texts))
        except SeqtasksError:
            continue
        if texts:
            return texts
    return []


def made(bundle: Bundle) -> list[str]:
    """A text of the most frequent symbols; none where a model reads something else."""
    [name, *others] = bundle.task.inputs
    field = bundle.fields[name]
    if others or not isinstance(field, TokenField):
        return []
    symbols = list(field.vocabulary.index)[:WORDS]
    return ["".join(symbols) if field.level != "word" else " ".join(symbols)] if symbols else []
