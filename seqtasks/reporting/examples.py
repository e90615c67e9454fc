"""What a report says of single examples: where the model errs, and what it looks at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

from seqtasks.bundle import Bundle, load
from seqtasks.data.batching.streams import Streams
from seqtasks.data.dataset import SequenceDataset
from seqtasks.data.preparation.notes import said_before
from seqtasks.data.raw_inputs import as_text, spelled
from seqtasks.errors import SeqtasksError
from seqtasks.evaluation.scoring import contributions
from seqtasks.evaluation.split import Split, read_split
from seqtasks.inspection.alignment import align
from seqtasks.inspection.marks import visible
from seqtasks.inspection.states import hidden_states
from seqtasks.reporting.breakdown import Group, by_rarest_word, group_by_length, most_loss
from seqtasks.reporting.console import heading, number
from seqtasks.reporting.parts import Heat, Part, Section, Table

ERRORS, PICTURES, MAX_STEPS, UNITS = 10, 3, 40, 16
"""So many errors and pictures are shown, of so many steps and units."""


@said_before()  # in training
def examples(
    folder: Path, trusted: Sequence[str], count: int, report: Mapping[str, Any]
) -> list[Section]:
    """Sections about ``count`` test examples at most of the bundle in a folder.

    Where the test data cannot be read, one section says why. The report is what the run's test says
    beside the scores.
    """
    bundle = load(folder, trusted=trusted)
    try:
        split = read_split(bundle, trusted=trusted)
    except SeqtasksError as error:
        return [Section("Examples", [f"The test data cannot be read: {error}"])]
    if isinstance(split.batching, Streams):
        text = as_text(split.dataset.records[0].values[bundle.task.inputs[0]])
        return [Section("What units hold", states(bundle, text[:MAX_STEPS]))]
    total = len(split.dataset)
    split = drawn(split, count)
    sums = contributions(bundle, split)
    records = split.dataset.records
    texts = [spelled(record.values, bundle.task.inputs) for record in records]
    right = [as_text(record.values.get(str(bundle.task.target), "")) for record in records]
    found = bundle.answers([record.values for record in records])
    predicted = [as_text(value or "") for value in found]
    rows = [
        [f"{nats:.2f}", texts[at], right[at].replace("\t", " | "), predicted[at]]
        for at, nats in most_loss(sums, ERRORS)
    ]
    looked_at = f"Looked at one by one: {len(records):,} of {total:,} test examples."
    groups: list[Part] = [
        f"{looked_at} Groups by the length of the input:",
        grouped(group_by_length(split, sums), report),
    ]
    rare = by_rarest_word(bundle, split, sums)
    if len(rare) > 1:
        said = "By the rarest token of the input, counted from the most frequent in training:"
        groups += [said, grouped(rare, report)]
    headings = ["nats", "input", "expected", "predicted"]
    return [
        Section("Where it errs", groups),
        Section("The most loss", [Table(headings, rows, texts=(1, 2, 3))]),
        pictures(bundle, list(zip(texts, right, strict=True))),
    ]


def drawn(split: Split, count: int) -> Split:
    """Some of the examples at random, in their order."""
    records = split.dataset.records
    if len(records) <= count:
        return split
    some = [records[place] for place in sorted(Random(0).sample(range(len(records)), count))]
    return split._replace(dataset=SequenceDataset.of(split.dataset.fields, some))


def grouped(found: Sequence[Group], report: Mapping[str, Any]) -> Table:
    """Groups of examples with their scores."""
    names = list(found[0].scores) if found else []
    rows = [
        [one.name, one.examples, *(number(name, one.scores[name]) for name in names)]
        for one in found
    ]
    return Table(["", "examples", *(heading(name, report) for name in names)], rows)


def pictures(bundle: Bundle, pairs: Sequence[tuple[str, str]]) -> Section:
    """Attention maps where the model attends; else what some units hold."""
    short = [p for p in pairs if 2 <= len(p[0].split()) <= MAX_STEPS or len(p[0]) <= MAX_STEPS]
    short = short or sorted(pairs, key=lambda pair: len(pair[0]))[:PICTURES]
    decoder: Any = getattr(bundle.task, "decoder", None)
    if decoder is not None and decoder.attends:
        maps = [attention(bundle, text, target) for text, target in short[:PICTURES]]
        return Section("What it attends to", maps)
    return Section("What units hold", states(bundle, short[0][0]) if short else [])


def attention(bundle: Bundle, text: str, right: str) -> Part:
    """The weights while an answer is written: the model's, or the right one if that is empty."""
    own = bundle.answers([text])[0] or ""
    try:
        found = align(bundle, text, own if own.strip() else right.split("\t")[0])
    except SeqtasksError as error:
        return f"No map of '{text}': {error}"
    target, source = ([visible(one) for one in side] for side in (found.target, found.source))
    return Heat(target, source, found.weights.tolist())


def states(bundle: Bundle, text: str) -> list[Part]:
    """What the most selective units of the last layer hold at each step of a text."""
    try:
        found = hidden_states(bundle, text)
    except SeqtasksError:  # several inputs, or no tokens
        return []
    chosen = found.chosen(min(UNITS, found.values.size(1)))
    largest = found.values.abs().max().clamp(min=1e-9)
    rows = [f"{one.unit}: {one.property}" for one in chosen]
    shares = [(found.values[:, one.unit] / largest).tolist() for one in chosen]
    said = "Units that tell a property of the text best: red above zero, blue below."
    return [said, Heat(rows, [visible(symbol) for symbol in found.symbols], shares, signed=True)]
