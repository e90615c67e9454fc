"""A trained model as a folder: weights, configuration, vocabularies, scores, a model card."""

from __future__ import annotations

import importlib
import json
import logging
import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import yaml
from safetensors.torch import load_file, load_model, save_model
from torch import Tensor

from seqtasks.bundle.build import build, foreign_modules
from seqtasks.bundle.files import (
    CARD,
    CONFIG,
    FORMAT,
    MANIFEST,
    METRICS,
    WEIGHTS,
    Files,
    checksum,
    find_bundle,
    read_manifest,
    vocabulary_file,
)
from seqtasks.bundle.fitness import check_shared, computations, try_out
from seqtasks.bundle.hub import PREFIX
from seqtasks.bundle.integrity import (
    NoInitialValues,
    check_finite,
    check_weights,
    few_modules,
    on_meta_device,
)
from seqtasks.bundle.json_text import json_text
from seqtasks.bundle.replacement import renewed
from seqtasks.bundle.summary import described
from seqtasks.bundle.trial import limit, try_elsewhere
from seqtasks.data.fields import Field
from seqtasks.data.raw_inputs import kind_of
from seqtasks.data.record import Record
from seqtasks.errors import BundleError, DataError, SeqtasksError, UsageError, first_line
from seqtasks.files.plain_file import COPY
from seqtasks.files.replacing import write_text
from seqtasks.graphs.folder import ENDING, attach, check_device, check_graphs
from seqtasks.kernels.packing import pack
from seqtasks.prediction.model import Inputs, Model
from seqtasks.prediction.predictor import Predictor
from seqtasks.task import Task
from seqtasks.trial import child

_log = logging.getLogger(__name__)


@dataclass
class Bundle(Model):
    """A loaded model, ready to predict from raw inputs.

    Attributes:
        metrics: what ``metrics.json`` holds; None for a score without a finite value.
        card: what ``README.md`` holds.
        exported: graphs compute in the place of the model's own weights, which are not there.
        source: the folder, or the address, that it was loaded from.
    """

    metrics: dict[str, Any]
    card: str = ""
    exported: bool = False
    source: str = ""

    def __repr__(self) -> str:
        """The task, what it reads and gives, its encoder and size, and where it is from."""
        return described(self, self.source)

    def predict(
        self,
        inputs: Inputs | Iterable[Inputs | None],
        batch_size: int = 32,
        scores: bool = False,
        n_best: int | None = None,
        search: Mapping[str, Any] | None = None,
    ) -> Any:
        """A prediction for each record, in order; of one text, or one mapping, its prediction.

        Args:
            inputs: of each record a text, a list of tokens, or the task's inputs by name, each a
                text or a list of tokens; in a list, an array, a Series, or anything else that is
                iterated over. Several inputs may stand in one text, with tabs between them or as a
                JSON object. A text alone is one record, as is a mapping.
            batch_size: records that run together; it changes no prediction.
            scores: give the probabilities of the labels instead.
            n_best: give so many outputs with their scores instead.
            search: options of the task's search that are to be changed, by name.

        Returns:
            A text or label for each record, or a list of labels where each token has one. With
            ``scores`` a dictionary from label to probability, or of a tagger its ``labels`` and
            their ``confidences``. With ``n_best`` a list of `seqtasks.prediction.answer.Answer`.
            None for a record that is None, NaN or empty, or lacks one of its inputs in this way.

        Raises:
            UsageError: the task cannot do what is asked, or the inputs are of another type.
            DataError: records do not hold the task's inputs, or cannot be encoded; up to twenty
                are named.
        """
        single = isinstance(inputs, str | Mapping)
        given: Any = [inputs] if single else self.iterated(inputs)
        predictor = Predictor([self], scores, n_best, search or {}, batch_size, strict=True)
        found = self.answers(given, predictor)
        if said := str(predictor.unknown):
            _log.warning("%s", said)
        return found[0] if single else found

    def answers(
        self, inputs: Iterable[Inputs | None], predictor: Predictor | None = None
    ) -> list[Any]:
        """What `predict` gives for several records, without a word on tokens that are unknown.

        Args:
            inputs: as of `predict`.
            predictor: of this model; None for one that gives the best output, and None for a record
                that cannot be used, such as one that starts from a label of the test alone.
        """
        predictor = predictor or Predictor([self])
        records = [self.attempted(one, number) for number, one in enumerate(inputs, 1)]
        several = predictor.n_best is not None
        return [
            None if isinstance(one, DataError) else one.given(predictor.scores, several)
            for one in predictor(records)
        ]

    def iterated(self, inputs: Any) -> Iterable[Any]:
        """The records of several (UsageError: they are of a type that holds none)."""
        names = ", ".join(self.task.inputs)
        if isinstance(inputs, bytes | bytearray):
            wanted = "decode it"
        elif hasattr(inputs, "columns"):
            wanted = f"give one of its columns, or its rows as mappings with {names}"
        elif isinstance(inputs, Iterable) and getattr(inputs, "shape", None) != ():
            return inputs
        else:
            wanted = f"give a text, a list of texts, or mappings with {names}"
        raise UsageError(f"{kind_of(inputs)} holds no texts; {wanted}", option="inputs")

    def attempted(self, given: Any, number: int) -> Record | DataError:
        """A record of raw inputs, or why it is none."""
        try:
            return self.record(given, "input", number)
        except DataError as error:
            return error


def save(
    folder: Path,
    task: Task,
    config: Mapping[str, Any],
    fields: Mapping[str, Field],
    metrics: Mapping[str, Any],
    card: str,
) -> None:
    """Write a bundle, whole, in the place of one that may be there.

    ``config`` is plain, and its ``task`` and ``fields`` are needed to load the bundle again; the
    fields are fitted, the metrics are the scores to keep, and the card is Markdown.
    """
    with renewed(folder) as place:
        save_model(task, str(place / WEIGHTS))
        describe(place, [WEIGHTS], config, fields, metrics, card)


def describe(
    folder: Path,
    files: Sequence[str],
    config: Mapping[str, Any],
    fields: Mapping[str, Field],
    metrics: Mapping[str, Any],
    card: str,
) -> None:
    """Write everything but the weights, which stand in ``files``, and all checksums."""
    texts = {
        CONFIG: yaml.safe_dump(dict(config), sort_keys=False, allow_unicode=True),
        METRICS: json_text(metrics),
        CARD: card,
    }
    texts.update({vocabulary_file(field): field.vocabulary.to_json() for field in fields.values()})
    for name, text in texts.items():
        write_text(folder / name, text)
    sums = {name: checksum(folder / name) for name in sorted([*files, *texts])}
    manifest = {"format": FORMAT, "sha256": sums}
    write_text(folder / MANIFEST, json.dumps(manifest, indent=2))


def load(
    folder: str | Path,
    device: str = "cpu",
    trusted: Collection[str] = (),
    *,
    tried: bool = False,
) -> Bundle:
    """Read a bundle; no code of its maker runs.

    Args:
        folder: where it was saved, or ``hf://OWNER/NAME`` of a model on the Hugging Face Hub, with
            ``@REVISION`` behind it for one revision.
        device: where the model is to run.
        trusted: modules of your own whose classes it may name.
        tried: open it first in a process of its own, with limits of memory and time, as is done
            with every address (`seqtasks.bundle.trial`).

    Raises:
        BundleError: a file is missing, damaged, or names code that is not trusted.
    """
    source, place = str(folder), find_bundle(folder)
    if tried or source.startswith(PREFIX):
        try_elsewhere(place, trusted)
    found = opened(place, device, trusted, source)
    pack(found.task)
    return found


def open_with_limits(place: str, trusted: Collection[str], size: int) -> None:
    """Open a bundle of so many bytes, in the process that `try_elsewhere` begins, and end it."""
    for module in trusted:  # which may take what it likes
        importlib.import_module(module)
    limit(size)
    try:
        opened(Path(place), "cpu", trusted, "")
    except SeqtasksError as error:
        child.refuse(error)
    os._exit(0)


def opened(place: Path, device: str, trusted: Collection[str], source: str) -> Bundle:
    """Read the bundle in a folder, in this process; arguments and errors as of `load`."""
    files = Files.of(place)
    graphs = {name: files.take(name) for name in files.sums if name.endswith(ENDING)}
    exported = bool(graphs)
    files.require(CONFIG, METRICS, CARD, *([] if exported else [WEIGHTS]))
    config, metrics, card = files.config(), files.metrics(), files.text(CARD)
    ours = not foreign_modules([config["task"], config["fields"]])
    try:
        fields: dict[str, Field] = build(config["fields"], trusted, "fields")
        for name, field in fields.items():
            field.name = name
            field.vocabulary = files.vocabulary(name, field)
        check_shared(place, fields)
        vocabularies = {name: field.vocabulary for name, field in fields.items()}
        make = build(config["task"], trusted, "task")
        if ours:
            with few_modules(), on_meta_device():
                sized = make(vocabularies)
            if not exported:
                check_weights(place / WEIGHTS, sized)
        with NoInitialValues() if ours else nullcontext():
            task = make(vocabularies)
        wanted = computations(Model(task.eval(), fields, config)) if exported and ours else []
    except (SeqtasksError, MemoryError):
        raise
    except Exception as error:  # whatever a changed configuration leads to
        raise BundleError(
            f"{place / CONFIG} does not fit this version of seqtasks: {first_line(error)}; "
            "use the version that saved it, or train it again"
        ) from error
    if exported:
        check_device(device)
        check_graphs(place, graphs)
        attach(task.eval(), place, graphs, rest_of(files), wanted)
    else:
        fill(task, place / WEIGHTS, device)
    if read_manifest(place) != files.sums:
        raise BundleError(f"{place} was replaced while it was read; repeat it")
    found = Bundle(task, fields, config, metrics, card, exported, source)
    if ours:
        try_out(found, place)
    return found


def rest_of(files: Files) -> dict[str, Tensor]:
    """The weights of an exported model that stand in no graph, by name, of any shape."""
    path = files.folder / WEIGHTS
    if WEIGHTS not in files.sums:
        return {}
    try:
        rest = load_file(path)
    except Exception as error:  # safetensors raises its own kinds
        raise BundleError(f"{path} holds no weights: {first_line(error)}; {COPY}") from error
    check_finite(path, rest.items())
    return rest


def fill(task: Task, weights: Path, device: str) -> None:
    """Read the weights of a task and bring it to a device, in evaluation mode."""
    try:
        load_model(task, str(weights), strict=True)
    except Exception as error:  # safetensors raises its own kinds, torch RuntimeError
        raise BundleError(
            f"{weights} does not fit config.yaml: {first_line(error)}; {COPY}"
        ) from error
    check_finite(weights, task.state_dict().items())
    try:
        if torch.device(device).type == "meta":
            raise RuntimeError("it holds no numbers")
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
