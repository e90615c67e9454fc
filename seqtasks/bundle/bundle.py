"""A trained model as a folder: weights, configuration, vocabularies, scores, a model card."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
    find_bundle,
    first_line,
    read_config,
    read_manifest,
    read_metrics,
    read_text,
    read_vocabulary,
    vocabulary_file,
)
from seqtasks.bundle.integrity import COPY, NoInitialValues, check_weights, on_meta_device
from seqtasks.data.fields import Field
from seqtasks.errors import BundleError, SeqtasksError, UsageError
from seqtasks.graphs.folder import ENDING, attach
from seqtasks.prediction.model import Inputs, Model
from seqtasks.prediction.predictor import Predictor
from seqtasks.task import Task


@dataclass
class Bundle(Model):
    """A loaded model, ready to predict from raw inputs.

    Attributes:
        metrics: what ``metrics.json`` holds.
        card: what ``README.md`` holds.
        exported: graphs compute in the place of the model's own weights, which are not there.
    """

    metrics: dict[str, Any]
    card: str = ""
    exported: bool = False

    def predict(
        self,
        inputs: Iterable[Inputs],
        batch_size: int = 32,
        scores: bool = False,
        n_best: int | None = None,
        search: Mapping[str, Any] | None = None,
    ) -> list[Any]:
        """One prediction for each record, in order.

        Args:
            inputs: of each record a text, or the task's inputs by name, each a raw text or a list
                of tokens. Several inputs may stand in one text, with tabs between them or as a JSON
                object. An empty record has an empty prediction.
            batch_size: records that run together; it changes no prediction.
            scores: give the probabilities of the labels instead.
            n_best: give so many outputs with their scores instead.
            search: options of the task's search that are to be changed, by name.

        Returns:
            A text or label for each record, or a list of labels where each token has one. With
            ``scores`` a dictionary from label to probability, or of a tagger its ``labels`` and
            their ``confidences``. With ``n_best`` a list of `seqtasks.prediction.answer.Answer`.

        Raises:
            UsageError: the task cannot do what is asked.
            DataError: a record does not hold the task's inputs, or cannot be encoded.
        """
        predictor = Predictor([self], scores, n_best, search or {}, batch_size, strict=True)
        found: list[Any] = predictor(self.records(inputs))
        if scores:
            return [one.probabilities or {} for one in found]
        return [list(one.answers) if n_best else one.value for one in found]


def save(
    folder: Path,
    task: Task,
    config: Mapping[str, Any],
    fields: Mapping[str, Field],
    metrics: Mapping[str, Any],
    card: str,
) -> None:
    """Write a bundle into a folder, which is created if need be.

    ``config`` is plain, and its ``task`` and ``fields`` are needed to load the bundle again; the
    fields are fitted, the metrics are the scores to keep, and the card is Markdown.
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
    """Write everything but the weights, which stand in ``files``, and all checksums."""
    for old in [*folder.glob("*.tokenizer.json"), *folder.glob("*.vocabulary.json")]:
        old.unlink()
    texts = {
        CONFIG: yaml.safe_dump(dict(config), sort_keys=False, allow_unicode=True),
        METRICS: json.dumps(metrics, indent=2, ensure_ascii=False),
        CARD: card,
    }
    texts.update({vocabulary_file(field): field.vocabulary.to_json() for field in fields.values()})
    for name, text in texts.items():
        # A half of a character, as JSON reads it and names of files have it, stands as JSON has it.
        (folder / name).write_text(text, encoding="utf-8", errors="backslashreplace")
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
    folder = find_bundle(folder)
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
            f"{folder / CONFIG} does not fit this version of seqtasks: {first_line(error)}; "
            "use the version that saved it, or train it again"
        ) from error
    if exported:
        attach(task.eval(), folder, list(sums), device)
    else:
        fill(task, folder / WEIGHTS, device)
    card = read_text(folder / CARD)
    return Bundle(task, fields, config, read_metrics(folder), card, exported)


def fill(task: Task, weights: Path, device: str) -> None:
    """Read the weights of a task and bring it to a device, in evaluation mode."""
    try:
        load_model(task, str(weights), strict=True)
    except Exception as error:  # safetensors raises its own kinds, torch RuntimeError
        raise BundleError(
            f"{weights} does not fit config.yaml: {first_line(error)}; {COPY}"
        ) from error
    try:
        task.eval().to(device)
    except (RuntimeError, AssertionError) as error:
        reason = f"{device} cannot be used here: {first_line(error)}; leave it at cpu"
        raise UsageError(reason, option="device") from error


def with_weights(bundle: Bundle, what: str) -> Bundle:
    """The bundle itself if it holds the weights of its model, which ``what`` needs."""
    if bundle.exported:
        raise UsageError(
            f"{what}: this model is exported, and its weights stand in graphs; use the bundle that "
            "it was exported from"
        )
    return bundle
