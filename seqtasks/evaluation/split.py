"""The examples that a saved model is tested on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from seqtasks.bundle import Bundle
from seqtasks.bundle.build import build
from seqtasks.cli.options import overridden
from seqtasks.data.dataset import SequenceDataset
from seqtasks.data.module import Batching, SequenceData
from seqtasks.data.store.cache import AUTO
from seqtasks.errors import UsageError


class Split(NamedTuple):
    """Examples, encoded by a model's vocabularies.

    Attributes:
        dataset: the examples.
        batching: makes batches as in training.
        name: ``test``, or ``val`` where no test examples are set apart.
        data: keeps the files that the examples are read from.
    """

    dataset: SequenceDataset
    batching: Batching
    name: str
    data: SequenceData


def read_split(bundle: Bundle, options: Sequence[str] = (), trusted: Collection[str] = ()) -> Split:
    """Read the test examples of the data that a model was trained on, or of other data.

    Args:
        bundle: the model, whose vocabularies number the examples.
        options: changes of the data's options, each ``data.NAME=VALUE``; ``data.test=FILE`` names
            another file of the same form. By default the model's own test split is read again.
        trusted: modules of your own whose classes the bundle may name.

    Raises:
        UsageError: an option is not one of the data's.
        DataError: a file cannot be used; the message says where and why.
    """
    stray = [option for option in options if not option.startswith("data.")]
    if stray:
        raise UsageError(
            f"{stray[0]}: write an option of the data as data.NAME=VALUE, a file to test on as "
            "data.test=FILE"
        )
    own = here(bundle.config["data"])
    config: Mapping[str, Any] = overridden({"data": own}, options)["data"]
    data: SequenceData = build(config, trusted)
    dataset = data.use({name: field.vocabulary for name, field in bundle.fields.items()})
    return Split(dataset, data.batching, data.test_split, data)


def here(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """The options of a model's data; a cache that is not on this machine is replaced by its own."""
    cache = config.get("cache", AUTO)
    if cache in (None, AUTO) or Path(cache).expanduser().exists():
        return config
    return {**config, "cache": AUTO}
