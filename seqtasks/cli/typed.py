"""What the words of a command line set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException

_READERS = {
    "table": ("format", "delimiter", "header"),
    "lines": ("label",),
    "conll": ("names", "comment"),
    "text": ("strip_gutenberg", "line_end"),
    "pattern": ("pattern",),
    "parallel": ("references",),
    "labelled_files": ("repeated",),
    "timeseries": ("sequence", "channels"),
    "hub": ("path", "name", "data_files", "revision", "streaming"),
}


def typed_values(words: Sequence[str]) -> dict[str, Any]:
    """The options and choices of groups that are typed, and their values.

    Signs before a name go; what is taken away is None. Of several runs' values, Hydra's object.

    >>> typed_values(["task=tagging", "+field@data.pair=pair", "~data.label", "--cfg", "job"])
    {'task': 'tagging', 'field@data.pair': 'pair', 'data.label': None}
    """
    parser, typed = OverridesParser.create(), {}
    for word in words:
        if word.startswith("-") or ("=" not in word and not word.startswith("~")):
            continue
        try:
            override = parser.parse_override(word)
        except HydraException:  # composing says what is wrong with it
            continue
        name = override.get_key_element().lstrip("+~")
        typed[name] = None if override.is_delete() else override.value()
    return typed


def with_reader(words: Sequence[str]) -> list[str]:
    """The words, with the choices that others of them ask for.

    Where files are named, that is a choice of ``data``; beside ``hparams_search`` it is a search.

    The data's is the reader that alone has an option which is typed, else ``auto``, which goes by
    the files.

    >>> with_reader(["data.train=a.csv"])
    ['data.train=a.csv', 'data=auto']
    >>> with_reader(["task=tagging", "data.train=a.txt", "data.reader.names=[form,tag]"])[-1]
    'data=conll'
    >>> with_reader(["data=lines", "data.reader.label=last"])
    ['data=lines', 'data.reader.label=last']
    """
    typed = typed_values(words)
    if typed.get("hparams_search") and "sweep" not in typed:
        words = [*words, "sweep=tune"]
    if typed.keys() & {"data", "experiment"} or "data.train" not in typed:
        return [*words]
    for data, options in _READERS.items():
        if any(f"data.reader.{option}" in typed for option in options):
            return [*words, f"data={data}"]
    return [*words, "data=auto"]
