"""How a person's files are read, by their names and what they begin with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from seqtasks.errors import DataError
from seqtasks.presets.decision import Decision
from seqtasks.presets.guessing.given import Given
from seqtasks.presets.guessing.label_files import are_named_after_labels, label_file_options
from seqtasks.presets.guessing.labelled_lines import has_labelled_lines, line_options
from seqtasks.presets.guessing.pairs import (
    are_pairs,
    has_marked_sides,
    marked_options,
    pair_options,
)
from seqtasks.presets.guessing.running_text import is_text, text_options
from seqtasks.presets.guessing.stories import are_stories
from seqtasks.presets.guessing.tables import is_table, table_options
from seqtasks.presets.guessing.token_lines import has_token_lines, token_line_options
from seqtasks.presets.guessing.vectors import are_vectors, vector_options


class Form(NamedTuple):
    """A form of files, a choice of the group ``data``.

    Attributes:
        shown: what shows that files are of this form, None if nothing does.
        options: by which they are then read.
        said: what such files are, for a person who has to choose.
    """

    shown: Callable[[Given], str | None]
    options: Callable[[Given], list[Decision]]
    said: str


FORMS: Mapping[str, Form] = {
    "babi": Form(are_stories, lambda _: [], "numbered stories with questions"),
    "conll": Form(has_token_lines, token_line_options, "a token on each line"),
    "labelled_files": Form(are_named_after_labels, label_file_options, "a file for each label"),
    "lines": Form(
        has_labelled_lines,
        line_options,
        "a label and a text a line; data.reader.label=last",
    ),
    "parallel": Form(are_pairs, pair_options, "data.train=[a.de,a.en], or two columns"),
    "pattern": Form(has_marked_sides, marked_options, "lines of a form of your own"),
    "table": Form(is_table, table_options, "CSV, TSV, JSON lines, Parquet"),
    "text": Form(is_text, text_options, "running text"),
    "timeseries": Form(are_vectors, vector_options, "sequences of vectors"),
}

_LABELLED = ("timeseries", "table", "lines", "pattern", "labelled_files")
_PAIRED = ("parallel", "table", "pattern")
_ORDERS: Mapping[str, tuple[str, ...]] = {
    "classification": _LABELLED,
    "one_to_one": _LABELLED,
    "tagging": ("timeseries", "conll", "table"),
    "joint": ("conll", "table"),
    "generation": ("conll", "table", "text"),
    "translation": _PAIRED,
    "transduction": _PAIRED,
    "synchronous": _PAIRED,
    "question_answering": ("babi", *_PAIRED),
}
"""Task → the forms that its files may have, in the order in which they are looked for."""


def guesses(task: str, sources: Mapping[str, Any], options: Mapping[str, Any]) -> list[Decision]:
    """Say how the files of a task are read; nothing where no training files are named.

    The beginnings of files are looked at: some 256 thousand characters of each.

    Args:
        task: the choice of the group ``task``; of a task of one's own nothing is known.
        sources: split → what ``data.train``, ``data.val`` and ``data.test`` are set to.
        options: those that are typed, choices of groups among them, and their values; a typed one
            is not decided again, and what it says is taken into account.

    Returns:
        The choice of ``data`` if it is not typed, and the options that the files need beside it.

    Raises:
        DataError: a file cannot be read, or what is in it leaves a doubt; the message lists what
            there is and names the option that decides.
    """
    typed = {name.lstrip("+~"): None if name[0] == "~" else options[name] for name in options}
    if task not in _ORDERS or not isinstance(sources.get("train"), (str, list, tuple)):
        return []
    given = Given(task, {split: source for split, source in sources.items() if source}, typed)
    if typed.get("data") and not given.found:  # whoever reads them says where they are missing
        return []
    decisions = [] if typed.get("data") else [_form(given)]
    form = FORMS.get(str(typed["data"] if not decisions else decisions[0].value))
    if form is not None:
        decisions += form.options(given)
    return [one for one in decisions if one.option.lstrip("+") not in typed]


def _form(given: Given) -> Decision:
    """The choice of the group ``data``."""
    order = _ORDERS[given.task]
    for name in order:
        if shown := FORMS[name].shown(given):
            return Decision("data", name, shown)
    choices = ", ".join(f"data={name} ({FORMS[name].said})" for name in order)
    raise DataError(
        f"{given.path}: neither its name nor its first lines tell how it is read; choose one: "
        f"{choices}",
        option="data",
    )
