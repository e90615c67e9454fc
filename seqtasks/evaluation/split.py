"""The examples that a saved model is tested on."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from seqtasks.bundle import Bundle
from seqtasks.bundle.build import build
from seqtasks.bundle.hub import PREFIX
from seqtasks.cli.options import overridden
from seqtasks.data.dataset import SequenceDataset
from seqtasks.data.module import Batching, SequenceData
from seqtasks.data.store.cache import AUTO
from seqtasks.errors import BundleError, DataError, SeqtasksError, UsageError, first_line
from seqtasks.files.plain_file import COPY


class Split(NamedTuple):
    """Examples, encoded by a model's vocabularies.

    Attributes:
        dataset: the examples.
        batching: makes batches as in training.
        name: ``train``, ``val`` or ``test``; ``val`` where no test examples are set apart.
        data: keeps the files that the examples are read from.
    """

    dataset: SequenceDataset
    batching: Batching
    name: str
    data: SequenceData


def read_split(
    bundle: Bundle,
    options: Sequence[str] = (),
    trusted: Collection[str] = (),
    *,
    split: str = "test",
) -> Split:
    """Read the test examples of the data that a model was trained on, or of other data.

    Args:
        bundle: the model, whose vocabularies number the examples.
        options: changes of the data's options, each ``data.NAME=VALUE``; ``data.test=FILE`` names
            another file of the same form. By default the model's own test split is read again.
        trusted: modules of your own whose classes the bundle may name.
        split: ``train`` or ``val`` reads those examples instead.

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
    own = here(own_data(bundle))
    config: Mapping[str, Any] = overridden({"data": own}, options)["data"]
    if not any(option.startswith(f"data.{split}=") for option in options):
        check_sources(config, bundle.source)
    data = made(config, trusted)
    vocabularies = {name: field.vocabulary for name, field in bundle.fields.items()}
    if missing := sorted({*data.fields} - {*vocabularies}):
        raise BundleError(
            f"config.yaml: its data has the field '{missing[0]}', and the model has none of that "
            f"name; {COPY}"
        )
    dataset = data.use(vocabularies, split)
    [name] = data.datasets
    return Split(dataset, data.batching, name, data)


def own_data(bundle: Bundle) -> dict[str, Any]:
    """The options of the data that a model was trained on, as far as a test goes by them.

    A vocabulary is there already and asks for no file of words, and neither the processes nor the
    room that training took are a test's.

    Raises:
        BundleError: the bundle has none.
    """
    found = bundle.config.get("data")
    if not isinstance(found, dict):
        raise BundleError(f"config.yaml has no 'data' to test on; {COPY}")
    own = dict(found)
    for name, value in own.items():
        if isinstance(value, dict) and value.get("words") is not None:
            own[name] = {**value, "words": None}
    for name, change in (("num_workers", few_workers), ("cache_gigabytes", much_room)):
        if isinstance(own.get(name), int | float):
            own[name] = change(own[name])
    return own


def few_workers(count: int) -> int:
    """So many processes as this machine has processors for."""
    return min(count, os.cpu_count() or 1)


def much_room(gigabytes: float) -> float:
    """Room for the stores of other runs, which a test does not push out."""
    return max(gigabytes, 50.0)


def check_sources(config: Mapping[str, Any], place: str) -> None:
    """Refuse a model's own data where it names files of another machine, or no plain files.

    Raises:
        UsageError: the model is from an address.
        DataError: a file is a pipe or a device.
    """
    for name in ("train", "val", "test"):
        given = config.get(name)
        for path in given if isinstance(given, list) else [given]:
            if not isinstance(path, str):
                continue
            if place.startswith(PREFIX):
                raise UsageError(
                    f"{place} was trained on files of another machine, such as {path}; name a "
                    "file to test on: data.test=FILE"
                )
            if (there := Path(path)).exists() and not (there.is_file() or there.is_dir()):
                raise DataError(
                    f"{path} is no plain file; name a file to test on: data.test=FILE", option=name
                )


def made(config: Mapping[str, Any], trusted: Collection[str]) -> SequenceData:
    """The data that plain options describe.

    Raises:
        BundleError: they describe none.
    """
    try:
        data = build(dict(config), trusted, "data")
    except SeqtasksError:
        raise
    except Exception as error:  # whatever a changed configuration leads to
        raise BundleError(
            f"config.yaml does not fit this version of seqtasks: data: {first_line(error)}; use "
            "the version that saved it"
        ) from error
    if not isinstance(data, SequenceData):
        raise BundleError(f"config.yaml: its 'data' is a {type(data).__name__}; {COPY}")
    return data


def here(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """The options of a model's data; a cache that is not on this machine is replaced by its own."""
    cache = config.get("cache", AUTO)
    usable = isinstance(cache, str) and Path(cache).expanduser().exists()
    if cache in (None, AUTO) or usable:
        return config
    return {**config, "cache": AUTO}
