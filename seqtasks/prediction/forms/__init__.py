"""The forms of a file that is predicted on, and of the file of its predictions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from seqtasks.data.readers.paths import format_suffix
from seqtasks.errors import UsageError, check_choice
from seqtasks.prediction.forms.labelled_tokens import SentenceOutput
from seqtasks.prediction.forms.objects import ObjectInput, ObjectOutput
from seqtasks.prediction.forms.quoted_tables import QuotedTableInput
from seqtasks.prediction.forms.record_form import InputColumns, InputForm, OutputForm
from seqtasks.prediction.forms.sentences import SentenceInput
from seqtasks.prediction.forms.tables import TableInput
from seqtasks.prediction.forms.text import TextInput, TextOutput
from seqtasks.prediction.forms.written_tables import QuotedTableOutput, TableOutput
from seqtasks.prediction.layout import Layout
from seqtasks.prediction.model import Model

INPUTS: dict[str, type[InputForm]] = {
    "text": TextInput,
    "tsv": TableInput,
    "csv": QuotedTableInput,
    "jsonl": ObjectInput,
    "conll": SentenceInput,
}
"""The forms of an input by name."""

OUTPUTS: dict[str, Callable[[Layout, InputForm], OutputForm]] = {
    "text": TextOutput,
    "tsv": TableOutput,
    "csv": QuotedTableOutput,
    "jsonl": ObjectOutput,
}
"""The forms of an output by name, but for ``conll``."""

SUFFIXES = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".conll": "conll",
    ".conllu": "conll",
    ".conllup": "conll",
    ".iob": "conll",
    ".bio": "conll",
}
"""The form of a file by the end of its name; of other names none is known."""

TRAINING_ALONE = (".ts", ".npz", ".npy", ".parquet", ".pq", ".arrow", ".feather", ".ipc")
"""The ends of names of files that are no lines of text, or one record in many lines."""


def by_suffix(path: Path | None) -> str | None:
    """The form of a file that its name tells, packed or not; None where it tells none.

    Raises:
        UsageError: it tells a form that is read in training alone.
    """
    if path is None:
        return None
    suffix = format_suffix(path)
    if suffix in TRAINING_ALONE:
        raise UsageError(
            f"{path}: a {suffix} file is read in training alone; write its records as "
            f"{', '.join(INPUTS)}",
            option="format",
        )
    return SUFFIXES.get(suffix)


def make_input(name: str, model: Model, columns: InputColumns, header: bool = True) -> InputForm:
    """The form of an input by name.

    Raises:
        UsageError: there is no such form, or it has no header.
    """
    kind: Any = INPUTS[check_choice("format", name, INPUTS)]
    if not header and not issubclass(kind, TableInput):
        raise UsageError(f"{name} has none; leave it out", option="no_header")
    if issubclass(kind, TableInput):
        return kind(columns, header)
    if kind is SentenceInput:
        reader: Mapping[str, Any] = model.config.get("data", {}).get("reader") or {}
        return SentenceInput(columns, conll_names(reader))
    return kind(columns)


def make_output(name: str, layout: Layout, given: InputForm, model: Model) -> OutputForm:
    """The form of an output by name (UsageError: there is none, or it does not fit the model)."""
    check_choice("output_format", name, INPUTS)
    if name == "conll":
        return SentenceOutput(layout, given, model)
    return OUTPUTS[name](layout, given)


def conll_names(reader: Mapping[str, Any]) -> Sequence[str]:
    """The names of the columns that the training data of CoNLL had, if it had some."""
    ours = str(reader.get("_target_", "")).endswith(".ConllReader")
    return (reader.get("names") or ()) if ours else ()


def find_columns(model: Model, given: Sequence[str]) -> InputColumns:
    """The column of each input: one of those given as ``INPUT=NAME``, else as in training."""
    inputs = model.task.inputs
    found: dict[str, Any] = {name: model.fields[name].column for name in inputs}
    for option in given:
        name, equals, column = option.partition("=")
        if name not in inputs or not equals:
            raise UsageError(
                f"{option!r} is not written INPUT=NAME; this model's inputs are "
                f"{', '.join(inputs)}",
                option="column",
            )
        found[name] = column
    return found
