"""The scores of a run's model on samples of its test examples."""

from __future__ import annotations

import hashlib
import io
import json
import logging
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from seqtasks.bundle import Bundle, load
from seqtasks.bundle.files import MANIFEST
from seqtasks.cli.versions import version
from seqtasks.comparison.runs import Run
from seqtasks.data.batching.streams import Streams
from seqtasks.data.fields import TokenField
from seqtasks.data.preparation.notes import said_before
from seqtasks.data.store.ragged import Ragged
from seqtasks.evaluation.bootstrap import Sums, drawn_scores
from seqtasks.evaluation.scoring import contributions, fresh_metrics
from seqtasks.evaluation.split import Split, read_split
from seqtasks.files.replacing import replacing

KEPT = "test_sums.npz"
"""The file in a run's folder that holds what each test example adds to each score."""

_log = logging.getLogger(__name__)


class Drawn(NamedTuple):
    """What a model comes to on all test examples, and on samples of them.

    Attributes:
        scores: by name, as `seqtasks.evaluation.bootstrap.drawn_scores` gives them.
        examples: tells which examples they are of, in their order.
        total: of these; in running text, of its windows.
        symbols: tells of what the target is made; of other symbols a loss is another thing.
        monitor: the score of the validation by which the model was chosen.
        mode: of that: ``min`` or ``max``.
    """

    scores: dict[str, Tensor]
    examples: str
    total: int
    symbols: str
    monitor: str
    mode: str


def draw(
    run: Run,
    *,
    samples: int,
    seed: int,
    device: str,
    trusted: Collection[str],
    say: Callable[[str], object],
) -> Drawn:
    """Test the model of a run on each of its test examples, or look up what that came to.

    Raises:
        BundleError: the bundle cannot be loaded.
        DataError: the test data cannot be read.
    """
    bundle = load(run.bundle, device, trusted)
    with said_before():
        split = read_split(bundle, trusted=trusted)
    examples = digest(bundle, split)
    sums = sums_of(run, bundle, split, examples, say)
    scores = {n: drawn_scores(one, samples=samples, seed=seed) for n, one in sums.items()}
    task = bundle.task
    total = max(map(len, sums.values()), default=0)
    return Drawn(scores, examples, total, symbols(bundle), task.monitor, task.mode)


def digest(bundle: Bundle, split: Split) -> str:
    """A text that is the same for the same examples, wherever their file lies.

    They are told by the target and the first field of the data; what else a model reads may
    differ.
    """
    found = hashlib.sha256()
    for record in split.dataset.records:
        first = next((n for n in split.dataset.fields if n in record.values), None)
        names = (first, bundle.task.target)
        row = json.dumps([record.values.get(str(name)) for name in names])
        found.update(row.encode() + b"\n")
    if isinstance(split.batching, Streams):  # its parts are windows
        found.update(str(split.batching.window).encode())
        for values in split.dataset.encoded.values():
            if isinstance(values, Ragged):
                found.update(np.ascontiguousarray(values.lengths).tobytes())
    return found.hexdigest()


def symbols(bundle: Bundle) -> str:
    """A text that is the same for models whose targets are of the same symbols."""
    field = bundle.fields.get(str(bundle.task.target))
    if not isinstance(field, TokenField):
        return ""
    return hashlib.sha256(json.dumps([*field.vocabulary.symbols]).encode()).hexdigest()


def sums_of(
    run: Run, bundle: Bundle, split: Split, examples: str, say: Callable[[str], object]
) -> dict[str, Sums]:
    """What each example adds to each score, from the run's folder where that is kept."""
    model = hashlib.sha256((run.bundle / MANIFEST).read_bytes()).hexdigest()
    versions = [version(name) for name in ("seqtasks", "torchmetrics")]
    key, path = " ".join([model, examples, *versions]), run.folder / KEPT
    if (found := look_up(path, key)) is not None:
        metrics = fresh_metrics(bundle.task, split)
        kept = {name: Sums.of(metrics[name], states) for name, states in found.items()}
    else:
        say(f"{run.folder}: testing {len(split.dataset):,} examples one by one")
        kept = contributions(bundle, split)
        if run.bundle != run.folder:  # a bundle alone stays as it is
            keep(path, key, kept)
    return kept


def look_up(path: Path, key: str) -> dict[str, dict[str, Tensor]] | None:
    """What is kept in a file under a key: score → state → (parts, …); None if nothing is."""
    found: dict[str, dict[str, Tensor]] = {}
    try:
        with np.load(path, allow_pickle=False) as file:
            if str(file["key"]) != key:
                return None
            for name in file.files:
                score, slash, state = name.partition("/")
                if slash:
                    found.setdefault(score, {})[state] = torch.from_numpy(file[name])
    except Exception:  # it is missing, damaged, or another's: it is made anew
        return None
    return found


def keep(path: Path, key: str, sums: Mapping[str, Sums]) -> None:
    """Write what each example adds, which the next comparison looks up."""
    arrays = {
        f"{n}/{state}": one.parts(state).numpy() for n, one in sums.items() for state in one.types
    }
    content = io.BytesIO()
    np.savez_compressed(content, key=np.array(key), **arrays)  # type: ignore[arg-type]
    try:
        with replacing(path) as part:
            part.write_bytes(content.getvalue())
    except OSError as error:
        _log.warning(
            "%s cannot be kept (%s); the next comparison tests again", path, error.strerror
        )
