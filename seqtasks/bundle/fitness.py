"""Whether the parts of a loaded model fit each other."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from seqtasks.bundle.example_inputs import example, spread_axes
from seqtasks.data.batch import Batch
from seqtasks.data.fields import Field
from seqtasks.errors import BundleError, DataError, SeqtasksError, UsageError, first_line
from seqtasks.files.plain_file import COPY
from seqtasks.graphs.graph import Shaped
from seqtasks.prediction.abilities import Generates, Searches
from seqtasks.prediction.model import Model

ROWS = 2
"""Examples of the made-up input."""


def check_shared(place: Path, fields: Mapping[str, Field]) -> None:
    """Refuse fields of one vocabulary that have several."""
    for name, field in fields.items():
        owner = fields.get(str(field.share_vocabulary_with))
        if owner is not None and owner.vocabulary.symbols != field.vocabulary.symbols:
            raise BundleError(
                f"{place}: the fields '{name}' and '{field.share_vocabulary_with}' share one "
                f"vocabulary, and theirs differ; {COPY}"
            )


def try_out(model: Model, place: Path) -> None:
    """Let a model compute something from a made-up input.

    Raises:
        BundleError: it cannot.
    """
    task = model.task
    wanted = [*task.inputs, *filter(None, [task.target])]
    if missing := [name for name in wanted if name not in model.fields]:
        raise BundleError(
            f"{place}: the model reads '{missing[0]}', which is no field of it; {COPY}"
        )
    try:
        with torch.inference_mode():
            compute(task, example(model, ROWS))
    except (DataError, UsageError):  # an input that is none for this model
        return
    except SeqtasksError as error:
        raise BundleError(f"{place}: {error}") from error
    except Exception as error:  # whatever parts that do not fit lead to
        raise BundleError(
            f"{place}: its parts do not fit each other, and it cannot compute: "
            f"{type(error).__name__}: {first_line(error)}; {COPY}"
        ) from error


def compute(task: Any, batch: Batch) -> None:
    """One step of a model that writes, and the whole answer of another."""
    if isinstance(task, Generates):
        model: Any = task
        first = torch.zeros(ROWS, dtype=torch.int64, device=model.device)
        model.step(first, model.start(batch))
    elif isinstance(task, Searches):
        start = task.search_input(batch)
        start.step(start.first, start.state)
    else:
        task.predict(batch)


def computations(model: Model) -> list[Shaped]:
    """What the graphs of a model are to give, from the model as its configuration makes it."""
    with torch.no_grad():
        graphs = [spread_axes(graph) for graph in model.task.graphs(example(model, ROWS))]
        outputs = [graph.compute(graph.inputs) for graph in graphs]
    return [
        Shaped(graph, {name: tensor.shape for name, tensor in found.items()})
        for graph, found in zip(graphs, outputs, strict=True)
    ]
