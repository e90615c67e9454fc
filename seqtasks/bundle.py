"""A trained model as a folder: weights, configuration, vocabularies, scores, a model card."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import yaml
from safetensors.torch import load_model, save_model

from seqtasks.answers import by_length
from seqtasks.build import build, foreign_modules
from seqtasks.data.batch import Batch
from seqtasks.data.dataset import SequenceDataset
from seqtasks.data.fields import Field
from seqtasks.data.record import Record, Value
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.errors import BundleError, SeqtasksError, UsageError
from seqtasks.graphs.folder import ENDING, attach
from seqtasks.inputs import parsed
from seqtasks.integrity import check_config, check_weights
from seqtasks.remote import fetched
from seqtasks.task import Task

WEIGHTS, CONFIG, METRICS, CARD, MANIFEST = (
    "model.safetensors",
    "config.yaml",
    "metrics.json",
    "README.md",
    "manifest.json",
)

FORMAT = 1
"""Of the folder; a bundle of another format is refused by name."""


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
                (`seqtasks.inputs.parsed`), or the inputs by name, each a raw text or a list of
                tokens; an empty one gives an empty prediction.
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
        batch: Batch = self.task.transfer_batch_to_device(dataset[indices], self.task.device, 0)
        return batch


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
    texts.update({_name(field): field.vocabulary.to_json() for field in fields.values()})
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    sums = {name: _checksum(folder / name) for name in sorted([*files, *texts])}
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
    sums = _manifest(folder)
    exported = any(name.endswith(ENDING) for name in sums)
    for name in (CONFIG, METRICS, *([] if exported else [WEIGHTS])):
        if name not in sums:
            raise BundleError(f"{folder / MANIFEST} does not list {name}; copy the folder again")
    for name, expected in sums.items():
        path = folder / name
        if Path(name).name != name:
            raise BundleError(f"{folder / MANIFEST}: '{name}' is not a file of the bundle")
        if not path.is_file():
            raise BundleError(f"{folder}: {name} is missing; copy the whole folder again")
        if _checksum(path) != expected:
            raise BundleError(f"{path} is damaged or was changed; copy the whole folder again")
    config = _config(folder)
    try:
        fields: dict[str, Field] = build(config["fields"], trusted)
        for name, field in fields.items():
            field.name = name
            field.vocabulary = _vocabulary(folder, name, sums, type(field.vocabulary))
        vocabularies = {name: field.vocabulary for name, field in fields.items()}
        make = build(config["task"], trusted)
        if not (exported or foreign_modules(config["task"])):
            with torch.device("meta"):  # which takes no memory, whatever the sizes
                check_weights(folder / WEIGHTS, make(vocabularies))
        task = make(vocabularies)
    except SeqtasksError:
        raise
    except Exception as error:  # whatever a changed configuration leads to
        raise BundleError(
            f"{folder / CONFIG} does not fit this version of seqtasks: {_line(error)}"
        ) from error
    if exported:
        attach(task.eval(), folder, list(sums), device)
        return Bundle(task, fields, config, _metrics(folder), _read(folder / CARD), exported)
    try:
        load_model(task, str(folder / WEIGHTS), strict=True)
    except Exception as error:  # safetensors raises its own kinds, torch RuntimeError
        raise BundleError(f"{folder / WEIGHTS} does not fit config.yaml: {_line(error)}") from error
    try:
        task.eval().to(device)
    except (RuntimeError, AssertionError) as error:
        raise UsageError(f"device '{device}' cannot be used here: {_line(error)}") from error
    return Bundle(task, fields, config, _metrics(folder), _read(folder / CARD))


def located(folder: str | Path) -> Path:
    """The folder of a bundle, from itself, its run, or a path through ``latest``."""
    folder = _follow(fetched(str(folder)))
    if not (folder / MANIFEST).is_file() and (folder / "bundle").is_dir():
        folder = folder / "bundle"
    return folder


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


def _name(field: Field) -> str:
    kind = "vocabulary" if field.vocabulary.tokenizer is None else "tokenizer"
    return f"{field.name}.{kind}.json"


def _line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _follow(folder: Path) -> Path:
    """The folder itself, or where a file called ``latest`` on the way to it points."""
    for parent in folder.parents:
        if parent.name == "latest" and parent.is_file():
            return parent.parent / _read(parent).strip() / folder.relative_to(parent)
    return folder


def _metrics(folder: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(_read(folder / METRICS)))
    except (ValueError, TypeError) as error:
        raise BundleError(f"{folder / METRICS} is damaged: {_line(error)}") from error


def _vocabulary(
    folder: Path, name: str, listed: Collection[str], kind: type[Vocabulary]
) -> Vocabulary:
    names = [f"{name}.{form}.json" for form in ("tokenizer", "vocabulary")]
    found = [candidate for candidate in names if candidate in listed]
    if not name.isidentifier() or not found:
        raise BundleError(f"{folder}: it has no vocabulary for the field '{name}'")
    path = folder / found[0]
    try:
        return kind.from_json(_read(path))
    except BundleError as error:
        raise BundleError(f"{path}: {error}") from error


def _manifest(folder: Path) -> dict[str, str]:
    if not folder.is_dir():
        raise BundleError(f"{folder}: there is no such folder; training prints the bundle's path")
    path = folder / MANIFEST
    if not path.is_file():
        raise BundleError(f"{folder} is not a bundle: it has no {MANIFEST}")
    try:
        manifest = json.loads(_read(path))
        if manifest["format"] != FORMAT:
            raise BundleError(
                f"{path}: format {manifest['format']!r} is not {FORMAT}; use the version of "
                "seqtasks that wrote it"
            )
        return {str(name): str(value) for name, value in manifest["sha256"].items()}
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise BundleError(f"{path} is damaged: {error}; copy the whole folder again") from error


def _config(folder: Path) -> dict[str, Any]:
    path = folder / CONFIG
    try:
        config = yaml.safe_load(_read(path))
    except yaml.YAMLError as error:
        raise BundleError(f"{path} is not YAML: {str(error).splitlines()[0]}") from error
    check_config(path, config)
    parts = [config.get(part) for part in ("task", "fields")] if isinstance(config, dict) else []
    if not parts or not all(isinstance(part, dict) for part in parts):
        raise BundleError(f"{path} has no 'task' and 'fields'")
    return config


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BundleError(f"{path} is missing; copy the whole folder again") from None
    except (OSError, UnicodeDecodeError) as error:
        raise BundleError(f"{path} cannot be read: {error}") from error


def _checksum(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()
