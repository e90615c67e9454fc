"""A trained model as a folder: weights, configuration, vocabularies, scores, a model card."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import yaml
from safetensors.torch import load_model, save_model

from seqtasks.bundle.build import build, foreign_modules
from seqtasks.bundle.files import (
    CARD,
    CONFIG,
    FORMAT,
    MANIFEST,
    METRICS,
    WEIGHTS,
    check_files,
    checksum,
    first_line,
    located,
    read_config,
    read_manifest,
    read_metrics,
    read_text,
    read_vocabulary,
    vocabulary_file,
)
from seqtasks.bundle.integrity import NoInitialValues, check_weights, on_meta_device
from seqtasks.data.batching.batch import Batch
from seqtasks.data.batching.by_length import by_length
from seqtasks.data.fields import Field
from seqtasks.data.raw_inputs import parsed
from seqtasks.data.record import Record, Value
from seqtasks.data.store.dataset import SequenceDataset
from seqtasks.errors import BundleError, SeqtasksError, UsageError
from seqtasks.graphs.folder import ENDING, attach
from seqtasks.task import Task


@dataclass
class Bundle:
    """A loaded model, ready to predict on raw text.

    Attributes:
        task: the model, in evaluation mode.
        fields: name → fitted field, for every field of its data.
        config: what ``config.yaml`` holds.
        metrics: what ``metrics.json`` holds.
        card: what ``README.md`` holds.
        exported: graphs compute in the place of the model's own weights, which are not there.
    """

    task: Task
    fields: dict[str, Field]
    config: dict[str, Any]
    metrics: dict[str, Any]
    card: str = ""
    exported: bool = False

    def predict(
        self,
        texts: Sequence[str | Mapping[str, Value]],
        batch_size: int = 32,
        first: int = 1,
        scores: bool = False,
    ) -> list[Any]:
        """One prediction for each raw text, in order.

        Args:
            texts: the raw text of the task's input, or the values of its several inputs
                (`seqtasks.data.raw_inputs.parsed`), or the inputs by name, each a raw text or a
                list of tokens; an empty one gives an empty prediction.
            batch_size: texts run together; it changes no prediction.
            first: the number of the first text, which names its random stream and its errors.
            scores: the probabilities of the labels instead.

        Returns:
            A text or label for each, or a list of labels where each token has one; with
            ``scores`` a dictionary from label to probability, or of a tagger its ``labels`` and
            their ``confidences``.

        Raises:
            UsageError: ``scores`` is asked of a task that has none.
            DataError: a text does not hold the task's inputs, or cannot be encoded.
        """
        if scores and not hasattr(self.task, "probabilities"):
            raise UsageError("--scores: this task gives no probabilities of labels; leave it out")
        answer: Any = self.task.probabilities if scores else self.task.predict
        dataset = self.read(texts, first)
        predictions: list[Any] = ["" for _ in texts]
        with torch.inference_mode():
            for indices in by_length(dataset, batch_size):
                found = answer(self.batch(dataset, indices))
                for index, prediction in zip(indices, found, strict=True):
                    predictions[dataset.records[index].line - first] = prediction
        return predictions

    def read(self, texts: Sequence[str | Mapping[str, Value]], first: int = 1) -> SequenceDataset:
        """The texts of the task's inputs that are not empty, encoded; arguments as `predict`."""
        names = self.task.inputs
        wanted = {
            name: field
            for name, field in self.fields.items()
            if name in names or (field.derived and field.along in names)
        }
        records = [
            Record(
                parsed(text, names, f"input:{line}") if isinstance(text, str) else dict(text),
                "input",
                line,
            )
            for line, text in enumerate(texts, first)
            if (text.strip() if isinstance(text, str) else text)
        ]
        return SequenceDataset(wanted, records)

    def batch(self, dataset: SequenceDataset, indices: Sequence[int]) -> Batch:
        """Some of the texts, where the model is."""
        return dataset[indices].to(self.task.device)


def save(
    folder: Path,
    task: Task,
    config: Mapping[str, Any],
    fields: Mapping[str, Field],
    metrics: Mapping[str, Any],
    card: str,
) -> None:
    """Write a bundle.

    Args:
        folder: created if need be.
        task: the model.
        config: plain; ``task`` and ``fields`` are needed to load it again.
        fields: the fitted fields.
        metrics: scores to keep beside it.
        card: the model card, Markdown.
    """
    folder.mkdir(parents=True, exist_ok=True)
    save_model(task, str(folder / WEIGHTS))
    describe(folder, [WEIGHTS], config, fields, metrics, card)


def describe(
    folder: Path,
    files: Sequence[str],
    config: Mapping[str, Any],
    fields: Mapping[str, Field],
    metrics: Mapping[str, Any],
    card: str,
) -> None:
    """Write what stands beside a model's weights, and the checksums of all of it.

    Args:
        folder: holds the weights.
        files: what they stand in.
        config: as in `save`, and so are the rest.
        fields: see there.
        metrics: see there.
        card: see there.
    """
    for old in [*folder.glob("*.tokenizer.json"), *folder.glob("*.vocabulary.json")]:
        old.unlink()
    texts = {
        CONFIG: yaml.safe_dump(dict(config), sort_keys=False, allow_unicode=True),
        METRICS: json.dumps(metrics, indent=2, ensure_ascii=False),
        CARD: card,
    }
    texts.update({vocabulary_file(field): field.vocabulary.to_json() for field in fields.values()})
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    sums = {name: checksum(folder / name) for name in sorted([*files, *texts])}
    manifest = {"format": FORMAT, "sha256": sums}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2), encoding="utf-8")


def load(folder: str | Path, device: str = "cpu", trusted: Collection[str] = ()) -> Bundle:
    """Read a bundle; no code of its maker runs.

    Args:
        folder: where it was saved, or ``hf://OWNER/NAME`` of a model on the Hugging Face Hub, with
            ``@REVISION`` behind it for one revision.
        device: where the model is to run.
        trusted: modules of your own whose classes it may name.

    Raises:
        BundleError: a file is missing, damaged, or names code that is not trusted.
    """
    folder = located(folder)
    sums = read_manifest(folder)
    exported = any(name.endswith(ENDING) for name in sums)
    check_files(folder, sums, [CONFIG, METRICS, *([] if exported else [WEIGHTS])])
    config = read_config(folder)
    try:
        fields: dict[str, Field] = build(config["fields"], trusted, "fields")
        for name, field in fields.items():
            field.name = name
            field.vocabulary = read_vocabulary(folder, name, sums, type(field.vocabulary))
        vocabularies = {name: field.vocabulary for name, field in fields.items()}
        make = build(config["task"], trusted, "task")
        ours = not foreign_modules(config["task"])
        if ours and not exported:
            with on_meta_device():
                check_weights(folder / WEIGHTS, make(vocabularies))
        with NoInitialValues() if ours else nullcontext():
            task = make(vocabularies)
    except SeqtasksError:
        raise
    except Exception as error:  # whatever a changed configuration leads to
        raise BundleError(
            f"{folder / CONFIG} does not fit this version of seqtasks: {first_line(error)}"
        ) from error
    if exported:
        attach(task.eval(), folder, list(sums), device)
        return Bundle(
            task, fields, config, read_metrics(folder), read_text(folder / CARD), exported
        )
    try:
        load_model(task, str(folder / WEIGHTS), strict=True)
    except Exception as error:  # safetensors raises its own kinds, torch RuntimeError
        raise BundleError(
            f"{folder / WEIGHTS} does not fit config.yaml: {first_line(error)}"
        ) from error
    try:
        task.eval().to(device)
    except (RuntimeError, AssertionError) as error:
        raise UsageError(f"device '{device}' cannot be used here: {first_line(error)}") from error
    return Bundle(task, fields, config, read_metrics(folder), read_text(folder / CARD))


def with_weights(bundle: Bundle, what: str) -> Bundle:
    """The bundle, if its own weights are there.

    Args:
        bundle: the model.
        what: is done with them, for the error.

    Raises:
        UsageError: it is an exported one.
    """
    if bundle.exported:
        raise UsageError(
            f"{what}: this model is exported, and its weights stand in graphs; use the bundle that "
            "it was exported from"
        )
    return bundle
